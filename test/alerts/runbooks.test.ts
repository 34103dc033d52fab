// Alerts, runbooks, their index and docs/alerts.md say the same, and what they tell a person to type can be typed: verbs and options
// are asked of the program itself.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cli/run.js';
import { ALERTS, ALERT_NAMES, RUNBOOKS } from './shipped.js';

const ROOT = join(RUNBOOKS, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const FILES = readdirSync(RUNBOOKS).sort();
/** Beside the pages of alerts. */
const OTHER_FILES = ['index.md', 'regulator.md'];
const pageOf = (name: string): string => ALERTS.find(({ alert }) => alert === name)?.annotations.runbook_url ?? '';
const severityOf = (name: string): string => ALERTS.find(({ alert }) => alert === name)?.labels.severity ?? '';

test('every alert has a runbook and every runbook an alert', () => {
  const pages = ALERT_NAMES.map((name) => pageOf(name).replace('docs/runbooks/', ''));
  expect([...pages, ...OTHER_FILES].sort()).toEqual(FILES);
});

describe.each(ALERT_NAMES)('the runbook of %s', (name) => {
  const text = read(pageOf(name));

  test('says whether it is leaving, what to do, what it can be, when it is over, and whether the clock runs, in that order', () => {
    expect(text.match(/^# .*|^\*\*(?:Page|Ticket|For the record)\.|^\*\*Is it leaving now\?\*\*|^## .*/gm)).toEqual([
      `# ${name}`,
      { page: '**Page.', ticket: '**Ticket.', info: '**For the record.' }[severityOf(name)],
      '**Is it leaving now?**',
      '## Do',
      '## What it can be',
      '## It is over when',
      '## The regulator’s clock',
    ]);
    expect(text.split('## The regulator’s clock')[1]?.trim().length).toBeGreaterThan(40);
  });

  test('fits a screen or two', () => {
    expect(text.split('\n').length).toBeLessThan(90);
  });
});

test('what says that identity leaves has the clock of the regulator, with both deadlines', () => {
  for (const name of ['HeadgateLeakEscaped', 'HeadgateMirrorSawIdentity', 'HeadgateCanaryLeak']) {
    const [, clock = ''] = read(pageOf(name)).split('## The regulator’s clock');
    expect(clock).toMatch(/\*\*It runs\.\*\*.*72 hours.*24 hours/s);
  }
});

test.each(['docs/alerts.md', 'docs/runbooks/index.md'])(
  '%s has each alert with its page and severity, in order',
  (path) => {
    const text = read(path);
    const rows = [...text.matchAll(/^\| \[(Headgate\w+)\]\(([^)]+)\)(?: \| (page|ticket|info) \|)?/gm)];
    expect(rows.map(([, name]) => name)).toEqual(ALERT_NAMES);
    for (const [, name = '', link = '', severity] of rows) {
      expect(join('docs', path === 'docs/alerts.md' ? '' : 'runbooks', link)).toBe(pageOf(name));
      if (path === 'docs/alerts.md') expect([name, severity]).toEqual([name, severityOf(name)]);
    }
  },
);

describe('what there is to type', () => {
  /** A line of a shell without what stands in quotes; only simple lines are written here. */
  const wordsOf = (line: string): string[] =>
    [...line.matchAll(/"[^"]*"|'[^']*'|[^\s"']+/g)].map(([word]) => word.replace(/^["']|["']$/g, ''));
  const inPages = FILES.flatMap((file) =>
    [...read(`docs/runbooks/${file}`).matchAll(/^\s*(headgate .*)$/gm)].map(([, line = '']) => ({ where: file, line })),
  );
  const inAlerts = ALERTS.flatMap(({ alert, annotations }) => {
    const text = annotations.description.replaceAll(/\{\{.*?\}\}/gs, 'X');
    return [...text.matchAll(/headgate (?:[a-z-]+)(?: (?:on|off|verify))?[^;(]*?--[^;(]*/g)].map(([line]) => ({
      where: alert,
      line: line.trim().replace(/\.$/, ''),
    }));
  });

  const verbOf = (line: string): string => wordsOf(line).slice(0, 2).join(' ');
  test.each([...new Set(inAlerts.map(({ where }) => where))])('%s says what its runbook says too', (name) => {
    const told = inAlerts.filter(({ where }) => where === name).map(({ line }) => verbOf(line));
    expect(told.filter((verb) => !read(pageOf(name)).includes(`${verb} `))).toEqual([]);
  });

  test('is found in pages and in alerts', () => {
    expect(inPages.length).toBeGreaterThan(50);
    expect(new Set(inAlerts.map(({ where }) => where)).size).toBeGreaterThan(20);
  });

  const COMMANDS = [...inPages, ...inAlerts];
  test.each(COMMANDS.map(({ where, line }) => [`${where}: ${line}`, line] as const))('%s', async (_, line) => {
    const [, verb = '', ...rest] = wordsOf(line);
    const isSub =
      (verb === 'history' && (rest[0] === 'verify' || rest[0] === 'checkpoint')) ||
      (verb === 'headers' && rest[0] === 'accept');
    const path = isSub ? [verb, rest[0] ?? ''] : [verb];
    const { out: own, code } = await run(...path, '--help');
    expect(code).toBe(0);
    const usage = /^Usage: headgate ([^\n]*)/.exec(own)?.[1] ?? '';
    // Options of a verb may stand behind its second word too.
    const out = isSub ? `${own}\n${(await run(verb, '--help')).out}` : own;
    expect(usage.startsWith(path.join(' '))).toBe(true);
    const options = new Map(
      [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)( <[^>]+>)?/gm)].map(([, name = '', value]) => [
        name,
        value !== undefined,
      ]),
    );
    const given = rest.slice(isSub ? 1 : 0);
    const positional: string[] = [];
    for (let i = 0; i < given.length; i += 1) {
      const word = given[i] ?? '';
      if (!word.startsWith('--')) positional.push(word);
      else {
        expect([...options.keys()]).toContain(word);
        if (options.get(word) === true) {
          i += 1;
          expect(given[i] ?? '--').not.toMatch(/^--/);
        }
      }
    }
    const places = [...usage.matchAll(/([<[])([a-z]+)(?:\.\.\.)?[>\]]/g)].filter(
      ([, , name]) => name !== 'options' && name !== 'command',
    );
    expect(positional.length).toBeLessThanOrEqual(places.length);
    expect(positional.length).toBeGreaterThanOrEqual(places.filter(([, bracket]) => bracket === '<').length);
    // Without what a verb requires it ends as wrong usage; with it, it goes on and finds no file here.
    expect((await runAgainstNothing(wordsOf(line).slice(1))).err).not.toMatch(
      /required option|unknown option|missing required|too many/,
    );
  });

  const runAgainstNothing = (words: readonly string[]) =>
    run(...words.map((word) => word.replace('/etc/headgate/', '/nonexistent/')));
});

test('each log line that a page names is one that the program writes', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(join('src', path)))
    .join('\n');
  const named = [
    ...FILES.map((file) => read(`docs/runbooks/${file}`)),
    ...ALERTS.map((rule) => rule.annotations.description),
  ]
    .flatMap((text) => [...text.matchAll(/[Ll]og lines? ((?:`[a-z-]+`(?:, and | and )?)+)/g)])
    .flatMap(([, list = '']) => [...list.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? ''));
  expect(named.length).toBeGreaterThan(8);
  expect([...new Set(named)].filter((event) => !sources.includes(`'${event}'`))).toEqual([]);
});

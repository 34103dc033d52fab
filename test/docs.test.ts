// What the documentation names exists: targets, verbs, files, links, packages, exit codes, verdicts. And the other way round where
// a list claims to be whole. Metrics, settings and problem codes are held by the tests of their folders.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EXIT_CODES } from '../src/cli/exit-codes.js';
import { LABEL_VALUES } from '../src/telemetry/label-values.js';

const ROOT = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
].sort();

const TARGETS = [...read('Makefile').matchAll(/^([a-z][a-z0-9-]*):.*?## /gm)].map((match) => match[1] ?? '');
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
/** A verb is a file that adds a command of its own name. */
const VERBS = readdirSync(join(ROOT, 'src/cli'))
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => read(`src/cli/${name}.ts`).includes(`.command('${name}')`));
/** Everything that a page shows as code: fenced blocks and `words`. */
const codeOf = (text: string): string[] => [...matches(text, /```\w*\n(.*?)```/gs), ...matches(text, /`([^`\n]+)`/g)];
/** The first cells of a table's rows, the table being the first after a heading row that begins with `title`. */
const rowsOf = (text: string, title: string): string[][] => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  if (start < 0) throw new Error(`no table \`${title}\``);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end < 0 ? undefined : end).map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
};

test('there are pages, targets and verbs to compare', () => {
  expect(PAGES.length).toBeGreaterThan(8);
  expect(TARGETS).toEqual(expect.arrayContaining(['help', 'run', 'test']));
  expect(VERBS).toEqual(expect.arrayContaining(['serve', 'check']));
});

describe.each(PAGES)('%s', (page) => {
  const text = read(page);

  test('each `make TARGET` is a target', () => {
    const named = codeOf(text).flatMap((code) => matches(code, /(?:^|\s)make ([a-z][a-z0-9-]*)/gm));
    expect(named.filter((name) => !TARGETS.includes(name))).toEqual([]);
  });

  test('each `headgate VERB` is a verb', () => {
    const named = codeOf(text).flatMap((code) =>
      matches(code, /(?:^|\s)(?:headgate|node dist\/cli\/main\.js) ([a-z][a-z-]*)/gm),
    );
    expect(named.filter((name) => !VERBS.includes(name))).toEqual([]);
  });

  test('each link leads to a file', () => {
    const links = matches(text.replace(/```.*?```/gs, ''), /\]\(([^)\s]+)\)/g).filter(
      (link) => !/^(https:|#)/.test(link),
    );
    const broken = links.filter((link) => !existsSync(join(ROOT, dirname(page), link.replace(/#.*$/, ''))));
    expect(broken).toEqual([]);
    expect(links.filter((link) => resolve(ROOT, dirname(page), link).startsWith(`${ROOT}/`) === false)).toEqual([]);
  });

  test('each path of this repository that it names is there', () => {
    const paths = codeOf(text)
      .flatMap((code) => matches(code, /(?:^|[\s(])((?:src|test|docs|config)\/[\w./-]*\w\/?)/gm))
      .filter((path) => !path.includes('...'));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

test('docs/dependencies.md has each package of package.json with its version and a reason, and no other', () => {
  const manifest = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const [runTime = '', development = ''] = read('docs/dependencies.md').split('\n## For development');
  for (const [text, wanted] of [
    [runTime, manifest.dependencies],
    [development, manifest.devDependencies],
  ] as const) {
    const rows = rowsOf(text, 'package');
    expect(Object.fromEntries(rows.map(([name, version]) => [name, version]))).toEqual(wanted);
    expect(rows.filter(([, , why = '']) => why === '')).toEqual([]);
  }
});

test('versions are exact', () => {
  const manifest = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('README.md has each verb, and no other', () => {
  expect(
    rowsOf(read('README.md'), 'verb')
      .map(([verb = '']) => verb.replaceAll('`', ''))
      .sort(),
  ).toEqual([...VERBS].sort());
});

test('README.md has each exit code, and no other', () => {
  expect(rowsOf(read('README.md'), 'exit code').map(([code]) => Number(code))).toEqual(
    Object.values(EXIT_CODES).sort((a, b) => a - b),
  );
});

test('README.md says of an exit code that no verb ends so where no verb does', () => {
  const used = readdirSync(join(ROOT, 'src/cli'))
    .filter((file) => file !== 'exit-codes.ts')
    .map((file) => read(`src/cli/${file}`))
    .join('\n');
  const unused = Object.entries(EXIT_CODES)
    .filter(([name]) => !used.includes(`EXIT_CODES.${name}`))
    .map(([, code]) => String(code));
  const said = rowsOf(read('README.md'), 'exit code').filter(([, means = '']) => means.includes('no verb ends so yet'));
  expect(said.map(([code]) => code)).toEqual(unused);
});

test('docs/life-of-a-request.md has the verdicts in the order in which they apply', () => {
  expect(
    rowsOf(read('docs/life-of-a-request.md'), 'verdict').map(([verdict = '']) => verdict.replaceAll('`', '')),
  ).toEqual([...LABEL_VALUES.verdict]);
});

test('the README opens with the two commands', () => {
  expect(matches(read('README.md'), /```sh\n(.*?)```/gs)[0]).toMatch(/^make run\s+#.*\nmake test\s+#.*\n$/);
});

test('the CHANGELOG has a place for what is coming', () => {
  expect(read('CHANGELOG.md')).toMatch(/^## Unreleased\n\n### (Added|Changed|Deprecated|Removed|Fixed|Security)\n/m);
});

test('no page leads out of the repository or names a machine’s paths', () => {
  const strange = PAGES.filter((page) => /\.\.\/\.\.\/\.\.\/|\/work\/|\/tmp\//.test(read(page)));
  expect(strange).toEqual([]);
});

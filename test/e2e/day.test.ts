// Every command of docs/day.md, in its order, in one folder: the real program, real keys, a real gateway. What the page says that a
// command prints and how it ends is compared. A step stands on those before it, so after a failure none is tried.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { WRITTEN } from '../wire/harness/gateway.js';
import { PATHS } from '../wire/harness/paths.js';

const ROOT = resolve(__dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/day.md'), 'utf8');

interface Step {
  readonly title: string;
  readonly people: readonly string[];
  readonly command: string;
  readonly code: number;
  readonly prints: readonly string[];
}

const blocksOf = (kind: string): readonly string[] =>
  [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, each, text = '']) => (each === kind ? [text] : []));

/** A title, the command under it, and what it prints. */
const STEPS: readonly Step[] = blocksOf('sh')
  .flatMap((block) => block.split(/^(?=# \d+\. )/m))
  .map((text) => {
    const [title = '', command = '', ...prints] = text.trimEnd().split('\n');
    const [, people = ''] = /^# \d+\. ([a-z, ]+): ./.exec(title) ?? [];
    return {
      title: title.slice(2),
      people: people.split(', '),
      command,
      code: Number(/\(ends with (\d+)\)$/.exec(title)?.[1] ?? 0),
      prints: prints.map((line) => line.replace(/^#> /, '')),
    };
  });
const EDITS = blocksOf('diff');

/** The lines without `+` are there, once, one after the other; they become the lines without `-`. */
function edited(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const side = (sign: string): string =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [before, after, more] = text.split(side('+'));
  if (before === undefined || after === undefined || more !== undefined) throw new Error(`is not there once: ${diff}`);
  return `${before}${side('-')}${after}`;
}

/** `…` is anything. */
const patternOf = (line: string): RegExp =>
  new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}$`, 'm');

test('the page has nothing but numbered steps, each a title, one command, and what it prints', () => {
  expect(STEPS.map(({ title }) => Number.parseInt(title, 10))).toEqual(STEPS.map((_, index) => index + 1));
  expect(STEPS.length).toBeGreaterThan(50);
  expect(STEPS.filter(({ people, command }) => people[0] === '' || command === '' || command.startsWith('#'))).toEqual(
    [],
  );
  const lines = blocksOf('sh').flatMap((block) => block.trimEnd().split('\n'));
  expect(lines).toHaveLength(STEPS.reduce((sum, { prints }) => sum + 2 + prints.length, 0));
  expect(lines.filter((line) => line.startsWith('#') && !/^#( \d+\. |> )/.test(line))).toEqual([]);
  expect(STEPS.filter(({ command }) => command.startsWith('$EDITOR '))).toHaveLength(EDITS.length);
});

test('the table at the top names the first step of each section that it leads to', () => {
  const rows = [...PAGE.matchAll(/^\| [^|]+ \| \[(\w+)\]\(#([a-z-]+)\) \|$/gm)];
  expect(rows.length).toBeGreaterThan(3);
  const firsts = new Map(
    PAGE.split(/^## /m).map((section) => {
      const [title = ''] = section.split('\n');
      return [title.toLowerCase().replaceAll(' ', '-'), /^# (\d+)\. /m.exec(section)?.[1]];
    }),
  );
  expect(rows.map(([, , place = '']) => firsts.get(place))).toEqual(rows.map(([, number]) => number));
});

describeWith(['ssh-keygen'], 'the day', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'headgate-e2e-day-'));
  const etc = join(scratch, 'etc');
  let isBroken = false;
  let digest = '';
  let edits = 0;
  let logs = '';

  const here = (text: string): string =>
    text
      .replaceAll('/etc/headgate', etc)
      .replaceAll('/var/lib/headgate', join(scratch, 'state'))
      .replaceAll(/~([a-z]+)\//g, (_, name: string) => join(scratch, name, '/'))
      .replaceAll('DIGEST', digest);

  const log = (): string =>
    existsSync(join(etc, 'gateway.log')) ? readFileSync(join(etc, 'gateway.log'), 'utf8') : '';
  const pid = (): number => Number(readFileSync(join(etc, 'gateway.pid'), 'utf8'));
  const isRunning = (): boolean => spawnSync('kill', ['-0', String(pid())]).status === 0;

  /** A test takes no port that it does not know to be free, and has its places in its own folder. */
  const adapt = (): void => {
    const file = join(etc, 'headgate.yaml');
    const text = readFileSync(file, 'utf8')
      .replace('"[::]:8080"', '"127.0.0.1:0"')
      .replace('"0.0.0.0:9464"', '"127.0.0.1:0"')
      .replace(/^policy: /m, `state: ${join(scratch, 'state')}\npaths: ${JSON.stringify(PATHS)}\npolicy: `);
    writeFileSync(file, here(text));
  };

  const shell = (command: string, who: string): Promise<{ code: number | null; said: string }> =>
    new Promise((settle, fail) => {
      const env = {
        ...process.env,
        PATH: `${join(scratch, 'bin')}:${process.env['PATH'] ?? ''}`,
        HOME: join(scratch, who),
        WHO: who,
        HEADGATE: ROOT,
        EDITOR: join(scratch, 'bin/editor'),
        EDIT: join(scratch, 'edit.json'),
      };
      const child = spawn('/bin/sh', ['-c', here(command)], { cwd: etc, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
      child.once('error', fail);
      child.once('close', (code) => settle({ code, said }));
    });

  beforeAll(() => {
    for (const folder of ['etc', 'bin', 'alice/.ssh', 'bob/.ssh', 'carol/.ssh'])
      mkdirSync(join(scratch, folder), { recursive: true });
    const program = join(scratch, 'bin/headgate');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist/cli/main.js')}' "$@"\n`);
    chmodSync(program, 0o700);
    writeFileSync(join(scratch, 'bin/editor'), `#!/bin/sh\nexec cp '${join(scratch, 'edited')}' "$1"\n`);
    chmodSync(join(scratch, 'bin/editor'), 0o700);
  });
  afterAll(async () => {
    if (existsSync(join(etc, 'gateway.pid')) && isRunning()) {
      process.kill(pid(), 'SIGKILL');
      await eventually('the gateway to be gone', () => !isRunning());
    }
    const folder = join(WRITTEN, `e2e-day-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'output.log'), logs + log());
    rmSync(scratch, { recursive: true, force: true });
  });

  test.each(STEPS)(
    '$title',
    async ({ people, command, code, prints }) => {
      if (isBroken) throw new Error('a step before this one failed');
      isBroken = true;
      if (command.startsWith('$EDITOR ')) {
        const file = join(etc, command.slice('$EDITOR '.length));
        writeFileSync(join(scratch, 'edited'), edited(readFileSync(file, 'utf8'), EDITS[edits] ?? ''));
        edits += 1;
      }
      if (command.startsWith('headgate serve ')) logs += log();
      for (const who of people) {
        let ran = await shell(command, who);
        // What the gateway does by itself takes it a moment: whoever looks, looks again.
        const isSaid = (): boolean => prints.every((line) => patternOf(here(line)).test(ran.said));
        if (command.startsWith('headgate status ') && !isSaid())
          await eventually('the status to say so', async () => {
            ran = await shell(command, who);
            return isSaid();
          }).catch(() => undefined);
        logs += ran.said;
        digest = /\bdigest ([0-9a-f]{64})$/m.exec(ran.said)?.[1] ?? digest;
        expect({ code: ran.code, said: ran.said }).toEqual({ code, said: ran.said });
        for (const line of prints) expect(ran.said).toMatch(patternOf(here(line)));
      }
      if (command.startsWith('cp ')) adapt();
      if (command.startsWith('kill ')) await eventually('the gateway to be gone', () => !isRunning());
      isBroken = false;
    },
    60_000,
  );

  test('every edit that the page shows was made', () => {
    expect(edits).toBe(EDITS.length);
  });
});

// Every command of README.md runs as it stands there. `make run` and the curl lines are run by demo.test.ts; here are the rest.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../wire/harness/deadline.js';
import { WRITTEN } from '../wire/harness/gateway.js';
import { PATHS } from '../wire/harness/paths.js';
import { fetchText } from '../wire/harness/scrape.js';
import { runProgram } from './program.js';

const ROOT = resolve(__dirname, '../..');
const COMMANDS = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```sh\n(.*?)```/gs)].flatMap(
  ([, block = '']) => block.trim().split('\n'),
);
/** Run elsewhere: by the demo's test, by whoever runs these tests. */
const ELSEWHERE = /^(curl |make (run|test|build)\b)/;

const etc = mkdtempSync(join(tmpdir(), 'headgate-e2e-readme-'));
afterAll(() => rmSync(etc, { recursive: true, force: true }));
const here = (command: string): string => command.replaceAll('/etc/headgate', etc);
const shell = (command: string): ReturnType<typeof runProgram> =>
  runProgram('/bin/sh', ['-c', `cd '${ROOT}' && ${here(command)}`]);

test('there are commands that are run here', () => {
  expect(COMMANDS.filter((command) => !ELSEWHERE.test(command)).length).toBeGreaterThanOrEqual(8);
});

// In the order of the README: the last ones build on the first ones.
test.each(COMMANDS.filter((command) => !ELSEWHERE.test(command) && !/ serve /.test(command)))('%s', async (command) => {
  const { code, stderr } = await shell(command);
  // What is shipped may be worth a remark (`info`), never a warning; but its days pass while it lies here.
  const remark = /^\S+:\d+:\d+: (info: |.* \[(ends-soon|ended)\]$)/;
  const complaints = stderr.split('\n').filter((line) => /^\S/.test(line) && !remark.test(line));
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
  if (!command.startsWith('cp ')) return;
  // A test takes no port that it does not know to be free, and its keys and its state are where it put them.
  const file = join(etc, 'headgate.yaml');
  const text = readFileSync(file, 'utf8')
    .replace('"[::]:8080"', '"127.0.0.1:0"')
    .replace('"0.0.0.0:9464"', '"127.0.0.1:0"');
  writeFileSync(file, `${here(text)}\nstate: state\npaths: ${JSON.stringify(PATHS)}\n`);
});

describe('serve', () => {
  let gateway: ChildProcess;
  let said = '';
  let ended: Promise<number | null>;
  const eventOf = (event: string): { port?: number } | undefined =>
    said
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`))
      .map((line) => JSON.parse(line) as { port?: number })[0];

  beforeAll(async () => {
    const [command = ''] = COMMANDS.filter((line) => / serve /.test(line));
    gateway = spawn('/bin/sh', ['-c', `cd '${ROOT}' && exec ${here(command)}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    ended = new Promise((settle) => gateway.once('close', settle));
    for (const stream of [gateway.stdout, gateway.stderr])
      stream?.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
    await eventually('the gateway to be ready', () => {
      if (gateway.exitCode !== null) throw new Error(`the gateway ended: ${said}`);
      return eventOf('ready') !== undefined;
    });
  });
  afterAll(async () => {
    if (gateway.exitCode === null) gateway.kill('SIGKILL');
    await ended;
    const folder = join(WRITTEN, `e2e-readme-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'output.log'), said);
  });

  test.each(['/metrics', '/livez', '/readyz', '/version'])('it answers %s on the metrics address', async (path) => {
    expect((await fetchText(eventOf('metrics-listening')?.port ?? 0, path)).status).toBe(200);
  });

  test('it says at every start that nobody signs', () => {
    expect(eventOf('unsigned')).toBeDefined();
  });

  test('it ends well on SIGTERM', async () => {
    gateway.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

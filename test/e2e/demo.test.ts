// `make run` as a newcomer meets it: the table says the truth, every command that it prints and that the README shows works, and
// Ctrl-C leaves nothing behind.
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeWith, programPath } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { WRITTEN } from '../wire/harness/gateway.js';
import { runProgram } from './program.js';

const ROOT = resolve(__dirname, '../..');
const MAIN = join(ROOT, 'dist/cli/main.js');
const folder = join(WRITTEN, `e2e-demo-${process.pid}`);

let said = '';
let demo: ChildProcess;
let ended: Promise<number | null>;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  demo = spawn(process.execPath, [MAIN, 'demo', '--folder', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  ended = new Promise((settle) => demo.once('close', settle));
  demo.stdout?.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  demo.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  await eventually(
    'the demo to say that it is there',
    () => {
      if (demo.exitCode !== null) throw new Error(`the demo ended: ${said}`);
      return said.includes('Ctrl-C ends it all.');
    },
    30_000,
  );
});
afterAll(async () => {
  if (demo.exitCode === null) demo.kill('SIGTERM');
  await ended;
});

/** The cells of the table, row by row. */
const rows = (): string[][] => {
  const lines = said.split('\n');
  const start = lines.findIndex((line) => line.includes('───'));
  const end = lines.indexOf('', start);
  return lines.slice(start + 1, end).map((line) => line.trim().split(/ {2,}/));
};

test('the table shows each site with what it received, and nobody else’s', () => {
  const number = '4477009…042';
  const [imsi, address] = ['0010100…042', '100.64.…'];
  const pseudonym = expect.stringMatching(/^demo\.[\w-]{6}…$/) as string;
  expect(rows()).toEqual([
    ['every request', 'as the network sends it', number, number, imsi, address, '-'],
    ['pay.acme.example', 'partner: carrier billing', number, '-', '-', '-', '-'],
    ['verify.agecheck.example', 'partner: age check', pseudonym, '-', '-', '-', '-'],
    ['selfcare.operator.example', 'our own: self-care', '-', number, imsi, '-', '-'],
    ['news.example', 'stranger', '-', '-', '-', '-', '-'],
    ['ads.example', 'stranger', '-', '-', '-', '-', '-'],
    ['pay.acme.example.evil.example', 'stranger, a look-alike', '-', '-', '-', '-', '-'],
    ['news.example', 'stranger, the bad day (1)', '-', '-', '-', '-', '-'],
    ['pay.acme.example', 'partner, forged number (2)', '-', '-', '-', '-', '-'],
  ]);
});

test('the counts are the gateway’s own', () => {
  expect(said).toMatch(
    /8 requests; identity headers: 4 released, \d\d stripped, 1 forged and not believed; 1 leak contained\./,
  );
});

test('no number of a subscriber is printed whole', () => {
  const printed = said.replaceAll('X-MSISDN: 447700900999', '');
  expect(printed.match(/447700900\d{3}|00101\d{10}/g)).toBeNull();
});

/** The ports that the demo prints, by the ports that it prefers. */
const ports = (): ReadonlyMap<string, string> => {
  const [, enricher = ''] = /curl --proxy http:\/\/127\.0\.0\.1:(\d+) http:\/\/news/.exec(said) ?? [];
  const [, gateway = ''] = /curl --proxy http:\/\/127\.0\.0\.1:(\d+) --header/.exec(said) ?? [];
  return new Map([
    ['8080', enricher],
    ['8081', gateway],
  ]);
};

describeWith(['curl'], 'every command that is shown works', () => {
  const shell = (line: string): ReturnType<typeof runProgram> =>
    runProgram('/bin/sh', [
      '-c',
      line.replace(/^curl /, `${programPath('curl')} --silent --show-error --max-time 20 `),
    ]);

  const expectations: readonly (readonly [RegExp, (stdout: string) => void])[] = [
    [
      /interface 127\.0\.0\.7 .*pay\.acme/,
      (stdout) => expect(stdout).toMatch(/^! X-MSISDN +447700900007 {3}<- a phone number$/m),
    ],
    [
      /--header .*pay\.acme/,
      (stdout) => expect(stdout).toMatch(/^What reached pay\.acme\.example.*\nNothing that reached/),
    ],
    [/pay\.acme/, (stdout) => expect(stdout).toMatch(/^! X-MSISDN +447700900001 {3}<- a phone number$/m)],
    [
      /news\.example/,
      (stdout) => expect(stdout).toMatch(/^What reached news\.example, stranger\nNothing that reached/),
    ],
    [
      /\/metrics$/,
      (stdout) => expect(stdout).toMatch(/^headgate_requests_total\{listener="demo",verdict="released"\} \d+$/m),
    ],
  ];
  const runAndCompare = async (line: string): Promise<void> => {
    const expectation = expectations.find(([pattern]) => pattern.test(line));
    if (expectation === undefined) throw new Error(`nothing is expected of: ${line}`);
    const { code, stdout, stderr } = await shell(line);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expectation[1](stdout);
  };

  test('those that the demo prints', async () => {
    const lines = said.match(/curl .*$/gm) ?? [];
    expect(lines).toHaveLength(5);
    for (const line of lines) await runAndCompare(line);
  });

  test('those that README.md shows', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const lines = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(
      ([, block = '']) => block.match(/^curl .*$/gm) ?? [],
    );
    expect(lines).toHaveLength(4);
    for (const line of lines)
      await runAndCompare(line.replace(/127\.0\.0\.1:(\d+)/, (_, port: string) => `127.0.0.1:${ports().get(port)}`));
  });

  test('the addresses for a browser show the page of a stranger and of a partner', async () => {
    const [stranger = '', partner = ''] = said.match(/http:\/\/\S+\.localhost:\d+\//g) ?? [];
    const page = async (url: string): Promise<string> =>
      (await shell(`curl --header 'Accept: text/html' ${url}`)).stdout;
    expect(await page(stranger)).toMatch(
      /<p class="verdict none">Nothing that reached this site says who you are\.<\/p>/,
    );
    expect(await page(partner)).toMatch(
      /<p class="verdict who">One header that reached this site identifies you\.<\/p>/,
    );
    expect(await page(partner)).toContain('<dd>447700900001</dd>');
  });
});

/** A command of the program that was printed, run where the demo was started. */
const typed = (start: RegExp): ReturnType<typeof runProgram> => {
  const line = said.split('\n').find((each) => start.test(each)) ?? '';
  expect(line).toMatch(/^ +node .*main\.js /);
  return runProgram('/bin/sh', ['-c', `cd '${process.cwd()}' && ${line.replace('node ', `'${process.execPath}' `)}`]);
};
const approvals = (): string[] => readdirSync(join(folder, 'approvals'));

test('its first lines say what approved the policy that runs, and that command is what wrote the approval', () => {
  const [line = ''] = said.match(/^ {2}node .* approve .*$/m) ?? [];
  expect(said.indexOf(line)).toBeLessThan(said.indexOf('Who received what'));
  expect(line).toMatch(/ approve --config \S+ --baseline --reason 'first start' --proposer demo --yes$/);
  const [file = '', ...others] = approvals();
  expect(others).toEqual([]);
  expect(readFileSync(join(folder, 'approvals', file), 'utf8')).toMatch(/^kind: baseline$/m);
});

describe('a change of the allowlist', () => {
  const settings = join(folder, 'headgate.yaml');
  const status = async (): Promise<string> => (await typed(/ status --config /)).stdout;

  beforeAll(() => {
    // The shipped policy stays as it is: the same text elsewhere is the same policy.
    const text = readFileSync(settings, 'utf8');
    const [, shipped = ''] = /^policy: "(.*)"$/m.exec(text) ?? [];
    copyFileSync(shipped, join(folder, 'policy.yaml'));
    writeFileSync(settings, text.replace(shipped, 'policy.yaml'));
  });

  test('that exposes more is refused until it is approved by the command that is printed', async () => {
    const policy = join(folder, 'policy.yaml');
    const before = await status();
    expect(before).not.toMatch(/not-approved/);
    writeFileSync(policy, readFileSync(policy, 'utf8').replace('pay.acme.example', 'pay.acme.example, ads.example'));
    await eventually('the change to be refused', async () => /not-approved/.test(await status()));
    const { code, stderr } = await typed(/ approve .*--reason 'a look around'/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(approvals()).toHaveLength(2);
    await eventually('the change to be in force', async () => !/not-approved/.test(await status()));
    expect(await status()).not.toBe(before);
  });
});

test('after Ctrl-C it ends well and nothing of it runs on', async () => {
  const [, pid = ''] = /"pid":(\d+),.*"event":"ready"/.exec(readFileSync(join(folder, 'gateway.log'), 'utf8')) ?? [];
  expect(() => process.kill(Number(pid), 0)).not.toThrow();
  demo.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
});

test('`--once` ends after the table and leaves no folder', async () => {
  const own = mkdtempSync(join(tmpdir(), 'headgate-e2e-once-'));
  const { code, stdout } = await runProgram('/usr/bin/env', [
    `TMPDIR=${own}`,
    process.execPath,
    MAIN,
    'demo',
    '--once',
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('pay.acme.example.evil.example');
  expect(stdout).not.toContain('Ctrl-C');
  expect(readdirSync(own)).toEqual([]);
  rmSync(own, { recursive: true });
}, 60_000);

test('a gateway that cannot start is one clear error', async () => {
  const { code, stderr } = await runProgram(process.execPath, [MAIN, 'demo', '--once', '--folder', '/dev/null/x']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*\n$/);
});

// `headgate diff --config` and `headgate exposure --config`: gated settings are inside, each change with its lines in both files.
import { execFileSync } from 'node:child_process';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { run, type Ran } from './run.js';

const NEW = `${SETTINGS.replace('trust: path', 'trust: ["10.20.0.0/16"]')}connect: { ports: [443, 8443] }\n`;
const OLD = `${SETTINGS.replace('trust: path', 'trust: ["10.20.0.0/24"]')}connect: { ports: [443] }\n`;

let space: Workspace;
let before: string;
beforeEach(() => {
  space = makeWorkspace({ 'headgate.yaml': NEW, 'old.yaml': OLD });
  before = process.cwd();
  process.chdir(space.folder);
});
afterEach(() => {
  process.chdir(before);
  space.remove();
});
const git = (...words: string[]): void => {
  const who = ['-c', 'user.name=ops', '-c', 'user.email=ops@operator.example'];
  execFileSync('git', [...who, ...words], { cwd: space.folder, stdio: 'ignore' });
};
const compare = (...words: string[]): Promise<Ran> => run('diff', 'policy.yaml', 'policy.yaml', ...words);
const both = ['--config', 'headgate.yaml', '--old-config', 'old.yaml'];

test('a change of a gated setting has the line of both files', async () => {
  const { out, err, code } = await compare(...both);
  expect(err).toBe('');
  expect(out).toBe(`widening: \`connect.ports\` is [443], and would be [443, 8443]
  old old.yaml:6:19
  new headgate.yaml:6:19
widening: \`listeners.internet.trust\` is [10.20.0.0/24], and would be [10.20.0.0/16]
  old old.yaml:2:80
  new headgate.yaml:2:80
widening: 2 widenings
`);
  expect(code).toBe(2);
});

test('so it has as json, with the values of both sides', async () => {
  const { settings } = JSON.parse((await compare(...both, '--format', 'json')).out) as { settings: unknown[] };
  expect(settings[0]).toMatchObject({
    direction: 'widening',
    setting: 'connect.ports',
    before: ['443'],
    after: ['443', '8443'],
    lines: { old: [{ file: 'old.yaml', line: 6 }], new: [{ file: 'headgate.yaml', line: 6 }] },
  });
});

test('so it has as markdown and as sarif', async () => {
  expect((await compare(...both, '--format', 'markdown')).out).toContain(
    '| `connect.ports` is [443], and would be [443, 8443] | old old.yaml:6:19<br>new headgate.yaml:6:19 |',
  );
  const { runs } = JSON.parse((await compare(...both, '--format', 'sarif')).out) as { runs: { results: unknown[] }[] };
  const place = (uri: string): object => ({
    physicalLocation: { artifactLocation: { uri }, region: { startLine: 6, startColumn: 19 } },
  });
  expect(runs[0]?.results[0]).toMatchObject({
    ruleId: 'exposure-widens',
    locations: [place('headgate.yaml')],
    relatedLocations: [place('old.yaml')],
  });
});

test('one settings file is that of both sides', async () => {
  const { out, code } = await compare('--config', 'headgate.yaml');
  expect(out).toBe('equivalent: nobody receives more or less than before\n');
  expect(code).toBe(0);
});

test('the old settings alone are wrong usage', async () => {
  const { err, code } = await compare('--old-config', 'old.yaml');
  expect(err).toContain('it needs `--config FILE` for the other');
  expect(code).toBe(64);
});

test('settings that are none end with 1, on either side', async () => {
  space.write('broken.yaml', 'listeners: []\n');
  for (const words of [
    ['--config', 'broken.yaml'],
    ['--config', 'headgate.yaml', '--old-config', 'broken.yaml'],
  ]) {
    const { out, err, code } = await compare(...words);
    expect([out, code]).toEqual(['', 1]);
    expect(err).toContain('broken.yaml:1:');
  }
});

test('old settings of a revision of git are compared with the files that it names as they were then', async () => {
  space.write('headgate.yaml', `${OLD}approval: { signers: people }\n`);
  space.write('people', 'alice@operator.example ssh-ed25519 AAAA\n');
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  space.write('people', 'alice@operator.example ssh-ed25519 AAAA\nmallory@operator.example ssh-ed25519 BBBB\n');
  const words = ['--config', 'headgate.yaml', '--old-config', 'git:HEAD:headgate.yaml'];
  const { out, code } = await compare(...words, '--format', 'json');
  const { settings } = JSON.parse(out) as { settings: Record<string, string[]>[] };
  expect(settings).toMatchObject([{ direction: 'widening', setting: 'approval.signers' }]);
  expect([settings[0]?.['before']?.length, settings[0]?.['after']?.length]).toEqual([1, 2]);
  expect(code).toBe(2);
  expect((await compare(...words)).out).not.toContain('AAAA');
});

test('a file that cannot be read is left out, and said', async () => {
  space.write('headgate.yaml', `${NEW}approval: { revoked: gone }\n`);
  const { err, code } = await compare('--config', 'headgate.yaml');
  expect(err).toMatch(/^warning: cannot read `approval\.revoked` from `.*gone`: no such file \[trust-unreadable\]\n/);
  expect(code).toBe(0);
});

describe('with two listeners', () => {
  const second = '  - { name: roaming, address: "127.0.0.1:0", clients: ["127.0.0.0/8"], trust: none }\n';
  const limited = (names: string): string => POLICY.replace('    release:', `    listeners: [${names}]\n    release:`);
  beforeEach(() => {
    space.write('headgate.yaml', NEW.replace('metrics:', `${second}metrics:`));
    space.write('one.yaml', limited('internet'));
    space.write('two.yaml', limited('internet, roaming'));
  });

  test('a change is said by the names that the settings have', async () => {
    const words = ['--config', 'headgate.yaml'];
    expect((await run('diff', 'one.yaml', 'policy.yaml')).out).toContain('every listener but `internet`');
    const named = (await run('diff', 'one.yaml', 'policy.yaml', ...words)).out;
    expect(named).toContain('(sent over plain http) on listener `roaming`');
    expect(named).toContain('port `80`, listener `roaming`;');
    expect((await run('diff', 'two.yaml', 'policy.yaml', ...words)).out).toContain('no listener of the settings');
    space.write('other.yaml', limited('internet, roaming').replace('X-MSISDN', 'X-IMSI'));
    expect((await run('diff', 'two.yaml', 'other.yaml', ...words)).out).toContain('port `80`, every listener;');
  });
});

describe('exposure', () => {
  test('of settings is that of their policy and of the gated settings', async () => {
    const { out, err, code } = await run('exposure', '--config', 'headgate.yaml');
    expect(err).toBe('');
    expect(out).toMatch(/\npay +x-msisdn \(unchanged\), other, novel \(unchanged\) +pay\.acme\.example +plain http /);
    expect(out).toMatch(/\nconnect\.ports +443, 8443\n/);
    expect(out).toMatch(/\nlisteners\.internet\.trust +10\.20\.0\.0\/16\n/);
    expect(out).toMatch(/\nengine\.meaning +\d+\n/);
    expect(code).toBe(0);
  });

  test('as json and as markdown has them too', async () => {
    const { out } = await run('exposure', '--config', 'headgate.yaml', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      settings: { 'connect.ports': ['443', '8443'], skewMs: 30_000, 'identity.headers': [] },
    });
    const markdown = (await run('exposure', '--config', 'headgate.yaml', '--format', 'markdown')).out;
    expect(markdown).toContain('\n| setting | value |\n| --- | --- |\n| approval.required | 1 |\n');
  });

  test('takes one of both', async () => {
    for (const words of [[], ['--policy', 'policy.yaml', '--config', 'headgate.yaml']]) {
      const { err, code } = await run('exposure', ...words);
      expect([err, code]).toEqual(['error: `headgate exposure` takes `--policy FILE` or `--config FILE`\n', 64]);
    }
  });
});

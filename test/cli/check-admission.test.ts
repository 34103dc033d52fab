// `headgate check --approvals`: what a gateway would decide, in CI, by exit code and in words.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { run, type Ran } from './run.js';

const UNSIGNED = `${SETTINGS}approval: { required: 0 }\n`;
const WIDER = POLICY.replace('pay.acme.example', 'pay.acme.example, buy.acme.example');
const TLS = POLICY.replace('transport: http', 'transport: tls');

let space: Workspace;
let before: string;
beforeEach(() => {
  space = makeWorkspace({ 'headgate.yaml': UNSIGNED, 'old.yaml': POLICY, 'policy.yaml': WIDER });
  before = process.cwd();
  process.chdir(space.folder);
});
afterEach(() => {
  process.chdir(before);
  space.remove();
});
const check = (...words: string[]): Promise<Ran> => run('check', '--config', 'headgate.yaml', '--approvals', ...words);
const approve = (...words: string[]): Promise<Ran> =>
  run('approve', '--config', 'headgate.yaml', '--proposer', 'ops', '--reason', 'a test', '--yes', ...words);

test('a widening without approval ends in 2, with who gains what and an example', async () => {
  const { code, out, err } = await check('--base', 'old.yaml');
  expect(code).toBe(2);
  expect(err).toContain(
    'error: widening: `pay` gains `x-msisdn` (unchanged) on `buy.acme.example`, for example http://buy.acme.example/ (agreed: no approval) [not-approved]\n',
  );
  expect(out).not.toContain('would admit');
});

test('with its approval it ends in 0, and says what a gateway would do', async () => {
  await approve('--base', 'old.yaml');
  const { code, out } = await check('--base', 'old.yaml');
  expect(code).toBe(0);
  expect(out).toContain('\na gateway would admit it: widening, generation 0\n');
});

test('the approvals of another folder count instead of those of the settings', async () => {
  await approve('--base', 'old.yaml');
  mkdirSync('empty');
  expect((await check('empty', '--base', 'old.yaml')).code).toBe(2);
});

test('a narrowing and an equal policy need no one', async () => {
  space.write('policy.yaml', TLS);
  expect((await check('--base', 'old.yaml')).code).toBe(0);
  space.write('policy.yaml', POLICY);
  expect((await check('--base', 'old.yaml')).out).toContain('would admit it: equivalent');
});

test('a narrowing that comes with a widening is said to wait, with the command that has it at once', async () => {
  space.write('policy.yaml', WIDER.replace('pay.acme.example, ', ''));
  const { code, err } = await check('--base', 'old.yaml');
  expect(code).toBe(2);
  expect(err).toMatch(
    /info: narrowing: `pay` loses .* on `pay\.acme\.example`: it waits with what is refused \[held-up\]/,
  );
  expect(err).toContain('  help: to have it at once: headgate lockdown on --partner pay --reason TEXT\n');
});

test('without a base it is judged as a gateway with no state does: by a baseline', async () => {
  const bare = await check();
  expect(bare.code).toBe(2);
  expect(bare.err).toContain('[no-baseline]');
  await approve('--baseline');
  expect((await check()).code).toBe(0);
});

test('what exceeds the ceiling ends in 4, approved or not', async () => {
  space.write('headgate.yaml', `${UNSIGNED}ceiling: old.yaml\n`);
  space.write('wide.yaml', WIDER);
  const proposed = await approve('--baseline');
  expect(proposed.code).toBe(4);
  expect(proposed.err).toContain('above the ceiling, which no approval exceeds');
  const { code, err } = await check('--base', 'old.yaml');
  expect(code).toBe(4);
  expect(err).toContain('[ceiling]');
});

test('what the policy may never say ends in 4', async () => {
  space.write('policy.yaml', POLICY.replace('pay.acme.example', '"**"'));
  expect((await check('--base', 'old.yaml')).code).toBe(4);
});

test('a policy that fails its own tests ends in 1', async () => {
  space.write('headgate.yaml', `${UNSIGNED}tests: tests.yaml\n`);
  space.write(
    'tests.yaml',
    'at: 2026-06-01\ntests:\n  - name: buy is a stranger\n    url: http://buy.acme.example/\n    fields: [X-MSISDN]\n    expect: { stranger: true }\n',
  );
  const { code, err } = await check('--base', 'old.yaml');
  expect(code).toBe(1);
  expect(err).toContain('[test-failed]');
});

test('the settings of the base have their own rule and their own values', async () => {
  const git = (...words: string[]): void => {
    const who = ['-c', 'user.name=ops', '-c', 'user.email=ops@operator.example'];
    execFileSync('git', [...who, ...words], { stdio: 'ignore' });
  };
  git('init', '-q');
  space.write('policy.yaml', POLICY);
  space.write('headgate.yaml', SETTINGS);
  git('add', 'policy.yaml', 'headgate.yaml');
  git('commit', '-qm', 'base');
  space.write('headgate.yaml', UNSIGNED);
  const base = ['--base', 'git:HEAD:policy.yaml'];
  expect((await check(...base)).code).toBe(0);
  const { code, err } = await check(...base, '--base-config', 'git:HEAD:headgate.yaml');
  expect(code).toBe(2);
  expect(err).toContain('`approval.required` is 1, and would be 0 (agreed: 0 of 1 person) [not-approved]');
});

test('as json the admission stands beside the problems', async () => {
  const { code, out } = await check('--base', 'old.yaml', '--format', 'json');
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    admission: {
      outcome: 'refused',
      code: 'not-approved',
      direction: 'widening',
      witnesses: [{ url: 'http://buy.acme.example/', header: 'x-msisdn', partner: 'pay' }, {}],
    },
  });
});

test.each([
  ['a base without approvals', ['check', '--config', 'headgate.yaml', '--base', 'old.yaml']],
  ['approvals without settings', ['check', 'policy.yaml', '--approvals']],
  [
    'settings of a base that has its own',
    ['check', '--config', 'headgate.yaml', '--approvals', '.', '--base', 'live', '--base-config', 'x'],
  ],
])('%s are wrong usage', async (_, words) => {
  const { code, out } = await run(...words);
  expect([code, out]).toEqual([64, '']);
});

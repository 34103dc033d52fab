// `headgate fleet` and `headgate status --fleet` against a real admin server: who runs what, who is behind, what to type.
import type { FleetAnswer, ListedReplica } from '../../src/control/admin-actions.js';
import { DIGEST, FLEET, OTHER_DIGEST } from '../control/admin-memory.js';
import { makeAdminGateway, type AdminGateway } from './admin-gateway.js';
import { run } from './run.js';

let admin: AdminGateway;
const fleet = (...words: string[]) => run('fleet', '--config', admin.config, ...words);
const [SELF, OTHER] = FLEET.replicas as [ListedReplica, ListedReplica];
const withOther = (over: Partial<ListedReplica>, answer: Partial<FleetAnswer> = {}): void => {
  admin.gateway.replicas = { ...FLEET, ...answer, replicas: [SELF, { ...OTHER, ...over }] };
};

beforeEach(async () => {
  admin = makeAdminGateway();
  await admin.serve();
});
afterEach(() => admin.remove());

test('replicas that are one are a line and a table', async () => {
  expect(await fleet()).toEqual({
    code: 0,
    err: '',
    out: [
      `2 replicas run policy ${DIGEST}`,
      '',
      'replica       policy   drift  generation  since                 heard  lockdown  leaks  version',
      'gw-1 (asked)  8c1f2ab  -               3  2026-02-01T00:00:00Z  0 s    off           0  0.1.0',
      'gw-2          8c1f2ab  -               3  2026-02-01T00:00:00Z  1 s    off           0  0.1.0',
      '',
    ].join('\n'),
  });
});

test('one that runs another policy and refused what lies there stands out', async () => {
  withOther({ digest: OTHER_DIGEST, drift: 'digest', refused: 'not-approved' }, { digests: 2 });
  const { out } = await fleet();
  expect(out).toMatch(/^2 replicas run 2 POLICIES\n/);
  expect(out).toMatch(/^gw-2 +0a9b8c7 +ANOTHER POLICY, refused: not-approved /m);
});

test.each<[Partial<ListedReplica>, RegExp]>([
  [{ drift: 'generation', generation: 2 }, /^gw-2 .* older generation +2 /m],
  [{ drift: 'workers', workersCurrent: 1 }, /^gw-2 .* not all workers /m],
  [{ drift: 'refused', refused: 'invalid' }, /^gw-2 .* refused: invalid /m],
  [{ silent: true, ageSeconds: 42 }, /^1 replica runs policy .*; 1 is SILENT\n[^]*^gw-2 .* SILENT 42 s /m],
  [{ leaks: 7 }, /^gw-2 .* 7 +0\.1\.0$/m],
])('%j', async (over, line) => {
  withOther(over);
  expect((await fleet()).out).toMatch(line);
});

test('a lockdown is shown with who has it, and how it is ended on each', async () => {
  withOther({ lockdown: { all: true, partners: ['pay'] } });
  const { out } = await fleet();
  expect(out).toContain(
    `\nlockdown is on for everyone at gw-2; to end it, on each of them:\n  headgate lockdown off --reason TEXT --config ${admin.config}\n`,
  );
  expect(out).toContain('lockdown is on for partner pay at gw-2;');
  expect(out).toMatch(/^gw-2 .* EVERYONE /m);
});

test('without Redis, and with a generation that nobody has, it warns', async () => {
  withOther({}, { connected: false, problems: ['connect ECONNREFUSED'], highestGeneration: 9 });
  const warnings = (await fleet()).out.split('\n').filter((line) => line.startsWith('warning: '));
  expect(warnings).toEqual([
    'warning: Redis does not answer: the table is of 2026-03-01T09:20:00.000Z, and a lockdown must be set on each replica',
    'warning: connect ECONNREFUSED',
    'warning: generation 9 was told once, and no replica here has it: which baseline is missing?',
  ]);
});

test('a gateway that shares nothing says so', async () => {
  admin.gateway.replicas = { ...FLEET, kind: 'embedded', replicas: [SELF] };
  expect((await fleet()).out).toMatch(/^one gateway that shares nothing: /);
});

test('as JSON it is what the gateway answered', async () => {
  const { out } = await fleet('--format', 'json');
  expect(JSON.parse(out)).toEqual(FLEET);
});

describe('status --wait --fleet', () => {
  const wait = (...words: string[]) =>
    run('status', '--config', admin.config, '--wait', DIGEST.slice(0, 7), '--timeout', '300ms', ...words);

  test('ends when every replica runs it', async () => {
    expect((await wait('--fleet')).code).toBe(0);
  });

  test.each<[Partial<ListedReplica>, string]>([
    [{ digest: OTHER_DIGEST, refused: 'not-approved' }, 'gw-2 runs 0a9b8c7 and refused what lies there: not-approved'],
    [{ digest: null }, 'gw-2 runs nothing'],
    [{ silent: true, ageSeconds: 20 }, 'gw-2 has not been heard for 20 s'],
    [{ workersCurrent: 1 }, 'gw-2 runs it on 1 of 2 workers'],
  ])('names who is behind: %j', async (over, line) => {
    withOther(over);
    const { code, err } = await wait('--fleet');
    expect([code, err.split('\n')[0]]).toEqual([1, `error: ${line}`]);
    expect((await wait()).code).toBe(0);
  });

  test('without Redis nobody knows what the others run, whoever is in the table', async () => {
    admin.gateway.replicas = { ...FLEET, connected: false, replicas: [SELF] };
    const { code, err } = await wait('--fleet');
    expect([code, err.split('\n')[0]]).toEqual([
      1,
      'error: Redis does not answer: what other replicas run is not known',
    ]);
    admin.gateway.replicas = { ...FLEET, kind: 'embedded', replicas: [SELF] };
    expect((await wait('--fleet')).code).toBe(0);
  });
});

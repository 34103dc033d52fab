// `headgate headers` against a real admin server: what is listed, and that the line that `accept` prints is one that a policy takes.
import { compilePolicy } from '../../src/policy/compile.js';
import { makeAdminGateway, type AdminGateway } from './admin-gateway.js';
import { run } from './run.js';

let admin: AdminGateway;
const headers = (...words: string[]) => run('headers', ...words, '--config', admin.config);
const accept = (name: string, ...words: string[]) =>
  headers('accept', name, '--reason', 'our app: it’s "new"', '--owner', 'ops@operator.example', ...words);

beforeEach(() => {
  admin = makeAdminGateway();
});
afterEach(() => admin.remove());

test('names are listed by listener, the worst first', async () => {
  await admin.serve();
  expect(await headers()).toEqual({
    code: 0,
    err: '',
    out: [
      'listener internet: 1200 requests in the last minute; novelty: quarantine',
      'usual names: its own, learned by 2026-02-08T00:00:00Z',
      'name        state        share   requests  hosts  subscribers  values  first seen',
      'xnetline    quarantined  99.0 %      1188     61          240     238  2026-03-01T03:01:02Z',
      'xrequestid  baseline     0.3 %          3      0            0       0  -',
      '',
      'listener roaming: 0 requests in the last minute; novelty: learns until 2026-03-08T00:00:00Z, nothing is quarantined',
      'usual names: none yet: it learns since 2026-03-01T00:00:00Z',
      'no header name in no list',
      '',
    ].join('\n'),
  });
});

test('JSON is what the gateway said', async () => {
  await admin.serve();
  expect(JSON.parse((await headers('--format', 'json')).out)).toEqual(admin.gateway.names);
});

test.each([
  [{ from: 'learning', at: null }, 'none yet: it learns from its first request on'],
  [{ from: 'own', at: null }, 'its own'],
  [
    { from: 'fleet', at: '2026-03-01T00:00:05.123Z' },
    'of the fleet, taken 2026-03-01T00:00:05Z, until its own week is over',
  ],
  [{ from: 'lost', at: null }, 'none: the state was lost'],
] as const)('it says from where it knows which names are usual: %j', async (usual, words) => {
  await admin.serve();
  const { listeners } = admin.gateway.names;
  admin.gateway.names = { ...admin.gateway.names, listeners: listeners.map((each) => ({ ...each, usual })) };
  expect((await headers()).out.split('\n').filter((line) => line.startsWith('usual names: '))).toEqual(
    listeners.map(() => `usual names: ${words}`),
  );
});

describe('accept', () => {
  const policyWith = (fragment: string) =>
    compilePolicy({ file: 'policy.yaml', text: `version: 1\nreleasesNothing: true\n${fragment}` }, { now: Date.now() });

  test('prints what is seen of the name and a line that the policy takes as it is', async () => {
    await admin.serve();
    const { code, err, out } = await accept('X-Net-Line');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^# listener internet: quarantined, 99\.0 % of the requests, 61 hosts, 240 subscribers, 238 values\n/,
    );
    const outcome = policyWith(out);
    expect(outcome.ok).toBe(true);
    expect(outcome.ok && outcome.value.policy.watch).toMatchObject([
      { key: 'xnetline', spelling: 'X-Net-Line', reason: 'our app: it’s "new"', owner: 'ops@operator.example' },
    ]);
  });

  test('the line for what our own network sends is a policy’s too', async () => {
    await admin.serve();
    const own = /identity\.headers instead: (- .*)$/m.exec((await accept('X-Net-Line')).out)?.[1] ?? '';
    const outcome = policyWith(`identity:\n  headers:\n    ${own}\n`);
    expect(outcome.ok && outcome.value.policy.headers).toMatchObject([{ key: 'xnetline', carries: 'token' }]);
  });

  test.each(['123', '1e3', '0x1f', '1_000', '2026-01-01', 'null', 'true', 'on'])(
    'of `%s`, which YAML reads as something else, both lines are a policy’s too',
    async (name) => {
      await admin.serve();
      const { code, out } = await accept(name);
      expect(code).toBe(0);
      const watched = policyWith(out);
      expect(watched.ok && watched.value.policy.watch).toMatchObject([{ spelling: name }]);
      const [, own = ''] = /identity\.headers instead: (- .*)$/m.exec(out) ?? [];
      const ours = policyWith(`identity:\n  headers:\n    ${own}\n`);
      expect(ours.ok && ours.value.policy.headers).toMatchObject([{ spelling: name, carries: 'token' }]);
    },
  );

  test('takes a last day, and says where the name is not seen', async () => {
    await admin.serve();
    const { out } = await accept('X-Other', '--until', '2027-01-31');
    expect(out).toMatch(/^# not seen in the last minute, and in no quarantine\n/);
    expect(out).toMatch(/until: 2027-01-31 }\n$/);
  });

  test.each([
    ['a name that is none', 'X Net', [], 64, /^error: `name`: it takes one header name/],
    ['a day that is none', 'X-Net', ['--until', 'soon'], 64, /^error: `until`: it takes a day like/],
    ['identity of the catalogue', 'X_MSISDN', [], 1, /^error: `X_MSISDN` is identity, in the catalogue as `x-msisdn`/],
  ] as const)('refuses %s', async (_, name, words, code, err) => {
    await admin.serve();
    expect(await accept(name, ...words)).toMatchObject({ code, err: expect.stringMatching(err) as string, out: '' });
  });

  test('refuses a name that the policy has a line on', async () => {
    await admin.serve();
    const [first, ...others] = admin.gateway.names.listeners;
    if (first === undefined) throw new Error('no listener');
    const names = first.names.map((name) => ({ ...name, state: 'policy' as const }));
    admin.gateway.names = { ...admin.gateway.names, listeners: [{ ...first, names }, ...others] };
    expect(await accept('X-Net-Line')).toEqual({
      code: 1,
      out: '',
      err: 'error: the policy in force has a line on `X-Net-Line` already\n',
    });
  });
});

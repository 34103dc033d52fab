// `headgate reload` against a real admin server: the verdict and its exit code.
import { CANDIDATE, DIGEST, OTHER_DIGEST } from '../control/admin-memory.js';
import { makeAdminGateway, type AdminGateway } from './admin-gateway.js';
import { run } from './run.js';

let admin: AdminGateway;
const reload = (...words: string[]) => run('reload', '--config', admin.config, ...words);

beforeEach(() => {
  admin = makeAdminGateway();
});
afterEach(() => admin.remove());

test('an admitted candidate: 0, what changed and what runs', async () => {
  await admin.serve();
  admin.gateway.current = { ...admin.gateway.current, restartNeeded: ['workers'] };
  expect(await reload()).toEqual({
    code: 0,
    err: '',
    out: [
      'admitted  narrowing, generation 3',
      'change    narrowing: `pay` loses `x-imsi`',
      'example   http://api.bank.example/ x-imsi',
      `now runs  ${DIGEST}`,
      'warning   a restart is needed for workers',
      '',
    ].join('\n'),
  });
  expect(admin.gateway.reloads).toBe(1);
});

test('what came by break-glass says until when', async () => {
  await admin.serve();
  const plain = admin.gateway.reload.bind(admin.gateway);
  admin.gateway.reload = async () => {
    const verdict = await plain();
    return verdict.outcome === 'admitted' ? { ...verdict, breakGlassUntil: '2026-07-01T06:00:00.000Z' } : verdict;
  };
  expect((await reload()).out).toContain('break-glass  until 2026-07-01T06:00:00Z (2026-07-01 07:00 Europe/London)\n');
});

test.each([
  ['not-approved', 2],
  ['no-baseline', 2],
  ['never-set', 4],
  ['ceiling', 4],
  ['invalid', 1],
  ['tests', 1],
  ['generation', 1],
  ['state', 1],
  ['workers', 1],
] as const)('a candidate that is refused for %s ends in %i, and says what still runs', async (why, ends) => {
  await admin.serve();
  admin.gateway.onDisk = { ...CANDIDATE, code: why };
  const { code, out, err } = await reload();
  expect([code, err]).toEqual([ends, '']);
  expect(out).toMatch(
    new RegExp(`^refused     ${why} widening, since .* \\(2026-03-01 09:14 Europe/London\\), ${OTHER_DIGEST}$`, 'm'),
  );
  expect(out).toMatch(/^next {8}\S/m);
  expect(out).toMatch(new RegExp(`^still runs  ${DIGEST}$`, 'm'));
});

test('a refusal where nothing runs says that everything is withheld', async () => {
  await admin.serve();
  admin.gateway.onDisk = CANDIDATE;
  admin.gateway.current = { ...admin.gateway.current, digest: null };
  expect((await reload()).out).toContain('still runs  nothing: everything is withheld\n');
});

test('no gateway, no admin API, and a gateway that cannot: 1', async () => {
  const { code, err } = await reload();
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^error: no verdict from unix:\S+: there is no such socket\n$/),
  ]);
  await admin.serve();
  admin.gateway.broken = new Error('broken');
  expect((await reload()).err).toMatch(/: an unexpected error: the log has a line `admin-defect`\n$/);
  admin.remove();
  admin = makeAdminGateway('off');
  expect((await reload()).err).toBe(
    'error: this gateway has no admin API: the setting `admin` is off; SIGHUP reloads too\n',
  );
});

test('the token of `operate` is needed', async () => {
  admin.remove();
  admin = makeAdminGateway('{ address: "unix:admin.sock", tokens: { read: token-read, operate: token-operate } }');
  await admin.serve(['read', 'operate']);
  const { code, err } = await reload('--token-file', `${admin.space.folder}/token-read`);
  expect([code, admin.gateway.reloads]).toEqual([1, 0]);
  expect(err).toMatch(/: this needs the role `operate`: the token is of `read`\n$/);
  expect((await reload()).code).toBe(0);
});

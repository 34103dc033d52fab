// `headgate leaks` against a real admin server: what is printed at 3 a.m., and what is refused.
import { LEAK } from '../control/admin-memory.js';
import { makeAdminGateway, type AdminGateway } from './admin-gateway.js';
import { run } from './run.js';

let admin: AdminGateway;
const leaks = (...words: string[]) => run('leaks', '--config', admin.config, ...words);

beforeEach(() => {
  admin = makeAdminGateway();
});
afterEach(() => admin.remove());

test('a row says where, under which name, of how many, from when to when', async () => {
  await admin.serve();
  const counted = {
    ...LEAK,
    domain: 'shop.example',
    detector: 'hint',
    outcome: 'counted',
    partner: 'pay',
    subscribers: 1,
    leaks: 3,
  };
  admin.gateway.found = { ...admin.gateway.found, leaks: [LEAK, counted] };
  expect(await leaks()).toEqual({
    code: 0,
    err: '',
    out: [
      '2 kinds of leak since 2026-03-01T03:00:00Z',
      '',
      'domain        field       detector  outcome    subscribers  leaks  first                 last                  to        listener',
      'news.example  x-new-line  exact     contained           44    412  2026-03-01T03:01:02Z  2026-03-01T03:09:10Z  stranger  internet',
      'shop.example  x-new-line  hint      counted              1      3  2026-03-01T03:01:02Z  2026-03-01T03:09:10Z  pay       internet',
      '',
    ].join('\n'),
  });
});

test('what the network itself sends stands first', async () => {
  await admin.serve();
  admin.gateway.found = { ...admin.gateway.found, proven: [{ field: 'x-new-line', subscribers: 44, domains: 8 }] };
  expect((await leaks()).out.split('\n')[0]).toBe(
    'NETWORK: `x-new-line` carried identity of 44 subscribers to 8 domains within 5 minutes: the network itself sends it',
  );
});

test('without a leak it is one line, and where something is missing it says so', async () => {
  await admin.serve();
  admin.gateway.found = { wholeSince: '2026-03-01T03:00:00.000Z', proven: [], leaks: [], more: 0 };
  expect((await leaks()).out).toBe('no leak since 2026-03-01T03:00:00Z\n');
  admin.gateway.found = { ...admin.gateway.found, wholeSince: '2026-03-01T03:05:00.000Z' };
  expect((await leaks()).out).toBe(
    'no leak since 2026-03-01T03:00:00Z\nwhat was before 2026-03-01T03:05:00Z is not known\n',
  );
});

test('rows that were left out are counted', async () => {
  await admin.serve();
  admin.gateway.found = { ...admin.gateway.found, more: 7 };
  const { out } = await leaks();
  expect(out).toMatch(/^8 kinds of leak since /);
  expect(out).toMatch(/\nand 7 more\n$/);
});

test.each([
  [[], 900],
  [['--since', '2h'], 7200],
  [['--since', '1d'], 86_400],
  [['--since', '1500ms'], 2],
] as const)('%j asks for so many seconds: %i', async (words, seconds) => {
  await admin.serve();
  expect((await leaks(...words)).code).toBe(0);
  expect(admin.gateway.seconds).toBe(seconds);
});

test.each(['15', '2d', '0s', 'soon'])('`--since %s` is refused before anyone is asked', async (since) => {
  await admin.serve();
  const { code, err } = await leaks('--since', since);
  expect(code).toBe(64);
  expect(err).toBe(
    `error: \`--since ${since}\` is no duration from a second to a day: it takes a number with a unit, such as \`15m\`\n`,
  );
  expect(admin.gateway.seconds).toBe(0);
});

test('a name that others wrote moves no cursor', async () => {
  await admin.serve();
  admin.gateway.found = { ...admin.gateway.found, leaks: [{ ...LEAK, field: 'x\u001b[2Jy' }] };
  expect((await leaks()).out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('JSON is what the gateway said', async () => {
  await admin.serve();
  const { out } = await leaks('--format', 'json');
  expect(JSON.parse(out)).toEqual({ since: '2026-03-01T03:00:00.000Z', ...admin.gateway.found });
});

test('a gateway that cannot be asked is an error', async () => {
  const { code, err } = await leaks();
  expect(code).toBe(1);
  expect(err).toMatch(/^error: cannot read the leaks from unix:\S+: there is no such socket\n$/);
});

// `headgate status` against a real admin server: what is printed, for whom, and how waiting ends.
import { readFileSync } from 'node:fs';
import { DIGEST, OTHER_DIGEST, CANDIDATE } from '../control/admin-memory.js';
import { makeAdminGateway, TOKENS, type AdminGateway } from './admin-gateway.js';
import { run } from './run.js';

let admin: AdminGateway;
const status = (...words: string[]) => run('status', '--config', admin.config, ...words);

beforeEach(() => {
  admin = makeAdminGateway();
});
afterEach(() => admin.remove());

describe('what is printed', () => {
  test('a gateway without trouble is a few lines', async () => {
    await admin.serve();
    expect(await status()).toEqual({
      code: 0,
      err: '',
      out: [
        'state     ready: all 2 workers run the policy',
        'lockdown  off',
        `policy    ${DIGEST}, generation 3, since 2026-02-01T00:00:00Z (2026-02-01 00:00 Europe/London)`,
        'version   0.1.0',
        '',
      ].join('\n'),
    });
  });

  test('one worker is the worker', async () => {
    await admin.serve();
    const { workers } = admin.gateway.current;
    admin.gateway.current = { ...admin.gateway.current, workers: workers.slice(0, 1) };
    expect((await status()).out).toMatch(/^state     ready: the worker runs the policy\n/);
  });

  test('trouble is a line each, with what to type behind it', async () => {
    await admin.serve();
    const { config } = admin;
    const since = '2026-07-01T02:00:00.000Z';
    admin.gateway.current = {
      ...admin.gateway.current,
      candidate: CANDIDATE,
      lockdown: {
        all: { since, by: 'dana', reason: 'numbers at a stranger', via: 'api' },
        partners: [{ id: 'pay', since, by: 'file', reason: '', via: 'file' }],
      },
      breakGlass: { until: '2026-07-01T06:00:00.000Z', by: 'alice@operator.example' },
      unsigned: true,
      partnersEndingSoon: [{ id: 'bank', until: '2026-07-31T23:00:00.000Z' }],
      approvalsEndingSoon: [{ file: 'a.approval.yaml', applyBefore: '2026-07-02T00:00:00.000Z' }],
      restartNeeded: ['listeners.internet.address', 'workers'],
      workers: [
        { id: 1, digest: DIGEST, serving: true },
        { id: 2, digest: OTHER_DIGEST, serving: true },
        { id: 3, digest: null, serving: false },
      ],
      stateFolder: { writable: false, problem: 'the disk is full' },
      history: { seq: 7, ok: false },
      highestTime: '2999-01-01T00:00:00.000Z',
      reload: { at: since, successful: false },
    };
    const local = '(2026-07-01 03:00 Europe/London)';
    expect((await status()).out.split('\n')).toEqual([
      'state        ready: 1 of 3 workers run the policy',
      `worker       2 runs ${OTHER_DIGEST}`,
      'worker       3 runs nothing and takes no requests',
      `lockdown     EVERYONE since 2026-07-01T02:00:00Z ${local}, by dana (api): numbers at a stranger`,
      `to end it    headgate lockdown off --reason TEXT --config ${config}`,
      `lockdown     partner pay since 2026-07-01T02:00:00Z ${local}, by file (file): no reason given`,
      `to end it    headgate lockdown off --partner pay --reason TEXT --config ${config}`,
      'break-glass  until 2026-07-01T06:00:00Z (2026-07-01 07:00 Europe/London), by alice@operator.example',
      `policy       ${DIGEST}, generation 3, since 2026-02-01T00:00:00Z (2026-02-01 00:00 Europe/London)`,
      `refused      not-approved widening, since 2026-03-01T09:14:00Z (2026-03-01 09:14 Europe/London), ${OTHER_DIGEST}`,
      'why          widening: `bank` gains `x-imsi` (unchanged) on `api.bank.example`',
      'example      http://api.bank.example/ x-imsi (bank)',
      `held up      \`pay\` loses \`x-msisdn\`: at once with headgate lockdown on --partner pay --reason TEXT --config ${config}`,
      `next         headgate propose --config ${config} --reason TEXT`,
      `last reload  refused at 2026-07-01T02:00:00Z ${local}`,
      'warning      the state folder cannot be written (the disk is full): nothing wider is admitted',
      `warning      the history does not verify, at record 7: headgate history verify --config ${config}`,
      "warning      the gateway has seen 2999-01-01T00:00:00Z (2999-01-01 00:00 Europe/London): this machine's clock is behind it",
      'warning      a restart is needed for listeners.internet.address, workers',
      'warning      approvals need no signature: `approval.required` is 0',
      'ends soon    partner bank: 2026-07-31T23:00:00Z (2026-08-01 00:00 Europe/London)',
      'ends soon    approval a.approval.yaml: carries a change until 2026-07-02T00:00:00Z (2026-07-02 01:00 Europe/London)',
      'version      0.1.0',
      '',
    ]);
  });

  test.each([
    ['withholding', 'state     WITHHOLDING: everyone receives nothing, because no policy may be in force'],
    ['starting', 'state     starting: no request is taken yet'],
    ['draining', 'state     draining: no new request is taken'],
  ] as const)('%s is said first', async (state, line) => {
    await admin.serve();
    admin.gateway.current = { ...admin.gateway.current, state, digest: null, since: null, workers: [] };
    const { out } = await status();
    expect(out.split('\n')[0]).toBe(line);
    expect(out).toContain('policy    none in force\n');
  });

  test('what others wrote moves no cursor and makes no second line', async () => {
    await admin.serve();
    const entry = { since: '2026-07-01T02:00:00.000Z', by: 'a\u001b[2Jb', reason: 'x\ny\u202ez', via: 'file' } as const;
    admin.gateway.current = { ...admin.gateway.current, lockdown: { all: entry, partners: [] } };
    const { out } = await status();
    expect(out).toContain('by a\ufffd[2Jb (file): x\ufffdy\ufffdz\n');
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('of many messages only some are printed, and how many are left', async () => {
    await admin.serve();
    const messages = Array.from({ length: 23 }, (_, i) => `widening ${i}`);
    admin.gateway.current = { ...admin.gateway.current, candidate: { ...CANDIDATE, messages } };
    const lines = (await status()).out.split('\n').filter((line) => line.startsWith('why'));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toMatch(/ and 3 more: --format json has them all$/);
  });

  test.each([
    ['invalid', /^next +headgate check --config \S+$/m],
    ['never-set', /^next +headgate check --config \S+$/m],
    ['ceiling', /^next +headgate check --config \S+$/m],
    ['tests', /^next +headgate check --config \S+$/m],
    ['not-approved', /^next +headgate propose --config \S+ --reason TEXT$/m],
    ['no-baseline', /^next +headgate propose --config \S+ --baseline --reason TEXT$/m],
    ['generation', /^next +headgate approvals --config \S+$/m],
    ['state', /^next +mend the state folder, then headgate reload --config \S+$/m],
    ['workers', /^next +look for `worker-ended` in the log, then headgate reload --config \S+$/m],
  ] as const)('a candidate that is refused for %s has its next step', async (code, line) => {
    await admin.serve();
    admin.gateway.current = { ...admin.gateway.current, candidate: { ...CANDIDATE, code, direction: null } };
    const { out } = await status();
    expect(out).toMatch(line);
    expect(out).toMatch(new RegExp(`^refused +${code}, since`, 'm'));
  });

  test('JSON is what the gateway said', async () => {
    await admin.serve();
    const { out, code } = await status('--format', 'json');
    expect([JSON.parse(out), code]).toEqual([admin.gateway.current, 0]);
  });

  test('a path that a shell reads otherwise is quoted in what to type', async () => {
    await admin.serve();
    admin.gateway.current = { ...admin.gateway.current, candidate: CANDIDATE };
    const config = admin.space.write("it's mine.yaml", readFileSync(admin.config));
    const { out } = await run('status', '--config', config);
    expect(out).toContain(`--config '${config.replace("'", "'\\''")}'`);
  });
});

describe('waiting', () => {
  const everywhere = { digest: OTHER_DIGEST, serving: true };

  test('ends at once with 0 where every worker runs it', async () => {
    await admin.serve();
    const { code, err } = await status('--wait', DIGEST.slice(0, 7));
    expect([code, err]).toEqual([0, '']);
  });

  test('ends with 0 as soon as the last worker runs it', async () => {
    await admin.serve();
    const halfway = { ...admin.gateway.current, digest: OTHER_DIGEST, workers: [{ id: 1, ...everywhere }] };
    let asked = 0;
    admin.gateway.status = () => {
      asked += 1;
      const second = asked < 3 ? { id: 2, digest: DIGEST, serving: true } : { id: 2, ...everywhere };
      return Promise.resolve({ ...halfway, workers: [...halfway.workers, second] });
    };
    const { code, out } = await status('--wait', OTHER_DIGEST);
    expect([code, asked]).toEqual([0, 3]);
    expect(out).toContain('all 2 workers run the policy');
  });

  test.each<[string, object]>([
    [
      'one worker runs another',
      {
        workers: [
          { id: 1, ...everywhere },
          { id: 2, digest: DIGEST, serving: true },
        ],
      },
    ],
    ['one worker takes no requests', { workers: [{ id: 1, ...everywhere, serving: false }] }],
    ['there is no worker', { workers: [] }],
    ['the workers run it and the gateway says another', { digest: DIGEST, workers: [{ id: 1, ...everywhere }] }],
  ])('ends with 1 at the timeout where %s', async (_, more) => {
    await admin.serve();
    admin.gateway.current = { ...admin.gateway.current, digest: OTHER_DIGEST, ...more };
    const { code, err, out } = await status('--wait', OTHER_DIGEST, '--timeout', '10ms');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: \d of \d workers run `0a9b8c7d.*` after 10ms\n$/);
    expect(out).toMatch(/^state /);
  });

  test('a gateway that starts later is waited for', async () => {
    const waiting = status('--wait', DIGEST);
    await admin.serve();
    expect((await waiting).code).toBe(0);
  });

  test('one that never comes is 1, with where it was looked for', async () => {
    const { code, err, out } = await status('--wait', DIGEST, '--timeout', '10ms');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: cannot read the status from unix:\S+admin\.sock: there is no such socket\n$/);
  });

  test.each([
    ['--wait', 'abc', 'is no digest'],
    ['--wait', 'Z'.repeat(64), 'is no digest'],
    ['--timeout', '60', 'is no duration'],
  ])('%s %s is wrong usage', async (option, word, message) => {
    const { code, err } = await status(option, word);
    expect(code).toBe(64);
    expect(err).toContain(message);
  });
});

describe('tokens', () => {
  const tokens = (text: string): AdminGateway => {
    admin.remove();
    return makeAdminGateway(`{ address: "unix:admin.sock", tokens: ${text} }`);
  };

  test('the token of `read` is sent, and where it cannot be had, one of a greater role', async () => {
    admin = tokens('{ read: absent, operate: token-operate }');
    await admin.serve(['operate']);
    expect((await status()).code).toBe(0);
  });

  test('`--token-file` comes before those of the settings', async () => {
    admin = tokens('{ read: token-read }');
    await admin.serve(['read']);
    const wrong = admin.space.write('wrong', 'another-token-long-enough');
    expect((await status()).code).toBe(0);
    const { code, err } = await status('--token-file', wrong);
    expect(code).toBe(1);
    expect(err).toMatch(/: a token is needed: `Authorization: Bearer TOKEN`\n$/);
  });

  test('a token that the gateway does not know is not waited with', async () => {
    admin = tokens('{ read: token-read }');
    await admin.serve(['read']);
    const wrong = admin.space.write('wrong', 'another-token-long-enough');
    const { code, err } = await status('--token-file', wrong, '--wait', DIGEST, '--timeout', '1h');
    expect([code, err]).toEqual([1, expect.stringContaining('a token is needed')]);
  });

  test('a token file that cannot be read is named, and no token is printed', async () => {
    admin = tokens('{ read: absent }');
    await admin.serve(['read']);
    const { code, err } = await status();
    expect(code).toBe(1);
    expect(err).toMatch(/: cannot read the token in `\S+absent`: no such file\n$/);
    expect(err).not.toContain(TOKENS.read);
  });
});

test('a gateway without admin API, and settings that are not there, end with 1', async () => {
  admin.remove();
  admin = makeAdminGateway('off');
  expect(await status()).toEqual({
    code: 1,
    out: '',
    err: 'error: this gateway has no admin API: the setting `admin` is off\n',
  });
  const { code, err } = await run('status', '--config', `${admin.space.folder}/none.yaml`);
  expect([code, err]).toEqual([1, expect.stringContaining('no such file [file]')]);
});

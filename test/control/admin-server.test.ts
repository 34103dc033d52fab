// The admin API over TCP and a unix socket: whom it is open to, what each role may, what it refuses to read.
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createConnection, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BODY_BYTES_MOST } from '../../src/control/admin-body.js';
import { AdminRefusal } from '../../src/control/admin-refusal.js';
import { startAdminServer, type AdminServer } from '../../src/control/admin-server.js';
import { ask, codeOf, memoryLog, MemoryGateway, type Asked } from './admin-memory.js';

const TOKENS = { read: 'read-read-read-read', lockdown: 'lock-lock-lock-lock', operate: 'oper-oper-oper-oper' };
const LOOPBACK = { host: '127.0.0.1', port: 0 };
const ON = { state: 'on', reason: 'numbers at a stranger', by: 'dana' };

let folder: string;
let socketPath: string;
let server: AdminServer | undefined;
let gateway: MemoryGateway;
let log: ReturnType<typeof memoryLog>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-admin-'));
  socketPath = join(folder, 'admin.sock');
  gateway = new MemoryGateway();
  log = memoryLog();
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const tokenFile = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const start = async (
  tokens: Readonly<Record<string, string>> = {},
  address: AdminServer['address'] = { path: socketPath },
): Promise<AdminServer> => {
  server = await startAdminServer({ admin: { address, tokens }, actions: gateway, log });
  return server;
};
const startWithTokens = (address?: AdminServer['address']): Promise<AdminServer> =>
  start(
    Object.fromEntries(Object.entries(TOKENS).map(([role, token]) => [role, tokenFile(role, `${token}\n`)])),
    address,
  );
const post = (path: string, body?: Asked['body'], rest: Asked = {}): Asked => ({
  ...rest,
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
});

describe('where it listens', () => {
  test('beyond loopback it does not listen without a token', async () => {
    await expect(start({}, { host: '0.0.0.0', port: 0 })).rejects.toThrow(
      'the admin API would be open on `0.0.0.0:0`: beyond loopback it needs a token',
    );
    await expect(start({}, { host: '::', port: 0 })).rejects.toThrow('beyond loopback it needs a token');
  });

  test('beyond loopback it listens with a token, and answers nobody without it', async () => {
    const { address } = await startWithTokens({ host: '0.0.0.0', port: 0 });
    if ('path' in address) throw new Error('no port');
    const here: AdminServer = { address: { host: '127.0.0.1', port: address.port }, close: () => undefined };
    expect((await ask(here, {})).status).toBe(401);
    expect((await ask(here, { token: TOKENS.read })).status).toBe(200);
  });

  test('on loopback without tokens everyone may do everything, and the log warns of it', async () => {
    const here = await start({}, LOOPBACK);
    expect((await ask(here, post('/v1/lockdown', ON))).status).toBe(200);
    expect((await ask(here, post('/v1/lockdown', { ...ON, state: 'off' }))).status).toBe(200);
    expect((await ask(here, post('/v1/reload'))).status).toBe(200);
    expect(log.said.filter(({ event }) => event === 'admin-open')).toMatchObject([{ level: 'warn' }]);
  });

  test('a unix socket is open to its owner and group alone, and is no matter for a warning', async () => {
    const here = await start();
    expect(statSync(socketPath).mode & 0o777).toBe(0o660);
    expect((await ask(here, post('/v1/reload'))).status).toBe(200);
    expect(log.said).toEqual([]);
  });

  test('with tokens nobody is warned', async () => {
    await startWithTokens(LOOPBACK);
    expect(log.said).toEqual([]);
  });

  test('a socket file left over is replaced; one that answers, and a file that is no socket, are not', async () => {
    const first = createServer();
    await new Promise<void>((resolve) => first.listen({ path: socketPath }, resolve));
    await expect(start()).rejects.toThrow('it is in use');
    await new Promise((resolve) => first.close(resolve));
    writeFileSync(socketPath, 'notes');
    chmodSync(socketPath, 0o600);
    await expect(start()).rejects.toThrow('it is no socket');
    rmSync(socketPath);
    expect((await ask(await start(), {})).status).toBe(200);
  });

  test('a port in use is one clear line', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({}, { host: '127.0.0.1', port })).rejects.toThrow(
      `cannot listen on \`127.0.0.1:${port}\` (admin): the port is in use`,
    );
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('tokens', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['too short', { read: 'short-secret' }, 'too short: at least 16 characters'],
    ['of two lines', { read: 'a-token-of-two\nlines-is-none' }, 'it is one word'],
    ['of two roles', { read: TOKENS.read, operate: TOKENS.read }, 'the tokens of `read` and `operate` are one'],
  ])('a token %s stops the start, and the message does not hold it', async (_, tokens, message) => {
    const files = Object.fromEntries(Object.entries(tokens).map(([role, token]) => [role, tokenFile(role, token)]));
    const failure: unknown = await start(files).catch((error: unknown) => error);
    expect(String(failure)).toContain(message);
    for (const token of Object.values(tokens)) expect(String(failure)).not.toContain(token);
  });

  test('a token that cannot be read stops the start', async () => {
    await expect(start({ lockdown: join(folder, 'absent') })).rejects.toThrow('no such file');
  });

  test.each<[string, Asked]>([
    ['none', {}],
    ['another', { token: 'another-token-long-enough' }],
    ['a part of one', { token: TOKENS.operate.slice(1) }],
    ['one and more', { token: `${TOKENS.operate}x` }],
    ['two in one field', { token: `${TOKENS.read} ${TOKENS.operate}` }],
    ['one of another scheme', { headers: { authorization: `Basic ${TOKENS.read}` } }],
  ])('with %s nothing is said, not even which paths there are', async (_, asked) => {
    const here = await startWithTokens();
    for (const path of ['/v1/status', '/v1/policy', '/v1/none']) {
      const answer = await ask(here, { ...asked, path });
      expect([answer.status, codeOf(answer), answer.headers['www-authenticate']]).toEqual([
        401,
        'token-needed',
        'Bearer',
      ]);
    }
    expect((await ask(here, post('/v1/lockdown', ON, asked))).status).toBe(401);
    expect(gateway.orders).toEqual([]);
    expect(log.said[0]).toMatchObject({ level: 'warn', event: 'admin-refused', fields: { cause: 'token-needed' } });
    expect(JSON.stringify(log.said)).not.toMatch(/read-read|oper-oper|another-token/);
  });
});

describe('roles', () => {
  const READS = ['status', 'policy', 'candidate', 'approvals', 'history', 'lockdown'];
  const may = async (asked: Asked): Promise<number[]> => {
    const here = server ?? (await startWithTokens());
    return [
      (await ask(here, { ...asked, token: TOKENS.read })).status,
      (await ask(here, { ...asked, token: TOKENS.lockdown })).status,
      (await ask(here, { ...asked, token: TOKENS.operate })).status,
    ];
  };

  test.each(READS)('whoever has a role may read %s', async (page) => {
    expect(await may({ path: `/v1/${page}` })).toEqual([200, 200, 200]);
  });

  test('a lockdown is set by `lockdown` and `operate`', async () => {
    expect(await may(post('/v1/lockdown', ON))).toEqual([403, 200, 200]);
    expect(gateway.orders).toHaveLength(2);
  });

  test('a lockdown is ended by `operate` alone', async () => {
    const here = await startWithTokens();
    await ask(here, post('/v1/lockdown', ON, { token: TOKENS.lockdown }));
    expect(await may(post('/v1/lockdown', { ...ON, state: 'off' }))).toEqual([403, 403, 200]);
    expect(gateway.orders.map(({ state }) => state)).toEqual(['on', 'off']);
  });

  test('`operate` alone reloads', async () => {
    expect(await may(post('/v1/reload'))).toEqual([403, 403, 200]);
    expect(gateway.reloads).toBe(1);
  });

  test('a role that does not suffice is named, and so is the one that does', async () => {
    const answer = await ask(await startWithTokens(), post('/v1/reload', undefined, { token: TOKENS.lockdown }));
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: 'role-lacking', message: 'this needs the role `operate`: the token is of `lockdown`' },
    });
  });
});

describe('web pages are kept out', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['an Origin', { origin: 'http://evil.example' }],
    ['an Origin of this machine', { origin: 'http://127.0.0.1' }],
    ['an opaque Origin', { origin: 'null' }],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }],
  ])('%s is refused, with the right token too', async (_, headers) => {
    const here = await startWithTokens(LOOPBACK);
    const answer = await ask(here, post('/v1/lockdown', ON, { headers, token: TOKENS.operate }));
    expect([answer.status, codeOf(answer)]).toEqual([403, 'browser']);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(gateway.orders).toEqual([]);
  });

  test('an address typed into a browser is no page', async () => {
    const answer = await ask(await start({}, LOOPBACK), { headers: { 'sec-fetch-site': 'none' } });
    expect(answer.status).toBe(200);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '127.0.0.2', '[::1]', '127.1', '@'])(
    'Host `%s` is another server',
    async (host) => {
      const answer = await ask(await start({}, LOOPBACK), { headers: { host } });
      expect([answer.status, codeOf(answer)]).toEqual([421, 'host-wrong']);
    },
  );

  test.each(['127.0.0.1', '127.0.0.1:1', 'localhost', 'LOCALHOST:8080'])('Host `%s` is this one', async (host) => {
    expect((await ask(await start({}, LOOPBACK), { headers: { host } })).status).toBe(200);
  });

  test.each([
    ['two Host fields, one of them right', 'HTTP/1.1\r\nHost: localhost\r\nHost: evil.example'],
    ['an empty Host', 'HTTP/1.1\r\nHost:'],
    ['no Host, as HTTP/1.0 may', 'HTTP/1.0'],
  ])('%s: refused', async (_, rest) => {
    const { address } = await start({}, LOOPBACK);
    if ('path' in address) throw new Error('no port');
    const text = await new Promise<string>((resolve, reject) => {
      let got = '';
      const socket = createConnection({ host: address.host, port: address.port }, () =>
        socket.write(`GET /v1/status ${rest}\r\nConnection: close\r\n\r\n`),
      );
      socket.setEncoding('utf8').on('data', (part: string) => (got += part));
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
    expect(text).toContain('host-wrong');
  });

  test('behind `::` it is known by the address that was reached, an IPv4 one too', async () => {
    const { address } = await startWithTokens({ host: '::', port: 0 });
    if ('path' in address) throw new Error('no port');
    const at = (host: string): AdminServer => ({ address: { host, port: address.port }, close: () => undefined });
    expect((await ask(at('127.0.0.1'), { token: TOKENS.read })).status).toBe(200);
    expect((await ask(at('::1'), { token: TOKENS.read })).status).toBe(200);
    expect((await ask(at('::1'), { token: TOKENS.read, headers: { host: 'admin.example' } })).status).toBe(421);
  });
});

describe('what is asked', () => {
  test.each(['/', '/v1', '/v1/', '/v1/status/', '/v2/status', '//v1/status', '/v1/__proto__'])(
    '%s is not found',
    async (path) => {
      const answer = await ask(await start(), { path });
      expect([answer.status, codeOf(answer)]).toEqual([404, 'not-found']);
    },
  );

  test.each<[string, string, string]>([
    ['PUT', '/v1/policy', 'GET'],
    ['HEAD', '/v1/status', 'GET'],
    ['GET', '/v1/reload', 'POST'],
    ['DELETE', '/v1/lockdown', 'GET, POST'],
    ['OPTIONS', '/v1/lockdown', 'GET, POST'],
  ])('%s %s is not allowed, and says what is', async (method, path, allow) => {
    const { status, headers } = await ask(await start(), { method, path });
    expect([status, headers['allow']]).toEqual([405, allow]);
  });

  test.each([
    '/v1/status?verbose=1',
    '/v1/history?since=1&since=2',
    '/v1/history?limit=0',
    '/v1/history?limit=1001',
    '/v1/history?since=-1',
    '/v1/history?since=',
    '/v1/history?seq=1',
  ])('the query of %s is refused', async (path) => {
    const answer = await ask(await start(), { path });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'query-invalid']);
  });

  test('the history is read from a record on, or from its end', async () => {
    const here = await start();
    const seqs = async (path: string): Promise<[number[], number | null]> => {
      const { records, next } = JSON.parse((await ask(here, { path })).text) as {
        records: { seq: number }[];
        next: number | null;
      };
      return [records.map(({ seq }) => seq), next];
    };
    expect(await seqs('/v1/history?limit=3')).toEqual([[10, 11, 12], null]);
    expect(await seqs('/v1/history?since=0&limit=2')).toEqual([[1, 2], 2]);
    expect(await seqs('/v1/history?since=12')).toEqual([[], null]);
  });

  test.each<[string, Asked['body'], string]>([
    ['no body', undefined, 'takes `on` or `off`'],
    ['an array', '[]', 'the body is no JSON object'],
    ['null', 'null', 'the body is no JSON object'],
    ['half an object', '{"state":"on"', 'the body is no JSON'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'the body is no JSON'],
    ['an unknown key', { ...ON, partnr: 'pay' }, 'unknown key `partnr`'],
    ['another state', { ...ON, state: 'ON' }, '`state` takes `on` or `off`'],
    ['a number for a partner', { ...ON, partner: 7 }, '`partner` takes the id of a partner'],
    ['a path for a partner', { ...ON, partner: '../pay' }, '`partner` takes the id of a partner'],
    ['no reason', { state: 'on', by: 'dana' }, 'missing key `reason`'],
    ['a reason of spaces', { ...ON, reason: '  ' }, 'missing key `reason`'],
    ['nobody', { state: 'on', reason: 'x' }, 'missing key `by`'],
    ['a reason of two lines', { ...ON, reason: 'a\nb' }, 'it is one line'],
    ['a long reason', { ...ON, reason: 'x'.repeat(501) }, '501 characters: at most 500'],
  ])('a lockdown with %s is refused', async (_, body, message) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(await start(), post('/v1/lockdown', body, { headers }));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'body-invalid']);
    expect(answer.text).toContain(message);
    expect(gateway.orders).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['of a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['of plain text, as a page may send it unasked', { 'content-type': 'text/plain' }],
    ['of no type', {}],
    ['that is compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('a body %s is refused', async (_, headers) => {
    const answer = await ask(await start(), post('/v1/lockdown', JSON.stringify(ON), { headers }));
    expect([answer.status, codeOf(answer)]).toEqual([415, 'content-type']);
    expect(gateway.orders).toEqual([]);
  });

  test('64 KiB are read, one byte more is refused, in one piece and in chunks', async () => {
    const here = await start();
    const headers = { 'content-type': 'application/json' };
    const padded = (length: number): string => {
      const text = JSON.stringify(ON);
      return text + ' '.repeat(length - text.length);
    };
    expect((await ask(here, post('/v1/lockdown', padded(BODY_BYTES_MOST), { headers }))).status).toBe(200);
    for (const more of [{}, { 'transfer-encoding': 'chunked' }]) {
      const asked = post('/v1/lockdown', padded(BODY_BYTES_MOST + 1), { headers: { ...headers, ...more } });
      const answer = await ask(here, asked);
      expect([answer.status, codeOf(answer)]).toEqual([413, 'body-too-long']);
    }
    expect(gateway.orders).toHaveLength(1);
  });

  test('a body without an end in sight is not read to its end', async () => {
    const asked = post('/v1/reload', Buffer.alloc(64 * 1024 * 1024));
    await expect(ask(await start(), asked)).rejects.toThrow(/hang up|ECONNRESET|EPIPE/);
    expect(gateway.reloads).toBe(0);
  });

  test('a lockdown reaches the gateway as it was ordered, without what could be a number', async () => {
    const here = await start();
    const reason = ' forged +447700900123 at a stranger, ticket 4711 ';
    await ask(here, post('/v1/lockdown', { state: 'on', partner: 'pay', reason, by: 'dana 447700900124' }));
    await ask(here, post('/v1/lockdown', { ...ON, partner: null }));
    await ask(here, post('/v1/lockdown', ON));
    expect(gateway.orders).toEqual([
      {
        state: 'on',
        partner: 'pay',
        reason: 'forged +[digits] at a stranger, ticket 4711',
        by: 'dana [digits]',
      },
      { ...ON, partner: null },
      { ...ON, partner: null },
    ]);
  });
});

describe('what the gateway cannot do', () => {
  test('is said with its code', async () => {
    gateway.broken = new AdminRefusal('unavailable', 'the gateway drains');
    const answer = await ask(await start(), {});
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      503,
      { error: { code: 'unavailable', message: 'the gateway drains' } },
    ]);
  });

  test('and what was not foreseen says nothing of why, but in the log its kind', async () => {
    gateway.broken = new TypeError('447700900123 is not iterable');
    const answer = await ask(await start(), {});
    expect([answer.status, codeOf(answer)]).toEqual([500, 'defect']);
    expect(answer.text + JSON.stringify(log.said)).not.toContain('447700900123');
    expect(log.said[0]).toMatchObject({ level: 'error', event: 'admin-defect', fields: { cause: 'TypeError' } });
  });
});

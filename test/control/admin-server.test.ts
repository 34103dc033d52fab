// The admin API's one page, over TCP and a unix socket, and whom it is open to.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAdminServer, type AdminServer, type RunningPolicy } from '../../src/control/admin-server.js';
import { POLICY } from '../decision/ruleset-fixture.js';

const RUNNING: RunningPolicy = {
  digest: 'abc',
  since: '2026-01-01T00:00:00.000Z',
  engine: { meaning: 1, keyRule: 1 },
  policy: POLICY,
  gated: { skewMs: 0 },
};
const TOKEN = 'a-token-that-is-long-enough';

let folder: string;
let server: AdminServer | undefined;
let socketPath: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-admin-'));
  socketPath = join(folder, 'admin.sock');
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const token = (text: string): string => {
  const file = join(folder, 'token');
  writeFileSync(file, text);
  return file;
};

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly bearer?: string;
}

const ask = ({ path = '/v1/policy', method = 'GET', bearer }: Asked = {}): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const asked = request({ socketPath, path, method, headers }, (answer) => {
      let body = '';
      answer.on('data', (part: Buffer) => (body += part.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    asked.on('error', reject);
    asked.end();
  });

const start = async (tokens: Readonly<Record<string, string>> = {}): Promise<void> => {
  server = await startAdminServer({ address: { path: socketPath }, tokens }, () => RUNNING);
};

test('GET /v1/policy gives digest, policy and gated settings of what runs', async () => {
  await start();
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(RUNNING)));
});

test('another page is 404, another method 405', async () => {
  await start();
  expect((await ask({ path: '/v1/other' })).status).toBe(404);
  expect((await ask({ method: 'PUT' })).status).toBe(405);
});

test('with a token named, nothing is said without it or with another', async () => {
  await start({ read: token(`${TOKEN}\n`) });
  for (const asked of [{}, { bearer: 'another-token-long-enough' }, { bearer: TOKEN.slice(1) }]) {
    const { status, body } = await ask(asked);
    expect(status).toBe(401);
    expect(body).not.toContain('digest');
  }
  expect((await ask({ bearer: TOKEN })).status).toBe(200);
});

test('who may operate may read', async () => {
  await start({ operate: token(TOKEN) });
  expect((await ask()).status).toBe(401);
  expect((await ask({ bearer: TOKEN })).status).toBe(200);
});

test('beyond loopback it does not listen without a token', async () => {
  const address = { host: '0.0.0.0', port: 0 };
  await expect(startAdminServer({ address, tokens: {} }, () => RUNNING)).rejects.toThrow(
    'the admin API would be open on `0.0.0.0:0`: beyond loopback it needs a token',
  );
});

test('a token that is too short or cannot be read stops the start, and the message does not hold it', async () => {
  const short = token('short-secret');
  await expect(start({ read: short })).rejects.toThrow('too short: at least 16 characters');
  await expect(start({ read: short })).rejects.not.toThrow('short-secret');
  await expect(start({ read: join(folder, 'absent') })).rejects.toThrow('no such file');
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
  await start();
  expect((await ask()).status).toBe(200);
});

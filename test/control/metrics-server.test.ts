// What the listener of the metrics answers, and what it does not.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMetricsServer, type MetricsServer } from '../../src/control/metrics-server.js';
import { StartFailure } from '../../src/control/start-failure.js';

const loopback = { host: '127.0.0.1', port: 0 };
const readiness = { ready: true, body: 'ready' };
let isBroken = false;
let server: MetricsServer;

beforeAll(async () => {
  server = await startMetricsServer({
    address: loopback,
    scrape: () =>
      isBroken
        ? Promise.reject(new Error('447700900123'))
        : Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'a 1\n' }),
    readiness: () => readiness,
    version: () => ({ version: '0.1.0', digest: null }),
  });
});
afterAll(() => server.close());

const ask = async (path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${server.address.port}${path}`, { method });
  return { status: response.status, body: await response.text(), headers: response.headers };
};

describe('the listener of the metrics', () => {
  test('/metrics is the scrape, with its content type', async () => {
    const { status, body, headers } = await ask('/metrics');
    expect([status, body, headers.get('content-type')]).toEqual([200, 'a 1\n', 'text/plain; version=0.0.4']);
  });

  test('/livez answers as long as the process does', async () => {
    expect(await ask('/livez')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  test('/readyz is 200 while ready and 503 with the reason otherwise', async () => {
    expect(await ask('/readyz?verbose')).toMatchObject({ status: 200, body: 'ready\n' });
    Object.assign(readiness, { ready: false, body: 'draining' });
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: 'draining\n' });
  });

  test('/version says what runs', async () => {
    expect(JSON.parse((await ask('/version')).body)).toEqual({ version: '0.1.0', digest: null });
  });

  test.each(['/', '/metrics/', '/admin', '/__proto__', '/constructor', '//metrics'])(
    '%s is not found',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  test.each(['POST', 'HEAD', 'DELETE'])('%s is not allowed, and says what is', async (method) => {
    const { status, headers } = await ask('/metrics', method);
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('a scrape that fails is a 500 that says nothing of why', async () => {
    isBroken = true;
    expect(await ask('/metrics')).toMatchObject({ status: 500, body: 'an unexpected error\n' });
    isBroken = false;
  });

  test('a port in use is one clear line', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const start = startMetricsServer({
      address: { host: '127.0.0.1', port },
      scrape: () => Promise.resolve({ contentType: '', text: '' }),
      readiness: () => readiness,
      version: () => ({}),
    });
    const failure: unknown = await start.catch((error: unknown) => error);
    other.close();
    expect(failure).toBeInstanceOf(StartFailure);
    expect(failure).toMatchObject({
      problems: [{ code: 'listen', message: `cannot listen on \`127.0.0.1:${port}\` (metrics): the port is in use` }],
    });
  });
});

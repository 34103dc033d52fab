// How old a connection may grow: ten minutes, and limits.idleTimeout without a request; then it carries nothing more and is closed.
// Real sockets; the pool is told the time, as its callers tell it.
import { createServer, type AddressInfo, type Server } from 'node:net';
import { authoritiesOf } from '../../src/proxy/authorities.js';
import { SLOW_CONNECTIONS, type UpstreamConnection } from '../../src/proxy/connection.js';
import { monotonicMs } from '../../src/proxy/deadlines.js';
import type { Destination } from '../../src/proxy/destination.js';
import { Pool } from '../../src/proxy/pool.js';
import { until } from './proxy-stage.js';

const MINUTE = 60_000;
const CLIENT = {};
const LIMITS = {
  headBytes: 32_768,
  fields: 128,
  connections: 100,
  headTimeoutMs: 10_000,
  connectTimeoutMs: 2_000,
  responseTimeoutMs: 10_000,
  idleTimeoutMs: MINUTE,
  tunnelIdleTimeoutMs: 5_000,
  perDestination: 8,
  waiting: 8,
  waitTimeoutMs: 5_000,
  drainTimeoutMs: 1_000,
};

describe('a connection', () => {
  let server: Server;
  let destination: Destination;
  let pool: Pool;
  let connection: UpstreamConnection;
  /** With fractions: a time that is added to it and taken off again is not quite the same, so no case stands exactly on a limit. */
  let born = 0;

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    destination = {
      route: { transport: 'http', host: 'a.test', kind: 'name', port },
      addresses: ['127.0.0.1'],
      port,
      authorities: authoritiesOf([]),
      standIn: '',
    };
    const meter = {
      count: () => undefined,
      set: () => undefined,
      observe: () => undefined,
      slot: () => -1,
      add: () => undefined,
      setAt: () => undefined,
      observeAt: () => undefined,
    };
    pool = new Pool(LIMITS, { connectTimeoutMs: LIMITS.connectTimeoutMs }, meter);
    const { signal } = new AbortController();
    connection = await pool.acquire({ maker: SLOW_CONNECTIONS, destination, client: CLIENT, signal });
    born = connection.bornMs;
    expect(born).toBeLessThanOrEqual(monotonicMs());
  });

  afterEach(async () => {
    pool.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const isTaken = (atMs: number): boolean =>
    pool.takeIdle(pool.bucketFor(destination), { maker: SLOW_CONNECTIONS, destination, client: CLIENT }, atMs) ===
    connection;

  test('carries requests until it is ten minutes old', () => {
    for (const age of [0, MINUTE, 9 * MINUTE, 10 * MINUTE - 1]) {
      pool.release(connection, born + age);
      expect([age, isTaken(born + age)]).toEqual([age, true]);
    }
  });

  test('that comes back after more than ten minutes is closed', async () => {
    pool.release(connection, born + 10 * MINUTE + 1);
    expect(isTaken(born + 10 * MINUTE + 1)).toBe(false);
    await until('its end', () => connection.socket.destroyed);
    expect(pool.counts).toEqual({ open: 0, idle: 0 });
  });

  test('that is more than ten minutes old when it is asked for is closed instead', () => {
    pool.release(connection, born + 10 * MINUTE - 1);
    expect(isTaken(born + 10 * MINUTE + 1)).toBe(false);
    expect(connection.socket.destroyed).toBe(true);
    expect(pool.counts).toEqual({ open: 0, idle: 0 });
  });

  test.each([
    ['for longer than limits.idleTimeout', 0, MINUTE + 1, true],
    ['for less than that', 0, MINUTE - 1, false],
    ['and grows more than ten minutes old', 10 * MINUTE - 1, 10 * MINUTE + 1, true],
  ])('that rests %s (from %s ms to %s ms) is closed by a sweep: %s', (_, restsAt, sweptAt, isClosed) => {
    pool.release(connection, born + restsAt);
    pool.sweep(born + sweptAt);
    expect(connection.socket.destroyed).toBe(isClosed);
    expect(pool.counts.idle).toBe(isClosed ? 0 : 1);
  });
});

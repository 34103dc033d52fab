// Two workers on one listening socket: each of them gets its part of a burst of connections, and one that ends is missed by nobody.
import { connect, type Socket } from 'node:net';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { policyText } from './harness/policy-text.js';
import { servedByEach } from './harness/process-view.js';

const BURSTS = 10;
const CONNECTIONS = 64;
/** Of all connections of the bursts; without turns it is 0.27 to 0.48. */
const LEAST_SHARE = 0.42;

describe.each([
  ['the fast path', { paths: ['fast', 'slow'] }],
  ['the fast path on public API', { paths: ['fast', 'slow'], isPublic: true }],
  ['the slow path', { paths: ['slow'] }],
] as const)('two workers, %s', (what, how) => {
  let gateway: Gateway;
  const open: Socket[] = [];

  beforeAll(async () => {
    const name = `workers-${what.replaceAll(' ', '-').toLowerCase()}`;
    gateway = await Gateway.start({ name, ...how, policy: policyText([]), settings: { workers: 2 } });
  });
  afterAll(() => gateway.stop());
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    await eventually('all are closed', () => served() === 0);
  });

  const counts = (): readonly number[] => [...servedByEach(gateway.pid, gateway.port()).values()];
  const served = (): number => counts().reduce((sum, each) => sum + each, 0);

  /** Opened at once, and accepted all; how many each worker has. */
  async function burst(): Promise<readonly number[]> {
    for (let i = 0; i < CONNECTIONS; i += 1)
      open.push(connect(gateway.port(), '127.0.0.1').on('error', () => undefined));
    await eventually('all are accepted', () => served() === CONNECTIONS);
    return counts();
  }

  /** What each worker had of ten bursts in all. */
  async function bursts(): Promise<readonly number[]> {
    const sums = [0, 0];
    for (let i = 0; i < BURSTS; i += 1) {
      (await burst()).forEach((each, worker) => (sums[worker] = (sums[worker] ?? 0) + each));
      for (const socket of open.splice(0)) socket.destroy();
      await eventually('all are closed', () => served() === 0);
    }
    return sums;
  }

  test('neither is left out of bursts', async () => {
    expect(Math.min(...(await bursts()))).toBeGreaterThanOrEqual(BURSTS * CONNECTIONS * LEAST_SHARE);
  });

  test('what came while one was missing is served by the other, and the one in its place has its part again', async () => {
    const [first] = servedByEach(gateway.pid, gateway.port()).keys();
    process.kill(first ?? 0, 'SIGKILL');
    await eventually('it is gone', () => counts().length < 2);
    await burst();
    for (const socket of open.splice(0)) socket.destroy();
    await eventually('another is there', () => gateway.lines.some(({ event }) => event === 'worker-replaced'));
    await eventually('all are closed', () => served() === 0);
    expect(Math.min(...(await bursts()))).toBeGreaterThanOrEqual((BURSTS * CONNECTIONS) / 4);
  });
});

// What a connection that is idle may keep of a policy that was replaced: nothing. Each policy's tables hold what was met under it, ten
// mebibytes of values and needles under load, and clients that stay idle for minutes would keep as many as were replaced meanwhile.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Policy } from '../../src/policy/policy.js';
import { POLICY } from '../decision/ruleset-fixture.js';
import { KeptClient, openProxy, RawOrigin, until, type ProxyStage } from './proxy-stage.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Longer than two sweeps. */
const PATIENCE_MS = 5000;

const policyNow = (): Policy => ({
  ...POLICY,
  partners: POLICY.partners.map((partner) => ({ ...partner, period: { from: 0, until: Date.now() + 86_400_000 } })),
});

let origin: RawOrigin;
let stage: ProxyStage;
const clients: KeptClient[] = [];

beforeEach(async () => {
  origin = await new RawOrigin('origin').listen();
  const runtime = {
    listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'path' as const }],
    destinations: {
      hosts: {},
      default: origin.address,
      permit: ['127.0.0.0/8'],
      refusedPorts: [25],
      resolvers: [],
      tls: { ca: [] },
    },
    connectPorts: [443],
    skewMs: 0,
    maxYears: 3,
  };
  stage = await openProxy(policyNow(), runtime, { paths: ['fast', 'slow'] });
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await stage.proxy.drain(50);
  await origin.close();
});

async function open(): Promise<KeptClient> {
  const client = await KeptClient.open(stage.port);
  clients.push(client);
  return client;
}

/** Puts another policy in force, which nothing of this function keeps. */
function swap(): WeakRef<Policy> {
  const policy = policyNow();
  stage.swap({ policy });
  return new WeakRef(policy);
}

async function isLetGo(policy: WeakRef<Policy>): Promise<boolean> {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    collect();
    if (policy.deref() === undefined) return true;
  }
  return false;
}

test.each([
  ['the fast path', []],
  ['the slow path', ['Connection: Upgrade', 'Upgrade: h2c']],
])('a connection that is idle after a request on %s keeps no policy', async (_, fields) => {
  const replaced = swap();
  const asked = ['GET / HTTP/1.1', 'Host: site.test', ...fields];
  const idle = [await open(), await open()];
  // Two at a time, so that a connection to the host stays idle too.
  origin.isHolding = true;
  const answers = idle.map((client) => client.ask(...asked));
  await until('both requests at the host', () => origin.received.split('\r\n\r\n').length === 3);
  origin.release();
  expect(await Promise.all(answers)).toEqual(['200 origin', '200 origin']);
  swap();
  // The first request under the next policy: the listener has that one's tables from here on.
  expect(await (await open()).ask('GET / HTTP/1.1', 'Host: site.test')).toBe('200 origin');
  expect(await isLetGo(replaced)).toBe(true);
  for (const client of idle) expect(await client.ask(...asked)).toBe('200 origin');
});

// The row of idle connections: what one of them, answered once and then silent, adds to a proxy's resident memory.
import { join } from 'node:path';
import { residentBytesOf } from './cpu.mjs';
import { writeRequests } from './requests.mjs';
import { withProcesses } from './segment.mjs';

const IDLE_MS = 10_000;
const MOST_PAUSES = 5;
const STEADY_BYTES = 2 ** 20;
const WARM_UP = { connections: 64, milliseconds: 3000 };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resident bytes of a program and its children, without garbage where it is a Node program. */
async function settled({ pids, isNode }) {
  if (isNode) {
    for (const pid of pids) process.kill(pid, 'SIGUSR2');
    await pause(1000);
  }
  return residentBytesOf(pids);
}

/** After 10 s idle. A Node program gives memory back slowly, at pauses: until it no longer does. */
async function steady(proxy) {
  let before = Infinity;
  for (let i = 0; i < MOST_PAUSES; i += 1) {
    await pause(IDLE_MS);
    const now = await settled(proxy);
    if (!proxy.isNode || Math.abs(now - before) < STEADY_BYTES) return now;
    before = now;
  }
  return before;
}

/** `proxy` was started for this row alone. Throws where a request fails. */
export async function measureMemory(scenario, started, { site, folder, seed }) {
  const proxy = withProcesses(started);
  const { name, port } = proxy;
  const file = join(folder, `${scenario.name}.requests`);
  writeRequests(file, scenario, seed);
  const check = ({ failed, requests, why }) => {
    if (failed > 0 || requests === 0) throw new Error(`${failed} of ${failed + requests} requests failed: ${why}`);
  };
  await site.load.open(name, { port, connections: WARM_UP.connections, file });
  check(await site.load.run(name, WARM_UP.milliseconds));
  await site.load.close(name);
  const base = await steady(proxy);
  const { connections } = scenario;
  await site.load.open(name, { port, connections, file });
  check(await site.load.once(name));
  const held = await steady(proxy);
  // Still open: none was closed to save memory.
  const { reopened, ...again } = await site.load.once(name);
  check(again);
  await site.load.close(name);
  if (reopened > 0) throw new Error(`${reopened} of ${connections} idle connections were closed`);
  return { baseBytes: base, bytesPerConnection: (held - base) / connections };
}

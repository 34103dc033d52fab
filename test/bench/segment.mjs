// One segment: one load on one proxy for a short time, and what it cost.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { coreTicks, cpuNanosecondsOf } from './cpu.mjs';
import { ASKED } from './names.mjs';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), 'requests.lua');
const run = promisify(execFile);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two readings 20 ms apart that agree within 0.1 ms: the last answers are out. The counter of a running thread is stale. */
async function cpuWhenIdle(pid) {
  let before = cpuNanosecondsOf(pid);
  for (let i = 0; i < 100; i += 1) {
    await pause(20);
    const now = cpuNanosecondsOf(pid);
    if (now - before < 100_000) return now;
    before = now;
  }
  return before;
}

/** `idle`: the share of the load's core that was free; null where cores are not pinned. Throws when a request failed. */
export async function measure({ proxy, scenario, seconds, seed, loadCore }) {
  const { hosts, enriched, connections } = scenario;
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', SCRIPT, `http://127.0.0.1:${proxy.port}/`, '--'];
  const all = ['wrk', ...words, String(seed), enriched ? '1' : '0', ...ASKED[hosts]];
  const [program, ...rest] = loadCore === null ? all : ['taskset', '-c', String(loadCore), ...all];
  const cpuBefore = await cpuWhenIdle(proxy.program.pid);
  const ticksBefore = coreTicks(loadCore);
  const { stdout } = await run(program, rest);
  const ticks = coreTicks(loadCore);
  const cpu = (await cpuWhenIdle(proxy.program.pid)) - cpuBefore;
  const load = JSON.parse(stdout.trim().split('\n').at(-1));
  if (load.failed > 0 || load.requests === 0) {
    throw new Error(`${proxy.name}: ${load.failed} of ${load.requests} requests failed: ${proxy.program.said}`);
  }
  return {
    requests: load.requests,
    cpuMicroseconds: cpu / 1000 / load.requests,
    requestsPerSecond: (load.requests * 1e6) / load.microseconds,
    p50: load.p50,
    p99: load.p99,
    idle: loadCore === null ? null : (ticks.idle - ticksBefore.idle) / Math.max(1, ticks.all - ticksBefore.all),
  };
}

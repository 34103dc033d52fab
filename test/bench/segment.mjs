// One segment: one load on one proxy for a short time, and what it cost.
import { busyNanosecondsOf, spentNanoseconds, threadNanosecondsOf, treeOf, writtenBytesOf } from './cpu.mjs';
import { latencyOf } from './statistics.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two readings 5 ms apart that agree within 20 µs: the last answers are out. The counter of a running thread is stale. */
async function cpuWhenIdle(pids) {
  await pause(5);
  let before = threadNanosecondsOf(pids);
  for (let i = 0; i < 100; i += 1) {
    await pause(5);
    const now = threadNanosecondsOf(pids);
    if (spentNanoseconds(before, now) < 20_000) return now;
    before = now;
  }
  return before;
}

/** Everything that a segment is measured with, read at once. */
function readingOf({ proxy, site }) {
  const own = process.cpuUsage();
  return {
    proxy: threadNanosecondsOf(proxy.pids),
    sides: threadNanosecondsOf(site.sides),
    own: (own.user + own.system) * 1000,
    busy: busyNanosecondsOf(site.cores),
    at: process.hrtime.bigint(),
    written: proxy.workers.map(writtenBytesOf),
  };
}

/** What does not change while a proxy runs: which processes it is, and which of them carry traffic. */
export function withProcesses(proxy) {
  const pids = treeOf(proxy.program.pid);
  return { ...proxy, pids, workers: pids.slice(1) };
}

/**
 * `most`: requests a second that a closed loop keeps to, 0 for none. The result: `cost`, microseconds of CPU per request;
 * `idle`, the share of their core that load and origin left; `others`, the share of all cores that programs outside the run
 * took; `written`, bytes by worker; `failed` and `why`.
 */
export async function measure({ proxy, scenario, milliseconds, site, most = 0 }) {
  const before = readingOf({ proxy, site });
  const { perSecond } = scenario;
  const load =
    perSecond === undefined
      ? await site.load.run(proxy.name, milliseconds, most)
      : await site.load.rate(proxy.name, perSecond, milliseconds);
  const after = readingOf({ proxy, site });
  const cpu = spentNanoseconds(before.proxy, await cpuWhenIdle(proxy.pids));
  const { requests, failed, why, nanoseconds, histogram } = load;
  const elapsed = Number(after.at - before.at);
  const sides = spentNanoseconds(before.sides, after.sides);
  const known = spentNanoseconds(before.proxy, after.proxy) + sides + (after.own - before.own);
  const written = after.written.map((bytes, i) => bytes - before.written[i]);
  return {
    requests,
    failed,
    why,
    cost: cpu / 1000 / Math.max(1, requests),
    requestsPerSecond: (requests * 1e9) / nanoseconds,
    p50: latencyOf(histogram, 0.5),
    p99: latencyOf(histogram, 0.99),
    p999: latencyOf(histogram, 0.999),
    histogram,
    idle: 1 - sides / nanoseconds,
    others: (after.busy - before.busy - known) / (elapsed * site.cores.length),
    written,
  };
}

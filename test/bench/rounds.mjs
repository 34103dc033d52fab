// One row of the tables: all its proxies in turn for many short rounds, every other round in reverse order, so that a drift of the
// machine meets all alike. Before them each is warmed up, and held back where load and origin would have no idle time left.
import { join } from 'node:path';
import { writeRequests } from './requests.mjs';
import { measure } from './segment.mjs';
import { spreadOf } from './statistics.mjs';
import { LEAST_IDLE } from './verdict.mjs';

/** A little more than must be left, for a segment differs from the next. */
const AIMED_IDLE = 0.28;
const TRIES = 4;
/** Compilers of two engines need this long, at whatever rate each can do; later rows find them warm. */
const FIRST_WARM_UP_MS = 3000;
const WARM_UP_MS = 500;

const median = (segments, key) => spreadOf(segments.map((segment) => segment[key])).median;

/** Requests a second that leave load and origin their idle time; 0 where they have it without a bound. */
async function boundOf(circumstances) {
  if (circumstances.scenario.perSecond !== undefined) return 0;
  let most = 0;
  for (let i = 0; i < TRIES; i += 1) {
    const segments = [];
    for (let k = 0; k < 3; k += 1) segments.push(await measure({ ...circumstances, most }));
    if (segments.some(({ failed }) => failed > 0)) return most;
    const idle = median(segments, 'idle');
    if (idle >= LEAST_IDLE + 0.04) return most;
    most = (median(segments, 'requestsPerSecond') * (1 - AIMED_IDLE)) / (1 - idle);
  }
  return most;
}

/**
 * Rounds `first` to `last`. `{ NAME: { most, segments, void } }`; `void`: why the figures of a proxy say nothing, where a request failed.
 */
export async function runRounds(scenario, proxies, { site, folder, first, last, milliseconds, seed }) {
  const file = join(folder, `${scenario.name}.requests`);
  writeRequests(file, scenario, seed);
  const { connections, closes } = scenario;
  const open = ({ name, port }) => site.load.open(name, { port, connections, file, closes });
  const results = new Map(proxies.map(({ name }) => [name, { most: 0, segments: [] }]));
  const judge = (name, { failed, requests, why }) => {
    if (failed > 0) results.get(name).void = `${failed} of ${failed + requests} requests failed: ${why}`;
    else if (requests === 0) results.get(name).void = 'no request was answered';
  };
  const sound = (list) => list.filter(({ name }) => results.get(name).void === undefined);

  for (const proxy of proxies) {
    await open(proxy);
    if (!proxy.isWarm) {
      const unbounded = { ...scenario, perSecond: undefined };
      judge(proxy.name, await measure({ proxy, scenario: unbounded, site, milliseconds: FIRST_WARM_UP_MS }));
    }
    judge(proxy.name, await measure({ proxy, scenario, site, milliseconds: WARM_UP_MS }));
    proxy.isWarm = true;
    const circumstances = { proxy, scenario, site, milliseconds };
    if (sound([proxy]).length > 0) results.get(proxy.name).most = Math.round(await boundOf(circumstances));
  }
  for (let round = first; round <= last; round += 1) {
    for (const proxy of sound(round % 2 === 0 ? proxies.toReversed() : proxies)) {
      const { most, segments } = results.get(proxy.name);
      if (scenario.freshEvery !== undefined && round % scenario.freshEvery === 1) {
        await site.load.close(proxy.name);
        await open(proxy);
      }
      const segment = await measure({ proxy, scenario, site, milliseconds, most });
      judge(proxy.name, segment);
      segments.push({ round, ...segment });
    }
    process.stderr.write(`\r${scenario.name}: round ${round} of ${last} `);
  }
  process.stderr.write('\n');
  for (const { name } of proxies) await site.load.close(name);
  return Object.fromEntries(results);
}

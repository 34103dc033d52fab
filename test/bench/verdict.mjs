// What a proxy's rounds in one row come to, and when they come to nothing: a row whose conditions were not kept is void.
import { latencyOf, mergedOf, ratioOf, spreadOf } from './statistics.mjs';

/** Of the core that load and origin share: with less they are what is measured. */
export const LEAST_IDLE = 0.2;
/** Of the rate that an open loop should have. */
const LEAST_KEPT = 0.85;

const percent = (share) => `${Math.round(share * 100)} %`;
const mean = (values) => values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);

/** Why the figures say nothing, or undefined. */
function voidOf({ perSecond }, { segments, void: failure }) {
  if (failure !== undefined) return failure;
  if (segments.length === 0) return 'it was not timed';
  const of = (key) => segments.map((segment) => segment[key]);
  const idle = spreadOf(of('idle')).median;
  const rate = spreadOf(of('requestsPerSecond')).median;
  if (idle < LEAST_IDLE)
    return `load and origin left ${percent(idle)} of their core idle, ${percent(LEAST_IDLE)} are needed`;
  if (perSecond !== undefined && rate < perSecond * LEAST_KEPT) {
    return `it answered ${Math.round(rate).toLocaleString('en')} requests a second`;
  }
  return undefined;
}

/** The smallest share of a worker in what was written, each time over all rounds between two openings of the connections. */
function leastShares({ freshEvery = 8 }, segments) {
  const openings = new Map();
  for (const { round, written } of segments) {
    const opening = Math.ceil(round / freshEvery);
    openings.set(opening, sumOf(openings.get(opening) ?? written.map(() => 0), written));
  }
  return [...openings.values()].map(
    (bytes) =>
      Math.min(...bytes) /
      Math.max(
        1,
        bytes.reduce((all, each) => all + each, 0),
      ),
  );
}

const sumOf = (left, right) => left.map((each, i) => each + right[i]);

function rowOf(scenario, name, results) {
  const { segments, most } = results[name];
  const histogram = mergedOf(segments.map((segment) => segment.histogram));
  const against = scenario.against.filter((other) => results[other] !== undefined);
  const ratiosOf = (key) =>
    Object.fromEntries(against.map((other) => [other, ratioOf(segments, results[other].segments, key)]));
  const all = (key) => spreadOf(segments.map((segment) => segment[key]));
  return {
    name,
    void: voidOf(scenario, results[name]),
    isFailure: results[name].void !== undefined,
    cost: all('cost'),
    ratios: ratiosOf('cost'),
    p99Ratios: ratiosOf('p99'),
    requestsPerSecond: all('requestsPerSecond'),
    heldTo: most > 0 ? most : null,
    p50: latencyOf(histogram, 0.5),
    p99: latencyOf(histogram, 0.99),
    p999: latencyOf(histogram, 0.999),
    idle: all('idle'),
    leastShare: spreadOf(leastShares(scenario, segments)),
  };
}

/**
 * A row of the report: the scenario, and of each proxy spreads, ratios pair by pair, quantiles of all its requests, and
 * whether it failed (not only the machine). `others`: the
 * share of all cores that programs outside the run took meanwhile.
 */
export const reportOf = (scenario, results) => ({
  scenario,
  proxies: Object.keys(results).map((name) => rowOf(scenario, name, results)),
  others: mean(Object.values(results).flatMap(({ segments }) => segments.map(({ others }) => others))),
});

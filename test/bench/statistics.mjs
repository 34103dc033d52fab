// Medians and quartiles: the machine drifts by a third within minutes, so means of long runs say little.

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** null of no values. */
export function spreadOf(values) {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75) };
}

/** The spread of the ratios pair by pair: what two proxies cost in the same round. */
export function ratioOf(segments, others) {
  const byRound = new Map(others.map((segment) => [segment.round, segment.cpuMicroseconds]));
  const pairs = segments.filter(({ round }) => byRound.has(round));
  return spreadOf(pairs.map(({ round, cpuMicroseconds }) => cpuMicroseconds / byRound.get(round)));
}

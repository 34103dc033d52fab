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

/** The spread of the ratios pair by pair: what two proxies had in the same round. null where they share no round. */
export function ratioOf(segments, others, key = 'cost') {
  const byRound = new Map(others.map((segment) => [segment.round, segment[key]]));
  const pairs = segments.filter(({ round }) => byRound.has(round));
  return spreadOf(pairs.map((segment) => segment[key] / byRound.get(segment.round)));
}

/** Microseconds in the middle of a bucket of load.c: exact below 64, then 32 buckets for each doubling. */
export function microsecondsOf(bucket) {
  if (bucket < 64) return bucket;
  const doubling = Math.floor((bucket - 64) / 32) + 6;
  const width = 2 ** (doubling - 5);
  return 2 ** doubling + ((bucket - 64) % 32) * width + (width - 1) / 2;
}

/** Several segments' histograms as one: what a quantile of all their requests is read from. */
export function mergedOf(histograms) {
  const counts = new Map();
  for (const [bucket, count] of histograms.flat()) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b);
}

/** Microseconds that a share of the requests took at most; null of no request. `histogram`: sorted pairs of bucket and count. */
export function latencyOf(histogram, share) {
  const all = histogram.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of histogram) {
    seen += count;
    if (seen >= all * share) return microsecondsOf(bucket);
  }
  return null;
}

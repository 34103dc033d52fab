// Which series exist before the first request: every combination of known label values, so that a counter is born at 0 and not at 1.
// INVARIANT: each metric has one series whose labels are all `other`; what fits nowhere else is counted there, never lost.
import { LABEL_VALUES, OTHER } from './label-values.js';
import { METRICS, type MetricName } from './metrics.js';
import type { Vocabulary } from './vocabulary.js';

/** One series: label values in the order of METRICS. */
export interface Series {
  readonly metric: MetricName;
  readonly labels: readonly string[];
}

/** Series that carry a partner, over all releases of a policy's life in this process; the rest is counted as partner `other`. */
export const PARTNER_SERIES_LIMIT = 2000;

type Combination = readonly string[];

const product = (...dimensions: readonly (readonly string[])[]): Combination[] =>
  dimensions.reduce<Combination[]>(
    (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );

const LISTS: Readonly<Record<string, readonly string[]>> = LABEL_VALUES;

/** Values of one label of one metric, from the closed lists; a label that no list knows has only `other`. */
function valuesOf(metric: MetricName, label: string, words: Vocabulary): readonly string[] {
  if (label === 'listener') return words.listeners;
  if (label === 'why' && metric === 'headgate_refused_requests_total') return words.refusals;
  if (label === 'why' && metric === 'headgate_upstream_errors_total') return words.upstreamErrors;
  return LISTS[`${metric} ${label}`] ?? LISTS[label] ?? [];
}

function combinationsOf(metric: MetricName, words: Vocabulary): Combination[] {
  const { listeners, headers } = words;
  if (metric === 'headgate_released_headers_total') return [];
  if (metric === 'headgate_stripped_headers_total') {
    return listeners.flatMap((listener) => [
      ...headers.map((header) => [listener, header.label, header.class]),
      ...product([listener], [OTHER], LABEL_VALUES.class),
    ]);
  }
  if (metric === 'headgate_spoofed_headers_total' || metric === 'headgate_ambiguous_headers_total') {
    return product(listeners, [...headers.map((header) => header.label), OTHER]);
  }
  return product(...METRICS[metric].labels.map((label) => valuesOf(metric, label, words)));
}

/** Series of the releases: `room` more with their partner's name, the others under partner `other`. */
function releaseSeries(words: Vocabulary, room: number, known: ReadonlySet<string>): Series[] {
  const metric = 'headgate_released_headers_total';
  let left = room;
  return words.releases.flatMap(({ listener, partner, header, form }) => {
    const named: Series = { metric, labels: [listener, partner, header, form] };
    const rest: Series = { metric, labels: [listener, OTHER, header, form] };
    if (known.has(identityOf(named))) return [rest];
    left -= 1;
    return left >= 0 ? [named, rest] : [rest];
  });
}

/** What two equal series share. */
export function identityOf(series: Series): string {
  return [series.metric, ...series.labels].join('\u0000');
}

/**
 * Every series of `words` that is not in `previous`, without repeats, in the order of METRICS. Series that are in
 * `previous` count towards PARTNER_SERIES_LIMIT, because a slot is never given back.
 */
export function seriesOf(words: Vocabulary, previous: readonly Series[]): Series[] {
  const known = new Set(previous.map(identityOf));
  const spent = previous.filter((s) => s.metric === 'headgate_released_headers_total' && s.labels[1] !== OTHER).length;
  const wanted = (Object.keys(METRICS) as MetricName[]).flatMap((metric) => [
    ...combinationsOf(metric, words).map((labels): Series => ({ metric, labels })),
    ...(metric === 'headgate_released_headers_total' ? releaseSeries(words, PARTNER_SERIES_LIMIT - spent, known) : []),
    { metric, labels: METRICS[metric].labels.map(() => OTHER) },
  ]);
  return wanted.filter((series) => {
    const identity = identityOf(series);
    if (known.has(identity)) return false;
    known.add(identity);
    return true;
  });
}

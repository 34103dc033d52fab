// Where each series is counted in a process's Float64Array. The primary gives the slots out; a slot keeps its meaning for ever.
// INVARIANT: a table only grows at its end, so that arrays of different ages can be added up (test/telemetry/slots.test.ts).
import { BUCKETS } from './buckets.js';
import { METRICS, type HistogramName, type MetricName } from './metrics.js';
import { seriesOf, type Series } from './series.js';
import type { Vocabulary } from './vocabulary.js';

/** A series and the place of its first number. */
export interface Slot extends Series {
  readonly at: number;
}

/** Plain data, fit to be sent to a worker. */
export interface SlotTable {
  readonly slots: readonly Slot[];
  /** Numbers in the whole array. */
  readonly size: number;
}

export const NO_SLOTS: SlotTable = { slots: [], size: 0 };

/** Numbers that one series of a metric takes: one; a histogram has a count per bucket, one over the last bound, and the sum. */
export function widthOf(metric: MetricName): number {
  return METRICS[metric].type === 'histogram' ? BUCKETS[metric as HistogramName].length + 2 : 1;
}

/** `previous` with a slot at its end for each series of `words` that it lacks. Two partners' series are at most 2,000 in all. */
export function slotTableOf(words: Vocabulary, previous: SlotTable = NO_SLOTS): SlotTable {
  let size = previous.size;
  const added = seriesOf(words, previous.slots).map((series): Slot => {
    const at = size;
    size += widthOf(series.metric);
    return { ...series, at };
  });
  return { slots: [...previous.slots, ...added], size };
}

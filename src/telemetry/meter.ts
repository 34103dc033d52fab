// How a folder counts without knowing who collects: one call per event, label values in the order that metrics.ts gives.
import type { CounterName, GaugeName, HistogramName, MetricName } from './metrics.js';

export interface Meter {
  /** Adds `by` (default 1). A label combination that has no slot is counted in the metric's `other` slot, never lost. */
  count(metric: CounterName, labels: readonly string[], by?: number): void;
  /** Sets this process's share of a gauge; the primary adds the shares up. */
  set(metric: GaugeName, labels: readonly string[], value: number): void;
  /** Seconds. */
  observe(metric: HistogramName, labels: readonly string[], seconds: number): void;
  /**
   * Where `labels` are counted, for `add`, `setAt` and `observeAt`: found once, used for every request. It keeps its meaning for ever; labels that get
   * a slot of their own later are found by asking again.
   */
  slot(metric: MetricName, labels: readonly string[]): Slot;
  add(slot: Slot, by: number): void;
  setAt(slot: Slot, value: number): void;
  /** `bounds`: of the slot's metric, in `BUCKETS`. */
  observeAt(slot: Slot, bounds: readonly number[], seconds: number): void;
}

/** A place in a meter's numbers; -1: none yet, what is added there is dropped. */
export type Slot = number;

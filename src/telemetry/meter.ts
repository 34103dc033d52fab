// How a folder counts without knowing who collects: one call per event, label values in the order that metrics.ts gives.
import type { CounterName, GaugeName, HistogramName } from './metrics.js';

export interface Meter {
  /** Adds `by` (default 1). A label combination that has no slot is counted in the metric's `other` slot, never lost. */
  count(metric: CounterName, labels: readonly string[], by?: number): void;
  /** Sets this process's share of a gauge; the primary adds the shares up. */
  set(metric: GaugeName, labels: readonly string[], value: number): void;
  /** Seconds. */
  observe(metric: HistogramName, labels: readonly string[], seconds: number): void;
}

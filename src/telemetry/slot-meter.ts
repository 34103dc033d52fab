// The meter of a process that carries traffic: counts into a Float64Array by the primary's slots. Knows no clock and no registry.
import { BUCKETS } from './buckets.js';
import { OTHER } from './label-values.js';
import type { Meter, Slot as Place } from './meter.js';
import { METRICS, type CounterName, type GaugeName, type HistogramName, type MetricName } from './metrics.js';
import { NO_SLOTS, type Slot, type SlotTable } from './slots.js';

type Node = Map<string, Node | number>;

function plant(root: Node, labels: readonly string[], at: number): void {
  let node = root;
  labels.slice(0, -1).forEach((label) => {
    const next = node.get(label);
    if (next instanceof Map) {
      node = next;
      return;
    }
    const made: Node = new Map();
    node.set(label, made);
    node = made;
  });
  node.set(labels.at(-1) ?? '', at);
}

/** The slot of `labels`, with `other` in place of as few of them as possible, the last ones first. */
function seek(node: Node, labels: readonly string[], depth: number): number | undefined {
  const last = depth >= labels.length - 1;
  const label = labels[depth] ?? '';
  for (const tried of label === OTHER ? [OTHER] : [label, OTHER]) {
    const next = node.get(tried);
    if (next === undefined) continue;
    const found =
      typeof next === 'number' ? (last ? next : undefined) : last ? undefined : seek(next, labels, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Counts of one process. A combination without a slot lands in the nearest `other`; a metric that the table lacks
 * altogether is dropped, which only happens before the first `extend`.
 */
export class SlotMeter implements Meter {
  #numbers = new Float64Array(0);
  #table: SlotTable = NO_SLOTS;
  readonly #roots = new Map<MetricName, Node>();
  readonly #leaked: () => void;

  /** `leaked` is called after each leak that is counted, so that it can be reported at once. */
  constructor(leaked: () => void) {
    this.#leaked = leaked;
  }

  /** Takes a grown table; what was counted stays. */
  extend(table: SlotTable): void {
    if (table.size < this.#table.size) return;
    const numbers = new Float64Array(table.size);
    numbers.set(this.#numbers);
    for (const slot of table.slots.slice(this.#table.slots.length)) this.#plant(slot);
    this.#numbers = numbers;
    this.#table = table;
  }

  /** A copy of all numbers, by slot. */
  snapshot(): Float64Array {
    return this.#numbers.slice();
  }

  count(metric: CounterName, labels: readonly string[], by = 1): void {
    const at = this.#seek(metric, labels);
    if (at !== undefined && by > 0) this.#numbers[at] = (this.#numbers[at] ?? 0) + by;
    if (metric === 'headgate_leaked_headers_total') this.#leaked();
  }

  set(metric: GaugeName, labels: readonly string[], value: number): void {
    const at = this.#seek(metric, labels);
    if (at !== undefined) this.#numbers[at] = value;
  }

  observe(metric: HistogramName, labels: readonly string[], seconds: number): void {
    this.observeAt(this.slot(metric, labels), BUCKETS[metric], seconds);
  }

  slot(metric: MetricName, labels: readonly string[]): Place {
    return this.#seek(metric, labels) ?? -1;
  }

  add(slot: Place, by: number): void {
    if (slot >= 0) this.#numbers[slot] = (this.#numbers[slot] ?? 0) + by;
  }

  setAt(slot: Place, value: number): void {
    if (slot >= 0) this.#numbers[slot] = value;
  }

  observeAt(slot: Place, bounds: readonly number[], seconds: number): void {
    if (slot < 0 || !(seconds >= 0)) return;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? Infinity)) bucket += 1;
    this.#numbers[slot + bucket] = (this.#numbers[slot + bucket] ?? 0) + 1;
    const sum = slot + bounds.length + 1;
    this.#numbers[sum] = (this.#numbers[sum] ?? 0) + seconds;
  }

  #plant(slot: Slot): void {
    let root = this.#roots.get(slot.metric);
    if (root === undefined) {
      root = new Map();
      this.#roots.set(slot.metric, root);
    }
    plant(root, slot.labels, slot.at);
  }

  #seek(metric: MetricName, labels: readonly string[]): number | undefined {
    const root = this.#roots.get(metric);
    if (root === undefined) return undefined;
    // A call with too few or too many labels is a defect; it is still counted, where nothing else is.
    const wanted = METRICS[metric].labels;
    return (
      seek(root, labels, 0) ??
      seek(
        root,
        wanted.map(() => OTHER),
        0,
      )
    );
  }
}

// Adds up what all processes counted, the dead ones for ever.
// INVARIANT: no counter ever falls: a falling counter reads as a reset, and `increase()` then rings a false leak (test/control/counter-book.test.ts).
import { METRICS, type MetricName } from '../telemetry/metrics.js';
import { NO_SLOTS, widthOf, type SlotTable } from '../telemetry/slots.js';

export class CounterBook {
  #table: SlotTable = NO_SLOTS;
  /** Of the table: where counters and histograms stand, as pairs of the first place and the one behind the last. */
  #counts: readonly number[] = [];
  readonly #living = new Map<number, Float64Array>();
  readonly #dead = new Set<number>();
  #retired = new Float64Array(0);

  get table(): SlotTable {
    return this.#table;
  }

  /** Takes a grown table; tables only grow. */
  extend(table: SlotTable): void {
    this.#table = table;
    this.#counts = countsIn(table);
  }

  /** The newest array of a process. One that counts less than the last one of the same process, or of a dead one, is not believed. */
  report(source: number, numbers: Float64Array): void {
    if (this.#dead.has(source)) return;
    const last = this.#living.get(source);
    if (last !== undefined && this.#fallsBehind(last, numbers)) return;
    this.#living.set(source, numbers);
  }

  /** The process is gone: its counts stay in every total to come, its gauges do not. Its number is never used again. */
  retire(source: number): void {
    this.#dead.add(source);
    const last = this.#living.get(source);
    if (last === undefined) return;
    this.#living.delete(source);
    const sum = new Float64Array(Math.max(this.#retired.length, last.length));
    sum.set(this.#retired);
    for (let i = 0; i < this.#counts.length; i += 2) {
      const end = Math.min(this.#counts[i + 1] ?? 0, last.length);
      for (let at = this.#counts[i] ?? 0; at < end; at += 1) sum[at] = (sum[at] ?? 0) + (last[at] ?? 0);
    }
    this.#retired = sum;
  }

  /** The sum over all processes, by slot; as long as the table. */
  totals(): Float64Array {
    const totals = new Float64Array(this.#table.size);
    for (const numbers of [this.#retired, ...this.#living.values()]) {
      const length = Math.min(numbers.length, totals.length);
      for (let at = 0; at < length; at += 1) totals[at] = (totals[at] ?? 0) + (numbers[at] ?? 0);
    }
    return totals;
  }

  /** Of a counter, over all its series. */
  sumOf(metric: MetricName): number {
    const totals = this.totals();
    return this.#table.slots.reduce((sum, slot) => sum + (slot.metric === metric ? (totals[slot.at] ?? 0) : 0), 0);
  }

  #fallsBehind(last: Float64Array, next: Float64Array): boolean {
    if (next.length < last.length) return true;
    for (let i = 0; i < this.#counts.length; i += 2) {
      const end = Math.min(this.#counts[i + 1] ?? 0, last.length);
      for (let at = this.#counts[i] ?? 0; at < end; at += 1) if ((next[at] ?? 0) < (last[at] ?? 0)) return true;
    }
    return false;
  }
}

/** Neighbours are one pair: a report is held against the last one each second, and most of a table is counters. */
function countsIn(table: SlotTable): readonly number[] {
  const pairs: number[] = [];
  for (const { metric, at } of table.slots) {
    if (METRICS[metric].type === 'gauge') continue;
    const end = at + widthOf(metric);
    if (pairs.at(-1) === at) pairs[pairs.length - 1] = end;
    else pairs.push(at, end);
  }
  return pairs;
}

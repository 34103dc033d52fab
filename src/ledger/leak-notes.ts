// The leaks of one process since they were last taken, in bounded memory.
import { noteDistinct } from '../sketch/distinct.js';
import { type LeakCell, type LeakKind, LeakTable, shownName } from './leak-cell.js';

/** A subscriber by its keyed hash (`sketch/keyed-hash.ts`). */
export interface Whose {
  readonly high: number;
  readonly low: number;
}

/** Kinds between two takes, a second apart. */
const ROOM = 256;
const MINUTE_MS = 60_000;

/** INVARIANT: no cell that it gives lies in two minutes. */
export class LeakNotes {
  readonly #table = new LeakTable(ROOM);
  /** Of minutes that are over. */
  #over: readonly LeakCell[] = [];
  #minute = NaN;

  /** `kind.place` is a host, `kind.field` the name as sent. `now`: milliseconds since the epoch. */
  note(kind: LeakKind, { high, low }: Whose, now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) this.#close();
    this.#minute = minute;
    const cell = this.#table.at({ ...kind, field: shownName(kind.field) }, now);
    cell.leaks += 1;
    cell.first = Math.min(cell.first, now);
    cell.last = Math.max(cell.last, now);
    noteDistinct(cell.subscribers, 0, high, low);
  }

  /** What was noted since the last call. */
  take(): readonly LeakCell[] {
    this.#close();
    const over = this.#over;
    this.#over = [];
    return over;
  }

  #close(): void {
    const { cells } = this.#table;
    if (cells.length > 0) this.#over = [...this.#over, ...cells];
    this.#table.clear();
  }
}

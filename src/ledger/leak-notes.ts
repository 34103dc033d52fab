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

export class LeakNotes {
  readonly #table = new LeakTable(ROOM);

  /** `kind.place` is a host, `kind.field` the name as sent. `now`: milliseconds since the epoch. */
  note(kind: LeakKind, { high, low }: Whose, now: number): void {
    const cell = this.#table.at({ ...kind, field: shownName(kind.field) }, now);
    cell.leaks += 1;
    cell.first = Math.min(cell.first, now);
    cell.last = Math.max(cell.last, now);
    noteDistinct(cell.subscribers, 0, high, low);
  }

  /** What was noted since the last call. */
  take(): readonly LeakCell[] {
    const { cells } = this.#table;
    this.#table.clear();
    return cells;
  }
}

// What is kept of leaks: how often, where, under which name, of how many people, from when to when; never a value. Cells of one
// kind add up, over processes and time, and adding is exact in whatever order (test/ledger/leak-book.test.ts).
import { mergeDistinct, REGISTERS } from '../sketch/distinct.js';

/** What is told apart; words of closed lists but `place` and `field`. */
export interface LeakKind {
  readonly listener: string;
  /** A host as a process saw it; a registrable domain once it is in the book. */
  readonly place: string;
  /** As `shownName` gives it. */
  readonly field: string;
  readonly detector: string;
  readonly outcome: string;
  /** The partner that owns the place; null: a stranger. */
  readonly partner: string | null;
}

export interface LeakCell extends LeakKind {
  readonly leaks: number;
  /** A sketch (`sketch/distinct.ts`). */
  readonly subscribers: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
}

/** A cell that is being added to. */
export interface OpenCell extends LeakCell {
  leaks: number;
  first: number;
  last: number;
}

/** Where there is no room for another place or name, the rest is counted under this one. */
export const ELSEWHERE = 'elsewhere';

const MOST_CHARACTERS = 64;

/**
 * A field's name as it may be kept and shown, in small letters: it was written by who knows whom, may hold a number itself and is
 * cut after 64 characters.
 */
export function shownName(name: string): string {
  return name
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replace(/\d{8,}/g, '[digits]');
}

/** Cells by kind, at most three times `room`: then without the place, then without the name, never lost. */
export class LeakTable {
  readonly #room: number;
  readonly #cells = new Map<string, OpenCell>();

  constructor(room: number) {
    this.#room = room;
  }

  get size(): number {
    return this.#cells.size;
  }

  get cells(): readonly LeakCell[] {
    return [...this.#cells.values()];
  }

  /** The cell of a kind; one that is made begins at `now` with nothing in it. */
  at(kind: LeakKind, now: number): OpenCell {
    return (
      this.#find(kind, this.#room, now) ??
      this.#find({ ...kind, place: ELSEWHERE, partner: null }, 2 * this.#room, now) ??
      this.#find({ ...kind, place: ELSEWHERE, partner: null, field: ELSEWHERE }, 3 * this.#room, now) ??
      this.#make(
        { listener: ELSEWHERE, place: ELSEWHERE, field: ELSEWHERE, detector: '', outcome: '', partner: null },
        now,
      )
    );
  }

  add(cell: LeakCell): void {
    const own = this.at(cell, cell.first);
    own.leaks += cell.leaks;
    own.first = Math.min(own.first, cell.first);
    own.last = Math.max(own.last, cell.last);
    mergeDistinct(own.subscribers, cell.subscribers);
  }

  clear(): void {
    this.#cells.clear();
  }

  #find(kind: LeakKind, room: number, now: number): OpenCell | undefined {
    return this.#cells.get(keyOf(kind)) ?? (this.#cells.size < room ? this.#make(kind, now) : undefined);
  }

  #make({ listener, place, field, detector, outcome, partner }: LeakKind, now: number): OpenCell {
    const kind = { listener, place, field, detector, outcome, partner };
    const known = this.#cells.get(keyOf(kind));
    if (known !== undefined) return known;
    const made = { ...kind, leaks: 0, subscribers: new Uint8Array(REGISTERS), first: now, last: now };
    this.#cells.set(keyOf(kind), made);
    return made;
  }
}

function keyOf({ listener, place, field, detector, outcome, partner }: LeakKind): string {
  return [listener, place, field, detector, outcome, partner ?? ''].join('\n');
}

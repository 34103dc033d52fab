// The leaks of the last day, of all processes: by the minute, in bounded memory. It says where a leak is and when it is the
// network's own doing. The oldest minutes go first, and how far back it is whole is always known.
import { distinctIn, mergeDistinct, REGISTERS } from '../sketch/distinct.js';
import { type LeakCell, LeakTable } from './leak-cell.js';

/** A name of which an exact hit was proven for many people at many places: no app does that, the network does. */
export interface ProvenName {
  readonly field: string;
  /** Estimates (`sketch/distinct.ts`), whole numbers. */
  readonly subscribers: number;
  readonly domains: number;
}

/** The rule: in the last five minutes. */
const PROVEN = { minutes: 5, subscribers: 20, domains: 5 } as const;
const MINUTE_MS = 60_000;
const MINUTES_KEPT = 24 * 60;
/** Kinds of one minute; those that only count have a table of their own, so that their crowd takes no room of a proof. */
const PROOFS_A_MINUTE = 512;
const COUNTS_A_MINUTE = 128;
/** Cells of all minutes: 300 bytes each. */
const CELLS_KEPT = 16_384;

interface Minute {
  readonly minute: number;
  readonly proofs: LeakTable;
  readonly counts: LeakTable;
}

const isCount = ({ detector }: LeakCell): boolean => detector === 'number' || detector === 'hint';

export class LeakBook {
  readonly #domainOf: (host: string) => string;
  readonly #began: number;
  /** The oldest first. */
  #minutes: Minute[] = [];
  #wholeSince: number;

  /** `domainOf`: the registrable domain of a host. `now`: milliseconds since the epoch. */
  constructor(domainOf: (host: string) => string, now: number) {
    this.#domainOf = domainOf;
    this.#began = now;
    this.#wholeSince = now;
  }

  /** Cells of a process, their places being hosts, as they came until `now`. */
  add(cells: readonly LeakCell[], now: number): void {
    if (cells.length === 0) return;
    const { proofs, counts } = this.#minuteAt(now);
    for (const cell of cells) {
      (isCount(cell) ? counts : proofs).add({ ...cell, place: this.#domainOf(cell.place) });
    }
    this.#forget(now);
  }

  /** Everything since then, one cell of a kind: proofs before counts, then by people, then the newest. */
  since(ms: number): readonly LeakCell[] {
    return this.#since(ms)
      .map((cell) => ({ cell, rank: Number(isCount(cell)), people: distinctIn(cell.subscribers) }))
      .sort((a, b) => a.rank - b.rank || b.people - a.people || b.cell.last - a.cell.last)
      .map(({ cell }) => cell);
  }

  /** Since when nothing is missing, milliseconds since the epoch. */
  wholeSince(now: number): number {
    return Math.max(this.#wholeSince, now - MINUTES_KEPT * MINUTE_MS, this.#began);
  }

  /** The names that are proven by the last five minutes, the one with the most people first. */
  proven(now: number): readonly ProvenName[] {
    const names = new Map<string, { readonly people: Uint8Array; readonly places: Set<string> }>();
    for (const { detector, field, place, subscribers } of this.#since(now - PROVEN.minutes * MINUTE_MS)) {
      if (detector !== 'exact') continue;
      const name = names.get(field) ?? { people: new Uint8Array(REGISTERS), places: new Set() };
      names.set(field, name);
      mergeDistinct(name.people, subscribers);
      name.places.add(place);
    }
    return [...names]
      .map(([field, { people, places }]) => ({
        field,
        subscribers: Math.round(distinctIn(people)),
        domains: places.size,
      }))
      .filter(({ subscribers, domains }) => subscribers > PROVEN.subscribers && domains > PROVEN.domains)
      .sort((a, b) => b.subscribers - a.subscribers);
  }

  /** In no order. */
  #since(ms: number): readonly LeakCell[] {
    const first = Math.floor(ms / MINUTE_MS);
    const table = new LeakTable(Infinity);
    for (const { minute, proofs, counts } of this.#minutes) {
      if (minute < first) continue;
      for (const cell of [...proofs.cells, ...counts.cells]) if (cell.last >= ms) table.add(cell);
    }
    return table.cells;
  }

  #minuteAt(now: number): Minute {
    const newest = this.#minutes.at(-1);
    const minute = Math.max(Math.floor(now / MINUTE_MS), newest?.minute ?? 0);
    if (newest?.minute === minute) return newest;
    const made = { minute, proofs: new LeakTable(PROOFS_A_MINUTE), counts: new LeakTable(COUNTS_A_MINUTE) };
    this.#minutes.push(made);
    return made;
  }

  #forget(now: number): void {
    const oldest = Math.floor(now / MINUTE_MS) - MINUTES_KEPT;
    let cells = this.#minutes.reduce((sum, { proofs, counts }) => sum + proofs.size + counts.size, 0);
    for (;;) {
      const first = this.#minutes[0];
      if (first === undefined || this.#minutes.length === 1) return;
      if (first.minute > oldest && cells <= CELLS_KEPT) return;
      cells -= first.proofs.size + first.counts.size;
      this.#minutes = this.#minutes.slice(1);
      this.#wholeSince = Math.max(this.#wholeSince, (first.minute + 1) * MINUTE_MS);
    }
  }
}

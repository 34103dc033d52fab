// Cells by kind, added up in bounded memory. What there is no room to tell apart is counted with its host and domain as `ELSEWHERE`, then
// without header and listener too, never lost. INVARIANT: without that, the order in which cells come changes nothing
// (test/ledger/ledger-table.test.ts).
import { DistinctSketch } from '../sketch/distinct-sketch.js';
import { ELSEWHERE } from './leak-cell.js';
import {
  type Cells,
  type LeakEntry,
  type LeakEntryKind,
  leakKeyOf,
  type ReleaseCell,
  type ReleaseKind,
  releaseKeyOf,
  type Tallied,
} from './ledger-cell.js';

interface Open<K> {
  readonly kind: K;
  requests: number;
  first: number;
  last: number;
  readonly sketch: DistinctSketch;
}

/** Kinds of releases and of leaks, each; a kind with many people takes 16 KiB. */
const ROOM = 2048;

export class LedgerTable {
  readonly #room: number;
  readonly #releases = new Map<string, Open<ReleaseKind>>();
  readonly #leaks = new Map<string, Open<LeakEntryKind>>();

  constructor(room = ROOM) {
    this.#room = room;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get size(): number {
    return this.#releases.size + this.#leaks.size;
  }

  add({ releases, leaks }: Cells): void {
    for (const cell of releases) this.#addRelease(cell);
    for (const cell of leaks) this.#addLeak(cell);
  }

  /** In the order of their keys: the same for the same cells, however they came. */
  cells(): Cells {
    return {
      releases: sorted(this.#releases).map((open) => ({ ...open.kind, ...talliedOf(open) })),
      leaks: sorted(this.#leaks).map((open) => ({ ...open.kind, ...talliedOf(open) })),
    };
  }

  clear(): void {
    this.#releases.clear();
    this.#leaks.clear();
  }

  #addRelease(cell: ReleaseCell): void {
    const { epoch, digest, listener, partner, host, domain, header, form } = cell;
    const kind = { epoch, digest, listener, partner, host, domain, header, form };
    const without = { ...kind, host: ELSEWHERE, domain: ELSEWHERE };
    const least = { ...without, listener: ELSEWHERE, digest: '', header: ELSEWHERE, form: '', partner: ELSEWHERE };
    addTo(this.#releases, [kind, without, least], releaseKeyOf, { cell, room: this.#room });
  }

  #addLeak(cell: LeakEntry): void {
    const { epoch, listener, place, field, detector, outcome, partner } = cell;
    const kind = { epoch, listener, place, field, detector, outcome, partner };
    const without = { ...kind, place: ELSEWHERE, partner: null };
    const least = { ...without, field: ELSEWHERE };
    addTo(this.#leaks, [kind, without, least], leakKeyOf, { cell, room: this.#room });
  }
}

/** To the first of `kinds` that is there or that there is room for; the last one always has room. */
function addTo<K>(
  table: Map<string, Open<K>>,
  kinds: readonly [K, K, K],
  keyOf: (kind: K) => string,
  { cell, room }: { readonly cell: Tallied; readonly room: number },
): void {
  for (const [step, kind] of kinds.entries()) {
    const key = keyOf(kind);
    const known = table.get(key);
    if (known !== undefined) return merge(known, cell);
    if (table.size >= room * (step + 1) && step < kinds.length - 1) continue;
    const made = { kind, requests: 0, first: cell.first, last: cell.last, sketch: new DistinctSketch() };
    table.set(key, made);
    return merge(made, cell);
  }
}

function merge<K>(open: Open<K>, { requests, first, last, subscribers }: Tallied): void {
  open.requests += requests;
  open.first = Math.min(open.first, first);
  open.last = Math.max(open.last, last);
  const sketch = DistinctSketch.fromBytes(subscribers);
  if (sketch !== undefined) open.sketch.merge(sketch);
}

function talliedOf<K>({ requests, first, last, sketch }: Open<K>): Tallied {
  return { requests, first, last, subscribers: sketch.toBytes() };
}

function sorted<K>(table: ReadonlyMap<string, Open<K>>): readonly Open<K>[] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, open]) => open);
}

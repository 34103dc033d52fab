// What was found for the Host fields that came last, by their bytes: a string of a host and its place in a map cost a tenth of our part
// of a request. INVARIANT: it holds of exactly these bytes (test/proxy/host-memory.test.ts).

const PLACES = 1024;
/** A longer host is not kept. */
const MOST_BYTES = 64;
const WORD = 4;

/** Keeps values by short texts, one for each hash; what is pushed out must be found again elsewhere. */
export class HostMemory<V> {
  readonly #values = new Array<V | undefined>(PLACES).fill(undefined);
  readonly #lengths = new Uint8Array(PLACES);
  readonly #bytes = new DataView(new ArrayBuffer(PLACES * MOST_BYTES));

  /** `view`: of the same bytes. */
  find(view: DataView, start: number, end: number): V | undefined {
    const length = end - start;
    if (length < WORD || length > MOST_BYTES) return undefined;
    const place = placeOf(view, start, end);
    if (this.#lengths[place] !== length) return undefined;
    const kept = place * MOST_BYTES - start;
    const last = end - WORD;
    for (let at = start; at < last; at += WORD) {
      if (view.getInt32(at, true) !== this.#bytes.getInt32(kept + at, true)) return undefined;
    }
    return view.getInt32(last, true) === this.#bytes.getInt32(kept + last, true) ? this.#values[place] : undefined;
  }

  keep(view: DataView, start: number, end: number, value: V): void {
    const length = end - start;
    if (length < WORD || length > MOST_BYTES) return;
    const place = placeOf(view, start, end);
    const kept = place * MOST_BYTES - start;
    for (let at = start; at < end; at += 1) this.#bytes.setUint8(kept + at, view.getUint8(at));
    this.#lengths[place] = length;
    this.#values[place] = value;
  }

  /** What was found holds no more. */
  clear(): void {
    this.#values.fill(undefined);
    this.#lengths.fill(0);
  }
}

function placeOf(view: DataView, start: number, end: number): number {
  const middle = start + ((end - start - WORD) >> 1);
  const hash =
    Math.imul(view.getInt32(start, true), 0x2c1b3c6d) ^
    Math.imul(view.getInt32(end - WORD, true), 0x297a2d39) ^
    Math.imul(view.getInt32(middle, true) + end - start, 0x1b56c4e9);
  // Hosts of one site differ in few bits: without another product they would share a few places.
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x5bd1e995);
  return (mixed ^ (mixed >>> 13)) & (PLACES - 1);
}

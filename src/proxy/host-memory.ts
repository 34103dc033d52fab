// What was found for the Host fields that came last, by their bytes, so that no string is made of a host that came lately.
// INVARIANT: it holds of exactly these bytes (test/proxy/host-memory.test.ts).

const PLACES = 1024;
/** A longer host is not kept. */
const MOST_BYTES = 64;
const WORD = 4;
const MIXER = 0x5bd1e995;

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

/** Every byte counts: hosts of one site differ in one place, wherever that is. */
function placeOf(view: DataView, start: number, end: number): number {
  const last = end - WORD;
  let hash = end - start;
  for (let at = start; at < last; at += WORD) hash = Math.imul(hash ^ view.getInt32(at, true), MIXER);
  hash = Math.imul(hash ^ view.getInt32(last, true), MIXER);
  hash = Math.imul(hash ^ (hash >>> 15), MIXER);
  return (hash ^ (hash >>> 13)) & (PLACES - 1);
}

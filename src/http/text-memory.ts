// Strings of values that come again and again, so that none is made twice: a string of bytes costs 60 ns and, as a key of a map, 30 more
// each time it is new. A place for each hash and no more: what is not there is made. It knows no value's meaning.
const PLACES = 256;
/** A longer value is not kept. */
const MOST_BYTES = 64;
const LEAST_BYTES = 4;

export class TextMemory {
  readonly #texts = new Array<string>(PLACES).fill('');
  readonly #bytes = new DataView(new ArrayBuffer(PLACES * MOST_BYTES));

  /** `bytes[start, end)` as latin1; `view` is of the same bytes. */
  textAt(bytes: Buffer, view: DataView, start: number, end: number): string {
    const length = end - start;
    if (length < LEAST_BYTES || length > MOST_BYTES) return bytes.toString('latin1', start, end);
    const tail = end - 4;
    const hash =
      Math.imul(view.getInt32(start, true), 0x2c1b3c6d) ^
      Math.imul(view.getInt32(tail, true), 0x297a2d39) ^
      Math.imul(view.getInt32(start + ((length - 4) >> 1), true) + length, 0x1b56c4e9);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#texts[place] ?? '';
    const kept = place * MOST_BYTES;
    if (known.length === length) {
      let at = start;
      let other = kept;
      while (at < tail && view.getInt32(at, true) === this.#bytes.getInt32(other, true)) {
        at += 4;
        other += 4;
      }
      if (at >= tail && view.getInt32(tail, true) === this.#bytes.getInt32(kept + length - 4, true)) return known;
    }
    const text = bytes.toString('latin1', start, end);
    for (let i = 0; i < length; i += 1) this.#bytes.setUint8(kept + i, bytes[start + i] ?? 0);
    this.#texts[place] = text;
    return text;
  }
}

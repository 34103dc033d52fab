// A short text as 64 bits that say nothing of it without the key: HalfSipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast
// short-input PRF", INDOCRYPT 2012; its 32-bit variant). The key is random per start, so that nobody can aim at a collision.

/** Bytes of a key. */
export const KEY_BYTES = 8;

/** Characters that count, with the length: a longer text costs no more. */
const MOST_CHARACTERS = 256;

const SCRATCH = new Uint8Array(MOST_CHARACTERS);
const SCRATCH_VIEW = new DataView(SCRATCH.buffer);

/** Keeps one key. Results stand in `high` and `low` until the next `of`: no object per hash, which is most of its cost. */
export class KeyedHash {
  /** Of the last text, as unsigned 32 bits. */
  high = 0;
  low = 0;
  readonly #k0: number;
  readonly #k1: number;

  /** Takes the first 8 bytes of `key`. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, KEY_BYTES);
    this.#k0 = view.getInt32(0, true);
    this.#k1 = view.getInt32(4, true);
  }

  /** Each character's low 8 bits are a byte: exact for what Latin-1 holds, as values of fields are. */
  of(text: string): void {
    const length = text.length < MOST_CHARACTERS ? text.length : MOST_CHARACTERS;
    for (let i = 0; i < length; i += 1) SCRATCH[i] = text.charCodeAt(i);
    this.#digest(SCRATCH_VIEW, 0, length, text.length);
  }

  /** The same of the text whose Latin-1 bytes are `[start, end)` of those that `view` is of. */
  ofBytes(view: DataView, start: number, end: number): void {
    const length = end - start;
    this.#digest(view, start, length < MOST_CHARACTERS ? length : MOST_CHARACTERS, length);
  }

  /** `length` bytes from `start` on, of a text of `whole` characters. */
  #digest(view: DataView, start: number, length: number, whole: number): void {
    let v0 = this.#k0;
    let v1 = this.#k1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.#k0;
    let v3 = 0x74656462 ^ this.#k1;
    const rest = length & ~3;
    // Blocks, then the block of the rest and the length, then twice four rounds; a round is spelled once, in this loop.
    for (let at = 0, round = 0; ;) {
      let block = 0;
      if (at < rest) {
        block = view.getInt32(start + at, true);
      } else if (at === rest) {
        block = (whole & 0xff) << 24;
        for (let i = rest; i < length; i += 1) block |= view.getUint8(start + i) << ((i - rest) << 3);
      }
      const isBlock = at <= rest;
      const rounds = isBlock ? 2 : 4;
      if (isBlock) v3 ^= block;
      else if (round === 0) v2 ^= 0xee;
      else v1 ^= 0xdd;
      for (let i = 0; i < rounds; i += 1) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      if (isBlock) {
        v0 ^= block;
        at += 4;
        continue;
      }
      if (round === 0) {
        this.low = (v1 ^ v3) >>> 0;
        round = 1;
        continue;
      }
      this.high = (v1 ^ v3) >>> 0;
      return;
    }
  }
}

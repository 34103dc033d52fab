// Bytes that say where they belong: a stream made and checked without being kept, so that a gigabyte costs no memory.

const PERIOD = 65_521;
/** Jest looks globals up anew each time: as a name of this file it is a hundred times faster. */
const { imul } = Math;

/** Pattern `seed`, endless; a byte's value follows from its place and the seed, and no two seeds agree for long. */
export class Pattern {
  private readonly block: Buffer;
  /** How many bytes were made or checked. */
  position = 0;

  constructor(seed: number) {
    const once = Buffer.alloc(PERIOD);
    let state = (seed * 2_654_435_761 + 1) >>> 0;
    for (let i = 0; i < PERIOD; i += 1) {
      state = (imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      once[i] = state >>> 24;
    }
    this.block = Buffer.concat([once, once, once]);
  }

  /** The next `length` bytes (at most 128 KiB); a view that must not be written to. */
  next(length: number): Buffer {
    const from = this.position % PERIOD;
    this.position += length;
    return this.block.subarray(from, from + length);
  }

  /** Throws at the first byte that is not the next one of the pattern. */
  check(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 65_536) {
      const part = bytes.subarray(at, at + 65_536);
      const from = this.position;
      if (!part.equals(this.next(part.length)))
        throw new Error(`a byte is not its own between ${from} and ${this.position}`);
    }
  }
}

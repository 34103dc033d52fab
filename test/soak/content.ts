// Bodies that say whose they are: every byte follows from the number of its request and its place, so that a byte of another
// request, or one that is twice or missing, is seen. Letters alone: no body holds what looks like a subscriber's number.
const STARTS = 1 << 20;
/** The largest body. */
export const MOST_BYTES = 1 << 20;

const LETTERS = Buffer.alloc(STARTS + MOST_BYTES);
let state = 0x2545f491;
for (let i = 0; i < LETTERS.length; i += 1) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  LETTERS[i] = 0x41 + ((state >>> 8) & 15) + ((state & 1) << 5);
}

/** The body of request `id`, from `from` up to `to`; a view that must not be written to. No two of 2^20 requests begin alike. */
export function contentOf(id: number, from: number, to: number): Buffer {
  const start = (id * 7919) % STARTS;
  return LETTERS.subarray(start + from, start + to);
}

/** Checks bytes as they come. */
export class ContentCheck {
  bytes = 0;
  readonly #id: number;

  constructor(id: number) {
    this.#id = id;
  }

  /** Throws at a byte that is not the next one of this request. */
  take(chunk: Buffer): void {
    const from = this.bytes;
    this.bytes += chunk.length;
    if (this.bytes <= MOST_BYTES && chunk.equals(contentOf(this.#id, from, this.bytes))) return;
    const got = JSON.stringify(chunk.toString('latin1', 0, 60));
    throw new Error(`a byte is not of its own request, between ${from} and ${this.bytes} of a body: ${got}`);
  }
}

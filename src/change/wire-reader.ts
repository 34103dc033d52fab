// Reads the binary encoding that SSH uses everywhere (RFC 4251, section 5). It knows no message: it gives out parts, one after
// another. A failure is sticky: whoever reads to the end and then asks `isDone()` has seen every fault, trailing bytes included.

const NOTHING = new Uint8Array(0);
/** Names of key types, curves, hashes and namespaces: longer ones are of nothing that is known. */
const TEXT_BYTES = 256;

export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #hasFailed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next bytes, as many as asked for; none after a failure. */
  take(count: number): Uint8Array {
    if (this.#hasFailed || count > this.#bytes.length - this.#at) return this.#failed();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  uint32(): number {
    return this.take(4).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** `string`: a length and as many bytes. */
  string(): Uint8Array {
    return this.take(this.uint32());
  }

  /** A `string` of 1 to 256 printable ASCII characters. */
  text(): string {
    const bytes = this.string();
    const isText = bytes.length > 0 && bytes.length <= TEXT_BYTES && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
    if (!isText) this.#failed();
    return isText ? Buffer.from(bytes).toString('latin1') : '';
  }

  /** A positive `mpint` in its one shortest form, without the zero byte that only says that it is not negative. */
  positive(): Uint8Array {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (first >= 0x80 || (first === 0 && second < 0x80)) return this.#failed();
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  /** Nothing failed and nothing is left. */
  isDone(): boolean {
    return !this.#hasFailed && this.#at === this.#bytes.length;
  }

  #failed(): Uint8Array {
    this.#hasFailed = true;
    return NOTHING;
  }
}

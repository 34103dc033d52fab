// Where an answer ends in the bytes of its connection, so that bytes behind it are seen even when they come in the same segment.
// Node's parser drops an incomplete second head silently; the connection would be used again in an unknown state.
import type { Framing } from '../http/message.js';

const BLANK_LINE = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
/** More than any head that is relayed: then the extent is unknown. */
const MAX_HELD = 262_144;

export class AnswerExtent {
  #held = '';
  #heldAt = 0;
  #total = 0;
  /** Offset of the first byte behind the final head; null: not seen yet. */
  #headEnd: number | null = null;
  #tail = '';

  feed(chunk: Buffer): void {
    this.#total += chunk.length;
    this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - LAST_CHUNK.length))).slice(
      -LAST_CHUNK.length,
    );
    if (this.#headEnd !== null || this.#held.length > MAX_HELD) return;
    this.#held += chunk.toString('latin1');
    for (let end = this.#held.indexOf(BLANK_LINE); end >= 0; end = this.#held.indexOf(BLANK_LINE)) {
      const isInterim = /^HTTP\/1\.[01] 1/.test(this.#held);
      const next = end + BLANK_LINE.length;
      this.#heldAt += next;
      this.#held = this.#held.slice(next);
      if (isInterim) continue;
      this.#headEnd = this.#heldAt;
      this.#held = '';
      return;
    }
  }

  /** Whether everything that came is one answer of this framing and not a byte more. An answer with trailers is not exact. */
  isExact(framing: Framing): boolean {
    if (this.#headEnd === null) return false;
    switch (framing.kind) {
      case 'none':
        return this.#total === this.#headEnd;
      case 'length':
        return this.#total === this.#headEnd + framing.bytes;
      case 'chunked':
        return this.#tail === LAST_CHUNK;
      case 'close':
        return false;
      default:
        return framing satisfies never;
    }
  }
}

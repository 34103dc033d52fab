// One line in front of a chunk: its size, and extensions that are read and dropped (RFC 9112, section 7.1). Strict: no white
// space, no bare CR or LF, at most 16 digits, every extension a token with a token or a quoted string.
// INVARIANT: resumable at any byte, and its memory does not grow with the line (test/http/chunk-size.test.ts).
import { NAME_SYMBOLS, SEPARATOR } from './name-classes.js';

const MOST_DIGITS = 16;
/** Of all extensions of one body, from each `;` on: they carry nothing that anyone reads, only work. */
const MOST_EXTENSIONS = 16_384;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const DEL = 0x7f;

/** By byte: the value of a hex digit plus one; 0: none. */
const HEX = new Uint8Array(256);
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = 1 + parseInt(digit, 16);

const DIGITS = 0;
const NAME_START = 1;
const NAME = 2;
const VALUE_START = 3;
const VALUE = 4;
const QUOTED = 5;
const ESCAPED = 6;
const UNQUOTED = 7;
const LINE_FEED = 8;

const isText = (byte: number): boolean => (byte >= SPACE && byte !== DEL) || byte === TAB;

export class ChunkSize {
  /** After `end`: of the chunk, in bytes; 0 is the last one. */
  size = 0;
  /** Where the caller's bytes were left. */
  at = 0;
  #digits = 0;
  #extensions = 0;
  #phase = DIGITS;

  /** The next body: its extensions count from 0. */
  begin(): void {
    this.#extensions = 0;
    this.next();
  }

  /** The next line of this body. */
  next(): void {
    this.size = 0;
    this.#digits = 0;
    this.#phase = DIGITS;
  }

  /** `framing`: malformed, or over 2^53 - 1; `chunk-extensions`: too many in this body. Not again after either. */
  read(bytes: Buffer, from: number, to: number): 'more' | 'end' | 'framing' | 'chunk-extensions' {
    for (let at = from; at < to; at += 1) {
      const phase = this.#phase;
      const next = this.#after(phase, bytes[at] ?? 0);
      if (next < 0) {
        this.at = at;
        return 'framing';
      }
      if (phase === LINE_FEED) {
        this.at = at + 1;
        return 'end';
      }
      this.#phase = next;
      if (next === DIGITS || next === LINE_FEED) continue;
      this.#extensions += 1;
      if (this.#extensions > MOST_EXTENSIONS) {
        this.at = at;
        return 'chunk-extensions';
      }
    }
    this.at = to;
    return 'more';
  }

  /** The phase behind a byte; negative: it may not stand there. */
  #after(phase: number, byte: number): number {
    const isTokenByte = (NAME_SYMBOLS[byte] ?? 0) >= SEPARATOR;
    switch (phase) {
      case DIGITS: {
        const digit = HEX[byte] ?? 0;
        if (digit === 0) return this.#digits === 0 ? -1 : this.#behind(byte);
        this.#digits += 1;
        this.size = 16 * this.size + (digit - 1);
        return this.#digits > MOST_DIGITS || this.size > Number.MAX_SAFE_INTEGER ? -1 : DIGITS;
      }
      case NAME_START:
        return isTokenByte ? NAME : -1;
      case NAME:
        if (isTokenByte) return NAME;
        return byte === EQUALS ? VALUE_START : this.#behind(byte);
      case VALUE_START:
        if (byte === QUOTE) return QUOTED;
        return isTokenByte ? VALUE : -1;
      case VALUE:
        return isTokenByte ? VALUE : this.#behind(byte);
      case QUOTED:
        if (byte === QUOTE) return UNQUOTED;
        if (byte === BACKSLASH) return ESCAPED;
        return isText(byte) ? QUOTED : -1;
      case ESCAPED:
        return isText(byte) ? QUOTED : -1;
      case UNQUOTED:
        return this.#behind(byte);
      default:
        return byte === LF ? DIGITS : -1;
    }
  }

  #behind(byte: number): number {
    if (byte === SEMICOLON) return NAME_START;
    return byte === CR ? LINE_FEED : -1;
  }
}

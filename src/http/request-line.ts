// Takes a request line apart where it stands (RFC 9112, section 3): one space between its parts, nothing before or behind them.
// It says where they are; whether the target is one of the four forms is for `parseTarget`.
import type { HeadLines } from './head-lines.js';
import { METHODS } from './methods.js';
import { NAME_SYMBOLS, SEPARATOR } from './name-classes.js';

const SPACE = 0x20;
const HASH = 0x23;
const SLASH = 0x2f;
const DEL = 0x7f;
const VERSION = 'HTTP/1.';
/** Little-endian. */
const GET_ = 0x20544547;
const HTTP = 0x50545448;
const ONE_DOT_ONE = 0x312e312f;

export class RequestLine {
  method = '';
  /** In `HeadLines.bytes`. */
  targetStart = 0;
  targetEnd = 0;
  version: '1.0' | '1.1' = '1.1';
  /** The target is a path of visible ASCII without `#`, which leaves as it came: what `parseTarget` calls origin-form. */
  isOrigin = false;

  /** `syntax`, `version` or `method`; undefined: it is three parts, and we know the first and the last. */
  read(lines: HeadLines): 'syntax' | 'version' | 'method' | undefined {
    const { bytes, view, start, lineEnd } = lines;
    // Nearly all lines: `GET /... HTTP/1.1`, a path without anything odd.
    if (lineEnd - start >= 14 && view.getInt32(start, true) === GET_ && bytes[start + 4] === SLASH) {
      const end = pathEnd(bytes, view, start + 4, lineEnd);
      if (
        end === lineEnd - 9 &&
        bytes[end] === SPACE &&
        view.getInt32(end + 1, true) === HTTP &&
        view.getInt32(end + 5, true) === ONE_DOT_ONE
      ) {
        this.method = 'GET';
        this.version = '1.1';
        this.targetStart = start + 4;
        this.targetEnd = end;
        this.isOrigin = true;
        return undefined;
      }
    }
    return this.#readAny(lines);
  }

  #readAny(lines: HeadLines): 'syntax' | 'version' | 'method' | undefined {
    const { bytes, view, start, lineEnd } = lines;
    let at = start;
    while (at < lineEnd && (NAME_SYMBOLS[bytes[at] ?? 0] ?? 0) >= SEPARATOR) at += 1;
    if (at === start || bytes[at] !== SPACE) return 'syntax';
    const methodEnd = at;
    at += 1;
    this.targetStart = at;
    while (at < lineEnd && bytes[at] !== SPACE) at += 1;
    this.targetEnd = at;
    if (at === this.targetStart || at >= lineEnd) return 'syntax';
    this.isOrigin = bytes[this.targetStart] === SLASH && pathEnd(bytes, view, this.targetStart, at) === at;
    const wrong = this.#readVersion(lines, at + 1);
    if (wrong !== undefined) return wrong;
    this.method = bytes.toString('latin1', start, methodEnd);
    return METHODS.has(this.method) ? undefined : 'method';
  }

  #readVersion({ bytes, lineEnd }: HeadLines, start: number): 'syntax' | 'version' | undefined {
    const minor = bytes[lineEnd - 1];
    if (lineEnd - start === VERSION.length + 1 && (minor === 0x31 || minor === 0x30) && isVersion(bytes, start)) {
      this.version = minor === 0x31 ? '1.1' : '1.0';
      return undefined;
    }
    return /^HTTP\/[0-9]+\.[0-9]+$/.test(bytes.toString('latin1', start, lineEnd)) ? 'version' : 'syntax';
  }
}

/** The first byte that may not stand in a path, or `end`. */
function pathEnd(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let at = start;
  while (at + 4 <= end) {
    const word = view.getInt32(at, true);
    const hash = word ^ 0x23232323;
    const marks = (word - 0x21212121) | (word + 0x01010101) | word | ((hash - 0x01010101) & ~hash);
    if ((marks & 0x80808080) !== 0) break;
    at += 4;
  }
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte <= SPACE || byte >= DEL || byte === HASH) break;
    at += 1;
  }
  return at;
}

function isVersion(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < VERSION.length; i += 1) if (bytes[start + i] !== VERSION.charCodeAt(i)) return false;
  return true;
}

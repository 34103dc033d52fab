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

export class RequestLine {
  method = '';
  /** In `HeadLines.bytes`. */
  targetStart = 0;
  targetEnd = 0;
  version: '1.0' | '1.1' = '1.1';

  /** `syntax`, `version` or `method`; undefined: it is three parts, and we know the first and the last. */
  read(lines: HeadLines): 'syntax' | 'version' | 'method' | undefined {
    const { bytes, start, lineEnd } = lines;
    let at = start;
    while (at < lineEnd && (NAME_SYMBOLS[bytes[at] ?? 0] ?? 0) >= SEPARATOR) at += 1;
    if (at === start || bytes[at] !== SPACE) return 'syntax';
    const methodEnd = at;
    at += 1;
    this.targetStart = at;
    while (at < lineEnd && bytes[at] !== SPACE) at += 1;
    this.targetEnd = at;
    if (at === this.targetStart || at >= lineEnd) return 'syntax';
    const wrong = this.#readVersion(lines, at + 1);
    if (wrong !== undefined) return wrong;
    this.method = methodAt(lines, methodEnd);
    return METHODS.has(this.method) ? undefined : 'method';
  }

  /** A path of visible ASCII without `#`, which leaves as it came: what `parseTarget` calls origin-form. */
  isOrigin({ bytes }: HeadLines): boolean {
    if (bytes[this.targetStart] !== SLASH) return false;
    for (let i = this.targetStart; i < this.targetEnd; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte <= SPACE || byte >= DEL || byte === HASH) return false;
    }
    return true;
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

function isVersion(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < VERSION.length; i += 1) if (bytes[start + i] !== VERSION.charCodeAt(i)) return false;
  return true;
}

/** A new string for each GET would cost more than the rest of the line. */
function methodAt({ bytes, start }: HeadLines, end: number): string {
  if (end - start === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54)
    return 'GET';
  return bytes.toString('latin1', start, end);
}

// Takes a status line apart where it stands (RFC 9112, section 4). The reason phrase, and the space before it, may be missing:
// real servers leave both out.
import type { HeadLines } from './head-lines.js';

const SPACE = 0x20;
const ZERO = 0x30;
const ONE = 0x31;
const VERSION = 'HTTP/1.';
const STATUS_AT = VERSION.length + 2;
const STATUS_END = STATUS_AT + 3;

export class StatusLine {
  version: '1.0' | '1.1' = '1.1';
  status = 0;
  /** The space behind the status is there; the phrase may be empty. */
  hasReason = false;

  /** Whether it is HTTP/1.0 or 1.1 with a status of three digits, 100 or more. */
  read({ bytes, start, lineEnd }: HeadLines): boolean {
    if (lineEnd - start < STATUS_END) return false;
    for (let i = 0; i < VERSION.length; i += 1) if (bytes[start + i] !== VERSION.charCodeAt(i)) return false;
    const minor = bytes[start + VERSION.length];
    if ((minor !== ZERO && minor !== ONE) || bytes[start + STATUS_AT - 1] !== SPACE) return false;
    this.version = minor === ONE ? '1.1' : '1.0';
    this.status = 0;
    for (let i = start + STATUS_AT; i < start + STATUS_END; i += 1) {
      const digit = (bytes[i] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) return false;
      this.status = 10 * this.status + digit;
    }
    this.hasReason = lineEnd - start > STATUS_END;
    return this.status >= 100 && (!this.hasReason || bytes[start + STATUS_END] === SPACE);
  }

  /** As sent, one character a byte. */
  reason({ bytes, start, lineEnd }: HeadLines): string {
    return bytes.toString('latin1', Math.min(start + STATUS_END + 1, lineEnd), lineEnd);
  }
}

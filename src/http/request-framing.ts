// How long a request's body is (RFC 9112, section 6.3). INVARIANT: what two parsers could frame differently is refused;
// the framing that leaves is computed from this value and never copied (test/http/request-framing.test.ts).
import type { Framing } from './message.js';
import type { RefusalCode } from './refusal.js';

export type RequestFraming = Exclude<Framing, { kind: 'close' }>;

/** Every value of the two framing fields, in order, and the request's version. */
export interface FramingFields {
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
  readonly version: '1.0' | '1.1';
}

/** A non-negative decimal that fits a safe integer, leading zeros allowed; else undefined. */
export function parseLength(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const bytes = Number(text);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A well-formed list that ends in its only `chunked` is legal, and not for us (501); everything else is malformed. */
function codingRefusal(value: string): RefusalCode {
  const codings = value.split(',').map((coding) => coding.replace(/^[ \t]+|[ \t]+$/g, '').toLowerCase());
  const isList =
    codings.length > 1 && codings.every((coding) => /^(?:x-)?(?:gzip|compress|deflate)$|^chunked$/.test(coding));
  return isList && codings.indexOf('chunked') === codings.length - 1 ? 'transfer-coding' : 'framing';
}

/** The framing of a request, or `framing` / `transfer-coding`. At most one field in all; `005` is 5, `5, 5` is refused. */
export function requestFramingOf(fields: FramingFields): RequestFraming | RefusalCode {
  const { lengths, codings } = fields;
  const [coding] = codings;
  if (coding !== undefined) {
    if (codings.length > 1 || lengths.length > 0 || fields.version === '1.0') return 'framing';
    return coding.toLowerCase() === 'chunked' ? { kind: 'chunked' } : codingRefusal(coding);
  }
  const [length] = lengths;
  if (length === undefined) return { kind: 'none' };
  const bytes = lengths.length === 1 ? parseLength(length) : undefined;
  return bytes === undefined ? 'framing' : { kind: 'length', bytes };
}

// Whether a request's trailer section is well-formed (RFC 9112, section 7.1.2). Trailers are always dropped; a malformed one
// also means that the reader and the sender do not agree on where the body ends.
import { isText, isToken } from './grammar.js';
import type { Field } from './message.js';

const NEVER_TRAILERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/**
 * `trailer` for a malformed field, or one that frames (RFC 9110, section 6.5.1); undefined: well-formed, drop it. A Host here
 * changes nothing, on either path: Node's parser lets it pass and drops it too.
 */
export function checkTrailers(fields: readonly Field[]): 'trailer' | undefined {
  const isSound = ({ name, value }: Field): boolean =>
    isToken(name) && isText(value) && !NEVER_TRAILERS.has(name.toLowerCase());
  return fields.every(isSound) ? undefined : 'trailer';
}

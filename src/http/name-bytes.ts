// One table that reads a field name byte by byte: is it a token, and what does the byte give to the name's key. It folds as
// `names/key.ts` does, because it is made from it (test/http/name-bytes.test.ts compares the two).
import { keyOf } from '../names/key.js';
import { isToken } from './grammar.js';

/** By byte: 0 no token character; 1 one that no key has; else the character that the key has for it. */
export const NAME_BYTES = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const character = String.fromCharCode(byte);
  if (isToken(character)) NAME_BYTES[byte] = keyOf(character) === '' ? 1 : keyOf(character).charCodeAt(0);
}

/** Of the hash of a key: FNV-1a with 32 bits, `hash = Math.imul(hash ^ character, KEY_PRIME)` from KEY_SEED on. */
export const KEY_SEED = 0x811c9dc5 | 0;
export const KEY_PRIME = 0x01000193;

/**
 * The hash that `HeadLines.hashes` has for every name with this key. Anyone can make two keys of one hash: it finds an entry
 * in a table, and the key itself decides. It knows nothing of the leading `http` that `keysOf` takes off.
 */
export function keyHashOf(key: string): number {
  let hash = KEY_SEED;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), KEY_PRIME);
  return hash;
}

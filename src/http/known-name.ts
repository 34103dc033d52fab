// The few names that say what a message is: how long, for whom, how to go on. Exact names without regard to case, never by
// key: `Transfer_Encoding` frames nothing.
import { keyOf } from '../names/key.js';
import { keyHashOf } from './name-bytes.js';

/** Numbers from 1 on, small enough for bits of one mask; 0 is every other name. */
export const KNOWN = {
  host: 1,
  expect: 2,
  upgrade: 3,
  connection: 4,
  'max-forwards': 5,
  'content-length': 6,
  'transfer-encoding': 7,
} as const;

const NAMES: readonly string[] = ['', ...Object.keys(KNOWN)];
const HASHES = Int32Array.from(NAMES, (name) => keyHashOf(keyOf(name)));
/** By five bits of the hash, in which no two of them agree: one look tells that a name is none. */
const SLOTS = 32;
const slotOf = (hash: number): number => (hash >>> 12) & (SLOTS - 1);
const BY_SLOT = new Uint8Array(SLOTS);
for (let known = 1; known < NAMES.length; known += 1) BY_SLOT[slotOf(HASHES[known] ?? 0)] = known;

/** The number of the name in `bytes[start, end)`, a token whose key has this hash; 0: none of them. */
export function knownNameAt(bytes: Uint8Array, start: number, end: number, hash: number): number {
  const known = BY_SLOT[slotOf(hash)] ?? 0;
  if (known === 0 || HASHES[known] !== hash) return 0;
  const name = NAMES[known] ?? '';
  if (end - start !== name.length) return 0;
  // With bit 5 set a token character is a given letter or hyphen only if it is that one, in either case.
  for (let i = 0; i < name.length; i += 1) if (((bytes[start + i] ?? 0) | 0x20) !== name.charCodeAt(i)) return 0;
  return known;
}

// The few names that say what a message is: how long, for whom, how to go on. Exact names without regard to case, never by
// key: `Transfer_Encoding` frames nothing.

/** Numbers from 1 on, small enough for bits of one mask; 0 is every other name. They open the classes of `name-classes.ts`. */
export const KNOWN = {
  host: 1,
  expect: 2,
  upgrade: 3,
  connection: 4,
  'max-forwards': 5,
  'content-length': 6,
  'transfer-encoding': 7,
} as const;

/** How many there are. */
export const MOST_KNOWN = 7;

const NAMES: readonly string[] = ['', ...Object.keys(KNOWN)];

/** The number of the name in `bytes[start, end)`, a token of this class of names; 0: none of them. */
export function knownNameAt(bytes: Uint8Array, start: number, end: number, nameClass: number): number {
  if (nameClass > MOST_KNOWN) return 0;
  const name = NAMES[nameClass] ?? '';
  if (end - start !== name.length) return 0;
  // With bit 5 set a token character is a given letter or hyphen only if it is that one, in either case.
  for (let i = 0; i < name.length; i += 1) if (((bytes[start + i] ?? 0) | 0x20) !== name.charCodeAt(i)) return 0;
  return nameClass;
}

// The automaton that reads names for the second look: one table, one step a byte. It knows no names: they are given to it.

/** Kinds of bytes: no token's, a token's that does not count in a name (`-`, `_`, ...), then digits and letters. */
const KINDS = 38;
export const NO_TOKEN = 0;
const SEPARATOR = 1;
const DIGITS = 2;
const LETTERS = 12;

const KIND = new Uint8Array(256);
// RFC 9110, section 5.6.2: what a token may hold beside digits and letters.
for (const character of "!#$%&'*+-.^_`|~") KIND[character.charCodeAt(0)] = SEPARATOR;
for (let i = 0; i < 10; i += 1) KIND[0x30 + i] = DIGITS + i;
for (let i = 0; i < 26; i += 1) {
  KIND[0x41 + i] = LETTERS + i;
  KIND[0x61 + i] = LETTERS + i;
}

const IS_TOKEN = KIND.map((kind) => (kind === NO_TOKEN ? 0 : 1));

/** Of what follows the last byte too: no token's. */
export const kindOf = (byte: number | undefined): number => KIND[byte ?? 0] ?? 0;

const COLONS = 0x3a3a3a3a;
const LETTERS_A = 0x61616161;

const isToken = (word: number): boolean =>
  ((IS_TOKEN[word & 0xff] ?? 0) &
    (IS_TOKEN[(word >>> 8) & 0xff] ?? 0) &
    (IS_TOKEN[(word >>> 16) & 0xff] ?? 0) &
    (IS_TOKEN[word >>> 24] ?? 0)) !==
  0;

/** Where the token's bytes that begin at `start` end, before the last three of `bytes`; `view`: of the same bytes. */
export function tokenEnd(bytes: Uint8Array, view: DataView, start: number): number {
  let at = start;
  for (;;) {
    const word = view.getInt32(at, true);
    const other = word ^ COLONS;
    // The lowest bit set is that of the first colon.
    const colons = (other - 0x01010101) & ~other & 0x80808080;
    if (colons !== 0) {
      const bit = colons & -colons;
      const before = (bit >>> 7) - 1;
      if (!isToken((word & before) | (LETTERS_A & ~before))) break;
      return at + ((31 - Math.clz32(bit)) >> 3);
    }
    if (!isToken(word)) break;
    at += 4;
  }
  while (kindOf(bytes[at]) !== NO_TOKEN) at += 1;
  return at;
}

const HTTP = [...'http'].map((character) => kindOf(character.charCodeAt(0)));

/** A state is the place of its row in the table. These two come first: no name can follow; identity whatever follows. */
export const NEVER = 0;
export const ALWAYS = KINDS;
const FIRST = 2 * KINDS;

export interface NameStates {
  /**
   * `next[state + kind]`: the state after one byte more; `next[state]`: 1 where a name that ends here is identity. No name
   * leaves the states up to ALWAYS, whose rows are not asked for more.
   */
  readonly next: Int32Array;
  /** Of a name of which nothing was read. */
  readonly first: number;
}

/** A place in the tree of keys. */
class Place {
  readonly next = new Map<number, Place>();
  isName = false;
  isPrefix = false;
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

function treeOf(names: ReadonlySet<string>, prefixes: ReadonlySet<string>): Place {
  let count = 0;
  const root = new Place(count);
  const placeOf = (key: string): Place => {
    let place = root;
    for (let i = 0; i < key.length; i += 1) {
      const kind = kindOf(key.charCodeAt(i));
      const next = place.next.get(kind) ?? new Place((count += 1));
      place.next.set(kind, next);
      place = next;
    }
    return place;
  };
  for (const key of names) placeOf(key).isName = true;
  for (const key of prefixes) placeOf(key).isPrefix = true;
  return root;
}

/** Where a name may stand: in the tree as a whole, and as what is left of it behind `http`. */
interface Spot {
  readonly places: readonly Place[];
  /** How much of a leading `http` was read; undefined: the name does not begin so, or more of it was read. */
  readonly http: number | undefined;
}

function spotAfter({ places, http }: Spot, kind: number, root: Place): Spot {
  const next = places.flatMap((place) => place.next.get(kind) ?? []);
  if (http === undefined || kind !== HTTP[http]) return { places: next, http: undefined };
  if (http + 1 < HTTP.length) return { places: next, http: http + 1 };
  return { places: [...next, root], http: undefined };
}

/** The automaton of all names, and of all names that begin with a prefix. Keys hold digits and small letters only. */
export function statesOf(names: ReadonlySet<string>, prefixes: ReadonlySet<string>): NameStates {
  const root = treeOf(names, prefixes);
  const spots: Spot[] = [{ places: [root], http: 0 }];
  const states = new Map<string, number>();
  const stateOf = (spot: Spot): number => {
    if (spot.places.some(({ isPrefix }) => isPrefix)) return ALWAYS;
    const id = `${spot.places.map(({ number }) => number).join()} ${spot.http ?? ''}`;
    const state = states.get(id) ?? FIRST + (spots.push(spot) - 1) * KINDS;
    states.set(id, state);
    return state;
  };
  const next = new Array<number>(FIRST).fill(0);
  next[ALWAYS] = 1;
  // In the order of their distance, so that the states which all names pass lie together. `spots` grows on the way.
  for (let number = 0; number < spots.length; number += 1) {
    const spot = spots[number] ?? { places: [], http: undefined };
    const state = FIRST + number * KINDS;
    for (let kind = 0; kind < KINDS; kind += 1) next.push(NEVER);
    next[state] = spot.places.some(({ isName }) => isName) ? 1 : 0;
    next[state + SEPARATOR] = state;
    for (const place of spot.places) {
      for (const kind of place.next.keys()) next[state + kind] = stateOf(spotAfter(spot, kind, root));
    }
    const kind = spot.http === undefined ? undefined : HTTP[spot.http];
    if (kind !== undefined) next[state + kind] = stateOf(spotAfter(spot, kind, root));
  }
  return { next: new Int32Array(next), first: FIRST };
}

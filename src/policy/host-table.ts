// Patterns of hosts as flat memory: what a question looks into, and all of it that goes from the process that builds it to the one
// that asks. Characters are compared, never hashes alone: two hosts of one hash cost time, nothing else.
import type { HostPattern } from './policy.js';

/** Plain memory, which crosses processes by a copy of bytes. Patterns belong to groups (partners, denies), named by their index. */
export interface HostTable {
  readonly exact: HostSlots;
  /** `*.` and `**.`. */
  readonly wild: HostSlots;
}

export interface HostSlots {
  /** Records of `WIDTH` numbers: first the places, one for each hash, found by walking on from its lowest bits; behind them what shares a hash. */
  readonly records: Int32Array;
  /** Records that are places: a power of two; 0: no patterns. */
  readonly places: number;
  /** Each host from its last character to its first, as questions are read. A canonical host is ASCII. */
  readonly characters: Uint8Array;
  /** A bit for each hash, by its lowest bits: most suffixes of a host are in no pattern, and are told so from memory that is near. */
  readonly filter: Uint8Array;
}

/** FNV-1a (draft-eastlake-fnv), of the characters from the last to the first. */
export const FNV_BASIS = 0x811c9dc5 | 0;
export const FNV_PRIME = 0x01000193;

/** A record: hash; group, kind and length in one (0: empty); where its characters begin; the next record of this hash (0: none). */
export const WIDTH = 4;
export const EXACT = 1;
export const ONE = 2;
export const ANY = 3;
const KINDS = { exact: EXACT, one: ONE, any: ANY } as const;
/** Kind and length, 2 and 8 bits: what a question compares. The group is above them. */
export const MARK_MASK = 0x3ff;
export const MARK_BITS = 10;
const MOST_CHARACTERS = 0xff;
const MOST_GROUPS = 2 ** (31 - MARK_BITS);

export function markOf(kind: number, length: number): number {
  return (length << 2) | kind;
}

/**
 * Of one host, the first listed comes first. Throws a RangeError for more than 2,097,152 groups, and for a host of more than 255
 * characters, which is none (RFC 1035, section 2.3.4).
 */
export function hostTableOf(groups: readonly (readonly HostPattern[])[]): HostTable {
  if (groups.length > MOST_GROUPS) throw new RangeError(`${groups.length} groups of hosts: at most ${MOST_GROUPS}`);
  const counts = { exact: 0, wild: 0, exactCharacters: 0, wildCharacters: 0 };
  for (const patterns of groups) {
    for (const { kind, host } of patterns) {
      if (kind === 'exact') {
        counts.exact += 1;
        counts.exactCharacters += host.length;
      } else {
        counts.wild += 1;
        counts.wildCharacters += host.length;
      }
    }
  }
  const exact = new Filling(counts.exact, counts.exactCharacters);
  const wild = new Filling(counts.wild, counts.wildCharacters);
  // From the last to the first: what is entered later stands before what has the same hash.
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    const patterns = groups[group] ?? [];
    for (let each = patterns.length - 1; each >= 0; each -= 1) {
      const { kind, host } = patterns[each] as HostPattern;
      if (host.length > MOST_CHARACTERS) throw new RangeError(`a host of ${host.length} characters: at most 255`);
      (kind === 'exact' ? exact : wild).enter(host, KINDS[kind], group);
    }
  }
  return { exact: exact.slots(), wild: wild.slots() };
}

class Filling {
  readonly #records: Int32Array;
  readonly #places: number;
  readonly #characters: Uint8Array;
  readonly #filter: Uint8Array;
  #end = 0;
  #used: number;

  constructor(count: number, size: number) {
    this.#places = count === 0 ? 0 : 2 ** Math.ceil(Math.log2(count * 1.5 + 1));
    this.#used = this.#places;
    this.#records = new Int32Array((this.#places + count) * WIDTH);
    this.#characters = new Uint8Array(size);
    // Eight bits for each pattern: one in eight that are in none is looked for in vain.
    this.#filter = new Uint8Array(2 ** Math.ceil(Math.log2(count + 1)));
  }

  enter(host: string, kind: number, group: number): void {
    const records = this.#records;
    const start = this.#end;
    let end = start;
    let hash = FNV_BASIS;
    for (let at = host.length - 1; at >= 0; at -= 1) {
      const code = host.charCodeAt(at);
      this.#characters[end] = code;
      end += 1;
      hash = Math.imul(hash ^ code, FNV_PRIME);
    }
    this.#end = end;
    const bit = hash & (this.#filter.length * 8 - 1);
    this.#filter[bit >> 3] = (this.#filter[bit >> 3] ?? 0) | (1 << (bit & 7));
    let place = (hash & (this.#places - 1)) * WIDTH;
    while (records[place + 1] !== 0 && records[place] !== hash) place = (place + WIDTH) & (this.#places * WIDTH - 1);
    if (records[place + 1] !== 0) {
      records.copyWithin(this.#used * WIDTH, place, place + WIDTH);
      records[place + 3] = this.#used;
      this.#used += 1;
    }
    records[place] = hash;
    records[place + 1] = (group << MARK_BITS) | markOf(kind, host.length);
    records[place + 2] = start;
  }

  slots(): HostSlots {
    // Room for what shares a hash was kept for every pattern; what was not needed does not travel.
    const records = this.#records.slice(0, this.#used * WIDTH);
    return { records, places: this.#places, characters: this.#characters, filter: this.#filter };
  }
}

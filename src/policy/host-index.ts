// Patterns by host, so that a question costs one look-up for each label of the host, however many patterns there are. One flat table,
// hashed from the last character to the first: all suffixes of a host in one pass, without making a string of any.
import type { HostPattern } from './policy.js';

export interface HostIndex<T> {
  /**
   * The first item, among those whose pattern covers the host, that `accepts`: of the longest pattern, exact before `*.` before
   * `**.`, then as listed. `accepts` may be asked about more items than one.
   */
  find(host: string, accepts: (item: T) => boolean): T | undefined;
}

const NONE = -1;
const DOT = 0x2e;
const EXACT = 0;
const ONE = 1;
const ANY = 2;
const KINDS = { exact: EXACT, one: ONE, any: ANY } as const;
/** FNV-1a (draft-eastlake-fnv). The characters are compared too: a collision costs time, nothing else. */
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** An entry: hash, kind, item, next entry with this place in the table, where its characters begin, how many. */
const WIDTH = 6;

/** `host` in questions is canonical, as `names/` writes it. */
export function hostIndexOf<T>(items: readonly (readonly [HostPattern, T])[]): HostIndex<T> {
  return groupedHostIndexOf(items.map(([pattern, item]) => [[pattern], item]));
}

/** The same for items with many patterns each. A `Map` of strings took 1.9 µs a question at 1,000,000 hosts (test/bench/policy.mjs). */
export function groupedHostIndexOf<T>(groups: readonly (readonly [readonly HostPattern[], T])[]): HostIndex<T> {
  let count = 0;
  let size = 0;
  for (const [patterns] of groups) {
    count += patterns.length;
    for (const { host } of patterns) size += host.length;
  }
  if (count === 0) return { find: () => undefined };
  const mask = 2 ** Math.ceil(Math.log2(count * 2)) - 1;
  const heads = new Int32Array(mask + 1).fill(NONE);
  const entries = new Int32Array(count * WIDTH);
  // From the last character to the first, as questions are read. A canonical host is ASCII.
  const characters = new Uint8Array(size);
  const values = groups.map(([, item]) => item);
  let end = 0;
  let index = count;
  // From the last to the first: of one place in the table, the first listed is met first.
  for (let group = groups.length - 1; group >= 0; group -= 1) {
    const patterns = groups[group]?.[0] ?? [];
    for (let each = patterns.length - 1; each >= 0; each -= 1) {
      const { kind, host } = patterns[each] as HostPattern;
      index -= 1;
      const place = index * WIDTH;
      entries[place + 4] = end;
      let hash = FNV_BASIS;
      for (let at = host.length - 1; at >= 0; at -= 1) {
        const code = host.charCodeAt(at);
        characters[end] = code;
        end += 1;
        hash = Math.imul(hash ^ code, FNV_PRIME);
      }
      entries[place] = hash;
      entries[place + 1] = KINDS[kind];
      entries[place + 2] = group;
      entries[place + 3] = heads[hash & mask] ?? NONE;
      entries[place + 5] = host.length;
      heads[hash & mask] = index;
    }
  }

  const isSuffix = (host: string, start: number, length: number): boolean => {
    const last = host.length - 1;
    for (let i = 0; i < length; i += 1) if (characters[start + i] !== host.charCodeAt(last - i)) return false;
    return true;
  };
  /** The first accepted item of a kind whose host is the last `length` characters. */
  const findAt = (host: string, hash: number, length: number, kind: number, accepts: (item: T) => boolean) => {
    for (let index = heads[hash & mask] ?? NONE; index !== NONE; index = entries[index * WIDTH + 3] ?? NONE) {
      const place = index * WIDTH;
      if (entries[place] !== hash || entries[place + 1] !== kind || entries[place + 5] !== length) continue;
      if (!isSuffix(host, entries[place + 4] ?? 0, length)) continue;
      const item = values[entries[place + 2] ?? 0] as T;
      if (accepts(item)) return item;
    }
    return undefined;
  };

  return {
    find(host, accepts) {
      let found: T | undefined;
      let hash = FNV_BASIS;
      // Where the parent of the host begins, behind its first dot.
      const parent = host.indexOf('.') + 1;
      for (let at = host.length - 1; at >= 0; at -= 1) {
        const code = host.charCodeAt(at);
        if (code === DOT && heads[hash & mask] !== NONE) {
          const length = host.length - at - 1;
          found =
            (at + 1 === parent ? findAt(host, hash, length, ONE, accepts) : undefined) ??
            findAt(host, hash, length, ANY, accepts) ??
            found;
        }
        hash = Math.imul(hash ^ code, FNV_PRIME);
      }
      return findAt(host, hash, host.length, EXACT, accepts) ?? found;
    },
  };
}

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

/** `host` in questions is canonical, as `names/` writes it. A `Map` of strings took 1.9 µs at 1,000,000 hosts (test/bench/policy.mjs). */
export function hostIndexOf<T>(items: readonly (readonly [HostPattern, T])[]): HostIndex<T> {
  const count = items.length;
  if (count === 0) return { find: () => undefined };
  const mask = 2 ** Math.ceil(Math.log2(count * 2)) - 1;
  const heads = new Int32Array(mask + 1).fill(NONE);
  const entries = new Int32Array(count * WIDTH);
  let size = 0;
  for (const [{ host }] of items) size += host.length;
  // From the last character to the first, as questions are read. A canonical host is ASCII.
  const characters = new Uint8Array(size);
  const values: T[] = [];
  let end = 0;
  // From the last to the first: of one place in the table, the first listed is met first.
  for (let index = count - 1; index >= 0; index -= 1) {
    const [{ kind, host }, item] = items[index] as readonly [HostPattern, T];
    if (values.length === 0 || values[values.length - 1] !== item) values.push(item);
    const start = end;
    let hash = FNV_BASIS;
    for (let at = host.length - 1; at >= 0; at -= 1) {
      const code = host.charCodeAt(at);
      characters[end] = code;
      end += 1;
      hash = Math.imul(hash ^ code, FNV_PRIME);
    }
    const place = index * WIDTH;
    entries[place] = hash;
    entries[place + 1] = KINDS[kind];
    entries[place + 2] = values.length - 1;
    entries[place + 3] = heads[hash & mask] ?? NONE;
    entries[place + 4] = start;
    entries[place + 5] = host.length;
    heads[hash & mask] = index;
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

// Patterns by host, so that a question costs one look-up for each label of the host, however many patterns there are: all suffixes
// of a host in one pass over its characters, without making a string of any.
import {
  ANY,
  EXACT,
  FNV_BASIS,
  FNV_PRIME,
  hostTableOf,
  MARK_BITS,
  MARK_MASK,
  markOf,
  ONE,
  WIDTH,
  type HostSlots,
  type HostTable,
} from './host-table.js';
import type { HostPattern } from './policy.js';

export interface HostIndex<T, A = undefined> {
  /**
   * The first item, among those whose pattern covers the host, that `accepts`: of the longest pattern, exact before `*.` before
   * `**.`, then as listed. `accepts` gets `asked` too, and may be asked about more items than one.
   */
  find(host: string, accepts: (item: T, asked: A) => boolean, asked?: A): T | undefined;
}

const DOT = 0x2e;

/** `host` in questions is canonical, as `names/` writes it. */
export function hostIndexOf<T>(items: readonly (readonly [HostPattern, T])[]): HostIndex<T> {
  return hostIndexOver(
    hostTableOf(items.map(([pattern]) => [pattern])),
    items.map(([, item]) => item),
  );
}

/** Over a table whose groups are the items. A `Map` of strings took 1.9 µs a question at 1,000,000 hosts (test/bench/policy.mjs). */
export function hostIndexOver<T, A = undefined>(table: HostTable, items: readonly T[]): HostIndex<T, A> {
  const { exact, wild } = table;
  if (exact.places + wild.places === 0) return { find: () => undefined };
  const { filter } = wild;
  const filterMask = filter.length * 8 - 1;
  const exactPlaceOf = walkOf(exact);
  const wildPlaceOf = walkOf(wild);
  const exactAt = finderOf<T, A>(exact, items);
  const wildAt = finderOf<T, A>(wild, items);
  return {
    find(host, accepts, asked) {
      let found: T | undefined;
      let hash = FNV_BASIS;
      for (let at = host.length - 1; at >= 0; at -= 1) {
        const code = host.charCodeAt(at);
        if (code === DOT && ((filter[(hash & filterMask) >> 3] ?? 0) & (1 << (hash & 7))) !== 0) {
          const place = wildPlaceOf(hash);
          if (place !== NONE) {
            const length = host.length - at - 1;
            const isParent = host.indexOf('.') === at;
            found =
              (isParent ? wildAt(place, host, markOf(ONE, length), accepts, asked) : undefined) ??
              wildAt(place, host, markOf(ANY, length), accepts, asked) ??
              found;
          }
        }
        hash = Math.imul(hash ^ code, FNV_PRIME);
      }
      const place = exactPlaceOf(hash);
      return (place === NONE ? undefined : exactAt(place, host, markOf(EXACT, host.length), accepts, asked)) ?? found;
    },
  };
}

const NONE = -1;

/** The place of a hash, as an index of numbers; `NONE` where no pattern has it. */
function walkOf({ records, places }: HostSlots): (hash: number) => number {
  if (places === 0) return () => NONE;
  const mask = places * WIDTH - 1;
  return (hash) => {
    let place = Math.imul(hash, WIDTH) & mask;
    while (records[place + 1] !== 0) {
      if (records[place] === hash) return place;
      place = (place + WIDTH) & mask;
    }
    return NONE;
  };
}

type Finder<T, A> = (
  place: number,
  host: string,
  mark: number,
  accepts: (item: T, asked: A) => boolean,
  asked: A | undefined,
) => T | undefined;

/** The first accepted item among the records of a place with this mark, whose characters end the host. */
function finderOf<T, A>({ records, characters }: HostSlots, items: readonly T[]): Finder<T, A> {
  return (place, host, mark, accepts, asked) => {
    const length = mark >> 2;
    const last = host.length - 1;
    for (let at = place; ;) {
      const word = records[at + 1] ?? 0;
      if ((word & MARK_MASK) === mark) {
        const start = records[at + 2] ?? 0;
        let i = 0;
        while (i < length && characters[start + i] === host.charCodeAt(last - i)) i += 1;
        if (i === length) {
          const item = items[word >>> MARK_BITS] as T;
          if (accepts(item, asked as A)) return item;
        }
      }
      const next = records[at + 3] ?? 0;
      if (next === 0) return undefined;
      at = next * WIDTH;
    }
  };
}

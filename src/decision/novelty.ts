// What names that nobody knows do on a listener, as plain data that adds up over workers and time, and what of it means that the
// network was changed. It keeps no value: sketches of keyed hashes only. INVARIANT: merging is exact and its order is nothing.
import { distinctIn, mergeDistinct, REGISTERS } from '../sketch/distinct.js';

/** One name that no list knows, in one stretch of time. Sketches of one key; an empty array: not looked at. */
export interface NameSighting {
  /** The key of the name (`names/key.ts`). */
  readonly name: string;
  /** Requests that had it, at least. */
  readonly requests: number;
  readonly hosts: Uint8Array;
  readonly subscribers: Uint8Array;
  readonly values: Uint8Array;
  /** Of one subscriber in sixteen: how often it sent the name to another host than the last time. */
  readonly pairs: number;
  /** How many of `pairs` had the value of the last time. */
  readonly constant: number;
}

/** One listener in one stretch of time. */
export interface Sightings {
  /** All that were looked at, with such a name or without. */
  readonly requests: number;
  readonly names: readonly NameSighting[];
}

/** `follows`: the value is the subscriber's, at every site; `everywhere`: on most requests, whatever its values do. */
export type Conduct = 'follows' | 'everywhere';

export const NOTHING_SEEN: Sightings = { requests: 0, names: [] };

const FOLLOWS = {
  share: 0.1,
  requests: 200,
  hosts: 20,
  subscribers: 20,
  valuesEach: { least: 0.5, most: 2 },
  pairs: 20,
  constant: 0.9,
} as const;
const EVERYWHERE = { share: 0.5, requests: 200, hosts: 50 } as const;

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (b.length < REGISTERS) return a;
  if (a.length < REGISTERS) return b;
  const both = a.slice();
  mergeDistinct(both, b);
  return both;
};

/** What all of them saw, names in the order of their first appearance. */
export function mergeSightings(all: readonly Sightings[]): Sightings {
  const names = new Map<string, NameSighting>();
  let requests = 0;
  for (const each of all) {
    requests += each.requests;
    for (const one of each.names) {
      const known = names.get(one.name);
      names.set(
        one.name,
        known === undefined
          ? one
          : {
              name: one.name,
              requests: known.requests + one.requests,
              hosts: joined(known.hosts, one.hosts),
              subscribers: joined(known.subscribers, one.subscribers),
              values: joined(known.values, one.values),
              pairs: known.pairs + one.pairs,
              constant: known.constant + one.constant,
            },
      );
    }
  }
  return { requests, names: [...names.values()] };
}

/** Of a name in 60 seconds of a listener with so many requests. Null: neither. */
export function conductOf(name: NameSighting, requests: number): Conduct | null {
  const share = name.requests / Math.max(1, requests);
  if (name.requests < FOLLOWS.requests || share < FOLLOWS.share) return null;
  const hosts = distinctIn(name.hosts);
  if (hosts < FOLLOWS.hosts) return null;
  if (isBound(name)) return 'follows';
  const isEverywhere = share >= EVERYWHERE.share && name.requests >= EVERYWHERE.requests && hosts >= EVERYWHERE.hosts;
  return isEverywhere ? 'everywhere' : null;
}

/** Whether a subscriber has one value, and takes it along. */
function isBound({ subscribers, values, pairs, constant }: NameSighting): boolean {
  const people = distinctIn(subscribers);
  if (people < FOLLOWS.subscribers || pairs < FOLLOWS.pairs) return false;
  const each = distinctIn(values) / people;
  return each >= FOLLOWS.valuesEach.least && each <= FOLLOWS.valuesEach.most && constant / pairs >= FOLLOWS.constant;
}

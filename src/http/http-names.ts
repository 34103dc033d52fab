// The names that http itself tells apart while it reads: those in `KNOWN`, and those that concern one connection only.
import { keyOf } from '../names/key.js';
import { HOP_BY_HOP_KEYS, OURS_KEYS } from './hop-by-hop.js';
import { KNOWN, MOST_KNOWN } from './known-name.js';
import { nameAutomatonOf } from './name-automaton.js';
import type { NameClasses } from './name-classes.js';

/** The class of a name that is between the client and us, and in no other way known. Makers of classes go on behind it. */
export const OURS = MOST_KNOWN + 1;

const KNOWN_BY_KEY: ReadonlyMap<string, number> = new Map(
  Object.entries(KNOWN).map(([name, known]) => [keyOf(name), known]),
);

/** All keys that http has a class for. */
export const HTTP_KEYS: readonly string[] = [...new Set([...KNOWN_BY_KEY.keys(), ...HOP_BY_HOP_KEYS, ...OURS_KEYS])];

/** The class of a key: a number of `KNOWN`, `OURS`, or 0. */
export function httpClassOf(key: string): number {
  return KNOWN_BY_KEY.get(key) ?? (HOP_BY_HOP_KEYS.has(key) || OURS_KEYS.has(key) ? OURS : 0);
}

function httpNames(): NameClasses {
  const nothing: readonly string[] = [];
  const lists = { keys: nothing, prefixes: nothing, plainKeys: HTTP_KEYS, plainPrefixes: nothing, clues: nothing };
  const names = nameAutomatonOf({ ...lists, classOf: httpClassOf });
  if (names === undefined) throw new Error('a handful of names has few states');
  return names;
}

/** These and no others. */
export const HTTP_NAMES: NameClasses = httpNames();

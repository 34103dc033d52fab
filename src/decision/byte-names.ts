// What the names of a request and of an answer mean under one policy, told by an automaton while the head is read. It asks the ruleset
// once for each set of names that no rule tells apart, so that it cannot disagree with it (test/decision/byte-rules.test.ts).
import { HTTP_KEYS, httpClassOf, OURS } from '../http/http-names.js';
import { KNOWN, MOST_KNOWN } from '../http/known-name.js';
import { nameAutomatonOf } from '../http/name-automaton.js';
import type { NameClasses } from '../http/name-classes.js';
import { keyOf, keysOf } from '../names/key.js';
import { CATALOGUE } from '../policy/catalogue-data.js';
import type { IdentityClass } from '../policy/policy.js';
import type { Identity, Ruleset } from '../policy/ruleset.js';
import { CLUES } from './hint.js';

/** What becomes of a field by the class of its name. */
export const KEPT = 0;
/** Between the client and us. */
export const DROPPED = 1;
/** Host: written anew; by another spelling `DROPPED`. */
export const HOST = 2;
/** Content-Length and Transfer-Encoding: whoever frames the message treats them; by another spelling `DROPPED`. */
export const FRAMING = 3;
/** Begins with `proxy`: for us, if that is a word of its own. */
export const PROXY = 4;
/** Authorization, or of an answer WWW-Authenticate. */
export const LOGIN = 5;
/** Holds a clue: the name itself must be asked. */
export const CLUE = 6;
/** Whoever decides on strings knows. */
export const UNSURE = 7;
/** Identity that is withheld unless it is released. */
export const IDENTITY = 8;

export interface Meaning {
  readonly kind: number;
  /** Of identity: what it is counted as. */
  readonly label: string;
  readonly class: IdentityClass;
  /** Of identity: the one key that all these names have; null: names with a prefix, each with its own. */
  readonly key: string | null;
}

export interface ByteNames {
  readonly names: NameClasses;
  /** By class. */
  readonly meanings: readonly Meaning[];
}

const meaningOf = (kind: number): Meaning => ({ kind, label: '', class: 'network', key: null });

/** Classes are given in the order in which they are asked for; equal meanings have one. */
class Meanings {
  readonly list: Meaning[];
  readonly #classes = new Map<string, number>();

  constructor(known: readonly Meaning[]) {
    this.list = [...known];
  }

  classOf(meaning: Meaning): number {
    const id = `${meaning.kind} ${meaning.label} ${meaning.class} ${meaning.key ?? '*'}`;
    const known = this.#classes.get(id);
    if (known !== undefined) return known;
    this.#classes.set(id, this.list.length);
    return this.list.push(meaning) - 1;
  }
}

/** Those of `KNOWN` and `OURS`, in a request. */
function knownMeanings(): Meaning[] {
  const meanings = [meaningOf(KEPT)];
  for (let known = 1; known <= MOST_KNOWN; known += 1) meanings.push(meaningOf(DROPPED));
  meanings[KNOWN.host] = meaningOf(HOST);
  meanings[KNOWN['content-length']] = meaningOf(FRAMING);
  meanings[KNOWN['transfer-encoding']] = meaningOf(FRAMING);
  meanings[OURS] = meaningOf(DROPPED);
  return meanings;
}

const CATALOGUE_KEYS = CATALOGUE.flatMap(({ name }) => (name === undefined ? [] : [keyOf(name)]));
const CATALOGUE_PREFIXES = CATALOGUE.flatMap(({ prefix }) => (prefix === undefined ? [] : [keyOf(prefix)]));

interface Lists {
  readonly keys: ReadonlySet<string>;
  readonly prefixes: readonly string[];
  readonly released: ReadonlySet<string>;
}

function listsOf({ policy }: Ruleset): Lists {
  const released = new Set<string>();
  for (const { release } of policy.partners) for (const { key } of release) released.add(key);
  const own = (kind: 'name' | 'prefix'): string[] =>
    policy.headers.filter((header) => header.kind === kind).map(({ key }) => key);
  const keys = new Set([...CATALOGUE_KEYS, ...own('name'), ...policy.watch.map(({ key }) => key), ...released]);
  return { keys, prefixes: [...CATALOGUE_PREFIXES, ...own('prefix')], released };
}

const identityMeaning = ({ label, class: carries, key }: Identity, { keys }: Lists): Meaning => ({
  kind: IDENTITY,
  label,
  class: carries,
  key: keys.has(key) ? key : null,
});

/** What the names of requests mean while `isWatched` says what it says; undefined: too many to be told by an automaton. */
export function requestNamesOf(ruleset: Ruleset, isWatched: (key: string) => boolean): ByteNames | undefined {
  const lists = listsOf(ruleset);
  if (lists.keys.has('') || lists.prefixes.includes('')) return undefined;
  const known = knownMeanings();
  const unsure = meaningOf(UNSURE);
  const isReleased = (key: string): boolean => keysOf(key).some((each) => lists.released.has(each));
  const isReleasedOnlyAs = (key: string, other: string): boolean =>
    keysOf(key).every((each) => each === other || !lists.released.has(each));
  const meaningOfKey = (key: string, hasClue: boolean): Meaning => {
    const identity = ruleset.identify(key);
    // A connection option may be called so, and then the field goes with it.
    if (key === 'close') return unsure;
    if (identity !== undefined && identity.action === 'strip' && !isWatched(identity.key)) {
      return isReleasedOnlyAs(key, identity.key) ? identityMeaning(identity, lists) : unsure;
    }
    if (isReleased(key)) return unsure;
    if (identity !== undefined) {
      const isQuiet = identity.class === 'address' || isWatched(identity.key);
      return isQuiet ? meaningOf(KEPT) : unsure;
    }
    if (key.startsWith('proxy')) return meaningOf(PROXY);
    if (key === 'authorization') return meaningOf(LOGIN);
    return meaningOf(hasClue ? CLUE : KEPT);
  };
  const forwards = meaningOfKey(keyOf('max-forwards'), false);
  known[KNOWN['max-forwards']] = forwards.kind === KEPT ? forwards : unsure;
  const meanings = new Meanings(known);
  const names = nameAutomatonOf({
    keys: [...lists.keys],
    prefixes: lists.prefixes,
    plainKeys: [...HTTP_KEYS, 'close', 'authorization'],
    plainPrefixes: ['proxy'],
    clues: CLUES,
    classOf: (key, hasClue) => {
      const http = httpClassOf(key);
      if (http !== 0) return http;
      const meaning = meaningOfKey(key, hasClue);
      return meaning.kind === KEPT ? 0 : meanings.classOf(meaning);
    },
  });
  return names && { names, meanings: meanings.list };
}

/** What the names of answers mean; undefined: too many to be told by an automaton. */
export function answerNamesOf(ruleset: Ruleset): ByteNames | undefined {
  const lists = listsOf(ruleset);
  if (lists.keys.has('') || lists.prefixes.includes('')) return undefined;
  const known = knownMeanings();
  for (const name of ['host', 'expect', 'max-forwards'] as const) {
    known[KNOWN[name]] = meaningOf(ruleset.identify(name) === undefined ? KEPT : UNSURE);
  }
  known[KNOWN['transfer-encoding']] = meaningOf(DROPPED);
  const meanings = new Meanings(known);
  const names = nameAutomatonOf({
    keys: [...lists.keys],
    prefixes: lists.prefixes,
    plainKeys: [...HTTP_KEYS, 'close', 'wwwauthenticate'],
    plainPrefixes: [],
    clues: [],
    classOf: (key) => {
      const http = httpClassOf(key);
      if (http !== 0) return http;
      if (key === 'close' || ruleset.identify(key) !== undefined) return meanings.classOf(meaningOf(UNSURE));
      return key === 'wwwauthenticate' ? meanings.classOf(meaningOf(LOGIN)) : 0;
    },
  });
  return names && { names, meanings: meanings.list };
}

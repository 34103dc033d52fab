// Makes the automaton that tells names apart byte by byte: a trie of keys and prefixes, met again behind one leading `http` (as CGI
// writes it), together with the words that a name may hold anywhere. It decides nothing: `classOf` says what a key means.
import { KEY_CHARACTERS, KEY_SYMBOLS, keySymbolOf, NAME_SYMBOLS, type NameClasses, SEPARATOR } from './name-classes.js';

export interface NameLists {
  /** Told apart from each other and from all others, also behind one leading `http`. Not empty strings. */
  readonly keys: readonly string[];
  /** All keys that begin so; those in `keys` are still told apart. */
  readonly prefixes: readonly string[];
  /** The same, but not behind `http`. */
  readonly plainKeys: readonly string[];
  readonly plainPrefixes: readonly string[];
  /** Words that count anywhere in a key. */
  readonly clues: readonly string[];
  /**
   * The class of all names that the lists cannot tell from this key, at most 65,535; asked once for each such set, for a key that is in
   * a list, begins with a prefix, or holds a clue.
   */
  readonly classOf: (key: string, hasClue: boolean) => number;
}

/** `next` has 16 bits. */
const MOST_STATES = 65_536;
const LEAST_STATES = 256;
const NONE = 0;
const ROOT = 1;
/** More nodes than `plainKeys` have, and more states than clues. */
const MOST_PLAIN = 512;
const MOST_CLUES = 512;
const FOUND = MOST_CLUES - 1;
const HTTP = 'http';
const FREE = 0;
const LISTED = 1;
const WITHIN = 2;

/** Node 0 is no node; node 1 the root. Behind a prefix every key has a node. */
class KeyTrie {
  #next = new Uint32Array(LEAST_STATES * KEY_SYMBOLS);
  readonly #marks: number[] = [FREE, FREE];

  /** Of `passed` there is a node, though it means nothing. */
  constructor(keys: readonly string[], prefixes: readonly string[], passed: string) {
    this.#enter(passed, FREE);
    for (const key of keys) this.#enter(key, LISTED);
    for (const prefix of prefixes) this.#enter(prefix, WITHIN);
    this.#fill(ROOT, NONE);
  }

  get size(): number {
    return this.#marks.length;
  }

  nodeOf(key: string): number {
    let node = ROOT;
    for (const character of key) node = this.step(node, keySymbolOf(character));
    return node;
  }

  step(node: number, symbol: number): number {
    return this.#next[node * KEY_SYMBOLS + symbol] ?? NONE;
  }

  /** Whether the keys that end here are in a list, or within a prefix. */
  isMarked(node: number): boolean {
    return this.#marks[node] !== FREE;
  }

  /** Whether every longer key means the same. */
  isLast(node: number): boolean {
    return node !== NONE && this.step(node, 0) === node;
  }

  #enter(key: string, mark: number): void {
    // No name has another key.
    if (!/^[a-z0-9]*$/.test(key)) return;
    let node = ROOT;
    for (const character of key) {
      const place = node * KEY_SYMBOLS + keySymbolOf(character);
      let child = this.#next[place] ?? NONE;
      if (child === NONE) {
        child = this.#add(FREE);
        this.#next[place] = child;
      }
      node = child;
    }
    this.#marks[node] = Math.max(this.#marks[node] ?? FREE, mark);
  }

  #add(mark: number): number {
    const node = this.#marks.push(mark) - 1;
    if ((node + 1) * KEY_SYMBOLS > this.#next.length) {
      const larger = new Uint32Array(2 * this.#next.length);
      larger.set(this.#next);
      this.#next = larger;
    }
    return node;
  }

  /** `within`: the node of all keys that begin with the last prefix on the way, and are in no list. */
  #fill(node: number, within: number): void {
    let rest = within;
    if (this.#marks[node] === WITHIN) {
      rest = this.#add(WITHIN);
      for (let i = 0; i < KEY_SYMBOLS; i += 1) this.#next[rest * KEY_SYMBOLS + i] = rest;
    } else if (rest !== NONE) {
      this.#marks[node] = WITHIN;
    }
    for (let i = 0; i < KEY_SYMBOLS; i += 1) {
      const child = this.step(node, i);
      if (child === NONE) this.#next[node * KEY_SYMBOLS + i] = rest;
      else this.#fill(child, rest);
    }
  }
}

/** Aho-Corasick: a state is the longest beginning of a clue that the key ends in; `FOUND` for good where it held a whole one. */
class ClueStates {
  readonly #beginnings: string[] = [''];
  readonly #next: number[][];

  constructor(clues: readonly string[]) {
    for (const clue of clues) for (let end = 1; end < clue.length; end += 1) this.#beginnings.push(clue.slice(0, end));
    const isFound = (text: string): boolean => clues.some((clue) => text.includes(clue));
    const stateOf = (text: string): number => {
      if (isFound(text)) return FOUND;
      for (let from = 0; ; from += 1) {
        const state = this.#beginnings.indexOf(text.slice(from));
        if (state >= 0) return state;
      }
    };
    this.#next = this.#beginnings.map((text) => Array.from(KEY_CHARACTERS, (character) => stateOf(text + character)));
  }

  step(state: number, symbol: number): number {
    return state === FOUND ? FOUND : (this.#next[state]?.[symbol] ?? 0);
  }
}

/** By the list that they were made of: 3 ms, and the list is the same for every policy. */
const CLUE_STATES = new WeakMap<readonly string[], ClueStates>();

/** What is known of a key so far: its node, that of the key without its leading `http`, that of what counts there not. */
interface Place {
  readonly key: string;
  readonly node: number;
  readonly cgi: number;
  readonly plain: number;
  readonly clue: number;
}

class Building {
  readonly places: Place[] = [{ key: '', node: ROOT, cgi: NONE, plain: ROOT, clue: 0 }];
  readonly #names: KeyTrie;
  readonly #plain: KeyTrie;
  readonly #clues: ClueStates;
  readonly #http: readonly number[];
  readonly #states = new Map<number, number>();
  /** By clue: of keys that no list says anything of. */
  readonly #ordinary = new Int32Array(MOST_CLUES).fill(-1);

  constructor({ keys, prefixes, plainKeys, plainPrefixes, clues }: NameLists) {
    this.#names = new KeyTrie(keys, prefixes, HTTP);
    this.#plain = new KeyTrie(plainKeys, plainPrefixes, '');
    let states = CLUE_STATES.get(clues);
    if (states === undefined) CLUE_STATES.set(clues, (states = new ClueStates(clues)));
    this.#clues = states;
    this.#http = Array.from(HTTP, (_, i) => this.#names.nodeOf(HTTP.slice(0, i + 1)));
  }

  get isTooLarge(): boolean {
    return this.#names.size > MOST_STATES || this.#plain.size > MOST_PLAIN || this.places.length > MOST_STATES;
  }

  /** Whether any list says something of the keys that end here. */
  isMarked({ node, cgi, plain, clue }: Place): boolean {
    return this.#names.isMarked(node) || this.#names.isMarked(cgi) || this.#plain.isMarked(plain) || clue === FOUND;
  }

  step(from: Place, symbol: number): number {
    const names = this.#names;
    const isHttp = from.node === this.#http.at(-1) && from.cgi === NONE;
    let node = names.step(from.node, symbol);
    let cgi = isHttp ? names.step(ROOT, symbol) : names.step(from.cgi, symbol);
    // Behind `http` a key means what it means without it, where with it it means nothing: one state for both.
    if (node === NONE && cgi !== NONE && !this.#http.includes(cgi)) {
      node = cgi;
      cgi = NONE;
    }
    const isLast = names.isLast(node);
    const plain = this.#plain.step(from.plain, symbol);
    const clue = isLast ? 0 : this.#clues.step(from.clue, symbol);
    return this.#stateOf(from.key, symbol, node, isLast ? NONE : cgi, plain, clue);
  }

  #stateOf(before: string, symbol: number, node: number, cgi: number, plain: number, clue: number): number {
    if (node === NONE && cgi === NONE && plain === NONE) {
      const ordinary = this.#ordinary[clue] ?? -1;
      if (ordinary >= 0) return ordinary;
      this.#ordinary[clue] = this.places.length;
    }
    const id = ((node * MOST_STATES + cgi) * MOST_PLAIN + plain) * MOST_CLUES + clue;
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const state = this.places.push({ key: before + (KEY_CHARACTERS[symbol] ?? ''), node, cgi, plain, clue }) - 1;
    this.#states.set(id, state);
    return state;
  }
}

/** undefined: more than 65,536 states. */
export function nameAutomatonOf(lists: NameLists): NameClasses | undefined {
  const building = new Building(lists);
  const { places } = building;
  let next = new Uint16Array(LEAST_STATES << 6);
  for (let state = 0; state < places.length; state += 1) {
    const place = places[state];
    if (place === undefined || building.isTooLarge) return undefined;
    const row = state << 6;
    if (row === next.length) {
      const larger = new Uint16Array(2 * row);
      larger.set(next);
      next = larger;
    }
    next[row | SEPARATOR] = state;
    for (let i = 0; i < KEY_SYMBOLS; i += 1) next[row | (SEPARATOR + 1 + i)] = building.step(place, i);
  }
  const accept = Uint16Array.from(places, (place) =>
    building.isMarked(place) ? lists.classOf(place.key, place.clue === FOUND) : 0,
  );
  return { symbols: NAME_SYMBOLS, next: next.slice(0, places.length << 6), accept };
}

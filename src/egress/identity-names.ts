// Which names are identity, for the second look: a reading of the catalogue of its own, on bytes. It shares no code with
// names/ and policy/; test/egress/identity-names.test.ts compares the two on every name and every change of one byte.
import { CATALOGUE } from '../policy/catalogue-data.js';
import { NameOrder, REACH, UNEXPECTED } from './name-order.js';
import { ALWAYS, kindOf, NEVER, NO_TOKEN, statesOf, tokenEnd } from './name-states.js';

/** What the policy adds to the catalogue: keys, as the policy's names fold. */
export interface NameRules {
  readonly own: readonly { readonly kind: 'name' | 'prefix'; readonly key: string }[];
  /** Keys of catalogue names that are forwarded now; own names are identity all the same. */
  readonly watched: readonly string[];
  /** Whether names of low trust are identity too, all but Via. Default false. */
  readonly hasLowTrust?: boolean;
}

function foldedText(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The keys of all identity names and of all prefixes of such. */
function keysOf(rules: NameRules): { names: ReadonlySet<string>; prefixes: ReadonlySet<string> } {
  const watched = new Set(rules.watched);
  const names = new Set<string>();
  const prefixes = new Set<string>();
  for (const entry of CATALOGUE) {
    if (entry.grade === 'C' && (rules.hasLowTrust !== true || entry.class === 'address')) continue;
    if (entry.name !== undefined && !watched.has(foldedText(entry.name))) names.add(foldedText(entry.name));
    if (entry.prefix !== undefined) prefixes.add(foldedText(entry.prefix));
  }
  for (const { kind, key } of rules.own) (kind === 'name' ? names : prefixes).add(foldedText(key));
  return { names, prefixes };
}

/** How much of a name's start is remembered: two words. */
const START = 8;
const STARTS = 256;
/** Of a start: its two words, and how many of its bytes are a name's. */
const PARTS = 4;
const WORD = 4;
const COLON = 0x3a;

export class IdentityNames {
  readonly #next: Int32Array;
  readonly #first: number;
  /**
   * Starts that were met in heads and that no identity name has, as sent. Nearly every name begins with one, and is then not
   * read letter by letter (measured: that is half of a look). Which are kept changes the time, never the answer.
   */
  readonly #harmless = new Int32Array(STARTS * PARTS);
  /** Of the names of the head that is being read. */
  readonly order: NameOrder;

  /** `records`: as `NameOrder` has them. */
  constructor(rules: NameRules, records?: Int32Array) {
    this.order = new NameOrder(records);
    const { names, prefixes } = keysOf(rules);
    const { next, first } = statesOf(names, prefixes);
    this.#next = next;
    this.#first = first;
  }

  /**
   * Where the name that begins at `start` ends: at the first byte that is none of a token (RFC 9110, section 5.6.2), and one
   * must follow. Of an identity name, its letters and digits or these without one leading `http`: the complement (`~`) of
   * that. `view`: of the same bytes.
   */
  read(bytes: Uint8Array, view: DataView, start: number): number {
    if (start + REACH > bytes.length) return this.#readAll(bytes, start);
    const expected = this.order.expected(view, start);
    return expected === UNEXPECTED ? this.readOther(bytes, view, start) : expected;
  }

  /** The same of a name that is not the expected one; `bytes` go on for `REACH` behind `start`. */
  readOther(bytes: Uint8Array, view: DataView, start: number): number {
    const found = this.#readUnexpected(bytes, view, start);
    const end = found < 0 ? ~found : found;
    if (bytes[end] === COLON) this.order.met(view, start, end, found < 0);
    return found;
  }

  #readUnexpected(bytes: Uint8Array, view: DataView, start: number): number {
    const first = view.getInt32(start, true);
    const second = view.getInt32(start + WORD, true);
    const hash = Math.imul(first ^ Math.imul(second, 0x85ebca6b), 0x9e3779b1);
    const place = (hash >>> 24) * PARTS;
    const harmless = this.#harmless;
    if (harmless[place] === first && harmless[place + 1] === second) {
      const length = harmless[place + 2] ?? 0;
      return length < START ? start + length : tokenEnd(bytes, view, start + START);
    }
    const end = this.#readAll(bytes, start);
    const startEnd = Math.min(end, start + START);
    if (end >= 0 && this.#isHarmless(bytes, start, startEnd)) {
      this.#harmless.set([first, second, startEnd - start], place);
    }
    return end;
  }

  #readAll(bytes: Uint8Array, start: number): number {
    const next = this.#next;
    let state = this.#first;
    let at = start;
    for (let kind = kindOf(bytes[at]); kind !== NO_TOKEN; kind = kindOf(bytes[at])) {
      if (state > ALWAYS) state = next[state + kind] ?? 0;
      at += 1;
    }
    return next[state] === 1 ? ~at : at;
  }

  /** Whether no identity name begins with what stands in `bytes[start, end)`. */
  #isHarmless(bytes: Uint8Array, start: number, end: number): boolean {
    let state = this.#first;
    for (let at = start; at < end && state > ALWAYS; at += 1) state = this.#next[state + kindOf(bytes[at])] ?? 0;
    return state === NEVER;
  }
}

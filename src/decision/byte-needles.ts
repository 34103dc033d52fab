// What the identity values of a request mean for all its other bytes: which digits and which words may not stand in them. Made once for
// a value and kept, because a handset repeats itself. INVARIANT: a text that holds a needle in any spelling or encoding, none of its
// letters and digits percent-encoded, holds one of these (test/fuzz/byte-plan.test.ts).
import type { IdentityClass, NumberPlan } from '../policy/policy.js';
import { base64FormsOf, hexFormOf, tbcdFormOf } from './encodings.js';
import { type Carried, needlesOf } from './needles.js';
import { coresOf, countryCodesOf, LEAST_DIGITS } from './number-spellings.js';
import type { Needle } from './plan-types.js';

/** Places for values that are kept, two for each hash: what came last, and what came before it. */
const PLACES = 8192;
/** A shorter word stands in ordinary text. */
const LEAST_WORD = 8;

const NO_NEEDLES: readonly Needle[] = [];

/** Of the identity values of one request, in order. */
export class NeedleSet {
  readonly carried: readonly Carried[];
  readonly needles: readonly Needle[];
  /** Values of eight digits in a row, of which each number has one in any spelling, in TBCD and in hex. */
  readonly eights: Int32Array;
  /** Letters and digits in a row: a number in base64, the longest such part of a token. */
  readonly words: readonly string[];
  readonly hasNumbers: boolean;
  /** More needles than are looked for, or one without a word: the words above are not enough. */
  readonly isUnsure: boolean;
  /** Among the sets of one policy. */
  readonly number: number;

  constructor(carried: readonly Carried[], numbers: readonly NumberPlan[], number: number) {
    const { needles, dropped } = needlesOf(carried, numbers);
    this.carried = carried;
    this.needles = needles.length === 0 ? NO_NEEDLES : needles;
    this.number = number;
    const countryCodes = countryCodesOf(numbers);
    const eights: number[] = [];
    const words: string[] = [];
    for (const needle of needles) {
      if (needle.kind === 'number') {
        eights.push(...eightsOf(needle.value));
        words.push(...base64FormsOf(shortestOf(needle.value, countryCodes)).map(rareEndOf));
      } else {
        words.push(longestWordOf(needle.value));
      }
    }
    this.eights = Int32Array.from(eights);
    this.words = words;
    this.hasNumbers = eights.length > 0;
    this.isUnsure = dropped > 0 || words.some((word) => word.length < LEAST_WORD);
  }
}

/** That `set` is `before` with one value more. */
interface Kept {
  readonly before: NeedleSet;
  readonly carried: Carried;
  readonly set: NeedleSet;
}

/** Where a value stands: `bytes[start, end)`; `view` is of the same bytes. */
export interface Span {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** The sets of one policy: the last ones that were asked for. No value leaves it but in its needles. */
export class NeedleSets {
  readonly none: NeedleSet;
  readonly #numbers: readonly NumberPlan[];
  readonly #kept = new Array<Kept | undefined>(PLACES);
  #made = 0;

  constructor(numbers: readonly NumberPlan[]) {
    this.#numbers = numbers;
    this.none = new NeedleSet([], numbers, 0);
    this.#kept.fill(undefined);
  }

  /** `before` and, with this key and class, the value that stands there: no string is made of one that came lately. */
  with(before: NeedleSet, key: string, carries: IdentityClass, { bytes, view, start, end }: Span): NeedleSet {
    const place = placeOf(view, start, end, before.number);
    const kept = this.#kept;
    for (let i = place; i < place + 2; i += 1) {
      const known = kept[i];
      if (known?.before !== before) continue;
      const { carried } = known;
      if (carried.key === key && carried.class === carries && isText(bytes, start, end, carried.value))
        return known.set;
    }
    const carried: Carried = { key, class: carries, value: bytes.toString('latin1', start, end) };
    this.#made += 1;
    const set = new NeedleSet([...before.carried, carried], this.#numbers, this.#made);
    kept[place + 1] = kept[place];
    kept[place] = { before, carried, set };
    return set;
  }
}

function placeOf(view: DataView, start: number, end: number, salt: number): number {
  const length = end - start;
  let hash = Math.imul(length ^ salt, 0x1b56c4e9);
  if (length >= 4) {
    hash ^= Math.imul(view.getInt32(start, true), 0x2c1b3c6d);
    hash ^= Math.imul(view.getInt32(start + ((length - 4) >> 1), true), 0x7feb352d);
    hash ^= Math.imul(view.getInt32(end - 4, true), 0x297a2d39);
  }
  return (hash ^ (hash >>> 15)) & (PLACES - 2);
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function shortestOf(value: string, countryCodes: readonly string[]): string {
  return coresOf(value, countryCodes).reduce((least, core) => (core.length < least.length ? core : least));
}

/** The last eight digits, which every spelling ends in; the eight that every TBCD form holds, by its parity; of the hex form. */
function eightsOf(value: string): readonly number[] {
  const ending = value.slice(-LEAST_DIGITS);
  const forms = [
    ending,
    tbcdFormOf(ending),
    tbcdFormOf(value.slice(-LEAST_DIGITS - 1, -1)),
    hexFormOf(ending.slice(-4)),
  ];
  return forms.filter((form) => /^[0-9]{8}$/.test(form)).map(Number);
}

/** What is left of the word from a capital on: a search looks for the first character, and small letters are everywhere. */
function rareEndOf(word: string): string {
  const at = word.slice(0, word.length - LEAST_WORD + 1).search(/[A-Z]/);
  return at < 0 ? word : word.slice(at);
}

function longestWordOf(token: string): string {
  return (token.match(/[A-Za-z0-9]+/g) ?? []).reduce((most, word) => (word.length > most.length ? word : most), '');
}

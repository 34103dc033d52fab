// What the identity values of a request mean for all its other bytes: which digits and which words may not stand in them. Made once for
// a value and kept, because a handset repeats itself. INVARIANT: a text that holds a needle in any spelling or encoding, none of its
// letters and digits percent-encoded, holds one of these (test/fuzz/byte-plan.test.ts).
import type { NumberPlan } from '../policy/policy.js';
import { base64FormsOf, hexFormOf, tbcdFormOf } from './encodings.js';
import { type Carried, needlesOf } from './needles.js';
import { coresOf, countryCodesOf, LEAST_DIGITS } from './number-spellings.js';
import type { Needle } from './plan-types.js';

/** Sets that are kept at most; then all are forgotten. */
const MOST_SETS = 4096;
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
  readonly #numbers: readonly NumberPlan[];
  readonly #next = new Map<number, Map<string, NeedleSet>>();

  constructor(carried: readonly Carried[], numbers: readonly NumberPlan[]) {
    const { needles, dropped } = needlesOf(carried, numbers);
    this.carried = carried;
    this.needles = needles.length === 0 ? NO_NEEDLES : needles;
    this.#numbers = numbers;
    const countryCodes = countryCodesOf(numbers);
    const eights: number[] = [];
    const words: string[] = [];
    for (const needle of needles) {
      if (needle.kind === 'number') {
        eights.push(...eightsOf(needle.value));
        words.push(...base64FormsOf(shortestOf(needle.value, countryCodes)));
      } else {
        words.push(longestWordOf(needle.value));
      }
    }
    this.eights = Int32Array.from(eights);
    this.words = words;
    this.hasNumbers = eights.length > 0;
    this.isUnsure = dropped > 0 || words.some((word) => word.length < LEAST_WORD);
  }

  /** With one value more, if that was asked before. */
  get(place: number, id: string): NeedleSet | undefined {
    return this.#next.get(place)?.get(id);
  }

  add(place: number, id: string, carried: Carried): NeedleSet {
    const set = new NeedleSet([...this.carried, carried], this.#numbers);
    const known = this.#next.get(place);
    if (known === undefined) this.#next.set(place, new Map([[id, set]]));
    else known.set(id, set);
    return set;
  }

  forget(): void {
    this.#next.clear();
  }
}

/** The sets of one policy. */
export class NeedleSets {
  readonly none: NeedleSet;
  #kept = 0;

  constructor(numbers: readonly NumberPlan[]) {
    this.none = new NeedleSet([], numbers);
  }

  /** `before` and one value more. `place`, of the name, and `id`, with the value, say together what `carried` is. */
  with(before: NeedleSet, place: number, carried: Carried, id: string): NeedleSet {
    const known = before.get(place, id);
    if (known !== undefined) return known;
    if (this.#kept >= MOST_SETS) {
      this.none.forget();
      this.#kept = 0;
    }
    this.#kept += 1;
    return before.add(place, id, carried);
  }
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

function longestWordOf(token: string): string {
  return (token.match(/[A-Za-z0-9]+/g) ?? []).reduce((most, word) => (word.length > most.length ? word : most), '');
}

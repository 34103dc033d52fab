// What the identity values of a request mean for all its other bytes: which digits and which words may not stand in them.
// INVARIANT: a text that holds a needle in any spelling or encoding, none of its
// letters and digits percent-encoded, holds one of these (test/fuzz/byte-plan.test.ts).
import type { NumberPlan } from '../policy/policy.js';
import { base64FormsOf, hexFormOf, tbcdFormOf } from './encodings.js';
import { type Carried, needlesOf } from './needles.js';
import { coresOf, countryCodesOf, LEAST_DIGITS } from './number-spellings.js';
import type { Needle } from './plan-types.js';

/** A shorter word stands in ordinary text. */
export const LEAST_WORD = 8;

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
  readonly hasTokens: boolean;
  /** More needles than are looked for, or one without a word: the words above are not enough. */
  readonly isUnsure: boolean;

  constructor(carried: readonly Carried[], numbers: readonly NumberPlan[]) {
    const { needles, dropped } = needlesOf(carried, numbers);
    this.carried = carried;
    this.needles = needles.length === 0 ? NO_NEEDLES : needles;
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
    this.hasTokens = needles.some(({ kind }) => kind === 'token');
    this.isUnsure = dropped > 0 || words.some((word) => word.length < LEAST_WORD);
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

/** What is left of the word from a capital on: a search looks for the first character, and small letters are everywhere. */
function rareEndOf(word: string): string {
  const at = word.slice(0, word.length - LEAST_WORD + 1).search(/[A-Z]/);
  return at < 0 ? word : word.slice(at);
}

function longestWordOf(token: string): string {
  return (token.match(/[A-Za-z0-9]+/g) ?? []).reduce((most, word) => (word.length > most.length ? word : most), '');
}

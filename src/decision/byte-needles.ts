// What the identity values of a request mean for all its other bytes: which digits and which words may not stand in them.
// INVARIANT: a text that holds a needle in any spelling or encoding, none of its
// letters and digits percent-encoded, holds one of these (test/fuzz/byte-plan.test.ts).
import type { NumberPlan } from '../policy/policy.js';
import { base64FormsOf, hexFormOf, tbcdFormOf } from './encodings.js';
import { type Carried, needlesOf } from './needles.js';
import { coresOf, countryCodesOf, LEAST_DIGITS } from './number-spellings.js';
import type { Needle } from './plan-types.js';

/** A shorter word stands in ordinary text. */
const LEAST_WORD = 8;

/** Of the identity values of one request, in order. */
export interface NeedleSet {
  readonly carried: readonly Carried[];
  readonly needles: readonly Needle[];
  /** Values of eight digits in a row, of which each number has one in any spelling, in TBCD and in hex. */
  readonly eights: readonly number[];
  /** Letters and digits in a row: a number in base64, the longest such part of a token. */
  readonly words: readonly string[];
  readonly hasNumbers: boolean;
  readonly hasTokens: boolean;
  /** More needles than are looked for, or one without a word: the words above are not enough. */
  readonly isUnsure: boolean;
}

export function needleSetOf(carried: readonly Carried[], numbers: readonly NumberPlan[]): NeedleSet {
  const { needles, dropped } = needlesOf(carried, numbers);
  const countryCodes = countryCodesOf(numbers);
  const eights: number[] = [];
  const words: string[] = [];
  let hasTokens = false;
  for (const needle of needles) {
    if (needle.kind === 'number') {
      eights.push(...eightsOf(needle.value));
      words.push(...base64FormsOf(shortestOf(needle.value, countryCodes)));
    } else {
      hasTokens = true;
      words.push(longestWordOf(needle.value));
    }
  }
  const isUnsure = dropped > 0 || words.some((word) => word.length < LEAST_WORD);
  return { carried, needles, eights, words, hasNumbers: eights.length > 0, hasTokens, isUnsure };
}

/** `before` and one value more: an enricher sends a number under several names, which needs nothing new. */
export function needleSetWith(before: NeedleSet, more: Carried, numbers: readonly NumberPlan[]): NeedleSet {
  const carried = [...before.carried, more];
  const isSame = before.carried.some(({ value, class: carries }) => value === more.value && carries === more.class);
  return isSame ? { ...before, carried } : needleSetOf(carried, numbers);
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
  return forms.filter((form) => form.length === LEAST_DIGITS && !form.includes('f')).map(Number);
}

function longestWordOf(token: string): string {
  return (token.match(/[A-Za-z0-9]+/g) ?? []).reduce((most, word) => (word.length > most.length ? word : most), '');
}

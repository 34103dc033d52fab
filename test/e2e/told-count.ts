// A count as the report tells it, against the truth: exact numbers, of people exactly what a sketch of the true ones says and with the bounds
// that the ledger promises, and nothing under 10 in any of its members.
import type { Count } from '../../src/report/report.js';
import type { Judge, Owners } from './judged.js';

/** Two standard errors: what is promised in 19 of 20 cases (docs/ledger.md). */
export const RELEASE_ERROR = 0.016;
export const LEAK_ERROR = 0.13;
const FEW = { text: 'fewer than 10', least: null, most: null, value: null };

/** What a count is of. */
export interface TrueCount {
  readonly count: number;
  /** What a sketch of them under the gateway's key says; undefined: a number that is exact, or people who are told only by their values. */
  readonly sketched?: number | undefined;
}

/** Judges of its five members; `truthOf` what it is of, undefined: of several rows whose parts nobody outside can tell. */
export function countJudges(
  path: string,
  truthOf: (owners: Owners) => TrueCount | undefined,
  error: number,
): Readonly<Record<string, Judge>> {
  const judge: Judge = (_leaf, owners) => {
    const [count, ...outer] = owners;
    if (count === undefined) return 'it is in nothing';
    const truth = truthOf(outer);
    return truth === undefined
      ? formFault(count as unknown as Count)
      : countFault(count as unknown as Count, truth, error);
  };
  return Object.fromEntries(['text', 'least', 'most', 'value'].map((name) => [`${path}.${name}`, judge]));
}

/**
 * `error` 0: an exact number. The bounds of people hold in 19 of 20 cases, and a day has dozens of them: so none is further off than twice
 * its distance, and each is to the last one what the sketch says of who was really there.
 */
export function countFault(count: Count, { count: truth, sketched }: TrueCount, error: number): string | null {
  const form = formFault(count);
  if (form !== null) return form;
  const isFew = count.text === FEW.text;
  const doubt = error === 0 ? 0 : Math.max(1, 2 * error * truth);
  if (error > 0 && sketched !== undefined && (isFew ? sketched >= 10 : count.value !== sketched))
    return `${count.text}, and a sketch of the ${String(truth)} says ${String(sketched)}`;
  if (isFew) return truth - doubt < 10 && truth > 0 ? null : `fewer than 10 is said of ${String(truth)}`;
  if (truth + doubt < 10 && truth > 0) return `${count.text} is said of fewer than 10`;
  const { least, most, value } = count;
  if (most === null || value === null) return 'an interval where nothing is uncertain';
  if (error === 0)
    return value === truth && least === truth && most === truth ? null : `${count.text}, not ${String(truth)}`;
  const isNear = Math.abs(value - truth) <= doubt && (least ?? 0) - doubt / 2 <= truth && most + doubt / 2 >= truth;
  // Bounds hide nothing: they are as narrow as is promised. Under 10 the lower one is not told.
  const width = error * value + 1;
  const isNarrow = most - value <= width && (least === null ? value - width < 10 : value - least <= width);
  return isNear && isNarrow ? null : `${count.text}, not ${String(truth)}`;
}

/** Its members say one thing, and nothing under 10. */
function formFault({ text, least, most, value }: Count): string | null {
  const shown = (part: number | null): string => (part ?? NaN).toLocaleString('en-GB');
  if (text === FEW.text) return least === null && most === null && value === null ? null : 'a number under 10 is told';
  if (text === 'none') return least === 0 && most === 0 && value === 0 ? null : '`none` with a number';
  const low = least === null ? FEW.text : shown(least);
  const wanted =
    value === null
      ? `${low} to ${shown(most)}`
      : least === most
        ? shown(value)
        : [shown(value), `about ${shown(value)} (${low} to ${shown(most)})`];
  if (![wanted].flat().includes(text)) return `${JSON.stringify(text)} is not what its members say`;
  return [least, most, value].every((part) => part === null || part >= 10) ? null : 'a number under 10 is told';
}

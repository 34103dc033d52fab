// One subscriber number, many spellings: international, with `0`, `00` or the country code in front, or without.
// Two spellings are the same number when they share a core of 8 digits or more.
import type { NumberPlan } from '../policy/policy.js';

/** The shortest string of digits that is compared as a number. */
export const LEAST_DIGITS = 8;

/** The country codes of the operator's number plans, each once. */
export function countryCodesOf(numbers: readonly NumberPlan[]): readonly string[] {
  return [...new Set(numbers.map((plan) => plan.countryCode))];
}

/**
 * The digits themselves and what is left of them without `0`, `00`, a country code, or `00` and a country code in front,
 * where that is 8 digits or more. The digits come first; each core once.
 */
export function coresOf(digits: string, countryCodes: readonly string[]): readonly string[] {
  const cores = new Set([digits]);
  const strip = (prefix: string): void => {
    if (digits.startsWith(prefix) && digits.length - prefix.length >= LEAST_DIGITS)
      cores.add(digits.slice(prefix.length));
  };
  strip('0');
  strip('00');
  for (const code of countryCodes) {
    strip(code);
    strip(`00${code}`);
  }
  return [...cores];
}

/**
 * A number of ours in international digits: a national spelling (with its leading 0, or bare, as operators that take the
 * country code off send it) gets its country code when that puts it in a range of the plan. Else the digits as they are.
 */
export function internationalOf(digits: string, numbers: readonly NumberPlan[]): string {
  const isOurs = (candidate: string): boolean =>
    numbers.some(({ ranges }) =>
      ranges.some((range) => candidate.length === range.digits && candidate.startsWith(range.prefix)),
    );
  if (isOurs(digits)) return digits;
  const national = digits.startsWith('0') ? digits.slice(1) : digits;
  for (const { countryCode } of numbers) {
    if (isOurs(countryCode + national)) return countryCode + national;
  }
  return digits;
}

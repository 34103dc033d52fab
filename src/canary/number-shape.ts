// Whether a value holds something of the shape of the network's own numbers: whole runs of digits only. For the page of the mirror.
import type { NumberPlan } from '../policy/policy.js';
import type { IdentifyValue } from './sighting.js';

/** International with or without `+` or `00`, national with 0, and IMSIs; the plans of a policy. Only the first 4 KiB are read. */
export function shapesOf(numbers: readonly NumberPlan[]): IdentifyValue {
  const alternatives = numbers.flatMap(({ countryCode, ranges, plmns }) => [
    ...ranges.flatMap(({ prefix, digits }) => {
      const rest = (text: string, length: number): string => `${text}[0-9]{${length - text.length}}`;
      const national = prefix.startsWith(countryCode)
        ? [rest(`0${prefix.slice(countryCode.length)}`, digits - countryCode.length + 1)]
        : [];
      return [`(?:00)?${rest(prefix, digits)}`, ...national].map((pattern) => ({
        pattern,
        carries: 'msisdn' as const,
      }));
    }),
    ...plmns.map((plmn) => ({ pattern: `${plmn}[0-9]{${15 - plmn.length}}`, carries: 'imsi_imei' as const })),
  ]);
  const shapes = alternatives.map(({ pattern, carries }) => ({
    carries,
    pattern: new RegExp(`(?<![0-9])(?:${pattern})(?![0-9])`),
  }));
  return (value) => {
    const found = shapes.find(({ pattern }) => pattern.test(value.slice(0, 4096)));
    return found === undefined ? undefined : { class: found.carries };
  };
}

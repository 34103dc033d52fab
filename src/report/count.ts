// Numbers of people and of what they did, as they may be said: never a number under 10, and never more exact than it is known.
import type { Figures } from '../ledger/figures.js';
import { FEW, type People } from '../ledger/people.js';
import type { Count } from './report.js';

/** `fewer than 10`, `1,204`, `900 to 2,100`. */
export function countOfReleases({ least, most }: Figures['requests'], source: string): Count {
  const value = least === most ? least : null;
  return { ...shownOf({ least, most, value }), source };
}

/** `fewer than 10`, `about 1,234 (1,214 to 1,254)`, `900 to 2,100`. */
export function countOfPeople({ least, most, estimate }: People, source: string): Count {
  const shown = shownOf({ least, most, value: estimate });
  const isInexact = shown.value !== null && least !== most;
  const text = isInexact ? `about ${grouped(shown.value)} (${rangeOf(shown)})` : shown.text;
  return { ...shown, text, source };
}

/** `1,204`. Of what is no number of people. */
export function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}

function shownOf(numbers: { least: number; most: number; value: number | null }): Omit<Count, 'source'> {
  const { most, value } = numbers;
  if (most === 0) return { text: 'none', least: 0, most: 0, value: 0 };
  if (most < FEW || (value !== null && value < FEW)) {
    return { text: `fewer than ${FEW}`, least: null, most: null, value: null };
  }
  const least = numbers.least < FEW ? null : numbers.least;
  const shown = { least, most, value };
  return { ...shown, text: value === null ? rangeOf(shown) : grouped(value) };
}

function rangeOf({ least, most }: Pick<Count, 'least' | 'most'>): string {
  return `${least === null ? `fewer than ${FEW}` : grouped(least)} to ${grouped(most ?? 0)}`;
}

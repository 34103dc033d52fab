// How many different people cells are of, never as more than is known: within the error of the sketch, and as an interval where sketches
// cannot be merged (two epochs) or a cell lies only partly within the period.
import { DistinctSketch, PRECISION } from '../sketch/distinct-sketch.js';
import type { Tallied } from './ledger-cell.js';
import type { Within } from './ledger-reading.js';

/** Between `least` and `most`, both whole numbers, in 19 of 20 cases. */
export interface People {
  readonly least: number;
  readonly most: number;
  /** The best guess; null: it is not one figure but an interval. */
  readonly estimate: number | null;
  /** Of the sketch alone: 0.016 is 1.6 %, two standard errors. */
  readonly error: number;
  /** More than one: their people cannot be told from each other. */
  readonly epochs: number;
  /** Part of it lies only partly within the period. */
  readonly isCut: boolean;
}

/** What may be said in public of so few: no more. */
export const FEW = 10;

type Counted = Within<Pick<Tallied, 'subscribers'> & { readonly epoch: string }>;

interface Epochal {
  readonly whole: DistinctSketch;
  readonly all: DistinctSketch;
}

/** Over listeners, recipients, headers, forms, days and replicas alike: each person once within an epoch. */
export function peopleOf(cells: readonly Counted[]): People {
  const epochs = new Map<string, Epochal>();
  for (const { epoch, subscribers, isWhole } of cells) {
    const sketch = DistinctSketch.fromBytes(subscribers);
    if (sketch === undefined) continue;
    const sketches = epochs.get(epoch) ?? { whole: new DistinctSketch(), all: new DistinctSketch() };
    epochs.set(epoch, sketches);
    sketches.all.merge(sketch);
    if (isWhole) sketches.whole.merge(sketch);
  }
  const each = [...epochs.values()];
  const isCut = cells.some(({ isWhole }) => !isWhole);
  const error = Math.max(errorOf(PRECISION), ...each.map(({ all }) => errorOf(all.precision)));
  const [only] = each;
  const isOne = each.length <= 1 && !isCut;
  return {
    least: Math.max(0, ...each.map(({ whole }) => Math.round(whole.estimate() * (1 - errorOf(whole.precision))))),
    most: each.reduce((sum, { all }) => sum + Math.round(all.estimate() * (1 + errorOf(all.precision))), 0),
    estimate: isOne ? Math.round(only?.all.estimate() ?? 0) : null,
    error,
    epochs: each.length,
    isCut,
  };
}

/** Two standard errors of a HyperLogLog (Flajolet and others, 2007). */
function errorOf(precision: number): number {
  return (2 * 1.04) / Math.sqrt(1 << precision);
}

/** Whether no number of them may be told. */
export function areFew({ most, estimate }: Pick<People, 'most' | 'estimate'>): boolean {
  return most < FEW || (estimate !== null && estimate < FEW);
}

/** For lists, the most people first: of few it is not told either who has more. */
export function byPeople(a: People, b: People): number {
  return (areFew(b) ? 0 : b.most) - (areFew(a) ? 0 : a.most);
}

/** `fewer than 10`, `1234 (1214 to 1254)`, `900 to 2100`. */
export function peopleWords(people: People): string {
  const { least, most, estimate } = people;
  if (areFew(people)) return `fewer than ${String(FEW)}`;
  const interval = `${least < FEW ? `fewer than ${String(FEW)}` : String(least)} to ${String(most)}`;
  return estimate === null ? interval : `${String(estimate)} (${interval})`;
}

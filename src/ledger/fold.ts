// Many spans as few, with nothing lost but the minutes: what a day is made of when it is over. Bounded: where cells would take more
// bytes than they may, the largest sketches become coarser, which their people then say (people.ts).
import { DistinctSketch } from '../sketch/distinct-sketch.js';
import type { Cells, Tallied } from './ledger-cell.js';
import { mergedGaps } from './gaps.js';
import type { Gap } from './ledger-reading.js';
import { LedgerTable } from './ledger-table.js';
import type { Span } from './span.js';

/** Cells of one line. */
const CELLS_A_LINE = 64;
const LEAST_PRECISION = 8;

/** Adds up spans; to be given them one after the other. */
export class Fold {
  readonly #table = new LedgerTable();
  #gaps: Gap[] = [];
  #from = Infinity;
  #until = -Infinity;
  #hasEnded = false;

  add({ from, until, releases, leaks, gaps, mark }: Span): void {
    this.#hasEnded = mark === 'ended';
    this.#table.add({ releases, leaks });
    if (gaps.length > 0) this.#gaps = [...this.#gaps, ...gaps];
    this.#from = Math.min(this.#from, from);
    this.#until = Math.max(this.#until, until);
  }

  /** Of all that was added; none of nothing. `mostBytes`: of their sketches together. */
  spans(mostBytes = Infinity): readonly Span[] {
    if (this.#until < this.#from) return [];
    const { releases, leaks } = fitting(this.#table.cells(), mostBytes);
    const about = { from: this.#from, until: this.#until, mark: null };
    const spans: Span[] = [{ ...about, gaps: mergedGaps(this.#gaps), releases: [], leaks: [] }];
    for (let at = 0; at < releases.length; at += CELLS_A_LINE) {
      spans.push({ ...about, gaps: [], releases: releases.slice(at, at + CELLS_A_LINE), leaks: [] });
    }
    for (let at = 0; at < leaks.length; at += CELLS_A_LINE) {
      spans.push({ ...about, gaps: [], releases: [], leaks: leaks.slice(at, at + CELLS_A_LINE) });
    }
    const last = spans.at(-1);
    if (this.#hasEnded && last !== undefined) spans[spans.length - 1] = { ...last, mark: 'ended' };
    return spans;
  }
}

function fitting({ releases, leaks }: Cells, mostBytes: number): Cells {
  for (let precision = 13; precision >= LEAST_PRECISION; precision -= 1) {
    const bytes = [...releases, ...leaks].reduce((sum, { subscribers }) => sum + subscribers.length, 0);
    if (bytes <= mostBytes) break;
    releases = releases.map((cell) => coarser(cell, precision));
    leaks = leaks.map((cell) => coarser(cell, precision));
  }
  return { releases, leaks };
}

/** Small ones keep what they have: they take no room. */
function coarser<T extends Tallied>(cell: T, precision: number): T {
  if (cell.subscribers.length <= (3 << precision) / 4) return cell;
  const sketch = DistinctSketch.fromBytes(cell.subscribers);
  if (sketch === undefined) return cell;
  sketch.coarsen(precision);
  return { ...cell, subscribers: sketch.toBytes() };
}

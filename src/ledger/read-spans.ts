// From spans to what is said of a period: cells of one kind as one, told apart by whether all of a cell lies within; what was asked for
// alone. A cell says itself from when to when it was counted, so a day that lies partly outside may still lie wholly within.
import { mergedGaps } from './gaps.js';
import { epochOf } from './epoch.js';
import type { Cells, LeakEntry, ReleaseCell, Tallied } from './ledger-cell.js';
import type { Gap, LedgerFilter, LedgerReading, Period, Within } from './ledger-reading.js';
import { LedgerTable } from './ledger-table.js';
import type { Span } from './span.js';

/** Kinds that one answer tells apart. */
const ROOM = 65_536;

export class SpanSum {
  readonly #period: Period;
  readonly #filter: LedgerFilter;
  readonly #whole = new LedgerTable(ROOM);
  readonly #cut = new LedgerTable(ROOM);
  #gaps: Gap[] = [];
  #keptFrom = Infinity;
  #keptUntil = -Infinity;

  constructor(period: Period, filter: LedgerFilter = {}) {
    this.#period = period;
    this.#filter = filter;
  }

  add({ from, until, releases, leaks, gaps }: Span): void {
    this.#keptFrom = Math.min(this.#keptFrom, from, ...gaps.map((gap) => gap.from));
    this.#keptUntil = Math.max(this.#keptUntil, until);
    this.gap(...gaps);
    for (const cell of releases) {
      if (matchesRelease(cell, this.#filter)) this.#to(cell)?.add({ releases: [cell], leaks: [] });
    }
    for (const cell of leaks) {
      if (matchesLeak(cell, this.#filter)) this.#to(cell)?.add({ releases: [], leaks: [cell] });
    }
  }

  gap(...gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      if (gap.until > this.#period.from && gap.from < this.#period.until) this.#gaps.push(gap);
    }
  }

  reading(): LedgerReading {
    const [whole, cut] = [this.#whole.cells(), this.#cut.cells()];
    const releases = [...within(whole.releases, true), ...within(cut.releases, false)];
    const leaks = [...within(whole.leaks, true), ...within(cut.leaks, false)];
    return {
      ...this.#period,
      releases,
      leaks,
      gaps: mergedGaps(this.#gaps),
      epochs: [...new Set([...releases, ...leaks].map(({ epoch }) => epoch))].sort().map(epochOf),
      keptFrom: this.#keptUntil < this.#keptFrom ? null : this.#keptFrom,
      keptUntil: this.#keptUntil < this.#keptFrom ? null : this.#keptUntil,
    };
  }

  #to({ first, last }: Tallied): LedgerTable | undefined {
    const { from, until } = this.#period;
    if (last < from || first >= until) return undefined;
    return first >= from && last < until ? this.#whole : this.#cut;
  }
}

function within<T extends Cells['releases'][number] | Cells['leaks'][number]>(
  cells: readonly T[],
  isWhole: boolean,
): readonly Within<T>[] {
  return cells.map((cell) => ({ ...cell, isWhole }));
}

function matchesRelease(cell: ReleaseCell, { partner, host, digest }: LedgerFilter): boolean {
  return (
    (partner === undefined || cell.partner === partner) &&
    (host === undefined || cell.domain === host || covers(cell.host, host)) &&
    (digest === undefined || cell.digest.startsWith(digest))
  );
}

/** A leak is no policy's: a digest that is asked for leaves all of them. */
function matchesLeak(cell: LeakEntry, { partner, host }: LedgerFilter): boolean {
  return (
    (partner === undefined || cell.partner === partner) &&
    (host === undefined || cell.place === host || host.endsWith(`.${cell.place}`))
  );
}

/** As a policy means it: `*.` is one label more, `**.` any number. */
function covers(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  if (pattern.startsWith('**.')) return host.endsWith(pattern.slice(2));
  return pattern.startsWith('*.') && host.indexOf('.') > 0 && host.slice(host.indexOf('.')) === pattern.slice(1);
}

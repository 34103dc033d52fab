// Ledgers of several gateways as one reading. What one of them cannot tell, all of them together cannot.
import type { LedgerReading, Within } from '../ledger/ledger-reading.js';
import type { Tallied } from '../ledger/ledger-cell.js';
import type { LedgerFound, ReportInput } from './report-input.js';

export interface Ledgers {
  readonly reading: LedgerReading;
  /** Those that cannot be read, and why. */
  readonly unread: readonly { readonly replica: string; readonly why: string }[];
}

export function joinedLedgers({ ledgers, period }: Pick<ReportInput, 'ledgers' | 'period'>): Ledgers {
  const read = ledgers.flatMap(({ replica, reading }) => (typeof reading === 'string' ? [] : [{ replica, reading }]));
  const edges = (name: 'keptFrom' | 'keptUntil'): readonly number[] =>
    read.flatMap(({ reading }) => reading[name] ?? []);
  // A ledger that is empty tells of no time at all.
  const isWhole = read.length > 0 && edges('keptFrom').length === read.length;
  return {
    reading: {
      ...period,
      releases: read.flatMap(({ reading }) => reading.releases.map((cell) => clamped(cell, period))),
      leaks: read.flatMap(({ reading }) => reading.leaks.map((cell) => clamped(cell, period))),
      gaps: read
        .flatMap(({ replica, reading }) =>
          reading.gaps.map((gap) => ({ ...gap, replica: gap.replica === '' ? replica : gap.replica })),
        )
        .sort((a, b) => a.from - b.from),
      epochs: [...new Map(read.flatMap(({ reading }) => reading.epochs.map((epoch) => [epoch.id, epoch]))).values()],
      keptFrom: isWhole ? Math.max(...edges('keptFrom')) : null,
      keptUntil: isWhole ? Math.min(...edges('keptUntil')) : null,
    },
    unread: ledgers.flatMap(({ replica, reading }: LedgerFound) =>
      typeof reading === 'string' ? [{ replica, why: reading }] : [],
    ),
  };
}

/** What lies only partly within is told from the edge on: when it was first within, nobody kept. */
function clamped<T extends Within<Tallied>>(cell: T, { from, until }: ReportInput['period']): T {
  if (cell.isWhole) return cell;
  return { ...cell, first: Math.max(cell.first, from), last: Math.min(cell.last, until) };
}

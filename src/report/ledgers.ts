// Ledgers of several gateways as one reading. What one of them cannot tell, all of them together cannot; what one of them tells is told,
// also where another is empty or cannot be read.
import type { LedgerReading, Within } from '../ledger/ledger-reading.js';
import type { Tallied } from '../ledger/ledger-cell.js';
import type { LedgerFound, ReportInput } from './report-input.js';

export interface Ledgers {
  readonly reading: LedgerReading;
  /** Those that tell nothing, and why: they cannot be read, or are empty while others are not. */
  readonly unread: readonly { readonly replica: string; readonly why: string }[];
}

export function joinedLedgers({ ledgers, period }: Pick<ReportInput, 'ledgers' | 'period'>): Ledgers {
  const read = ledgers.flatMap(({ replica, reading }) => (typeof reading === 'string' ? [] : [{ replica, reading }]));
  const edges = (name: 'keptFrom' | 'keptUntil'): readonly number[] =>
    read.flatMap(({ reading }) => reading[name] ?? []);
  // A ledger that is empty tells of no time at all.
  const isKept = edges('keptFrom').length > 0;
  const empty = isKept ? read.filter(({ reading }) => reading.keptFrom === null) : [];
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
      keptFrom: isKept ? Math.max(...edges('keptFrom')) : null,
      keptUntil: isKept ? Math.min(...edges('keptUntil')) : null,
    },
    unread: [
      ...ledgers.flatMap(({ replica, reading }: LedgerFound) =>
        typeof reading === 'string' ? [{ replica, why: reading }] : [],
      ),
      ...empty.map(({ replica }) => ({ replica, why: 'it is empty' })),
    ],
  };
}

/** What lies only partly within is told from the edge on: when it was first within, nobody kept. */
function clamped<T extends Within<Tallied>>(cell: T, { from, until }: ReportInput['period']): T {
  if (cell.isWhole) return cell;
  return { ...cell, first: Math.max(cell.first, from), last: Math.min(cell.last, until) };
}

// Gaps put in order: those of one cause and one replica that touch or overlap are one. A line that a kill tore is the kill's own gap.
import type { Gap } from './ledger-reading.js';

/** The earliest first. */
export function mergedGaps(gaps: readonly Gap[]): readonly Gap[] {
  const merged: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from || a.until - b.until)) {
    const at = merged.findLastIndex(
      ({ cause, replica, until }) => cause === gap.cause && replica === gap.replica && until >= gap.from,
    );
    const known = merged[at];
    if (known === undefined) merged.push(gap);
    else merged[at] = { ...known, until: Math.max(known.until, gap.until) };
  }
  return merged.filter(
    (gap) =>
      gap.cause !== 'unreadable' ||
      !merged.some(
        ({ cause, replica, from, until }) =>
          cause === 'killed' && replica === gap.replica && from <= gap.from && until >= gap.until - 1,
      ),
  );
}

// What the report rests on, and whether it holds: which records of which history, from when to when the ledger was kept.
import { recoveryWords } from '../change/history-words.js';
import { isIn } from './added.js';
import { grouped } from './count.js';
import type { Ledgers } from './ledgers.js';
import { instantOf } from './moment.js';
import type { HistoryFound, ReportInput } from './report-input.js';
import type { Said } from './report.js';

export function evidenceOf(input: ReportInput, { reading, unread }: Ledgers): readonly Said[] {
  const { keptFrom, keptUntil, gaps, epochs } = reading;
  const kept =
    keptFrom === null || keptUntil === null
      ? 'the ledger is empty'
      : `the ledger was kept from ${instantOf(keptFrom)} to ${instantOf(keptUntil)}, with ${gaps.length === 0 ? 'no gap' : countOf(gaps.length, 'gap')} in the period and ${countOf(epochs.length, 'key')} of subscribers`;
  return [
    ...(input.histories.length === 0 ? [{ text: 'no history was given', source: 'none' }] : []),
    ...input.histories.flatMap((history) => historySaid(history, input)),
    { text: kept, source: 'ledger' },
    ...unread.map(({ replica, why }) => ({
      text: `the ledger${ofReplica(replica)} tells nothing: ${why}`,
      source: 'ledger',
    })),
    {
      text: 'to check a history again: `headgate history verify`; to ask a ledger again: `headgate recipients`',
      source: 'none',
    },
  ];
}

/** Whether every history verifies and has all that its state knows. */
export function areHistoriesWhole({ histories }: Pick<ReportInput, 'histories'>): boolean {
  return histories.length > 0 && histories.every(({ verdict, lost }) => verdict.ok && lost.length === 0);
}

export function ofReplica(replica: string): string {
  return replica === '' ? '' : ` of ${replica}`;
}

function historySaid({ replica, records, verdict, lost }: HistoryFound, { period }: ReportInput): readonly Said[] {
  const source = `history${ofReplica(replica)}`;
  const seqs = records.filter(({ at }) => isIn(period, Date.parse(at))).map(({ seq }) => seq);
  const range =
    seqs.length === 0
      ? 'has no record of the period'
      : `has records ${Math.min(...seqs)} to ${Math.max(...seqs)} of the period, of ${grouped(records.length)} in all`;
  const holds = verdict.ok
    ? `it verifies: no record was changed, removed, inserted or moved${verdict.head === null ? '' : `; record ${verdict.head.seq} is \`${verdict.head.hash}\``}`
    : `it does not verify: record ${verdict.record} ${verdict.why}`;
  const marks = verdict.ok ? verdict.recoveries : [];
  return [
    { text: `the history${ofReplica(replica)} ${range}; ${holds}`, source },
    ...lost.map((each) => ({ text: `the history${ofReplica(replica)} ${each}`, source: 'state' })),
    ...marks.map((mark) => ({
      text: `the history${ofReplica(replica)} says of itself that it ${recoveryWords(mark)}`,
      source: `${source}, record ${mark.seq}`,
    })),
  ];
}

function countOf(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? '' : 's'}`;
}

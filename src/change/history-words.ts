// A record of the history as one line for people. A record of a kind that this program does not know is shown as it stands.
import type { HistoryEvent, Recovery } from './history-record.js';

/** A record as it is read back; what a newer program wrote may have other members. */
export type HistoryRecord = HistoryEvent & { readonly seq: number; readonly at: string };

/** `12  2026-07-01T00:00:00.000Z  admitted  …`, without a line end. The texts inside come from people and files: they may hold anything. */
export function renderRecord(record: HistoryRecord): string {
  return `${String(record.seq).padStart(5)}  ${record.at}  ${record.kind.padEnd(15)}  ${recordWords(record)}`;
}

/** The same without number, time and kind. */
export function recordWords(record: HistoryRecord): string {
  switch (record.kind) {
    case 'started':
      return `headgate ${record.version} with ${short(record.digest)}, generation ${record.generation}`;
    case 'candidate':
      return `${short(record.digest)} over ${short(record.from)}: ${record.direction} (${record.way})`;
    case 'admitted':
      return `${short(record.digest)} over ${short(record.from)}: ${record.direction}, generation ${record.generation}${by(record.people)}`;
    case 'refused':
      return `${short(record.digest)} over ${short(record.from)}: ${record.code} (${record.way})${list(record.uncovered)}`;
    case 'approval':
      return `${record.of} ${short(record.approval)} of ${record.proposer}${by(record.people)}${record.fault === null ? '' : `; does not count: ${record.fault}`}`;
    case 'lockdown-on':
    case 'lockdown-off':
      return `${record.partner ?? 'everyone'}, by ${record.by} (${record.way}): ${record.reason}`;
    case 'break-glass-on':
      return `${short(record.digest)} over ${short(record.from)} until ${record.until}${by(record.people)}`;
    case 'break-glass-off':
      return `${short(record.digest)} after ${short(record.from)}: ${record.why}`;
    case 'rollback':
      return `${short(record.digest)} over ${short(record.from)}, by ${record.by}`;
    case 'checkpoint':
      return `of record ${record.of.seq}`;
    case 'recovered':
      return recoveryWords(record);
    default:
      record satisfies never;
      return JSON.stringify(record);
  }
}

/** What a mark says, after the name of the history. */
export function recoveryWords(recovery: Recovery): string {
  switch (recovery.why) {
    case 'torn':
      return `ended in half a line: it is kept as \`${recovery.kept}\``;
    case 'shorter':
      return `has lost records: the state knows record ${recovery.expected.seq}`;
    case 'replaced':
      return `is another one: its record ${recovery.expected.seq} is not the one that the state knows`;
    case 'broken':
      return `does not hold together: record ${recovery.record} is bad`;
    case 'missed':
      return `lacks ${recovery.records} ${recovery.records === 1 ? 'record' : 'records'} that could not be written when they happened`;
    default:
      recovery satisfies never;
      return 'was begun anew';
  }
}

/** Whether a mark means that records are gone, or are others: somebody must look. */
export function isLoss({ why }: Recovery): boolean {
  return why === 'shorter' || why === 'replaced' || why === 'broken';
}

function short(digest: string | null): string {
  return digest === null ? 'nothing' : `${digest.slice(0, 7)}…`;
}

function by(people: readonly string[]): string {
  return people.length === 0 ? '' : `, approved by ${people.join(' and ')}`;
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `; ${lines.join('; ')}`;
}

// What happened, in order: of the histories of all gateways, the approvals, the ledger and whoever said when they knew.
import type { Approval } from '../change/approval.js';
import { recordWords, type HistoryRecord } from '../change/history-words.js';
import type { Figures } from '../ledger/figures.js';
import { sourceOfRecord, isIn, type Change } from './added.js';
import { instantOf } from './moment.js';
import type { HistoryFound, ReportInput } from './report-input.js';
import type { Awareness, Event, Moment, ReportLeak } from './report.js';

interface Found {
  readonly changes: readonly Change[];
  readonly released: Pick<Figures, 'first' | 'last'>;
  readonly leaks: readonly ReportLeak[];
  readonly awareness: Awareness;
}

/** Kinds of records that tell who receives what; the others tell of files and of checkpoints. */
const KINDS: Readonly<Partial<Record<HistoryRecord['kind'], Event['kind']>>> = {
  approval: 'approved',
  admitted: 'admitted',
  refused: 'other',
  started: 'other',
  recovered: 'other',
  'lockdown-on': 'measure',
  'lockdown-off': 'other',
  'break-glass-on': 'admitted',
  'break-glass-off': 'measure',
  rollback: 'measure',
};

export function timelineOf(input: ReportInput, { changes, released, leaks, awareness }: Found): readonly Event[] {
  const { histories, approvals, period } = input;
  const carried = new Set(changes.flatMap((change) => change.approvals));
  const events: Event[] = [
    ...approvals.filter(({ id }) => carried.has(id)).map(proposedEvent),
    ...histories.flatMap(({ replica, records }) =>
      records
        .filter((record) => isIn(period, Date.parse(record.at)) || isOfChange(record, changes, carried))
        .flatMap((record) => eventOf(record, replica)),
    ),
    ...edgesOf(released),
    ...leakEvents(leaks),
    ...(awareness.at === null
      ? []
      : [{ kind: 'aware' as const, at: awareness.at, text: awareness.text, source: awareness.source }]),
  ];
  return events
    .map((event, index) => ({ event, index }))
    .sort((a, b) => Date.parse(a.event.at) - Date.parse(b.event.at) || a.index - b.index)
    .map(({ event }) => event);
}

/** What ended or narrowed something in the period: lockdowns, narrowings, rollbacks, ends of break-glass; in order. */
export function measuresOf({ histories, period }: Pick<ReportInput, 'histories' | 'period'>): readonly Moment[] {
  return histories
    .flatMap(({ replica, records }) =>
      records.flatMap((record) =>
        isMeasure(record) && isIn(period, Date.parse(record.at)) ? [momentOf(record, replica)] : [],
      ),
    )
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/**
 * Since when it was known. Where nobody said: the oldest trace of somebody's or something's noticing, which is no later than that: a
 * leak that rang, a lockdown, a rollback.
 */
export function awarenessOf(
  { awareAt, histories, period }: Pick<ReportInput, 'awareAt' | 'histories' | 'period'>,
  { leaks, first }: { readonly leaks: readonly ReportLeak[]; readonly first: number | null },
): Awareness {
  if (awareAt !== null) {
    return {
      at: instantOf(awareAt),
      how: 'given',
      text: 'known, as whoever made this report says',
      source: 'command line',
    };
  }
  const traces: Moment[] = [
    ...leaks
      .filter(({ outcome }) => outcome !== 'counted')
      .map((leak) => ({
        at: leak.first,
        text: `a leak was ${leak.outcome}, for which an alert rings`,
        source: leak.source,
      })),
    ...histories.flatMap(({ replica, records }) =>
      records
        .filter(
          (record) =>
            (record.kind === 'lockdown-on' || record.kind === 'rollback') &&
            isIn(period, Date.parse(record.at)) &&
            Date.parse(record.at) >= (first ?? -Infinity),
        )
        .map((record) => momentOf(record, replica)),
    ),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const [oldest] = traces;
  if (oldest === undefined) {
    return { at: null, how: 'unknown', text: 'nobody said, and nothing here tells', source: 'none' };
  }
  return {
    at: oldest.at,
    how: 'no-later-than',
    text: `known no later than this: ${oldest.text}`,
    source: oldest.source,
  };
}

function isMeasure(record: HistoryRecord): boolean {
  if (record.kind === 'admitted') return record.direction === 'narrowing' || record.direction === 'incomparable';
  return record.kind === 'lockdown-on' || record.kind === 'break-glass-off' || record.kind === 'rollback';
}

/** What led to a change lies before the period, mostly. */
function isOfChange(record: HistoryRecord, changes: readonly Change[], carried: ReadonlySet<string>): boolean {
  if (record.kind === 'approval') return carried.has(record.approval);
  return (
    record.kind === 'admitted' &&
    changes.some(({ digest, before }) => digest === record.digest && before === record.from)
  );
}

function eventOf(record: HistoryRecord, replica: HistoryFound['replica']): readonly Event[] {
  // Signatures come one after another: what does not count yet is no approval.
  const kind = record.kind === 'approval' && record.fault !== null ? 'other' : KINDS[record.kind];
  return kind === undefined ? [] : [{ kind, ...momentOf(record, replica) }];
}

function momentOf(record: HistoryRecord, replica: string): Moment {
  const at = instantOf(Date.parse(record.at));
  const where = replica === '' ? '' : ` on ${replica}`;
  return { at, text: `${record.kind}${where}: ${recordWords(record)}`, source: sourceOfRecord(record, replica) };
}

function proposedEvent({ id, kind, proposer, reason, ticket, createdMs }: Approval): Event {
  const where = ticket === null ? '' : ` (${ticket})`;
  return {
    kind: 'proposed',
    at: instantOf(createdMs),
    text: `proposed: ${kind} \`${id.slice(0, 12)}\` by ${proposer}${where}: ${reason}`,
    source: `approval \`${id.slice(0, 12)}\``,
  };
}

function edgesOf({ first, last }: Found['released']): readonly Event[] {
  if (first === null || last === null) return [];
  return [
    { kind: 'released', at: instantOf(first), text: 'the first release that is told here', source: 'ledger' },
    { kind: 'released', at: instantOf(last), text: 'the last release that is told here', source: 'ledger' },
  ];
}

const LEAKED: Readonly<Record<string, string>> = {
  escaped: 'left',
  contained: 'was contained',
  counted: 'was only counted, and left as the policy says',
};

/** The first and the last of each outcome. */
function leakEvents(leaks: readonly ReportLeak[]): readonly Event[] {
  return [...new Set(leaks.map(({ outcome }) => outcome))].flatMap((outcome): Event[] => {
    const found = leaks.filter((leak) => leak.outcome === outcome);
    const firsts = found.map(({ first }) => first).sort();
    const lasts = found.map(({ last }) => last).sort();
    const [first = '', last = ''] = [firsts[0], lasts.at(-1)];
    const words = LEAKED[outcome] ?? outcome;
    return [
      { kind: 'leaked', at: first, text: `the first leak that ${words}`, source: 'ledger' },
      ...(last === first
        ? []
        : [{ kind: 'leaked', at: last, text: `the last leak that ${words}`, source: 'ledger' } as const]),
    ];
  });
}

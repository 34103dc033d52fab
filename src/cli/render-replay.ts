// A replay for people: what would be released that was not, what ends, and what the log could not tell. Names of hosts and sums, no
// line of the log.
import type { Difference } from '../policy/class-differences.js';
import { renderInstant } from '../policy/instant.js';
import { listenersText } from '../policy/listener-text.js';
import { formsOf } from '../policy/render-diff.js';
import type { EndedPartner, Replayed, ReplayRow } from '../review/replay.js';
import { renderColumns } from './columns.js';

/** Where the destinations came from, and what of it was no destination. */
export interface ReplaySource {
  /** As people call it: ``the log `access.log` ``. */
  readonly name: string;
  /** What they were compared with: ``with `policy.yaml` ``. */
  readonly against: string;
  /** Lines that are of no log, or have no host, and the number of the first; null: none. */
  readonly unreadable: { readonly lines: number; readonly first: number } | null;
  readonly hostless: { readonly lines: number; readonly first: number } | null;
  readonly tunnelled: number;
  /** How long it covers; null: not known. */
  readonly coversMs: number | null;
  /** What a request is here, in words: the last line. */
  readonly counts: string;
  /** Whatever else must be said of what is not in it. */
  readonly remarks: readonly string[];
}

export interface ReplayWords {
  readonly timezone: string;
  /** Rows that are printed of each table; the rest is counted. */
  readonly most: number;
}

const DAY_MS = 86_400_000;

/** Lines without their ends. */
export function renderReplay(replayed: Replayed, source: ReplaySource, words: ReplayWords): readonly string[] {
  const { gains, losses, ended, requests, gaining, losing } = replayed;
  const perDay = perDayOf(source.coversMs);
  return [
    `replayed ${source.name} ${source.against}: ${many(requests, 'request')}${coveredOf(source.coversMs)}`,
    ...remarksOf(source),
    '',
    ...(gains.length === 0
      ? ['nothing would be released there that was not']
      : [
          `would be released, and was not: ${many(gaining, 'request')}`,
          ...rowLines(gains, { ...words, perDay, isGain: true }),
        ]),
    '',
    ...(losses.length === 0
      ? ['nothing that was released there would end']
      : [
          `would no longer be released, or less: ${many(losing, 'request')}`,
          ...endedLines(ended, perDay, words.most),
          '',
          ...rowLines(losses, { ...words, perDay, isGain: false }),
        ]),
    ...(gains.length + losses.length === 0 ? [] : ['', source.counts]),
  ];
}

function remarksOf({ unreadable, hostless, tunnelled, coversMs, remarks }: ReplaySource): readonly string[] {
  return [
    ...(unreadable === null
      ? []
      : [
          `${many(unreadable.lines, 'line')} could not be read and counted as nothing; the first is line ${unreadable.first}`,
        ]),
    ...(hostless === null
      ? []
      : [`${many(hostless.lines, 'line')} without a host counted as nothing; the first is line ${hostless.first}`]),
    ...(tunnelled === 0 ? [] : [`${many(tunnelled, 'request')} by CONNECT or https: nothing is ever released there`]),
    ...(coversMs === null || coversMs >= DAY_MS ? [] : ['it covers less than a day: what a day has is not said']),
    ...remarks,
  ];
}

function rowLines(
  rows: readonly ReplayRow[],
  { timezone, most, perDay, isGain }: ReplayWords & { readonly perDay: PerDay; readonly isGain: boolean },
): readonly string[] {
  const cells = rows
    .slice(0, most)
    .map(({ host, partner, differences, requests }) => [
      host ?? (partner === null ? 'every host' : 'further hosts'),
      partner ?? 'everyone',
      differences.map((each) => `${each.member.label} (${formsOf(each)})`).join(', '),
      whenOf(differences, timezone),
      grouped(requests),
      ...perDay.cell(requests),
    ]);
  const heading = ['host', 'partner', isGain ? 'would receive' : 'would lose', 'when', 'requests', ...perDay.heading];
  return [...columnLines([heading, ...cells]), ...moreOf(rows.length - most)];
}

function endedLines(ended: readonly EndedPartner[], perDay: PerDay, most: number): readonly string[] {
  const cells = ended
    .slice(0, most)
    .map(({ partner, headers, hosts, isMore, requests }) => [
      partner ?? 'everyone',
      headers.join(', '),
      `${grouped(hosts)}${isMore ? ' or more' : ''}`,
      grouped(requests),
      ...perDay.cell(requests),
    ]);
  const lines = columnLines([['partner', 'headers', 'hosts', 'requests', ...perDay.heading], ...cells]);
  return [...lines, ...moreOf(ended.length - most)];
}

function columnLines(rows: readonly (readonly string[])[]): readonly string[] {
  return renderColumns(rows).trimEnd().split('\n');
}

function moreOf(count: number): readonly string[] {
  return count > 0 ? [`and ${grouped(count)} more`] : [];
}

function whenOf([first]: readonly Difference[], timezone: string): string {
  if (first === undefined) return '';
  const { from, until, listeners } = first;
  const start = from === null ? 'at once' : `from ${renderInstant(from, timezone)}`;
  const where = listenersText(listeners, undefined);
  return `${start}${until === null ? '' : ` until ${renderInstant(until, timezone)}`}${where === '' ? '' : `; ${where}`}`;
}

interface PerDay {
  readonly heading: readonly string[];
  cell(requests: number): readonly string[];
}

/** Of less than a day nothing is said: a quiet hour is no day. */
function perDayOf(coversMs: number | null): PerDay {
  if (coversMs === null || coversMs < DAY_MS) return { heading: [], cell: () => [] };
  return { heading: ['a day'], cell: (requests) => [grouped(Math.round((requests * DAY_MS) / coversMs))] };
}

function coveredOf(coversMs: number | null): string {
  return coversMs === null || coversMs < DAY_MS ? '' : ` over ${(coversMs / DAY_MS).toFixed(1)} days`;
}

/** `1 line`, `1,204 lines` */
function many(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? '' : 's'}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}

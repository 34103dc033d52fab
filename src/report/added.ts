// What the changes of a period added, and which releases of the ledger went through that. A cell is matched by partner, header, form,
// listener and host as the policy has it; what the ledger had no room to tell apart matches nothing.
import { addedBy, type ReleaseGrant } from '../change/grant.js';
import { patternIndexOf } from '../change/pattern-index.js';
import type { HistoryRecord } from '../change/history-words.js';
import type { ReleaseCell } from '../ledger/ledger-cell.js';
import type { Within } from '../ledger/ledger-reading.js';
import { keyOf } from '../names/key.js';
import { isMember } from '../policy/axis.js';
import { renderDiff } from '../policy/render-diff.js';
import { instantOf } from './moment.js';
import type { Comparison, HistoryFound, ReportInput } from './report-input.js';
import type { AddedExposure } from './report.js';

/** A change that added something: an admission, or a break-glass. */
export interface Change {
  readonly at: number;
  readonly digest: string;
  /** null: the first policy that a gateway's state knows. It added to nothing that is known, so nothing is said to have gone through it. */
  readonly before: string | null;
  readonly source: string;
  /** null: there was nothing before, or one of the two policies is not kept any more. */
  readonly comparison: Comparison | null;
  readonly approvals: readonly string[];
  readonly people: readonly string[];
}

/** Each change once, at its first admission on any gateway; those of the period, or of the one policy that is asked for. */
export function changesOf({ histories, comparisons, period, filter }: ReportInput): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const { replica, records } of histories) {
    for (const record of records) {
      const change = changeOf(record, { replica, comparisons });
      if (change === null) continue;
      const { digest } = filter;
      const isAsked = digest === undefined ? isIn(period, change.at) : change.digest.startsWith(digest);
      const key = `${change.before ?? ''} ${change.digest}`;
      const known = changes.get(key);
      if (isAsked && (known === undefined || known.at > change.at)) changes.set(key, change);
    }
  }
  return [...changes.values()].sort((a, b) => a.at - b.at);
}

/** For the reader: when, from what to what, and the comparison as it stands. */
export function exposureOf(changes: readonly Change[]): readonly AddedExposure[] {
  return changes.map(({ at, digest, before, source, comparison }) => ({
    at: instantOf(at),
    digest,
    before,
    lines: comparison === null ? null : linesOf(comparison),
    text: `policy \`${digest.slice(0, 12)}\` in place of ${before === null ? 'none' : `\`${before.slice(0, 12)}\``}`,
    source: comparison === null ? source : `${source}; policies`,
  }));
}

/** The cells that went through one of the changes. null: no change is known well enough to tell. */
export function throughOf(
  cells: readonly Within<ReleaseCell>[],
  changes: readonly Change[],
): ReadonlySet<Within<ReleaseCell>> | null {
  const grants = changes.flatMap(({ at, comparison }) =>
    comparison === null ? [] : addedBy(comparison.diff).releases.map((grant) => ({ at, grant })),
  );
  if (!changes.some(({ comparison }) => comparison !== null)) return null;
  const index = patternIndexOf(grants.flatMap((owner) => owner.grant.where.map((where) => ({ where, owner }))));
  return new Set(
    cells.filter((cell) => [...index.at(representativeOf(cell.host))].some((each) => isThrough(cell, each))),
  );
}

function changeOf(
  record: HistoryRecord,
  { replica, comparisons }: Pick<HistoryFound, 'replica'> & Pick<ReportInput, 'comparisons'>,
): Change | null {
  if (record.kind !== 'break-glass-on' && record.kind !== 'admitted') return null;
  if (record.kind === 'admitted' && record.direction !== 'widening' && record.direction !== 'incomparable') return null;
  const { digest, from, people } = record;
  return {
    at: Date.parse(record.at),
    digest,
    before: from,
    source: sourceOfRecord(record, replica),
    comparison: comparisons.find((each) => each.digest === digest && each.before === from) ?? null,
    approvals: record.kind === 'admitted' ? record.approvals : [record.approval],
    people,
  };
}

/** `history, record 12`, of another gateway with its name. */
export function sourceOfRecord({ seq }: Pick<HistoryRecord, 'seq'>, replica: string): string {
  return `history${replica === '' ? '' : ` of ${replica}`}, record ${seq}`;
}

function isThrough(cell: ReleaseCell, { at, grant }: { readonly at: number; readonly grant: ReleaseGrant }): boolean {
  const { permitted, listeners, from, until } = grant;
  return (
    permitted.partner === cell.partner &&
    permitted.form === cell.form &&
    isOfMember(grant.member, keyOf(cell.header)) &&
    isMember(listeners, cell.listener) &&
    cell.last >= Math.max(at, from ?? at) &&
    (until === null || cell.first < until)
  );
}

function isOfMember(member: string, key: string): boolean {
  return member === `name:${key}` || (member.startsWith('prefix:') && key.startsWith(member.slice('prefix:'.length)));
}

/** A host that a wildcard of the policy covers; a label that nobody registers. */
function representativeOf(host: string): string {
  return host.replace(/^\*{1,2}\./, 'x--any-label.');
}

function linesOf({ diff }: Comparison): readonly string[] {
  return renderDiff(diff, { timezone: 'UTC', causesOf: () => ({ old: [], new: [] }) })
    .trimEnd()
    .split('\n');
}

export function isIn({ from, until }: ReportInput['period'], at: number): boolean {
  return at >= from && at < until;
}

// A refusal as people read it: who would newly receive what, for example where, how many agreed, and which narrowings wait with it.
import type { ReleaseChange } from '../policy/diff.js';
import type { SettingChange } from '../policy/setting-changes.js';
import { groupsOf, labelOf, sentenceOf, type DiffWords } from '../policy/render-diff.js';
import type { Refused } from './admission.js';
import type { Uncovered } from './coverage.js';

export interface RefusalWords {
  /** One line each, the widest first: what is not approved, then why approvals do not count, then what is wrong. */
  readonly messages: readonly string[];
  readonly witnesses: readonly { readonly url: string; readonly header: string; readonly partner: string | null }[];
  /** Narrowings that wait, each with the command that has it at once. */
  readonly heldUp: readonly { readonly message: string; readonly lockdown: string }[];
}

/** Lines of each kind that are said; the rest is counted. */
const MOST = 20;

export function refusalWordsOf(refused: Refused, timezone: string): RefusalWords {
  const words: DiffWords = { timezone, causesOf: () => ({ old: [], new: [] }) };
  const wide = refused.uncovered.map((point) => {
    const sentence = sentenceOf({ changes: [point.change], first: point.change }, words);
    const why = refused.code === 'ceiling' ? 'above the ceiling, which no approval exceeds' : `agreed: ${point.tally}`;
    return `${labelOf(point.change.direction)}: ${sentence}, for example ${urlOf(point)} (${why})`;
  });
  const settings = refused.settings.map(({ change, tally }) => `widening: ${change.message} (agreed: ${tally})`);
  const approvals = refused.approvals.judged.flatMap(({ file, why, faults }) => [
    ...(why === null ? [] : [`approval \`${file}\` does not count: ${why.message} [${why.code}]`]),
    ...faults.map((fault) => `signature \`${fault.file}\` does not count: ${fault.message} [${fault.code}]`),
  ]);
  const start = refused.code === 'no-baseline' || refused.code === 'generation' ? [NO_BASELINE[refused.code]] : [];
  const problems = refused.problems.map(({ message, code }) => `${message} [${code}]`);
  return {
    messages: [...start, ...shortened(wide), ...shortened(settings), ...shortened(approvals), ...shortened(problems)],
    witnesses: refused.uncovered.slice(0, MOST).map((point) => ({
      url: urlOf(point),
      header: point.change.member.label,
      partner: point.change.after.partner,
    })),
    // Against nothing, nothing is taken away.
    heldUp: start.length > 0 ? [] : heldUpIn(refused, words),
  };
}

const NO_BASELINE = {
  'no-baseline':
    'nothing was ever admitted here, and no baseline counts: write one with `headgate propose --config FILE --baseline --reason TEXT` and have it signed; where `approval.required` is 0, `headgate approve --config FILE --baseline --reason TEXT --yes` does both',
  generation: 'the baseline is older than one that was seen here: bring the newest one',
} as const;

/** The uncovered point as a subscriber would ask for it. */
function urlOf({ change, host, port }: Uncovered): string {
  // Of every site there is, one that looks like a site says more than a single label.
  if (change.breadth === 'everyone' && !host.includes('.')) return change.witness.url;
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}${port === null || port === 80 ? '' : `:${port}`}/`;
}

function heldUpIn({ diff }: Refused, words: DiffWords): RefusalWords['heldUp'] {
  const narrower = groupsOf(diff.releases.filter(isNarrowing)).map((group) => ({
    message: `narrowing: ${sentenceOf(group, words)}`,
    lockdown: commandFor(group.first),
  }));
  const settings = diff.settings
    .filter(isNarrowing)
    .map(({ message }) => ({ message: `narrowing: ${message}`, lockdown: 'headgate lockdown on --reason TEXT' }));
  return [...narrower, ...settings].slice(0, MOST);
}

function isNarrowing({ direction }: Pick<ReleaseChange | SettingChange, 'direction'>): boolean {
  return direction === 'narrowing';
}

function commandFor({ before }: ReleaseChange): string {
  return before.partner === null
    ? 'headgate lockdown on --reason TEXT'
    : `headgate lockdown on --partner ${before.partner} --reason TEXT`;
}

function shortened(lines: readonly string[]): readonly string[] {
  return lines.length <= MOST ? lines : [...lines.slice(0, MOST), `and ${lines.length - MOST} more`];
}

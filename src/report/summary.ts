// The report in three sentences: what happened, from what to what, and how much of it is sure.
import type { Change } from './added.js';
import { areHistoriesWhole } from './evidence.js';
import { grouped } from './count.js';
import type { Ledgers } from './ledgers.js';
import { instantOf, lastingOf } from './moment.js';
import type { ReportInput } from './report-input.js';
import type { Awareness, Count, ExposedData, LeftLeaks, Moment, ReportLeak, ReportRecipient, Said } from './report.js';

export interface Findings {
  readonly basis: 'added' | 'all';
  readonly changes: readonly Change[];
  readonly ledgers: Ledgers;
  readonly recipients: readonly ReportRecipient[];
  readonly data: readonly ExposedData[];
  readonly leaks: readonly ReportLeak[];
  readonly left: LeftLeaks | null;
  readonly people: Count;
  readonly releases: Count;
  /** Milliseconds since the epoch. */
  readonly first: number | null;
  readonly last: number | null;
  readonly awareness: Awareness;
  readonly end: End | null;
}

/** What ended it. */
export interface End extends Moment {
  /** Whether the ledger has no release that is told here after it, but for what was under way. */
  readonly isLast: boolean;
}

/** Recipients that a sentence names; the rest is counted. */
const NAMED = 5;

export function summaryOf(input: ReportInput, findings: Findings): readonly [Said, Said, Said] {
  return [
    whatOf(input, findings),
    whenOf(input, findings),
    { text: surelyOf(input, findings), source: 'ledger; history' },
  ];
}

function whatOf(
  { period }: ReportInput,
  { basis, ledgers, recipients, data, people, releases, leaks, left, first, last }: Findings,
): Said {
  const found =
    leaks.length === 0
      ? ''
      : `; identity was found in other fields, ${left === null ? 'none of which is known to have left' : leftWords(left)}`;
  if (ledgers.reading.keptFrom === null) {
    const text = `Whether anything was released from ${instantOf(period.from)} to ${instantOf(period.until)} is not known${found}.`;
    return { text, source: 'ledger' };
  }
  if (first === null || last === null) {
    const which = basis === 'added' ? ' through what changed in it' : '';
    const text = `From ${instantOf(period.from)} to ${instantOf(period.until)} the ledger has no release${which}${found}.`;
    return { text, source: 'ledger' };
  }
  const names = recipients.slice(0, NAMED).map(({ domain }) => `\`${domain}\``);
  const more = recipients.length > NAMED ? ` and ${grouped(recipients.length - NAMED)} more` : '';
  const headers = data.map(({ header, form }) => `\`${header}\` (${form})`).join(', ');
  const text =
    `From ${instantOf(first)} to ${instantOf(last)} ${headers} of ${people.text} subscribers went to ` +
    `${grouped(recipients.length)} ${recipients.length === 1 ? 'recipient' : 'recipients'} (${names.join(', ')}${more}), ${releases.text} times${found}.`;
  return { text, source: 'ledger' };
}

/** `of which ... left`, as a clause. */
export function leftWords({ fields, people, releases, domains }: LeftLeaks): string {
  const names = fields.slice(0, NAMED).map((field) => `\`${field}\``);
  const more = fields.length > NAMED ? ` and ${grouped(fields.length - NAMED)} more` : '';
  return `of which ${names.join(', ')}${more} of ${people.text} subscribers left for ${grouped(domains)} ${domains === 1 ? 'domain' : 'domains'}, ${releases.text} times`;
}

function whenOf({ histories }: ReportInput, { changes: all, awareness, end, first, basis }: Findings): Said {
  const changes = all.filter(({ before }) => before !== null);
  const change = changes[0] ?? all[0];
  const began =
    change === undefined
      ? histories.length === 0
        ? 'Which policy was in force is not known'
        : 'No change of the period added anything'
      : change.before === null
        ? `Policy \`${change.digest.slice(0, 12)}\`, the first that is known, is in force from ${instantOf(change.at)}`
        : `Policy \`${change.digest.slice(0, 12)}\`, in force from ${instantOf(change.at)}${change.people.length === 0 ? '' : ` and approved by ${change.people.join(' and ')}`}, ${basis === 'added' ? 'made it possible' : 'added something in the period, and what is not known any more'}${changes.length === 1 ? '' : ` with ${grouped(changes.length - 1)} more`}`;
  const known =
    awareness.at === null
      ? 'when it was noticed nobody said'
      : `it was noticed ${awareness.how === 'given' ? 'at' : 'no later than'} ${awareness.at}${first === null || Date.parse(awareness.at) < first ? '' : `, ${lastingOf(Date.parse(awareness.at) - first)} after the first release`}`;
  const ended =
    end === null
      ? 'and nothing in the history ended it'
      : end.isLast
        ? `and it ended at ${end.at} (${end.text})`
        : `and releases went on after what was done at ${end.at} (${end.text})`;
  const sources = [change?.source, awareness.source, end?.source].filter((each) => each !== undefined);
  return { text: `${began}; ${known}, ${ended}.`, source: [...new Set(sources)].join('; ') };
}

function surelyOf(input: ReportInput, { data, left, ledgers }: Findings): string {
  const { gaps, keptFrom } = ledgers.reading;
  const { unread } = ledgers;
  // What a detector knows again others can read, too: an unkeyed digest of a number is no secret.
  const kinds = new Set([...data.map(({ unintelligible }) => unintelligible), ...(left === null ? [] : ['no'])]);
  const readable =
    keptFrom === null
      ? 'What could be read by whom is not known'
      : kinds.size === 0
        ? 'Nothing was released that somebody could read'
        : kinds.size === 1 && kinds.has('yes')
          ? 'All of it was unintelligible to whoever received it'
          : kinds.has('no')
            ? `${kinds.size === 1 ? 'All' : 'Some'} of it could be read by whoever received it`
            : 'Whether it could be read by whoever received it is not known';
  const gap =
    keptFrom === null
      ? 'the ledger is empty'
      : gaps.length + unread.length === 0
        ? 'the ledger has no gap'
        : `the ledger ${[gapWords(gaps.length), silentWords(unread.length)].flat().join(' and that ')}, so that figures are lower bounds`;
  const history =
    input.histories.length === 0
      ? 'there is no history'
      : areHistoriesWhole(input)
        ? 'the history verifies'
        : 'the history does not verify';
  return `${readable}; ${gap}, and ${history}.`;
}

function gapWords(gaps: number): readonly string[] {
  return gaps === 0 ? [] : [`has ${grouped(gaps)} ${gaps === 1 ? 'gap' : 'gaps'}`];
}

function silentWords(gateways: number): readonly string[] {
  return gateways === 0
    ? []
    : [`of ${grouped(gateways)} ${gateways === 1 ? 'gateway' : 'gateways'} is empty or cannot be read`];
}

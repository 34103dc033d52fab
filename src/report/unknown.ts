// What is not known, said as plainly as what is: a section of its own. A reader who skips it must not be misled by the rest.
import type { Change } from './added.js';
import { areHistoriesWhole, ofReplica } from './evidence.js';
import { grouped } from './count.js';
import type { Ledgers } from './ledgers.js';
import { instantOf, lastingOf } from './moment.js';
import type { ReportInput } from './report-input.js';
import type { Awareness, Report, ReportRecipient, Said } from './report.js';

interface Found {
  readonly ledgers: Ledgers;
  readonly changes: readonly Change[];
  readonly awareness: Awareness;
  readonly recipients: readonly ReportRecipient[];
  readonly basis: Report['basis'];
  readonly isCut: boolean;
}

const CAUSES = {
  killed: 'the gateway was killed',
  'worker-ended': 'a worker ended without warning',
  untold: 'a replica told the others nothing more',
  unwritten: 'the disk took nothing',
  unreadable: 'what was written cannot be read any more',
} as const;

/** Gaps that are listed one by one; the rest is counted. */
const GAPS_LISTED = 20;

export function unknownOf(
  input: ReportInput,
  { ledgers, changes, awareness, recipients, basis, isCut }: Found,
): readonly Said[] {
  const { reading, unread } = ledgers;
  const { period } = input;
  const { keptFrom, keptUntil, gaps, epochs } = reading;
  const ledger = (text: string): Said => ({ text, source: 'ledger' });
  const unseen = changes.filter(({ comparison, before }) => comparison === null && before !== null);
  const isPartly = reading.releases.some(({ host, partner }) => host === 'elsewhere' || partner === 'elsewhere');
  return [
    ...(keptFrom === null ? [ledger('whether anything was released: the ledger is empty')] : []),
    ...(keptFrom !== null && keptFrom > period.from
      ? [ledger(`what was released before ${instantOf(keptFrom)}: the ledger begins there`)]
      : []),
    ...(keptUntil !== null && keptUntil < Math.min(period.until, input.now)
      ? [ledger(`what was released after ${instantOf(keptUntil)}: the ledger was not written further`)]
      : []),
    ...(period.until > input.now
      ? [ledger(`what will be released until ${instantOf(period.until)}: the period is not over`)]
      : []),
    ...gaps
      .slice(0, GAPS_LISTED)
      .map(({ from, until, cause, replica }) =>
        ledger(
          `what was released${replica === '' ? '' : ` by ${replica}`} from ${instantOf(from)} to ${instantOf(until)} (${lastingOf(until - from)}): ${CAUSES[cause]}; it is counted nowhere, so every figure is a lower bound`,
        ),
      ),
    ...(gaps.length > GAPS_LISTED ? [ledger(`the same for ${grouped(gaps.length - GAPS_LISTED)} further gaps`)] : []),
    ...unread.map(({ replica, why }) => ledger(`what the ledger${ofReplica(replica)} holds: ${why}`)),
    ...(epochs.length > 1
      ? [
          ledger(
            `how many subscribers there were in all, as one figure: they were counted under ${epochs.length} keys, and who was counted under two cannot be told from two people`,
          ),
        ]
      : []),
    ...(isCut
      ? [
          ledger(
            'exact sums at the edges of the period: days are kept whole, and the first or the last lies only partly within it',
          ),
        ]
      : []),
    ...(isPartly
      ? [
          ledger(
            'the recipients called `elsewhere`: there were more kinds of releases than there was room to tell apart',
          ),
        ]
      : []),
    ...unseen.map(({ digest, source }) => ({
      text: `what the change to policy \`${digest.slice(0, 12)}\` added: one of the two policies is not kept any more`,
      source,
    })),
    ...(basis === 'all' && recipients.length > 0
      ? [
          ledger(
            'which of the recipients should not have received it: no change of the period is known that would tell',
          ),
        ]
      : []),
    ...(areHistoriesWhole(input)
      ? []
      : [
          {
            text: `whether the history tells everything: ${input.histories.length === 0 ? 'there is none' : 'it does not verify'}`,
            source: 'history',
          },
        ]),
    ...(awareness.how === 'given'
      ? []
      : [{ text: 'when somebody first knew; `--aware-at` says it, and the clocks follow', source: awareness.source }]),
    ...ALWAYS.map((text) => ({ text, source: 'none' })),
  ];
}

/** Nothing that headgate keeps could ever tell. */
const ALWAYS = [
  'who the subscribers are: they are counted by a keyed hash, and no number is kept',
  'what recipients did with what they received, and whom they gave it to',
  'what left on ways that do not lead through these gateways: routes around them, TLS, QUIC, other gateways, ports that are not steered',
  'why the change was made, beyond the reason that its proposer wrote',
] as const;

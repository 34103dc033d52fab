// Who received what in a period, as the ledger has it: for `headgate recipients --from`. Few are never told exactly, a gap is never
// left out, and of what lies only partly within the period an interval is said.
import type { Figures } from '../ledger/figures.js';
import type { LedgerFilter, LedgerReading } from '../ledger/ledger-reading.js';
import { peopleWords } from '../ledger/people.js';
import { type Recipient, recipientsOf } from '../ledger/recipients.js';
import { calendarOf } from '../policy/calendar.js';
import { renderColumns } from './columns.js';
import { EXIT_CODES } from './exit-codes.js';
import { ledgerOfAllFor } from './ledger-in-hand.js';
import { receivedJson } from './received-json.js';
import { oneLine } from './shell-words.js';
import type { Terminal } from './terminal.js';

export interface ReceivedOptions {
  readonly from?: string;
  readonly to?: string;
  readonly config?: string;
  readonly state?: string;
  readonly timezone: string;
  readonly partner?: string;
  readonly host?: string;
  readonly digest?: string;
}

export async function printReceived(options: ReceivedOptions, isJson: boolean, terminal: Terminal): Promise<void> {
  const { timezone, partner, host, digest } = options;
  const from = momentOf(options.from ?? '', 'from', timezone, terminal);
  if (from === undefined) return;
  const until = options.to === undefined ? Date.now() : momentOf(options.to, 'to', timezone, terminal);
  if (until === undefined) return;
  const ledger = await ledgerOfAllFor(options, terminal);
  if (ledger === undefined) return;
  const filter: LedgerFilter = {
    ...(partner === undefined ? {} : { partner }),
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    ...(digest === undefined ? {} : { digest: digest.toLowerCase() }),
  };
  try {
    const reading = await ledger.reader.read({ from, until }, filter);
    const recipients = recipientsOf(reading);
    terminal.out(
      isJson ? `${JSON.stringify(receivedJson(reading, recipients), null, 2)}\n` : render(reading, recipients),
    );
    terminal.end(EXIT_CODES.done);
  } catch (cause) {
    terminal.err(`error: cannot read the ledger: ${cause instanceof Error ? oneLine(cause.message) : 'unknown'}\n`);
    terminal.end(EXIT_CODES.failed);
  } finally {
    ledger.close();
  }
}

function momentOf(written: string, option: 'from' | 'to', timezone: string, terminal: Terminal): number | undefined {
  const calendar = calendarOf(timezone);
  const moment = calendar?.momentOf(written, option === 'from' ? 'from' : 'until');
  if (moment !== undefined) return moment;
  terminal.err(
    calendar === undefined
      ? `error: \`--timezone ${oneLine(timezone)}\` is no time zone: it takes a name like Europe/London\n`
      : `error: \`--${option} ${oneLine(written)}\` is no time: it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z\n`,
  );
  terminal.end(EXIT_CODES.usage);
  return undefined;
}

const instant = (ms: number | null): string =>
  ms === null ? '-' : new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

const requestWords = ({ requests: { least, most } }: Figures): string =>
  least === most ? String(most) : `${String(least)} to ${String(most)}`;

function render(reading: LedgerReading, recipients: readonly Recipient[]): string {
  const { from, until, keptFrom, keptUntil, gaps, epochs } = reading;
  const lines = [
    recipients.length === 0
      ? `nobody received identity from ${instant(from)} to ${instant(until)}, as far as the ledger goes\n`
      : `${String(recipients.length)} ${recipients.length === 1 ? 'recipient' : 'recipients'} of identity from ${instant(from)} to ${instant(until)}\n`,
  ];
  if (keptFrom === null || keptUntil === null) lines.push('the ledger is empty: nothing is known\n');
  else {
    if (keptFrom > from) lines.push(`what was before ${instant(keptFrom)} is not known\n`);
    if (keptUntil < until) lines.push(`what was after ${instant(keptUntil)} is not written yet\n`);
  }
  for (const gap of gaps) {
    const whose = gap.replica === '' ? '' : ` of \`${oneLine(gap.replica)}\``;
    lines.push(
      `GAP${whose}: from ${instant(gap.from)} to ${instant(gap.until)} releases may be missing (${gap.cause})\n`,
    );
  }
  if (epochs.length > 1) {
    const begins = epochs.slice(1).map(({ began }) => instant(began));
    lines.push(
      `subscribers are intervals: those of before and after ${begins.join(', ')} cannot be told from each other\n`,
    );
  }
  if (recipients.length === 0) return lines.join('');
  const heading = ['domain', 'header', 'form', 'subscribers', 'requests', 'first', 'last', 'partner'];
  const rows = recipients.flatMap((recipient) => [
    row(recipient.domain, '(all)', '', recipient, recipient.partners),
    ...recipient.released.map((each) => row('', each.header, each.form, each, [])),
  ]);
  lines.push('\n', renderColumns([heading, ...rows]));
  const error = Math.max(...recipients.map(({ people }) => people.error));
  lines.push(`\nsubscribers within ${(100 * error).toFixed(1)} % in 19 of 20 cases; requests are exact but for gaps\n`);
  return lines.join('');
}

function row(
  domain: string,
  header: string,
  form: string,
  figures: Figures,
  partners: readonly string[],
): readonly string[] {
  const { people, first, last } = figures;
  return [
    domain,
    header,
    form,
    peopleWords(people),
    requestWords(figures),
    instant(first),
    instant(last),
    partners.join(', '),
  ];
}

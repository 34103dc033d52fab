// Reads the ledger of a state folder, while its gateway runs or not: whole days from what they were folded into, the rest by the minute.
import type { LedgerFilter, LedgerReader, LedgerReading, Period } from '../ledger/ledger-reading.js';
import { SpanSum } from '../ledger/read-spans.js';
import { SpanReader } from '../ledger/span.js';
import { type DayKind, LedgerFiles } from './ledger-files.js';
import { StateFolder } from './state-folder.js';

const DAY_MS = 86_400_000;

export class FolderLedger implements LedgerReader {
  readonly #files: LedgerFiles;

  /** `folder`: the state folder; nothing in it is changed. */
  constructor(folder: string) {
    this.#files = new LedgerFiles(new StateFolder(folder));
  }

  async read(period: Period, filter: LedgerFilter = {}): Promise<LedgerReading> {
    const sum = new SpanSum(period, filter);
    const days = this.#files.days();
    const [first, last] = [days.at(0), days.at(-1)];
    // A gap stands where its gateway ran again: it may be the first that is known behind the period.
    const next = days.find(({ day }) => Date.parse(day) >= period.until);
    for (const each of days) {
      const begins = Date.parse(each.day);
      const isWithin = begins + DAY_MS > period.from && begins < period.until;
      // The first and the last day also say how far the ledger goes.
      if (!isWithin && each !== first && each !== next && each !== last) continue;
      const isWhole = begins >= period.from && begins + DAY_MS <= period.until;
      await this.#addDay(sum, each.day, isWhole ? ['day', 'minutes'] : ['minutes', 'day']);
    }
    return sum.reading();
  }

  /** From the first of the two that is there: the gateway may fold or forget one of them meanwhile. */
  async #addDay(sum: SpanSum, day: string, kinds: readonly DayKind[]): Promise<void> {
    const begins = Date.parse(day);
    for (const kind of kinds) {
      const reader = new SpanReader(begins);
      let isThere = false;
      try {
        for await (const line of this.#files.lines(day, kind)) {
          isThere = true;
          const span = reader.spanOf(line);
          if (span !== undefined) sum.add(span);
        }
        if (reader.gapAtEnd !== undefined) sum.gap(reader.gapAtEnd);
        return;
      } catch {
        if (isThere) break;
      }
    }
    sum.gap({ from: begins, until: begins + DAY_MS, cause: 'unreadable', replica: '' });
  }
}

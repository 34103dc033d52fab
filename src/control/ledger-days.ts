// What becomes of the ledger's files with time: a day that is over is folded, minutes go after 31 days, days after 400, and whatever the
// traffic, the disk that it takes has a bound (docs/ledger.md). Works in small steps: the loop that it shares is never held long.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fold } from '../ledger/fold.js';
import { EPOCH_DAYS } from '../ledger/epoch.js';
import { SpanReader, SpanWriter } from '../ledger/span.js';
import { type DayKind, dayOf, type LedgerFiles } from './ledger-files.js';

const DAY_MS = 86_400_000;
const MINUTES_DAYS = 31;
const MIB = 1024 * 1024;
/** Of the minutes of all days. */
const MINUTES_BYTES = 256 * MIB;
/** Of the minutes of the day that is running: then they are folded before their time. */
const RUNNING_BYTES = 48 * MIB;
/** Of the sketches of one folded day. */
const DAY_BYTES = 2 * MIB;
/** After midnight, until when workers may still tell of the day before. */
const LATE_MS = 300_000;

export interface LedgerDaysOptions {
  /** Called when the day that is running is folded: what is added from now on stands behind it, and says all its kinds. */
  readonly onFold: () => void;
  /** Defaults: 256 MiB and 48 MiB. */
  readonly minutesBytes?: number;
  readonly runningBytes?: number;
}

export class LedgerDays {
  readonly #files: LedgerFiles;
  readonly #options: LedgerDaysOptions;
  #work: Promise<readonly string[]> | null = null;

  constructor(files: LedgerFiles, options: LedgerDaysOptions) {
    this.#files = files;
    this.#options = options;
  }

  /** Whatever is due; one after the other. Gives what could not be done, in plain words; a work that goes on already gives its own. */
  tidy(now: number): Promise<readonly string[]> {
    this.#work ??= this.#tidy(now).finally(() => (this.#work = null));
    return this.#work;
  }

  async #tidy(now: number): Promise<readonly string[]> {
    const today = dayOf(now);
    const problems: string[] = [];
    for (const { day, kinds } of this.#files.days()) {
      const isOver = day < dayOf(now - LATE_MS);
      const isLarge = this.#files.size(day, 'minutes') > (this.#options.runningBytes ?? RUNNING_BYTES);
      if (day < dayOf(now - (EPOCH_DAYS - 1) * DAY_MS)) {
        this.#files.remove(day, 'minutes');
        this.#files.remove(day, 'day');
      } else if (isOver && kinds.has('minutes') && !kinds.has('day')) {
        problems.push(...(await this.#fold(day, 'day')));
      } else if (isLarge && day === today) {
        problems.push(...(await this.#fold(day, 'minutes')));
      }
    }
    this.#forgetMinutes(now);
    return problems;
  }

  /** The oldest first; none of a day that is not folded. */
  #forgetMinutes(now: number): void {
    const folded = this.#files.days().filter(({ kinds }) => kinds.size === 2);
    let bytes = this.#files.days().reduce((sum, { day }) => sum + this.#files.size(day, 'minutes'), 0);
    for (const { day } of folded) {
      if (day >= dayOf(now - MINUTES_DAYS * DAY_MS) && bytes <= (this.#options.minutesBytes ?? MINUTES_BYTES)) return;
      bytes -= this.#files.size(day, 'minutes');
      this.#files.remove(day, 'minutes');
    }
  }

  /** Into its day, or, while it is running, into fewer lines of itself. */
  async #fold(day: string, into: DayKind): Promise<readonly string[]> {
    const reader = new SpanReader(Date.parse(day));
    const fold = new Fold();
    const bytes = this.#files.size(day, 'minutes');
    if (into === 'minutes') this.#options.onFold();
    try {
      for await (const line of this.#files.lines(day, 'minutes', bytes)) {
        const span = reader.spanOf(line);
        if (span !== undefined) fold.add(span);
        await nextTurn();
      }
    } catch {
      return [`cannot read the ledger of ${day}`];
    }
    if (reader.gapAtEnd !== undefined) {
      const { from, until } = reader.gapAtEnd;
      fold.add({ from, until, mark: null, gaps: [reader.gapAtEnd], releases: [], leaks: [] });
    }
    const writer = new SpanWriter();
    const lines = fold.spans(DAY_BYTES).map((span) => {
      writer.forget();
      return writer.lineOf(span);
    });
    const isRunning = into === 'minutes';
    const why = this.#files.replace(day, into, lines.join(''), isRunning ? bytes : Infinity);
    return why === undefined ? [] : [`cannot write the ledger of ${day}: ${why}`];
  }
}

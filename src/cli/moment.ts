// `--at` of a verb: an instant, or a day of the policy's zone, or now.
import { calendarOf } from '../policy/calendar.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Milliseconds since the epoch; `now` where nothing is written. Undefined after it has printed why and ended with 64. */
export function momentFor(
  written: string | undefined,
  { timezone, now }: { timezone: string; now: number },
  terminal: Terminal,
): number | undefined {
  if (written === undefined) return now;
  const moment = calendarOf(timezone)?.momentOf(written, 'from');
  if (moment === undefined) {
    terminal.err(
      `error: \`--at ${written}\` is no time: it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z\n`,
    );
    terminal.end(EXIT_CODES.usage);
  }
  return moment;
}

// What every part of the compiler shares: the document, the calendar, and where complaints go.
import { problemAt, type Document, type Path } from '../document/document.js';
import type { Problem } from '../document/problem.js';
import type { Calendar } from './calendar.js';
import type { Period } from './policy.js';

export interface CompileContext {
  readonly document: Document;
  readonly calendar: Calendar;
  /** Years that an `until` may lie ahead. */
  readonly maxYears: number;
  /** Milliseconds since the epoch; no `until` may be later. */
  readonly latestUntil: number;
  readonly problems: Problem[];
}

/** Notes a problem at a path's value (`on: 'key'`: its key); severity defaults to `error`. */
export function complain(context: CompileContext, path: Path, problem: Parameters<typeof problemAt>[2]): void {
  context.problems.push(problemAt(context.document, path, problem));
}

/** The period of an item at `path`; with `isBounded` its end may not lie further ahead than the limit. */
export function periodOf(
  context: CompileContext,
  path: Path,
  item: { from?: string | undefined; until?: string | undefined; isBounded: boolean },
): Period {
  const from = momentAt(context, [...path, 'from'], item.from, 'from');
  const until = momentAt(context, [...path, 'until'], item.until, 'until');
  if (from !== null && until !== null && from >= until) {
    complain(context, [...path, 'until'], {
      code: 'period-empty',
      message: `\`until\` ${item.until ?? ''} is not after \`from\` ${item.from ?? ''}: it would never hold`,
      help: 'swap the two, or take the entry out',
    });
  }
  if (item.isBounded && until !== null && until > context.latestUntil) {
    complain(context, [...path, 'until'], {
      code: 'until-too-far',
      message: `\`until\` ${item.until ?? ''} is more than ${context.maxYears} years ahead: at most ${lastDay(context)}`,
      help: 'end it sooner; whoever still needs it then renews it',
    });
  }
  return { from, until };
}

/** The last day that an `until` may name in every zone. */
export function lastDay(context: Pick<CompileContext, 'latestUntil'>): string {
  return new Date(context.latestUntil - 2 * 86_400_000).toISOString().slice(0, 10);
}

function momentAt(
  context: CompileContext,
  path: Path,
  text: string | undefined,
  edge: 'from' | 'until',
): number | null {
  if (text === undefined) return null;
  const moment = context.calendar.momentOf(text, edge);
  if (moment !== undefined) return moment;
  complain(context, path, {
    code: 'time-impossible',
    message: `\`${text}\` is in no calendar: it takes a day or an instant that exists`,
  });
  return null;
}

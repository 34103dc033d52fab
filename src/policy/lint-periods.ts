// Findings about time: what ends soon, and on a day on which nobody is there to notice.
import type { Problem, Span } from '../document/problem.js';
import type { Compiled } from './compile.js';
import { localTimeOf, renderInstant } from './instant.js';
import type { Period } from './policy.js';

const DAY_MS = 86_400_000;
/** An end that is nearer than this is said. */
const SOON_DAYS = 45;

interface Dated {
  /** As a message begins: `` `acme-pay` ``, ``the watch of `Client-ID` ``. */
  readonly what: string;
  readonly period: Period;
  readonly span: Span | undefined;
  /** A deny: what ends with it is a protection. */
  readonly isDeny: boolean;
}

/** `now` in milliseconds since the epoch. An end on a weekend is said of partners only, and only while it is to come. */
export function lintPeriods({ policy, places }: Compiled, now: number): readonly Problem[] {
  const partners = policy.partners.map(({ id, period }, index): Dated => ({
    what: `\`${id}\``,
    period,
    span: places.partnerKey(index, 'until'),
    isDeny: false,
  }));
  const others: readonly Dated[] = [
    ...policy.watch.map(({ spelling, period }, index) => ({
      what: `the watch of \`${spelling}\``,
      period,
      span: places.watch(index),
      isDeny: false,
    })),
    ...policy.suppressions.map(({ spelling, host, period }, index) => ({
      what: `the suppression of \`${spelling}\` at \`${host}\``,
      period,
      span: places.suppression(index),
      isDeny: false,
    })),
    ...policy.deny.map(({ reason, period }, index) => ({
      what: `the deny (${reason})`,
      period,
      span: places.deny(index),
      isDeny: true,
    })),
  ];
  return [
    ...[...partners, ...others].flatMap((item) => endOf(item, now, policy.timezone)),
    ...partners.flatMap((item) => weekendOf(item, now, policy.timezone)),
  ];
}

function endOf({ what, period: { until }, span, isDeny }: Dated, now: number, timezone: string): readonly Problem[] {
  if (until === null) return [];
  const instant = renderInstant(until, timezone);
  const place = span === undefined ? {} : { span };
  if (until <= now) {
    const help = isDeny
      ? 'what it denied may be released again: take it out, or take its `until` out'
      : 'take it out, or renew it';
    return [
      { code: 'ended', severity: 'warning', message: `${what} ended at ${instant}: it does nothing`, help, ...place },
    ];
  }
  const days = Math.ceil((until - now) / DAY_MS);
  if (days > SOON_DAYS) return [];
  const message = `${what} ends in ${days} ${days === 1 ? 'day' : 'days'}, at ${instant}: within ${SOON_DAYS} days`;
  const help = isDeny
    ? 'then what it denies is released: a widening that nobody sees coming'
    : 'renew it in time, with `headgate renew` for a partner; or let it end';
  return [{ code: 'ends-soon', severity: 'warning', message, help, ...place }];
}

function weekendOf({ what, period: { until }, span }: Dated, now: number, timezone: string): readonly Problem[] {
  if (until === null || until <= now) return [];
  const { day, weekday } = localTimeOf(until - 1, timezone);
  if (weekday !== 'Saturday' && weekday !== 'Sunday') return [];
  const message = `${what} ends with ${weekday} ${day}: its partner notices on a day on which few are there to help`;
  const help = 'end it on a day of work';
  return [{ code: 'ends-on-weekend', severity: 'info', message, help, ...(span === undefined ? {} : { span }) }];
}

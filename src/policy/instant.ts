// An instant as people read it: always in UTC, and in the zone of the policy where that is another. Reads no clock.

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** `2027-01-01T00:00:00Z`, in another zone than UTC followed by ` (2027-01-01 00:00 Europe/London)`. Milliseconds are shown when there are any. */
export function renderInstant(ms: number, timezone: string): string {
  const utc = new Date(ms).toISOString().replace('.000Z', 'Z');
  if (timezone === 'UTC') return utc;
  const { day, time } = localTimeOf(ms, timezone);
  return `${utc} (${day} ${time} ${timezone})`;
}

/** The day that an instant lies in, in a zone (an IANA name that is known): `2026-12-31` and `Thursday`; `time` is `23:59`. */
export function localTimeOf(ms: number, timezone: string): { day: string; weekday: string; time: string } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const day = `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
  return { day, weekday: WEEKDAYS[new Date(day).getUTCDay()] ?? '', time: `${of('hour')}:${of('minute')}` };
}

// An instant as people read it: always in UTC, and in the zone of the policy where that is another. Reads no clock.
import { zonePartsIn } from './zone-parts.js';

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
  const parts = zonePartsIn(timezone)(ms);
  const day = `${padded(parts.year, 4)}-${padded(parts.month)}-${padded(parts.day)}`;
  const time = `${padded(parts.hour)}:${padded(parts.minute)}`;
  return { day, weekday: WEEKDAYS[new Date(day).getUTCDay()] ?? '', time };
}

function padded(part: number, digits = 2): string {
  return String(part).padStart(digits, '0');
}

// Days and instants of a policy as milliseconds. Reads no clock: a day is the same stretch of time whenever it is asked.
import { zonePartsIn, type ZoneParts } from './zone-parts.js';

export interface Calendar {
  /**
   * Milliseconds since the epoch. A day (`2026-12-31`) is its first instant in the zone, or with `edge: 'until'` the first of
   * the next day; an instant (RFC 3339) is itself. Undefined for what no calendar has (`2026-02-30`, hour 24, second 60).
   */
  momentOf(text: string, edge: 'from' | 'until'): number | undefined;
}

const DAY_MS = 86_400_000;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/** The calendar of an IANA zone; undefined for a name that is none. */
export function calendarOf(timezone: string): Calendar | undefined {
  const localMs = localClockOf(timezone);
  if (localMs === undefined) return undefined;
  const days = new Map<number, number | undefined>();
  const startOfDay = (utcMidnightMs: number): number | undefined => {
    if (!days.has(utcMidnightMs)) days.set(utcMidnightMs, firstInstantOf(utcMidnightMs, localMs));
    return days.get(utcMidnightMs);
  };
  return {
    momentOf(text, edge) {
      if (INSTANT.test(text)) return utcMidnightOf(text.slice(0, 10)) === undefined ? undefined : Date.parse(text);
      const midnight = utcMidnightOf(text);
      if (midnight === undefined) return undefined;
      if (edge === 'from') return startOfDay(midnight);
      // A zone that skips the next day (Samoa, 2011) ends this one where the day after that begins.
      return startOfDay(midnight) === undefined
        ? undefined
        : (startOfDay(midnight + DAY_MS) ?? startOfDay(midnight + 2 * DAY_MS));
    },
  };
}

function utcMidnightOf(day: string): number | undefined {
  const match = DAY.exec(day);
  if (match === null) return undefined;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().startsWith(day) ? ms : undefined;
}

/** The first instant whose local date is the day: midnight, the first of two, or the end of a gap that swallowed it. */
function firstInstantOf(utcMidnightMs: number, localMs: (instant: number) => number): number | undefined {
  const offsets = [-DAY_MS, DAY_MS].map((shift) => localMs(utcMidnightMs + shift) - (utcMidnightMs + shift));
  const candidates = offsets.map((offset) => utcMidnightMs - offset).sort((a, b) => a - b);
  return candidates.find((instant) => Math.floor(localMs(instant) / DAY_MS) * DAY_MS === utcMidnightMs);
}

/** Instant to the zone's wall clock, as if that were UTC. */
function localClockOf(timezone: string): ((instant: number) => number) | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(timezone)) return undefined;
  let partsOf: (instant: number) => ZoneParts;
  try {
    partsOf = zonePartsIn(timezone);
  } catch {
    return undefined;
  }
  return (instant) => {
    const { year, month, day, hour, minute, second } = partsOf(instant);
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

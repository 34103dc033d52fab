// The times of `valid-after` and `valid-before` (ssh-keygen(1), ALLOWED SIGNERS). Reads no clock and no zone: all are UTC.

const TIME = /^(\d{4})(\d{2})(\d{2})(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?Z?$/;

/**
 * Milliseconds since the epoch of `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with or without `Z`; a day is its first
 * instant. Undefined for all else, days that no calendar has among them. Without `Z` ssh-keygen takes the zone of its machine; a
 * gateway has none that matters, so it is UTC, too.
 */
export function signerTimeOf(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const isInCalendar = new Date(ms).toISOString().replace(/\D/g, '').startsWith(text.slice(0, 8));
  return year >= 1970 && isInCalendar ? ms : undefined;
}

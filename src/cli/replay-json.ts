// A replay as plain data for programs.
import type { Replayed, ReplayRow } from '../review/replay.js';
import type { ReplaySource } from './render-replay.js';

/** JSON-safe. Times are RFC 3339 in UTC; null: at once, for good, or not known. A host null: every host, or further ones. */
export function replayJson(replayed: Replayed, source: ReplaySource): Readonly<Record<string, unknown>> {
  const { requests, gaining, losing, gains, losses, ended, span } = replayed;
  const { name, against, unreadable, hostless, tunnelled, coversMs, remarks } = source;
  return {
    source: {
      name,
      against,
      unreadable,
      hostless,
      tunnelled,
      coversSeconds: coversMs === null ? null : coversMs / 1000,
    },
    remarks,
    requests,
    first: span === null ? null : instant(span.first),
    last: span === null ? null : instant(span.last),
    gaining,
    losing,
    gains: gains.map(rowJson),
    losses: losses.map(rowJson),
    ended,
  };
}

function rowJson({ host, partner, differences, requests }: ReplayRow): Readonly<Record<string, unknown>> {
  return {
    host,
    partner,
    requests,
    headers: differences.map(({ member, before, after }) => ({ header: member.label, before, after })),
    from: instantOrNull(differences[0]?.from ?? null),
    until: instantOrNull(differences[0]?.until ?? null),
    listeners: differences[0]?.listeners,
  };
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

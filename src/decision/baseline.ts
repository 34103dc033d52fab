// Which names are usual on a listener: learned by the day, from what was seen there. It never ends a quarantine: a line in the
// policy does. Plain data, no clock.
import type { Sightings } from './novelty.js';

/** One day (UTC) of a listener. */
export interface LearnedDay {
  /** Days since the epoch. */
  readonly day: number;
  readonly requests: number;
  /** Requests by name. */
  readonly names: ReadonlyMap<string, number>;
}

/** `days`: those with traffic, the oldest first, at most DAYS_KEPT. */
export interface Learned {
  /** When the listener's first request was seen, milliseconds since the epoch. */
  readonly since: number;
  readonly days: readonly LearnedDay[];
}

export const DAYS_KEPT = 7;
/** Names of one day that are kept; SpaceSaving loses none that is usual, in any order of coming. */
export const NAMES_KEPT = 1024;

const DAY_MS = 86_400_000;
const LEARNING_MS = 7 * DAY_MS;
const USUAL = { share: 0.001, days: 3 } as const;
/** A listener with less knows too little to tell others. */
const TOLD = { requests: 1000, days: 3 } as const;

/**
 * With what was seen until `now`. Days without traffic do not count and push none out: a site that was shut for a month still
 * knows its names. A clock that goes back adds to the newest day.
 */
export function learnedWith(learned: Learned, seen: Sightings, now: number): Learned {
  if (seen.requests === 0) return learned;
  const newest = learned.days.at(-1);
  const day = Math.max(Math.floor(now / DAY_MS), newest?.day ?? 0);
  const before = newest?.day === day ? newest : { day, requests: 0, names: new Map<string, number>() };
  const names = new Map(before.names);
  for (const { name, requests } of seen.names) names.set(name, (names.get(name) ?? 0) + requests);
  const today = { day, requests: before.requests + seen.requests, names: mostUsual(names) };
  const others = learned.days.filter((each) => each !== before);
  return { since: learned.since, days: [...others, today].slice(-DAYS_KEPT) };
}

/** While it learns, nothing is quarantined. */
export function isLearning({ since }: Learned, now: number): boolean {
  return now - since < LEARNING_MS;
}

/** At least 0.1 % of the requests on at least 3 of the days. */
export function isUsual({ days }: Learned, name: string): boolean {
  const usual = days.filter(({ names, requests }) => (names.get(name) ?? 0) >= USUAL.share * Math.max(1, requests));
  return usual.length >= USUAL.days;
}

/** All that are usual, the most frequent first. */
export function usualNames(learned: Learned): readonly string[] {
  const counts = new Map<string, number>();
  for (const { names } of learned.days) {
    for (const [name, requests] of names) counts.set(name, (counts.get(name) ?? 0) + requests);
  }
  return [...counts].sort(([, a], [, b]) => b - a).flatMap(([name]) => (isUsual(learned, name) ? [name] : []));
}

/** Whether others may go by it: it has learned, from at least 1,000 requests on at least 3 of the days. */
export function isWorthTelling(learned: Learned, now: number): boolean {
  const full = learned.days.filter(({ requests }) => requests >= TOLD.requests);
  return !isLearning(learned, now) && full.length >= TOLD.days;
}

function mostUsual(names: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  if (names.size <= 2 * NAMES_KEPT) return names;
  return new Map([...names].sort(([, a], [, b]) => b - a).slice(0, NAMES_KEPT));
}

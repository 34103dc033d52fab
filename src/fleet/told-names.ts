// Which names are usual at replicas that have learned, as they tell each other under one key for each listener. Names by their keys, never a
// value. INVARIANT: reading never throws, and a text that is not in every member as it should be is none (test/fleet/told-names.test.ts).
import { z } from 'zod';

/** What replicas that have learned say of one listener. Days are since the epoch, UTC. */
export interface ToldNames {
  /** When one of them said so last. */
  readonly day: number;
  /** When one of them said so last of each name; empty where nothing is usual there. */
  readonly names: ReadonlyMap<string, number>;
}

/** A name that nobody has told for so long is usual nowhere; the key goes then too. */
export const TOLD_DAYS = 30;
/** A text that is longer is not read to its end, and then not understood. */
export const TOLD_BYTES_MOST = 128 * 1024;
const NAMES_MOST = 1024;

/** The key of a header name; one with a long run of digits may hold a number. */
const name = z
  .string()
  .regex(/^[a-z0-9]{1,64}$/)
  .refine((key) => !/\d{8}/.test(key));
const day = z.int().min(0);
const shape = z.strictObject({
  version: z.literal(1),
  listener: z.string(),
  day,
  names: z.array(z.tuple([name, day])).max(NAMES_MOST),
});

/** Of that listener, without names that were told too long ago; a clock may be a day ahead. Null: it is none, or of another listener. */
export function toldNamesIn(text: string, listener: string, today: number): ToldNames | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const told = shape.safeParse(value).data;
  const isOfNow = (of: number): boolean => of >= today - TOLD_DAYS && of <= today + 1;
  if (told?.listener !== listener || !isOfNow(told.day) || told.names.some(([, of]) => of > today + 1)) return null;
  return { day: told.day, names: new Map(told.names.filter(([, of]) => isOfNow(of))) };
}

/** What is there and `own` of today together; null where it is all there already. Of too many those that were told last stay. */
export function withOwnNames(there: ToldNames | null, own: readonly string[], today: number): ToldNames | null {
  const isThere = there !== null && there.day >= today;
  const kept = own.slice(0, NAMES_MOST);
  if (isThere && kept.every((each) => (there.names.get(each) ?? 0) >= today)) return null;
  const mine = new Set(kept);
  const others = [...(there?.names ?? [])].filter(([each]) => !mine.has(each));
  others.sort(([, a], [, b]) => b - a);
  const all = [...kept.map((each) => [each, today] as const), ...others];
  return { day: today, names: new Map(all.slice(0, NAMES_MOST)) };
}

/** One line. */
export function renderToldNames(listener: string, told: ToldNames): string {
  return JSON.stringify({ version: 1, listener, day: told.day, names: [...told.names] });
}

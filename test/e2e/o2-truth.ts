// What is true of the O2 day, as far as a report may tell of it, and how its rows are told apart.
import { tallyOf, type Crossing } from './crossings.js';
import { isWithin } from './judged.js';
import type { Facts, LeakFact, ReleaseFact } from './o2-facts.js';
import type { Spell } from './o2-people.js';
import type { Sketched } from './o2-sketch.js';

export interface ExpectedEvent {
  readonly kind: string;
  readonly when: Spell;
  readonly says: RegExp;
}

export interface ExpectedChange {
  readonly digest: string;
  readonly before: string | null;
  readonly admitted: Spell;
}

export interface Expected {
  readonly facts: Facts;
  /** What the ledgers' sketches must say of people. */
  readonly sketched: Sketched;
  /** When the report was made, and its `--from` and `--aware-at`, milliseconds since the epoch. */
  readonly made: Spell;
  readonly from: number;
  readonly aware: number;
  readonly version: string;
  /** When the ledgers began and ended. */
  readonly began: Spell;
  readonly ended: Spell;
  /** By the gateway's name in the report: records, and the hash of the last. */
  readonly histories: readonly { readonly replica: string; readonly records: number; readonly head: string }[];
  /** All of the timeline, but for first and last releases and leaks. */
  readonly events: readonly ExpectedEvent[];
  /** What may be in it or not. */
  readonly passing: readonly ExpectedEvent[];
  /** The oldest first; what has `before: null` is no change. */
  readonly changes: readonly ExpectedChange[];
  readonly measured: readonly ExpectedEvent[];
}

export interface Truth {
  readonly told: readonly ReleaseFact[];
  readonly others: readonly ReleaseFact[];
  readonly left: readonly LeakFact[];
  readonly events: readonly ExpectedEvent[];
}

const CANARY_NUMBER = /990$/;

export const isCanary = ({ sent }: Crossing): boolean => sent === null || CANARY_NUMBER.test(sent.number);

export function truthOf({ facts: { releases, leaks }, events, changes }: Expected): Truth {
  const isAdded = changes.some(({ before }) => before !== null);
  const told = isAdded ? releases.filter(({ partner }) => partner === 'news') : releases;
  const edges = (kind: string, says: string, of: readonly Crossing[]): readonly ExpectedEvent[] => {
    if (of.length === 0) return [];
    const { first, last } = tallyOf(of);
    return [
      { kind, when: first, says: new RegExp(`^the first ${says}`) },
      { kind, when: last, says: new RegExp(`^the last ${says}`) },
    ];
  };
  const outcome = (wanted: string): readonly LeakFact[] => leaks.filter((leak) => leak.outcome === wanted);
  return {
    told,
    others: releases.filter((each) => !told.includes(each)),
    left: outcome('counted').filter((leak) => !isCanary(leak)),
    events: [
      ...events,
      ...edges('released', 'release that is told here$', told),
      ...edges('leaked', 'leak that was contained$', outcome('contained')),
      ...edges('leaked', 'leak that was only counted, and left as the policy says$', outcome('counted')),
    ],
  };
}

export const keyOfLeak = (leak: { domain: unknown; partner: unknown; field: unknown; outcome: unknown }): string =>
  [leak.domain, leak.partner, leak.field, leak.outcome].map(String).join(' ');

export const keyOfSum = (leak: { field: unknown; outcome: unknown }): string =>
  `${String(leak.field)} ${String(leak.outcome)}`;

export const keyOfData = (each: { header: unknown; form: unknown }): string =>
  `${String(each.header)} ${String(each.form)}`;

export function groupedBy<T>(facts: readonly T[], keyOf: (fact: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fact]);
    else group.push(fact);
  }
  return groups;
}

export function eventOf(event: unknown, of: readonly ExpectedEvent[]): ExpectedEvent | undefined {
  const { at, text, kind } = event as { at: string; text: string; kind?: string };
  return of.find(
    ({ says, when, kind: wanted }) =>
      (kind === undefined || kind === wanted) && says.test(text) && isWithin(() => when)(at, []) === null,
  );
}

export function unknownsOf({ changes, histories }: Pick<Expected, 'changes' | 'histories'>): readonly RegExp[] {
  return [
    /^what was released before \S+: the ledger begins there$/,
    /^what was released after \S+: the ledger was not written further$/,
    /^who the subscribers are: /,
    /^what recipients did with what they received, /,
    // What was bypassed is in no figure, and this says so.
    /^what left on ways that do not lead through these gateways: routes around them, TLS, /,
    /^why the change was made, /,
    // Each gateway hashes under a key of its own.
    ...(histories.length > 1
      ? [/^how many subscribers there were in all, as one figure: they were counted under \d keys, /]
      : []),
    ...(changes.some(({ before }) => before !== null)
      ? []
      : [/^which of the recipients should not have received it: /]),
  ];
}

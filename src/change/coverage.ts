// Which members that a change adds nobody has approved. Exact over all hosts, listeners, ports and times, as the differ is: one host of
// every class that no region tells apart. INVARIANT: a member is covered at one point only by approvals of that very point
// (test/change/coverage.test.ts compares with brute force).
import type { Axis } from '../policy/axis.js';
import type { ReleaseChange } from '../policy/diff.js';
import { directionOf } from '../policy/exposure-order.js';
import type { Permitted } from '../policy/exposure.js';
import { isEnough, tallyOf, type ApprovalRule, type Consent } from './consent.js';
import type { Delta, ReleaseGrant } from './grant.js';
import { patternIndexOf, representativesOf, textOfWhere, type Where } from './pattern-index.js';

/** What a later narrowing took away: approvals that are older no longer bring it back. */
export interface Narrowing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly delta: Delta;
}

/** One point at which a change adds something that is not approved. */
export interface Uncovered {
  readonly change: ReleaseChange;
  readonly host: string;
  /** null: one that no rule names. */
  readonly listener: string | null;
  readonly port: number | null;
  readonly time: number;
  /** Who agreed to it, and how many that should be. */
  readonly tally: string;
}

export interface Approved {
  readonly consents: readonly Consent[];
  readonly rule: ApprovalRule;
  readonly narrowings: readonly Narrowing[];
  /** Milliseconds since the epoch: earlier times do not count. */
  readonly now: number;
}

/** For each of these changes that is not wholly covered, the first point found. Changes that add nothing are not to be given. */
export function uncoveredReleases(changes: readonly ReleaseChange[], approved: Approved): readonly Uncovered[] {
  return changes.flatMap((change) => {
    const point = firstUncovered(change, approved);
    return point === undefined ? [] : [{ change, ...point }];
  });
}

/** An approval’s line that would cover the change where it holds; or a narrowing that took it away. */
interface Line {
  readonly grant: ReleaseGrant;
  readonly consent: Consent | null;
  readonly at: number;
}

type Point = Omit<Uncovered, 'change'>;

function firstUncovered(change: ReleaseChange, approved: Approved): Point | undefined {
  const lines = linesFor(change, approved);
  const open = change.regions.filter((region) => !isCoveredWhole(change, region, lines, approved));
  if (open.length === 0) return undefined;
  const own = patternIndexOf(open.map((where) => ({ where, owner: change })));
  const others = lines.flatMap((line) => line.grant.where.map((where) => ({ where, owner: line })));
  const index = patternIndexOf(others);
  const judged = new Map<string, Point | undefined>();
  const ids = new Map(lines.map((line, id) => [line, id]));
  for (const host of representativesOf([...open, ...others.map(({ where }) => where)])) {
    if (own.at(host).size === 0) continue;
    const here = [...index.at(host)];
    // Equal sets of lines give equal answers.
    const text = here
      .map((line) => ids.get(line) ?? -1)
      .sort((a, b) => a - b)
      .join();
    if (!judged.has(text)) judged.set(text, uncoveredCell(change, host, here, approved));
    const point = judged.get(text);
    if (point !== undefined) return { ...point, host };
  }
  return undefined;
}

function linesFor({ member, after }: ReleaseChange, { consents, narrowings }: Approved): readonly Line[] {
  return [
    ...consents.flatMap((consent) =>
      consent.delta.releases
        .filter((grant) => grant.member === member.id && isWithin(after, grant.permitted))
        .map((grant) => ({ grant, consent, at: consent.createdMs })),
    ),
    ...narrowings.flatMap(({ at, delta }) =>
      delta.releases.filter((grant) => grant.member === member.id).map((grant) => ({ grant, consent: null, at })),
    ),
  ];
}

function isWithin(wanted: Permitted, permitted: Permitted): boolean {
  const direction = directionOf(permitted, wanted);
  return direction === 'equivalent' || direction === 'narrowing';
}

/** The usual case, without a walk: the approval has the very region. A narrowing of the member is looked at exactly instead. */
function isCoveredWhole(change: ReleaseChange, region: Where, lines: readonly Line[], approved: Approved): boolean {
  if (lines.some(({ consent }) => consent === null)) return false;
  const text = textOfWhere(region);
  const whole = lines.filter(
    ({ grant }) =>
      isInside(change.listeners, grant.listeners) &&
      isInside(change.ports, grant.ports) &&
      (grant.from ?? 0) <= Math.max(change.from ?? 0, approved.now) &&
      (grant.until ?? Infinity) >= (change.until ?? Infinity) &&
      regionTexts(grant).has(text),
  );
  return isEnough(consentsOf(whole), approved.rule);
}

const textsByGrant = new WeakMap<ReleaseGrant, ReadonlySet<string>>();

function regionTexts(grant: ReleaseGrant): ReadonlySet<string> {
  const known = textsByGrant.get(grant) ?? new Set(grant.where.map(textOfWhere));
  textsByGrant.set(grant, known);
  return known;
}

/** The first listener, port and time of the change at which these lines are not enough. */
function uncoveredCell(
  change: ReleaseChange,
  host: string,
  lines: readonly Line[],
  { rule, now }: Approved,
): Point | undefined {
  const start = Math.max(change.from ?? 0, now);
  const end = change.until ?? Infinity;
  const edges = lines.flatMap(({ grant }) => [grant.from, grant.until]).filter((edge) => edge !== null);
  const times = [start, ...edges.filter((edge) => edge > start && edge < end)].sort((a, b) => a - b);
  const asked = <T>(axis: 'listeners' | 'ports', cast: (grant: ReleaseGrant) => Axis<T>, own: Axis<T>) =>
    membersOf<T>([own, ...lines.map(({ grant }) => cast(grant))]).filter((member) =>
      has(change[axis] as Axis<T>, member),
    );
  const listeners = asked<string>('listeners', (grant) => grant.listeners, change.listeners);
  const ports = asked<number>('ports', (grant) => grant.ports, change.ports);
  for (const time of times) {
    if (time >= end) continue;
    for (const listener of listeners) {
      for (const port of ports) {
        const here = lines.filter(
          ({ grant }) =>
            (grant.from ?? 0) <= time &&
            time < (grant.until ?? Infinity) &&
            has(grant.listeners, listener) &&
            has(grant.ports, port),
        );
        const lastNarrowing = Math.max(-Infinity, ...here.filter((line) => line.consent === null).map(({ at }) => at));
        const consents = consentsOf(here.filter(({ at }) => at > lastNarrowing));
        if (!isEnough(consents, rule)) return { host, listener, port, time, tally: tallyOf(consents, rule) };
      }
    }
  }
  return undefined;
}

function consentsOf(lines: readonly Line[]): readonly Consent[] {
  return [...new Set(lines.flatMap(({ consent }) => (consent === null ? [] : [consent])))];
}

/** Every member that an axis names, and null for all others. */
function membersOf<T>(axes: readonly Axis<T>[]): readonly (T | null)[] {
  return [...new Set<T | null>([...axes.flatMap(({ members }) => members), null])];
}

function has<T>({ kind, members }: Axis<T>, member: T | null): boolean {
  return (member !== null && members.includes(member)) === (kind === 'only');
}

function isInside<T>(inner: Axis<T>, outer: Axis<T>): boolean {
  return membersOf([inner, outer]).every((member) => !has(inner, member) || has(outer, member));
}

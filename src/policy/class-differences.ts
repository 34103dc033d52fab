// What one class of hosts gains and loses, at every listener, port and time from now on. It asks the runtime decision of both policies
// about one host of the class; equal answers are worked out once.
import { axisOf, type Axis } from './axis.js';
import { directionOf, type Direction } from './exposure-order.js';
import { isForEveryone, pairAt, permittedTo, type Permitted } from './exposure.js';
import type { HeaderMember } from './header-members.js';
import type { HostRule } from './host-trie.js';
import type { Release, Ruleset } from './ruleset.js';

/** One difference, the same wherever it holds. */
export interface Difference {
  readonly member: HeaderMember;
  readonly direction: Exclude<Direction, 'equivalent'>;
  readonly before: Permitted;
  readonly after: Permitted;
  readonly listeners: Axis<string>;
  readonly ports: Axis<number>;
  /** Milliseconds since the epoch; null: at once. */
  readonly from: number | null;
  /** null: for good. */
  readonly until: number | null;
}

/** The set of none; each empty set is this array. */
export const NO_DIFFERENCES: readonly number[] = [];

export interface ClassDifferences {
  /** Whether any member reaches every site under one policy only: then rules that are equal may differ in effect. */
  readonly isAnythingForEveryone: boolean;
  /** Indices into `differences`, ascending; the same array for the same set. */
  of(host: string, rules: Iterable<number>): readonly number[];
  readonly differences: readonly Difference[];
}

interface Given {
  readonly old: Ruleset;
  readonly next: Ruleset;
  readonly now: number;
  readonly members: readonly HeaderMember[];
  readonly rules: readonly HostRule[];
}

/** A port that no rule names is asked with this. */
const NO_PORT = 0;
/** A listener that no rule names is asked with this. */
const NO_LISTENER = '';

type Span = Pick<Difference, 'member' | 'before' | 'after' | 'from' | 'until'>;

export function classDifferencesOf(given: Given): ClassDifferences {
  const { old, next, now, rules } = given;
  const changing = changingMembers(given);
  const moments = momentsOfWatch(given, changing);
  const identity = { old: identifying<Release>(), next: identifying<Release>() };
  const byAnswers = new Map<string, readonly number[]>();
  const differences: Difference[] = [];
  const ids = new Map<string, number>();
  const sets = new Map<string, readonly number[]>([['', NO_DIFFERENCES]]);

  return {
    differences,
    isAnythingForEveryone: changing.length > 0,
    of(host, applying) {
      const listeners = new Set<string>();
      const ports = new Set<number>();
      const times = new Set<number>(moments);
      let suppressed = '';
      for (const id of applying) {
        const rule = rules[id];
        if (rule === undefined) continue;
        for (const name of rule.listeners) listeners.add(name);
        for (const port of rule.ports) ports.add(port);
        if (rule.period.from !== null) times.add(rule.period.from);
        if (rule.period.until !== null) times.add(rule.period.until);
        if (rule.suppressed !== null) suppressed += ` ${host}`;
      }
      const askedTimes = [now, ...[...times].filter((time) => time > now).sort((a, b) => a - b)];
      const askedListeners = [...[...listeners].sort(), NO_LISTENER];
      const askedPorts = [...[...ports].sort((a, b) => a - b), NO_PORT];
      const cells: Cell[] = [];
      let text = `${askedTimes.join()}${suppressed}`;
      for (const listener of askedListeners) {
        for (const port of askedPorts) {
          const answers: Answers = askedTimes.map((time) => {
            const question = { listener, host, port, times: [time], skewMs: 0 };
            return [old.release(question), next.release(question)];
          });
          for (const [a, b] of answers) text += ` ${identity.old(a)}:${identity.next(b)}`;
          text += `@${listener}/${port}`;
          cells.push({ listener, port, answers });
        }
      }
      const known = byAnswers.get(text);
      if (known !== undefined) return known;
      const found = joined(
        cells.map((cell) => ({
          ...cell,
          spans: spansIn(given, { host, times: askedTimes, answers: cell.answers, changing }),
        })),
        { listeners: [...listeners].sort(), ports: [...ports].sort((a, b) => a - b) },
      ).map((difference) => {
        const key = JSON.stringify({ ...difference, member: difference.member.id });
        const id = ids.get(key) ?? differences.push(difference) - 1;
        ids.set(key, id);
        return id;
      });
      found.sort((a, b) => a - b);
      const set = sets.get(found.join()) ?? found;
      sets.set(found.join(), set);
      byAnswers.set(text, set);
      return set;
    },
  };
}

/** By time: what either policy releases. */
type Answers = readonly (readonly [Release | undefined, Release | undefined])[];

interface Cell {
  readonly listener: string;
  readonly port: number;
  readonly answers: Answers;
}

/** Members that every site receives at some time under one policy and not, or not then, under the other. */
function changingMembers({ old, next, members, now }: Given): readonly HeaderMember[] {
  const times = [now, ...[old, next].flatMap(({ policy }) => policy.watch.flatMap(({ period }) => edgesOf(period)))];
  const asked = times.filter((time) => time >= now);
  return members.filter((member) =>
    asked.some((time) => isForEveryone(old, member, time) !== isForEveryone(next, member, time)),
  );
}

/**
 * Times at which what every site receives may change, for the members that matter: of an accepted name every time does, because
 * partners receive it without.
 */
function momentsOfWatch({ old, next, members }: Given, changing: readonly HeaderMember[]): readonly number[] {
  const names = changing.filter(({ kind }) => kind === 'name');
  const accepted = members.filter(({ kind }) => kind === 'accepted');
  const keys = new Set([...names, ...accepted].flatMap((member) => ('key' in member ? [member.key] : [])));
  for (const { policy } of [old, next])
    for (const partner of policy.partners) for (const { key } of partner.release) keys.add(key);
  return [old, next].flatMap(({ policy }) =>
    policy.watch.filter(({ key }) => keys.has(key)).flatMap(({ period }) => edgesOf(period)),
  );
}

function edgesOf({ from, until }: { readonly from: number | null; readonly until: number | null }): readonly number[] {
  return [from, until].filter((edge) => edge !== null);
}

/** Stretches of time in which a member differs, at one listener and port. */
function spansIn(
  { old, next, members }: Given,
  {
    host,
    times,
    answers,
    changing,
  }: { host: string; times: readonly number[]; answers: Answers; changing: readonly HeaderMember[] },
): readonly Span[] {
  const keys = new Set(answers.flatMap((pair) => pair.flatMap((release) => [...(release?.rules.keys() ?? [])])));
  const isPartner = answers.some((pair) => pair.some((release) => release !== undefined));
  const candidates = new Set(changing);
  for (const member of members) {
    const isHere =
      member.kind === 'name'
        ? keys.size > 0 && (keys.has(member.key) || (member.key.startsWith('http') && keys.has(member.key.slice(4))))
        : member.kind === 'novel' || member.kind === 'accepted'
          ? isPartner
          : member.kind === 'unexamined';
    if (isHere) candidates.add(member);
  }
  const spans: Span[] = [];
  for (const member of candidates) {
    let last: { -readonly [K in keyof Span]: Span[K] } | undefined;
    for (const [index, time] of times.entries()) {
      const [a, b] = answers[index] ?? [];
      const pair = pairAt(
        { permitted: permittedTo(old, member, { host, time, release: a }), release: a },
        { permitted: permittedTo(next, member, { host, time, release: b }), release: b },
      );
      const [before, after] = pair ?? [];
      const until = times[index + 1] ?? null;
      if (before === undefined || after === undefined || directionOf(before, after) === 'equivalent') {
        last = undefined;
      } else if (last !== undefined && isSame(last.before, before) && isSame(last.after, after)) {
        last.until = until;
      } else {
        last = { member, before, after, from: index === 0 ? null : time, until };
        spans.push(last);
      }
    }
  }
  return spans;
}

function isSame(a: Permitted, b: Permitted): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Equal stretches of several listeners and ports as one difference each. */
function joined(
  cells: readonly (Cell & { readonly spans: readonly Span[] })[],
  asked: { readonly listeners: readonly string[]; readonly ports: readonly number[] },
): readonly Difference[] {
  const bySpan = new Map<string, { span: Span; byListener: Map<string, Set<number>> }>();
  for (const { listener, port, spans } of cells) {
    for (const span of spans) {
      const key = JSON.stringify({ ...span, member: span.member.id });
      const entry = bySpan.get(key) ?? { span, byListener: new Map<string, Set<number>>() };
      bySpan.set(key, entry);
      const ports = entry.byListener.get(listener) ?? new Set();
      entry.byListener.set(listener, ports.add(port));
    }
  }
  return [...bySpan.values()].flatMap(({ span, byListener }) => {
    const byPorts = new Map<string, { ports: Axis<number>; listeners: Set<string> }>();
    for (const [listener, hit] of byListener) {
      const ports = axisOf(asked.ports, hit, hit.has(NO_PORT));
      const group = byPorts.get(JSON.stringify(ports)) ?? { ports, listeners: new Set<string>() };
      byPorts.set(JSON.stringify(ports), group);
      group.listeners.add(listener);
    }
    return [...byPorts.values()].map(({ ports, listeners }): Difference => {
      const direction = directionOf(span.before, span.after);
      if (direction === 'equivalent') throw new RangeError('a difference that is none');
      return { ...span, direction, ports, listeners: axisOf(asked.listeners, listeners, listeners.has(NO_LISTENER)) };
    });
  });
}

/** A number for each value that is the same object; undefined has one too. */
function identifying<T extends object>(): (value: T | undefined) => number {
  const known = new Map<T | undefined, number>();
  return (value) => {
    const id = known.get(value) ?? known.size;
    known.set(value, id);
    return id;
  };
}

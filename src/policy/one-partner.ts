// A host has one partner: finds patterns of two partners that share a host at a shared time, port and listener. Who shares is found by
// claims, never pair by pair: thousands of partners may share one host on ports, listeners or times of their own.
import { Claims } from './claims.js';
import { renderHostPattern } from './host-pattern.js';
import { inFile, meetingsOf, type Meeting, type Slot } from './meetings.js';
import type { HostPattern, Partner } from './policy.js';

export interface Clash {
  /** The second stands later in the file. */
  readonly first: Slot;
  readonly second: Slot;
  /** A host that both cover. */
  readonly witness: string;
}

/** Meetings of the same partners, which end alike: they are judged once. One set where the two sides are one list. */
interface Group {
  readonly left: ReadonlySet<number>;
  readonly right: ReadonlySet<number>;
  readonly meetings: Meeting[];
}

/**
 * For every pattern the first pattern before it that clashes; in the order of the file. Shared hosts inside one partner are no
 * clash. Undefined where more than `limit` combinations of partner, port and listener would have to be looked at.
 */
export function clashesOf(partners: readonly Partner[], limit: number): readonly Clash[] | undefined {
  const groups = groupsOf(meetingsOf(partners));
  if (combinationsIn(groups, partners) > limit) return undefined;
  const found = new Map<string, { readonly first: Slot; readonly second: Slot }>();
  for (const group of groups) {
    const earliest = earliestIn(group, partners);
    for (const { left, right } of group.meetings) {
      for (const [slots, owners, others] of [
        [left, earliest.left, right],
        [right, earliest.right, left],
      ] as const) {
        if (owners.size === 0) continue;
        const firstSlots = firstSlotsOf(others);
        for (const second of slots) {
          const first = firstSlots.get(owners.get(second.partner) ?? -1);
          if (first === undefined) continue;
          const key = `${second.partner} ${second.host}`;
          const known = found.get(key);
          if (known === undefined || inFile(first, known.first) < 0) found.set(key, { first, second });
        }
      }
    }
  }
  return [...found.values()]
    .sort((a, b) => inFile(a.second, b.second))
    .map(({ first, second }) => ({ first, second, witness: witnessOf(first, second, partners) }));
}

function groupsOf(meetings: readonly Meeting[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const meeting of meetings) {
    const left = membersOf(meeting.left);
    const right = meeting.left === meeting.right ? left : membersOf(meeting.right);
    const key = `${[...left].join()} ${left === right ? '' : [...right].join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { left, right, meetings: [meeting] });
    else group.meetings.push(meeting);
  }
  return [...groups.values()];
}

function membersOf(slots: readonly Slot[]): ReadonlySet<number> {
  return new Set(slots.map(({ partner }) => partner));
}

function combinationsIn(groups: readonly Group[], partners: readonly Partner[]): number {
  let sum = 0;
  for (const { left, right } of groups) {
    for (const index of left === right ? left : [...left, ...right]) {
      const partner = partners[index];
      sum += (partner?.ports.length ?? 0) * (partner?.listeners?.length ?? 1);
    }
  }
  return sum;
}

/** Of each partner of a side the first one before it on the other that shares a port, a listener and a time, if there is one. */
function earliestIn(
  { left, right }: Group,
  partners: readonly Partner[],
): { readonly left: ReadonlyMap<number, number>; readonly right: ReadonlyMap<number, number> } {
  const leftClaims = new Claims(left, partners);
  const rightClaims = left === right ? leftClaims : new Claims(right, partners);
  return {
    left: new Map([...left].flatMap((member) => pairWith(member, rightClaims.firstBefore(member)))),
    right:
      left === right
        ? new Map()
        : new Map([...right].flatMap((member) => pairWith(member, leftClaims.firstBefore(member)))),
  };
}

function pairWith(member: number, first: number | undefined): readonly (readonly [number, number])[] {
  return first === undefined ? [] : [[member, first]];
}

function firstSlotsOf(slots: readonly Slot[]): ReadonlyMap<number, Slot> {
  const first = new Map<number, Slot>();
  for (const slot of slots) if (!first.has(slot.partner)) first.set(slot.partner, slot);
  return first;
}

/** A host of the pattern that covers less: the other covers it too. */
function witnessOf(first: Slot, second: Slot, partners: readonly Partner[]): string {
  const [a, b] = [first, second].map(({ partner, host }) => partners[partner]?.hosts[host]);
  if (a === undefined || b === undefined) return '';
  const { kind, host } = a.host.length > b.host.length || a.kind === 'exact' ? a : b;
  return kind === 'exact' ? host : `x.${host}`;
}

/** Positions of hosts that a partner lists twice (the later of the two). */
export function repeatedHosts(hosts: readonly HostPattern[]): readonly number[] {
  const seen = new Set<string>();
  return hosts.flatMap((pattern, index) => {
    const text = renderHostPattern(pattern);
    if (seen.has(text)) return [index];
    seen.add(text);
    return [];
  });
}

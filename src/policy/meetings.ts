// Where patterns of partners share a host. Looks at hosts alone; whether they also share a port, a listener and a time is asked elsewhere.
// A pattern looks at its own host and the names above it, so the cost grows with labels.
import type { HostPattern, Partner } from './policy.js';

/** Indices into the partners and their hosts. */
export interface Slot {
  readonly partner: number;
  readonly host: number;
}

/** Every pattern of `left` shares a host with every one of `right`; where the two are one list, with every other of it. */
export interface Meeting {
  readonly left: readonly Slot[];
  readonly right: readonly Slot[];
}

type SlotsByHost = Map<string, Slot[]>;

/** Together they have every two patterns that share a host. Those that one partner has for itself are left out; each list is in the order of the file. */
export function meetingsOf(partners: readonly Partner[]): readonly Meeting[] {
  const at: Readonly<Record<HostPattern['kind'], SlotsByHost>> = { exact: new Map(), one: new Map(), any: new Map() };
  eachPattern(partners, ({ kind, host }, slot) => put(at[kind], host, slot));

  const below: SlotsByHost = new Map();
  const children: SlotsByHost = new Map();
  eachPattern(partners, ({ kind, host }, slot) => {
    let isParent = true;
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const above = host.slice(dot + 1);
      if (at.any.has(above)) put(below, above, slot);
      if (isParent && kind === 'exact' && at.one.has(above)) put(children, above, slot);
      isParent = false;
    }
  });

  const meetings: Meeting[] = [...at.exact.values()].map((slots) => ({ left: slots, right: slots }));
  for (const [host, slots] of at.any) {
    const wild = [...slots, ...(at.one.get(host) ?? [])].sort(inFile);
    meetings.push({ left: wild, right: wild }, { left: slots, right: below.get(host) ?? [] });
  }
  for (const [host, slots] of at.one) {
    if (!at.any.has(host)) meetings.push({ left: slots, right: slots });
    meetings.push({ left: slots, right: children.get(host) ?? [] });
  }
  return meetings.filter(isOfSeveral);
}

/** Orders slots as they stand in the file. */
export function inFile(a: Slot, b: Slot): number {
  return a.partner - b.partner || a.host - b.host;
}

function isOfSeveral({ left, right }: Meeting): boolean {
  const [first] = left;
  const isOther = (slot: Slot): boolean => slot.partner !== first?.partner;
  return right.length > 0 && (left.some(isOther) || right.some(isOther));
}

function eachPattern(partners: readonly Partner[], visit: (pattern: HostPattern, slot: Slot) => void): void {
  partners.forEach(({ hosts }, partner) => hosts.forEach((pattern, host) => visit(pattern, { partner, host })));
}

function put(slots: SlotsByHost, host: string, slot: Slot): void {
  const list = slots.get(host);
  if (list === undefined) slots.set(host, [slot]);
  else list.push(slot);
}

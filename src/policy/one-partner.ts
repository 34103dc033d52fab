// A host has one partner: finds patterns of two partners that share a host at a shared time, port and listener.
// Each pattern looks at its own host and its ancestors only, so the cost grows with labels, not with partners.
import { renderHostPattern } from './host-pattern.js';
import type { HostPattern, Partner, Period } from './policy.js';

export interface Clash {
  /** Indices into the partners and their hosts; the second stands later in the file. */
  readonly first: { readonly partner: number; readonly host: number };
  readonly second: { readonly partner: number; readonly host: number };
  /** A host that both cover. */
  readonly witness: string;
}

type Slot = { readonly partner: number; readonly host: number };
type Buckets = { readonly exact: Slot[]; readonly one: Slot[]; readonly any: Slot[] };

/** For every pattern the first pattern before it that clashes; in the order of the file. Shared hosts inside one partner are no clash. */
export function clashesOf(partners: readonly Partner[]): readonly Clash[] {
  const byHost = new Map<string, Buckets>();
  partners.forEach((partner, partnerIndex) => {
    partner.hosts.forEach((pattern, hostIndex) => {
      const buckets = byHost.get(pattern.host) ?? { exact: [], one: [], any: [] };
      byHost.set(pattern.host, buckets);
      buckets[pattern.kind].push({ partner: partnerIndex, host: hostIndex });
    });
  });

  const found = new Map<string, Clash>();
  partners.forEach((partner, partnerIndex) => {
    partner.hosts.forEach((pattern, hostIndex) => {
      for (const [slots, witness] of overlapping(pattern, byHost)) {
        const other = slots.find((slot) => slot.partner !== partnerIndex && isShared(partner, partners[slot.partner]));
        if (other === undefined) continue;
        const here = { partner: partnerIndex, host: hostIndex };
        const [first, second] = other.partner < partnerIndex ? [other, here] : [here, other];
        const key = `${second.partner} ${second.host}`;
        if (!found.has(key)) found.set(key, { first, second, witness });
      }
    });
  });
  return [...found.values()].sort((a, b) => a.second.partner - b.second.partner || a.second.host - b.second.host);
}

/** Slots of patterns that share a host with this one, above it or beside it, each with such a host. */
function* overlapping(
  pattern: HostPattern,
  byHost: ReadonlyMap<string, Buckets>,
): Generator<readonly [readonly Slot[], string]> {
  const { kind, host } = pattern;
  const here = byHost.get(host);
  const witness = kind === 'exact' ? host : `x.${host}`;
  if (here !== undefined) {
    yield [here[kind], witness];
    if (kind !== 'exact') yield [kind === 'one' ? here.any : here.one, witness];
  }
  let isParent = true;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const above = byHost.get(host.slice(dot + 1));
    if (above !== undefined) {
      yield [above.any, witness];
      if (kind === 'exact' && isParent) yield [above.one, witness];
    }
    isParent = false;
  }
}

function isShared(a: Partner, b: Partner | undefined): boolean {
  return (
    b !== undefined &&
    periodsMeet(a.period, b.period) &&
    a.ports.some((port) => b.ports.includes(port)) &&
    (a.listeners === null || b.listeners === null || a.listeners.some((name) => b.listeners?.includes(name)))
  );
}

function periodsMeet(a: Period, b: Period): boolean {
  return (a.from ?? -Infinity) < (b.until ?? Infinity) && (b.from ?? -Infinity) < (a.until ?? Infinity);
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

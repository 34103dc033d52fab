// Which regions a host lies in, over many regions: a look-up per label instead of a walk over all. Holes are taken out exactly.
import type { HostPattern } from '../policy/policy.js';

/** A pattern with holes, as the differ writes it: host '' with `any` is every host, with `one` every single label. */
export interface Where {
  readonly pattern: HostPattern;
  readonly except: readonly HostPattern[];
}

export interface PatternIndex<T> {
  /** The owners of every region that the host lies in, each once. */
  at(host: string): ReadonlySet<T>;
}

/** `owned`: each region with what it belongs to. Hosts are canonical. */
export function patternIndexOf<T>(owned: readonly { readonly where: Where; readonly owner: T }[]): PatternIndex<T> {
  const inside = new Map<string, number[]>();
  const holes = new Map<string, number[]>();
  const note = (map: Map<string, number[]>, pattern: HostPattern, id: number): void => {
    const key = keyOfPattern(pattern);
    const list = map.get(key);
    if (list === undefined) map.set(key, [id]);
    else list.push(id);
  };
  for (const [id, { where }] of owned.entries()) {
    note(inside, where.pattern, id);
    for (const hole of where.except) note(holes, hole, id);
  }
  return {
    at(host) {
      const keys = keysOver(host);
      const out = new Set(keys.flatMap((key) => holes.get(key) ?? []));
      const found = new Set<T>();
      for (const key of keys) {
        for (const id of inside.get(key) ?? []) {
          const region = owned[id];
          if (region !== undefined && !out.has(id)) found.add(region.owner);
        }
      }
      return found;
    },
  };
}

/** The text of a region; equal for equal regions, whatever the order of their holes. */
export function textOfWhere({ pattern, except }: Where): string {
  return [keyOfPattern(pattern), ...except.map(keyOfPattern).sort()].join('\n');
}

/**
 * One host of every class that no pattern of these regions tells apart inside: each named host, one fresh label before it,
 * two fresh labels before it, and the same of the root. Names that would be longer than a name may be (253) are left out.
 */
export function representativesOf(regions: readonly Where[]): readonly string[] {
  const hosts = new Set(['']);
  const labels = new Set<string>();
  for (const { pattern, except } of regions) {
    for (const { host } of [pattern, ...except]) {
      hosts.add(host);
      for (const label of host.split('.')) labels.add(label);
    }
  }
  const [x, y, top] = ['x', 'y', 'test'].map((label) => fresh(label, labels));
  const found: string[] = [];
  for (const host of hosts) {
    if (host === '') found.push(`${x ?? ''}`, `${y ?? ''}.${top ?? ''}`);
    else if (isAddress(host)) found.push(host);
    else found.push(host, `${x ?? ''}.${host}`, `${y ?? ''}.${x ?? ''}.${host}`);
  }
  return found.filter((host) => host.length <= NAME_CHARACTERS);
}

/** Longest name there is (RFC 1035, section 2.3.4). */
const NAME_CHARACTERS = 253;

function keyOfPattern({ kind, host }: HostPattern): string {
  return `${kind} ${host}`;
}

/** Every pattern that covers a host; an address has no labels. */
function keysOver(host: string): readonly string[] {
  const keys = [`exact ${host}`];
  let parent = isAddress(host) ? '' : parentOf(host);
  keys.push(`one ${parent}`);
  for (; parent !== ''; parent = parentOf(parent)) keys.push(`any ${parent}`);
  keys.push('any ');
  return keys;
}

function parentOf(host: string): string {
  const dot = host.indexOf('.');
  return dot === -1 ? '' : host.slice(dot + 1);
}

function isAddress(host: string): boolean {
  return /^[\d.]+$|:/.test(host);
}

function fresh(label: string, taken: ReadonlySet<string>): string {
  let text = label;
  for (let n = 0; taken.has(text); n += 1) text = `${label}${n}`;
  return text;
}

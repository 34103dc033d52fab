// Where each difference holds, as few patterns as there are: one walk down the trie, which notes only where a class differs from what
// its parent's deep class has. Exact over all hosts; a subtree that is equal in both policies is not entered.
import { NO_DIFFERENCES, type ClassDifferences } from './class-differences.js';
import type { HostTrie, TrieNode } from './host-trie.js';
import type { HostPattern } from './policy.js';

/** A pattern with holes. With host '', `any` is every host and `one` every single label. */
export interface Region {
  readonly pattern: HostPattern;
  /** Inside the pattern, and not in the region. */
  readonly except: readonly HostPattern[];
  /** A host of the region; where the pattern leaves labels open, they are in neither policy. */
  readonly witness: string;
}

type Growing = Region & { readonly except: HostPattern[] };
/** By difference: the region that a hole would be made in. */
type Open = ReadonlyMap<number, Growing>;
type Ids = readonly number[];

interface Surroundings {
  /** Rules of the ancestors that reach this deep. */
  readonly rules: ReadonlySet<number>;
  readonly isEqual: boolean;
  readonly ids: Ids;
  readonly open: Open;
}

/** Longest name there is (RFC 1035, section 2.3.4). */
const NAME_CHARACTERS = 253;

/** By index of difference; each has one region or more. */
export function mergedRegions(trie: HostTrie, classes: ClassDifferences): ReadonlyMap<number, readonly Region[]> {
  const regions = new Map<number, Growing[]>();
  const fresh = freshLabels(trie.labels);

  /** What is open where a class has `ids`, inside a class that has `outer.ids`: regions begin, holes are noted. */
  const enter = (ids: Ids, outer: Pick<Surroundings, 'ids' | 'open'>, pattern: HostPattern, witness: string): Open => {
    if (ids === outer.ids) return outer.open;
    const inner = new Map<number, Growing>();
    for (const id of ids) {
      let region = outer.open.get(id);
      if (region === undefined) {
        region = { pattern, except: [], witness };
        const list = regions.get(id);
        if (list === undefined) regions.set(id, [region]);
        else list.push(region);
      }
      inner.set(id, region);
    }
    for (const [id, region] of outer.open) if (!inner.has(id)) region.except.push(pattern);
    return inner;
  };

  const walk = (node: TrieNode, outer: Surroundings): void => {
    const { host, children } = node;
    const isOpen = host === '' || node.one.length > 0 || node.any.length > 0;
    const deepRules = withMore(outer.rules, node.any);
    const oneRules = withMore(deepRules, node.one);
    const hosts = witnessesUnder(host, fresh);
    // Without wildcards here both classes are the parent's deep class; and no name is longer than 253.
    const deep = isOpen && hosts.deep.length <= NAME_CHARACTERS ? classes.of(hosts.deep, deepRules) : outer.ids;
    const one = isOpen && hosts.one.length <= NAME_CHARACTERS ? classes.of(hosts.one, oneRules) : deep;
    const isBoth = deep.every((id) => one.includes(id));
    const openDeep = enter(deep, outer, { kind: 'any', host }, isBoth ? hosts.near : hosts.deep);
    const openOne = enter(one, { ids: deep, open: openDeep }, { kind: 'one', host }, hosts.one);
    const isEqual = outer.isEqual && node.areWildcardsEqual;
    for (const child of children.values()) {
      if (isEqual && child.isEqual) continue;
      const here = child.exact.length === 0 ? one : classes.of(child.host, withMore(oneRules, child.exact));
      enter(here, { ids: one, open: openOne }, { kind: 'exact', host: child.host }, child.host);
      walk(child, { rules: deepRules, isEqual, ids: deep, open: openDeep });
    }
  };
  const isEqual = !classes.isAnythingForEveryone;
  walk(trie.root, { rules: new Set(), isEqual, ids: NO_DIFFERENCES, open: new Map() });
  return regions;
}

function withMore(rules: ReadonlySet<number>, more: readonly number[]): ReadonlySet<number> {
  return more.length === 0 ? rules : new Set([...rules, ...more]);
}

/** `near` stands for both classes together. */
function witnessesUnder(host: string, [x, y, top]: FreshLabels): { one: string; deep: string; near: string } {
  if (host === '') return { one: x, deep: `any-site.${top}`, near: `any-site.${top}` };
  const one = `${x}.${host}`;
  return { one, deep: `${y}.${one}`, near: one };
}

type FreshLabels = readonly [string, string, string];

/** Labels that neither policy names: short ones, and one that looks like the top of a name. */
function freshLabels(taken: ReadonlySet<string>): FreshLabels {
  const found: string[] = [];
  for (let n = 0; found.length < 2; n += 1) {
    const label = n < 26 ? 'xyzabcdefghijklmnopqrstuvw'.charAt(n) : `x${n}`;
    if (!taken.has(label)) found.push(label);
  }
  const [x = '', y = ''] = found;
  const top = ['test', 'invalid', 'example'].find((label) => !taken.has(label)) ?? `${x}${y}`;
  return [x, y, taken.has(top) ? x : top];
}

// One trie of reversed labels from two policies. Each node has at most three classes of hosts that no rule tells apart inside: the
// node's own host; one fresh label before it; two or more labels of which the last is fresh.
import type { HostPattern, Period, Policy } from './policy.js';

/** What of a rule the classes can depend on; equal texts are one rule. */
export interface HostRule {
  readonly listeners: readonly string[];
  /** Empty for what holds at every port. */
  readonly ports: readonly number[];
  readonly period: Period;
  /** Of a suppression. */
  readonly suppressed: string | null;
}

export interface TrieNode {
  /** Canonical; '' at the root. */
  readonly host: string;
  readonly children: Map<string, TrieNode>;
  /** Rules of either policy by kind of pattern, as indices. */
  readonly exact: number[];
  readonly one: number[];
  readonly any: number[];
  /** Whether both policies have the same rules here and everywhere below. */
  isEqual: boolean;
  /** Whether they have the same wildcards here. */
  areWildcardsEqual: boolean;
}

export interface HostTrie {
  readonly root: TrieNode;
  readonly rules: readonly HostRule[];
  /** Every label of either policy. */
  readonly labels: ReadonlySet<string>;
}

type Kind = HostPattern['kind'];
/** Even: the old policy's; odd: the new one's. */
type Marked = TrieNode & { readonly marks: number[] };

/** Rules that ended before `now` are left out. */
export function hostTrieOf(old: Policy, next: Policy, now: number): HostTrie {
  const rules: HostRule[] = [];
  const ids = new Map<string, number>();
  const labels = new Set<string>();
  const root = nodeOf('');
  const ruleId = (text: string, rule: HostRule): number => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    ids.set(text, rules.length);
    return rules.push(rule) - 1;
  };
  const add = (pattern: HostPattern, rule: number, side: number): void => {
    const node = nodeAt(root, pattern.host, labels);
    const list = node[pattern.kind];
    if (!list.includes(rule)) list.push(rule);
    node.marks.push((rule * 3 + KINDS.indexOf(pattern.kind)) * 2 + side);
  };
  for (const [side, policy] of [old, next].entries()) {
    for (const partner of policy.partners) {
      if (isOver(partner.period, now)) continue;
      const { id, transport, ports, connect, listeners, release } = partner;
      const rules = release.map(({ key, form, keyIds }) => [key, form, keyIds]).sort();
      const period = clipped(partner.period, now);
      const text = JSON.stringify([
        'release',
        id,
        transport,
        [...ports].sort(),
        connect,
        sortedOf(listeners),
        rules,
        period,
      ]);
      const rule = ruleId(text, { listeners: listeners ?? [], ports, period, suppressed: null });
      for (const pattern of partner.hosts) add(pattern, rule, side);
    }
    for (const deny of policy.deny) {
      if (isOver(deny.period, now)) continue;
      const period = clipped(deny.period, now);
      const text = JSON.stringify(['deny', sortedOf(deny.listeners), period]);
      const rule = ruleId(text, { listeners: deny.listeners ?? [], ports: [], period, suppressed: null });
      for (const pattern of deny.hosts) add(pattern, rule, side);
    }
    for (const { key, host, period: whole } of policy.suppressions) {
      if (isOver(whole, now)) continue;
      const period = clipped(whole, now);
      const rule = ruleId(JSON.stringify(['suppress', key, period]), {
        listeners: [],
        ports: [],
        period,
        suppressed: key,
      });
      add({ kind: 'exact', host }, rule, side);
    }
  }
  settle(root);
  return { root, rules, labels };
}

const KINDS: readonly Kind[] = ['exact', 'one', 'any'];

function nodeOf(host: string): Marked {
  return { host, children: new Map(), exact: [], one: [], any: [], isEqual: true, areWildcardsEqual: true, marks: [] };
}

function nodeAt(root: Marked, host: string, labels: Set<string>): Marked {
  // An address has no labels: it is one child of the root, which no wildcard covers.
  const path = /^[\d.]+$|:/.test(host) ? [host] : host.split('.').reverse();
  let node = root;
  for (const label of path) {
    let child = node.children.get(label) as Marked | undefined;
    if (child === undefined) {
      child = nodeOf(node === root ? label : `${label}.${node.host}`);
      node.children.set(label, child);
      labels.add(label);
    }
    node = child;
  }
  return node;
}

/** From the leaves up: the same marks on both sides, here and below. */
function settle(node: TrieNode): boolean {
  const { marks } = node as Marked;
  let isEqual = areSidesEqual(marks);
  // A mark of an exact pattern is 0 or 1 in 6.
  node.areWildcardsEqual = isEqual || areSidesEqual(marks.filter((mark) => mark % 6 > 1));
  for (const child of node.children.values()) if (!settle(child)) isEqual = false;
  node.isEqual = isEqual;
  return isEqual;
}

function areSidesEqual(marks: readonly number[]): boolean {
  return marks.every((mark) => marks.includes(mark ^ 1));
}

function isOver({ until }: Period, now: number): boolean {
  return until !== null && until <= now;
}

function clipped({ from, until }: Period, now: number): Period {
  return { from: from !== null && from <= now ? null : from, until };
}

function sortedOf(listeners: readonly string[] | null): readonly string[] | null {
  return listeners === null ? null : [...listeners].sort();
}

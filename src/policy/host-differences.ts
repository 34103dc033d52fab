// What a change of policy means for one host that somebody asks about. It looks the host up in the differ's own classes, so that the
// answer is the runtime decision's and cannot differ from the comparison's.
import { classDifferencesOf, type Difference } from './class-differences.js';
import { headerMembersOf } from './header-members.js';
import { hostTrieOf, type HostTrie } from './host-trie.js';
import type { Ruleset } from './ruleset.js';

export interface HostDifferences {
  /** Canonical host. Over all listeners, ports and times from then on; the same array for the same answer. */
  of(host: string): readonly Difference[];
}

/** Compares over `[now, ∞)`. Memory is bounded by the policies, not by how many hosts are asked. */
export function hostDifferencesOf(old: Ruleset, next: Ruleset, now: number): HostDifferences {
  const policies = [old.policy, next.policy] as const;
  const trie = hostTrieOf(...policies, now);
  const classes = classDifferencesOf({ old, next, now, members: headerMembersOf(policies), rules: trie.rules });
  const known = new Map<readonly number[], readonly Difference[]>();
  return {
    of(host) {
      const ids = classes.of(host, rulesAt(trie, host));
      const found =
        known.get(ids) ??
        ids.flatMap((id) => {
          const difference = classes.differences[id];
          return difference === undefined ? [] : [difference];
        });
      known.set(ids, found);
      return found;
    },
  };
}

/** Every rule of either policy that covers the host. */
function rulesAt({ root }: HostTrie, host: string): ReadonlySet<number> {
  // As the trie has it: an address is one label, which no wildcard covers.
  const path = /^[\d.]+$|:/.test(host) ? [host] : host.split('.').reverse();
  const rules = new Set<number>();
  let node = root;
  for (const [depth, label] of path.entries()) {
    for (const rule of node.any) rules.add(rule);
    if (depth === path.length - 1) for (const rule of node.one) rules.add(rule);
    const child = node.children.get(label);
    if (child === undefined) return rules;
    node = child;
  }
  for (const rule of node.exact) rules.add(rule);
  return rules;
}

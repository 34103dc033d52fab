// Everything that one policy permits: its comparison with a policy of the same names that releases nothing and withholds all it can.
import { diffOf, type ReleaseChange } from './diff.js';
import type { Policy } from './policy.js';
import { policySettingsOf } from './policy-settings.js';
import { rulesetOf } from './ruleset-of.js';
import type { Ruleset } from './ruleset.js';
import type { GatedSettings } from './setting-rules.js';

export interface Exposure {
  /** Every release from now on; those for everyone first. */
  readonly releases: readonly ReleaseChange[];
  readonly size: {
    /** Exact hosts that receive something which not everyone receives. */
    readonly hosts: number;
    /** Wildcards of the same. */
    readonly subtrees: number;
    /** Whether a header by its name leaves to every host (`watch`); what detectors only count is not meant. */
    readonly isUnbounded: boolean;
  };
  /** What the policy says beside its releases, and the gated settings where they are known; by path, sorted. */
  readonly settings: GatedSettings;
  readonly digest: string;
}

/** From `now` on: what has ended is not in it, what starts later is. */
export function exposureOf(ruleset: Ruleset, now: number, gated: GatedSettings = {}): Exposure {
  const { policy, digest } = ruleset;
  const { releases } = diffOf({ ruleset: rulesetOf(silenced(policy), digest) }, { ruleset }, now);
  const patterns = new Map<string, 'exact' | 'one' | 'any'>();
  for (const { regions } of releases)
    for (const { pattern } of regions)
      if (pattern.host !== '') patterns.set(`${pattern.kind} ${pattern.host}`, pattern.kind);
  const kinds = [...patterns.values()];
  return {
    releases,
    size: {
      hosts: kinds.filter((kind) => kind === 'exact').length,
      subtrees: kinds.filter((kind) => kind !== 'exact').length,
      isUnbounded: releases.some(
        ({ breadth, member }) => breadth === 'everyone' && (member.kind === 'name' || member.kind === 'prefix'),
      ),
    },
    settings: Object.fromEntries(
      Object.entries({ ...policySettingsOf(policy), ...gated }).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    digest,
  };
}

/** The policy of the same names that releases nothing and withholds all it can. */
export function silenced(policy: Policy): Policy {
  return {
    ...policy,
    watch: [],
    detection: { exact: 'withhold', numbers: 'withhold', hints: 'withhold', novelty: 'quarantine' },
    partners: [],
    deny: [],
    suppressions: [],
  };
}

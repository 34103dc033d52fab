// The effective policy: the one value that is digested and compared. What does not change its meaning (order, comments,
// quoting, places) does not change it. Gated settings and thumbprints of keys join it through `more`.
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { CATALOGUE } from './catalogue-data.js';
import { renderHostPattern } from './host-pattern.js';
import type { Policy } from './policy.js';
import type { GatedSettings } from './setting-rules.js';
import { SUFFIX_LIST } from './suffixes-within-data.js';

/** Raised by hand when an engine would release more for the same policy, and when the key rule changes. */
export const ENGINE = { meaning: 1, keyRule: 1 } as const;

/** Plain JSON-safe data; `policy` has its sets sorted. */
export interface EffectivePolicy {
  readonly engine: {
    readonly meaning: number;
    readonly keyRule: number;
    readonly catalogue: string;
    readonly suffixList: string;
  };
  readonly policy: unknown;
  readonly more: Readonly<Record<string, unknown>>;
}

/** `more`: gated settings, thumbprints of keys; every part is its own key, already in canonical order. Default: none. */
export function effectivePolicyOf(policy: Policy, more: EffectivePolicy['more'] = {}): EffectivePolicy {
  return {
    engine: { ...ENGINE, catalogue: sha256(canonicalJson(sorted(CATALOGUE))), suffixList: SUFFIX_LIST },
    policy: withSortedSets(policy),
    more,
  };
}

/** With the gated settings of headgate.yaml, thumbprints of keys among them, as `control/gated-settings.ts` writes them. */
export function effectiveOf(policy: Policy, gated: GatedSettings): EffectivePolicy {
  const settings = Object.entries(gated).map(([path, value]) => [
    path,
    typeof value === 'object' ? [...new Set(value)].sort() : value,
  ]);
  return effectivePolicyOf(policy, { gated: Object.fromEntries(settings) as Record<string, unknown> });
}

/** Lower-case hexadecimal SHA-256 of the canonical JSON. */
export function digestOf(effective: EffectivePolicy): string {
  return sha256(canonicalJson(effective));
}

function withSortedSets(policy: Policy): unknown {
  return {
    ...policy,
    headers: sorted(policy.headers),
    watch: sorted(policy.watch),
    numbers: sorted(
      policy.numbers.map((plan) => ({
        ...plan,
        ranges: sorted(plan.ranges),
        plmns: sorted(plan.plmns),
        placeholders: sorted(plan.placeholders),
      })),
    ),
    partners: sorted(
      policy.partners.map((partner) => ({
        ...partner,
        hosts: partner.hosts.map(renderHostPattern).sort(),
        ports: [...partner.ports].sort((a, b) => a - b),
        listeners: partner.listeners && [...partner.listeners].sort(),
        release: sorted(partner.release),
      })),
    ),
    deny: sorted(
      policy.deny.map((deny) => ({
        ...deny,
        hosts: deny.hosts.map(renderHostPattern).sort(),
        listeners: deny.listeners && [...deny.listeners].sort(),
      })),
    ),
    suppressions: sorted(policy.suppressions),
  };
}

function sorted<T>(members: readonly T[]): readonly T[] {
  return members
    .map((member) => ({ member, text: canonicalJson(member) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ member }) => member);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

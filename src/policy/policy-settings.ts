// What a policy says beside its releases, in the form of the gated settings: its own headers, what our numbers look like, and the
// engine that reads it. For a baseline, where all of it is new, and for comparisons with a side that another engine reads.
import { ENGINE } from './effective.js';
import type { Policy } from './policy.js';
import type { GatedSettings } from './setting-rules.js';

/** The two numbers of an engine that are raised by hand. */
export interface Engine {
  readonly meaning: number;
  readonly keyRule: number;
}

/** `identity.*` and `engine.*`; sets are sorted, each member once. Always the same seven paths. */
export function policySettingsOf(policy: Policy, engine: Engine = ENGINE): GatedSettings {
  const { headers, numbers } = policy;
  return {
    'engine.keyRule': engine.keyRule,
    'engine.meaning': engine.meaning,
    'identity.headers': set(headers.map(({ kind, key, carries }) => `${kind} ${key} ${carries}`)),
    'identity.numbers.countryCodes': set(numbers.map(({ countryCode }) => countryCode)),
    'identity.numbers.placeholders': set(numbers.flatMap(({ placeholders }) => placeholders)),
    'identity.numbers.plmns': set(numbers.flatMap(({ plmns }) => plmns)),
    'identity.numbers.ranges': set(
      numbers.flatMap(({ ranges }) => ranges.map((range) => `${range.prefix}/${range.digits}`)),
    ),
  };
}

function set(members: readonly string[]): readonly string[] {
  return [...new Set(members)].sort();
}

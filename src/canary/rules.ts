// What the canary holds the gateway to: a policy as agreed (a file) or as it runs, made ready to ask. Decides nothing itself.
import { keyOf } from '../names/key.js';
import type { Authority } from '../names/authority.js';
import type { Policy } from '../policy/policy.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Identity, Release, Ruleset } from '../policy/ruleset.js';

export interface Rules {
  readonly policy: Policy;
  readonly ruleset: Ruleset;
}

export function rulesOf(policy: Policy, digest: string): Rules {
  return { policy, ruleset: rulesetOf(policy, digest) };
}

/** What a host is released now; `listener` null: on any. Undefined: a stranger. */
export function releaseAt(
  { policy, ruleset }: Rules,
  { host, port }: Pick<Authority, 'host' | 'port'>,
  { listener, nowMs }: { readonly listener: string | null; readonly nowMs: number },
): Release | undefined {
  const listeners =
    listener === null ? [...new Set(['', ...policy.partners.flatMap((each) => each.listeners ?? [])])] : [listener];
  for (const each of listeners) {
    const release = ruleset.release({ listener: each, host, port, times: [nowMs], skewMs: 0 });
    if (release !== undefined) return release;
  }
  return undefined;
}

/** Whether a name says who somebody is: withheld by name from whoever is not released it. */
export function personalIdentity({ ruleset }: Rules, name: string): Identity | undefined {
  const identity = ruleset.identify(name);
  if (identity === undefined || identity.action !== 'strip') return undefined;
  return ['msisdn', 'imsi_imei', 'token'].includes(identity.class) ? identity : undefined;
}

/** The key under which a release knows a name, in any spelling of it. */
export function keyFor({ ruleset }: Rules, name: string): string {
  return ruleset.identify(name)?.key ?? keyOf(name);
}

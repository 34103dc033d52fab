// How far lockdown reaches one request. INVARIANT: it only takes away: with it nothing leaves that would not have left without it
// (test/fuzz/lockdown.test.ts).
import type { Detection } from '../policy/policy.js';
import type { Release } from '../policy/ruleset.js';
import type { Lockdown } from './plan-types.js';

/** `everything`: under `all`; `release`: a partner that is locked down. */
export type Locked = 'nothing' | 'release' | 'everything';

/** `release`: what the policy gives this destination; undefined: a stranger. */
export function lockedOf(lockdown: Lockdown, release: Release | undefined): Locked {
  if (lockdown === 'off') return 'nothing';
  if (lockdown === 'all') return 'everything';
  return release !== undefined && lockdown.has(release.partner.id) ? 'release' : 'nothing';
}

const WITHHOLD_ALL = { exact: 'withhold', numbers: 'withhold', hints: 'withhold' } as const;

/** What a finding means under it. */
export function detectionUnder(locked: Locked, detection: Detection): Detection {
  return locked === 'everything' ? { ...detection, ...WITHHOLD_ALL } : detection;
}

// What becomes of one field by its name alone: the names and the policy decide, never the value. If this throws, nothing is
// forwarded. INVARIANT: what a client names in Connection neither keeps nor removes identity (test/decision/filter.test.ts).
import { isForProxies, staysWithUs } from '../http/hop-by-hop.js';
import type { Field } from '../http/message.js';
import type { ReadRequest } from '../http/request.js';
import { keyOf, keysOf } from '../names/key.js';
import type { IdentityClass, ReleaseRule } from '../policy/policy.js';
import type { Identity, Release, Ruleset } from '../policy/ruleset.js';
import type { Locked } from './lockdown.js';
import type { Circumstances } from './plan-types.js';

export interface Setting {
  readonly ruleset: Ruleset;
  readonly read: ReadRequest;
  readonly circumstances: Circumstances;
  /** At each of them a release must hold (`Question.times`). */
  readonly times: readonly number[];
  /** undefined: a stranger. */
  readonly release: Release | undefined;
  readonly locked: Locked;
}

export type Fate =
  /** Between the client and us. */
  | { readonly kind: 'ours' }
  /** `hint`: a name of low trust, forwarded and counted as identity of this class. */
  | { readonly kind: 'keep'; readonly hint: IdentityClass | null }
  | {
      readonly kind: 'withhold';
      readonly key: string;
      readonly label: string;
      readonly class: IdentityClass;
      readonly isSpoofed: boolean;
      /**
       * Where its value stands among those that are looked for, of which only so many are: as it would without lockdown, or
       * lockdown would let another value pass.
       */
      readonly rank: Rank;
    }
  /** `quarantine`: nobody knows the name yet. */
  | { readonly kind: 'quarantine' }
  | { readonly kind: 'release'; readonly label: string; readonly rule: ReleaseRule };

/** `first`: what leaves unchanged; `last`: what only lockdown withholds. */
export type Rank = 'first' | 'usual' | 'last';

/** The partner's rule for a name in any spelling. */
function ruleFor(name: string, release: Release | undefined): ReleaseRule | undefined {
  if (release === undefined) return undefined;
  for (const key of keysOf(name)) {
    const rule = release.rules.get(key);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

/** Whether a nomination in Connection is of identity, and therefore ignored (RFC 9110, section 7.6.1 says otherwise). */
export function isNominationOfIdentity(option: string, setting: Setting): boolean {
  if (option === 'close' || option === 'keep-alive' || option === 'upgrade') return false;
  return setting.ruleset.identify(option) !== undefined || ruleFor(option, setting.release) !== undefined;
}

/** A line of the policy accepts the name; under lockdown no line does. */
function isAccepted(key: string, { ruleset, times, circumstances, locked }: Setting): boolean {
  return locked !== 'everything' && ruleset.isWatched(key, times, circumstances.skewMs);
}

function fateOfStranger(name: string, setting: Setting): Fate {
  const { read, release, locked, circumstances } = setting;
  if (isForProxies(name) || (read.options.length > 0 && read.options.includes(name.toLowerCase())))
    return { kind: 'ours' };
  const isStranger = release === undefined || locked !== 'nothing';
  if (!isStranger || circumstances.quarantined.size === 0) return { kind: 'keep', hint: null };
  const key = keyOf(name);
  return circumstances.quarantined.has(key) && !isAccepted(key, setting)
    ? { kind: 'quarantine' }
    : { kind: 'keep', hint: null };
}

function fateOfIdentity(name: string, identity: Identity, setting: Setting): Fate {
  const { ruleset, read, times, locked, circumstances } = setting;
  const { skewMs, trusted } = circumstances;
  const { key, label, class: carries } = identity;
  const withhold = (rank: Rank): Fate => ({
    kind: 'withhold',
    key,
    label,
    class: carries,
    isSpoofed: !trusted,
    rank,
  });
  const isLocked = locked === 'everything';
  if (ruleset.isWatched(key, times, skewMs)) return isLocked ? withhold('last') : { kind: 'keep', hint: null };
  if (identity.action === 'strip') return withhold('usual');
  // Via and its like are on most requests of a gateway: they carry an address at most, and ring no alarm.
  if (isLocked && carries !== 'address') return withhold('last');
  const isSuppressed = locked === 'nothing' && ruleset.isSuppressed(keyOf(name), read.authority.host, times, skewMs);
  const isQuiet = carries === 'address' || isSuppressed;
  return { kind: 'keep', hint: isQuiet ? null : identity.class };
}

/** The one place where a name meets the policy. A peer that is not believed, or a Host that disagrees, releases nothing. */
export function fateOf(field: Field, setting: Setting): Fate {
  const { name } = field;
  if (staysWithUs(name)) return { kind: 'ours' };
  const identity = setting.ruleset.identify(name);
  const rule = ruleFor(name, setting.release);
  if (rule !== undefined) {
    const label = identity?.label ?? rule.header.toLowerCase();
    const { trusted } = setting.circumstances;
    const isDue = trusted && !setting.read.hostDisagrees;
    if (isDue && setting.locked === 'nothing') return { kind: 'release', label, rule };
    const rank = isDue && rule.form === 'unchanged' ? 'first' : 'usual';
    return { kind: 'withhold', key: rule.key, label, class: rule.class, isSpoofed: !trusted, rank };
  }
  return identity === undefined ? fateOfStranger(name, setting) : fateOfIdentity(name, identity, setting);
}

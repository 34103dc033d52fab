// What a policy permits at most, for one header at one authority and time: E(policy, time). It asks the runtime decision, so that
// what is compared and what the gateway does cannot differ. Guards at run time (ambiguous, spoofed, quarantine, skew) only lower it.
import { keysOf } from '../names/key.js';
import type { HeaderMember } from './header-members.js';
import type { Form } from './policy.js';
import type { Release, Ruleset } from './ruleset.js';

/** Where a value travels: plain over the port that was asked for, or TLS to a port. Plain is wider: the path learns it too. */
export type PermittedRoute = { readonly transport: 'http' } | { readonly transport: 'tls'; readonly port: number };

export interface Permitted {
  readonly form: Form | 'none';
  /** Of a pseudonym: `partner/key id`, sorted; another partner or key gives another pseudonym. Else empty. */
  readonly keys: readonly string[];
  /** null with form `none`. */
  readonly route: PermittedRoute | null;
  /** Whose release it is; null: nobody receives it, or everyone does. */
  readonly partner: string | null;
}

const NONE: Permitted = { form: 'none', keys: [], route: null, partner: null };
/** What every site receives; at a partner it takes the partner's route. */
const EVERYONE: Permitted = { form: 'unchanged', keys: [], route: { transport: 'http' }, partner: null };

export interface At {
  /** Canonical. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** What the runtime decision released there then. */
  readonly release: Release | undefined;
}

/** The widest form and route in which `member` may leave; a field may be several members, and then any of them permits it. */
export function permittedTo(ruleset: Ruleset, member: HeaderMember, at: At): Permitted {
  if (isForEveryone(ruleset, member, at.time)) return EVERYONE;
  switch (member.kind) {
    case 'name':
      return releasedTo(member.key, at.release);
    case 'unexamined':
      return ruleset.isSuppressed(member.key, at.host, [at.time], 0) ? EVERYONE : NONE;
    case 'accepted':
    case 'novel':
      // Names that nobody knows yet are withheld from strangers only.
      return at.release === undefined
        ? NONE
        : { ...EVERYONE, route: routeTo(at.release), partner: at.release.partner.id };
    case 'prefix':
    case 'value':
    case 'number':
    case 'hint':
    case 'other':
      return NONE;
    default:
      return member satisfies never;
  }
}

/** Whether every site receives the member unchanged, partner or not. */
export function isForEveryone(ruleset: Ruleset, member: HeaderMember, time: number): boolean {
  const { detection } = ruleset.policy;
  switch (member.kind) {
    case 'name':
    case 'prefix': {
      const identity = ruleset.identify(member.sample);
      return identity === undefined || identity.action === 'count' || ruleset.isWatched(identity.key, [time], 0);
    }
    case 'value':
      return detection.exact === 'count';
    case 'number':
      return detection.numbers === 'count';
    case 'hint':
      return detection.hints === 'count';
    case 'accepted':
      return detection.novelty === 'observe' || ruleset.isWatched(member.key, [time], 0);
    case 'novel':
      return detection.novelty === 'observe';
    case 'other':
      return true;
    case 'unexamined':
      return false;
    default:
      return member satisfies never;
  }
}

function releasedTo(key: string, release: Release | undefined): Permitted {
  if (release === undefined) return NONE;
  const { partner, rules } = release;
  for (const each of keysOf(key)) {
    const rule = rules.get(each);
    if (rule === undefined) continue;
    const keys = rule.form === 'pseudonym' ? rule.keyIds.map((id) => `${partner.id}/${id}`).sort() : [];
    return { form: rule.form, keys, route: routeTo(release), partner: partner.id };
  }
  return NONE;
}

/** How a request is sent on; undefined: a stranger. */
export function routeTo(release: Release | undefined): PermittedRoute {
  const { transport, connect } = release?.partner ?? { transport: 'http', connect: null };
  return transport === 'tls' ? { transport, port: connect ?? 443 } : { transport };
}

/**
 * Both policies at one point, to be compared. What every site receives under both is no release, so its route does not count: a deny
 * that turns a partner into a stranger only narrows. Undefined: no difference.
 */
export function pairAt(
  before: { readonly permitted: Permitted; readonly release: Release | undefined },
  after: { readonly permitted: Permitted; readonly release: Release | undefined },
): readonly [Permitted, Permitted] | undefined {
  const [a, b] = [before.permitted, after.permitted];
  if (a === b || (a === EVERYONE && b === EVERYONE)) return undefined;
  if (a.form === 'none' || b.form === 'none') return [a, b];
  const real = ({ permitted, release }: typeof before): Permitted =>
    permitted === EVERYONE ? { ...EVERYONE, route: routeTo(release) } : permitted;
  return [real(before), real(after)];
}

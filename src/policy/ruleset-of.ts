// The one decision function over a policy: proxy, explain and differ all ask this. Built once, never changed.
// INVARIANT: an unsure clock narrows: a release holds at every time asked ± skew, a deny at any of them (test/policy/ruleset-of.test.ts).
import { catalogueIdentities } from './catalogue.js';
import { hostIndexOver } from './host-index.js';
import { identifierOf, ownLabel } from './identify.js';
import type { Deny, Period, Policy } from './policy.js';
import { policyTablesOf, type PolicyTables } from './policy-tables.js';
import type { Identity, Question, Release, Ruleset } from './ruleset.js';

/** Names that are remembered; a flood of new ones empties the memory, and costs a look-up each. */
const REMEMBERED_NAMES = 4096;
/** A longer name is looked up every time. */
const REMEMBERED_CHARACTERS = 64;

/** Hosts are asked of `tables` alone: with them, the policy may be one without hosts. Default: built here. */
export function rulesetOf(policy: Policy, digest: string, tables: PolicyTables = policyTablesOf(policy)): Ruleset {
  const releases = hostIndexOver<Release, Question>(
    tables.releases,
    policy.partners.map((partner) => ({ partner, rules: new Map(partner.release.map((rule) => [rule.key, rule])) })),
  );
  const denies = hostIndexOver<Deny, Question>(tables.denies, policy.deny);
  const watched = periodsByKey(policy.watch.map((watch) => [watch.key, watch.period]));
  const suppressed = periodsByKey(policy.suppressions.map(({ key, host, period }) => [`${key} ${host}`, period]));

  return {
    policy,
    digest,
    identify: remembering(identifierOf(policy.headers)),
    isWatched: (key, times, skewMs) => watched.get(key)?.some((period) => holdsAtAll(period, times, skewMs)) ?? false,
    isSuppressed: (key, host, times, skewMs) =>
      suppressed.get(`${key} ${host}`)?.some((period) => holdsAtAll(period, times, skewMs)) ?? false,
    release(question) {
      const release = releases.find(question.host, isReleased, question);
      if (release === undefined) return undefined;
      return denies.find(question.host, isDenied, question) === undefined ? release : undefined;
    },
    headerLabels: headerLabelsOf(policy),
  };
}

function isReleased({ partner }: Release, { port, listener, times, skewMs }: Question): boolean {
  return (
    partner.ports.includes(port) &&
    (partner.listeners === null || partner.listeners.includes(listener)) &&
    holdsAtAll(partner.period, times, skewMs)
  );
}

function isDenied(deny: Deny, { listener, times, skewMs }: Question): boolean {
  return (deny.listeners === null || deny.listeners.includes(listener)) && holdsAtAny(deny.period, times, skewMs);
}

/** No time asked, no release. */
function holdsAtAll({ from, until }: Period, times: readonly number[], skewMs: number): boolean {
  for (const time of times) {
    // Written so that a time that is no number holds nowhere.
    if (!((from === null || time - skewMs >= from) && (until === null || time + skewMs < until))) return false;
  }
  return times.length > 0;
}

function holdsAtAny({ from, until }: Period, times: readonly number[], skewMs: number): boolean {
  for (const time of times) {
    if (!(from !== null && time + skewMs < from) && !(until !== null && time - skewMs >= until)) return true;
  }
  return times.length === 0;
}

function periodsByKey(pairs: readonly (readonly [string, Period])[]): ReadonlyMap<string, readonly Period[]> {
  const map = new Map<string, Period[]>();
  for (const [key, period] of pairs) map.set(key, [...(map.get(key) ?? []), period]);
  return map;
}

function remembering(identify: (name: string) => Identity | undefined): (name: string) => Identity | undefined {
  let memory = new Map<string, Identity | null>();
  return (name) => {
    const known = memory.get(name);
    if (known !== undefined) return known ?? undefined;
    const identity = identify(name);
    if (name.length <= REMEMBERED_CHARACTERS) {
      if (memory.size >= REMEMBERED_NAMES) memory = new Map();
      memory.set(name, identity ?? null);
    }
    return identity;
  };
}

function headerLabelsOf(policy: Policy): Ruleset['headerLabels'] {
  const labels = new Map(catalogueIdentities().map((identity) => [identity.label, identity.class]));
  for (const header of policy.headers) {
    labels.set(ownLabel(header), header.carries);
  }
  return [...labels].map(([label, carries]) => ({ label, class: carries }));
}

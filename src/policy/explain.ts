// Why a destination is a partner or a stranger, with the lines of the file that say so. It decides nothing: whether something
// is released is asked of the ruleset, and only what is missed is worked out here (test/policy/explain.test.ts holds the two together).
import type { Span } from '../document/problem.js';
import type { Compiled } from './compile.js';
import { hostIndexOf } from './host-index.js';
import { renderHostPattern } from './host-pattern.js';
import { renderInstant } from './instant.js';
import { compareNearness, nearnessOf, type NearHost } from './near-hosts.js';
import type { Deny, HostPattern, Partner, Period } from './policy.js';
import type { Ruleset } from './ruleset.js';

export interface Where {
  /** Empty: none was named. */
  readonly listener: string;
  /** Canonical, as `names/` writes it. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds since the epoch; the policy is taken at its word, without a skew. */
  readonly at: number;
}

/** Why one pattern of one partner releases nothing here. */
export interface Miss {
  readonly kind: NearHost['kind'] | 'port' | 'listener' | 'period' | 'denied';
  readonly partner: string;
  /** `*.bank.example` */
  readonly pattern: string;
  /** One line as in a problem: the fact, a colon, the rule. */
  readonly message: string;
  /** The line that would have to be another: the host, `ports`, `listeners`, `from` or `until`, or the deny. */
  readonly span: Span | undefined;
}

export interface DestinationReason {
  readonly partner: {
    readonly index: number;
    readonly partner: Partner;
    readonly pattern: string;
    readonly span: Span | undefined;
  } | null;
  /** Of a stranger: what is missed, the nearest first; of a host that a pattern covers every condition that fails. */
  readonly misses: readonly Miss[];
  /** Further near hosts that are not in `misses`. */
  readonly more: number;
}

const NEAR_MOST = 5;

/** `compiled` and `ruleset` are of one policy. */
export function explainDestination(compiled: Compiled, ruleset: Ruleset, where: Where): DestinationReason {
  const { policy, places } = compiled;
  const covering = policy.partners.flatMap((partner, index) =>
    partner.hosts.flatMap((pattern, host) =>
      isCovered(where.host, pattern) ? [{ partner, index, pattern, host }] : [],
    ),
  );
  const release = ruleset.release({ ...where, times: [where.at], skewMs: 0 });
  if (release !== undefined) {
    const found = covering.find(({ partner }) => partner.id === release.partner.id);
    return {
      partner: {
        index: found?.index ?? -1,
        partner: release.partner,
        pattern: found === undefined ? '' : renderHostPattern(found.pattern),
        span: found && places.host(found.index, found.host),
      },
      misses: [],
      more: 0,
    };
  }
  const failed = covering.flatMap(({ partner, index, pattern }) => [
    ...conditionsMissed(compiled, { partner, index, pattern }, where),
    ...denialsOf(compiled, { partner, pattern }, where),
  ]);
  if (covering.length > 0) return { partner: null, misses: failed, more: 0 };
  const near = policy.partners
    .flatMap((partner, index) =>
      partner.hosts.flatMap((pattern, host) => {
        const nearness = nearnessOf(where.host, pattern);
        return nearness === undefined ? [] : [{ nearness, partner, pattern, span: places.host(index, host) }];
      }),
    )
    .sort((a, b) => compareNearness(a.nearness, b.nearness));
  const misses = near.slice(0, NEAR_MOST).map(({ nearness, partner, pattern, span }): Miss => ({
    ...nearness,
    partner: partner.id,
    pattern: renderHostPattern(pattern),
    span,
  }));
  return { partner: null, misses, more: near.length - misses.length };
}

function isCovered(host: string, pattern: HostPattern): boolean {
  return hostIndexOf([[pattern, pattern]]).find(host, () => true) !== undefined;
}

function conditionsMissed(
  { policy, places }: Compiled,
  { partner, index, pattern }: { partner: Partner; index: number; pattern: HostPattern },
  { port, listener, at }: Where,
): readonly Miss[] {
  const about = { partner: partner.id, pattern: renderHostPattern(pattern) };
  const misses: Miss[] = [];
  if (!partner.ports.includes(port)) {
    const message = `port ${port} was asked for: \`${partner.id}\` receives identity on ${partner.ports.length === 1 ? 'port' : 'ports'} ${partner.ports.join(', ')}`;
    misses.push({ ...about, kind: 'port', message, span: places.partnerKey(index, 'ports') });
  }
  if (partner.listeners !== null && !partner.listeners.includes(listener)) {
    const asked = listener === '' ? 'no listener was named' : `listener \`${listener}\``;
    const message = `${asked}: \`${partner.id}\` receives identity on ${partner.listeners.map((name) => `\`${name}\``).join(', ')}`;
    misses.push({ ...about, kind: 'listener', message, span: places.partnerKey(index, 'listeners') });
  }
  const key = edgeMissed(partner.period, at);
  if (key !== undefined) {
    const edge = renderInstant(partner.period[key] ?? 0, policy.timezone);
    const message =
      key === 'from'
        ? `too early: \`${partner.id}\` begins at ${edge}`
        : `too late: \`${partner.id}\` ended at ${edge}`;
    misses.push({ ...about, kind: 'period', message, span: places.partnerKey(index, key) });
  }
  return misses;
}

function edgeMissed({ from, until }: Period, at: number): 'from' | 'until' | undefined {
  if (from !== null && at < from) return 'from';
  return until !== null && at >= until ? 'until' : undefined;
}

function denialsOf(
  { policy, places }: Compiled,
  { partner, pattern }: { partner: Partner; pattern: HostPattern },
  where: Where,
): readonly Miss[] {
  return policy.deny.flatMap((deny, index) =>
    deny.hosts.flatMap((denied, host): readonly Miss[] => {
      if (!isCovered(where.host, denied) || !isInForce(deny, where)) return [];
      const message = `denied by \`${renderHostPattern(denied)}\` (${deny.reason}): a deny wins over everything`;
      const span = places.denyHost(index, host);
      return [{ kind: 'denied', partner: partner.id, pattern: renderHostPattern(pattern), message, span }];
    }),
  );
}

function isInForce(deny: Deny, { listener, at }: Where): boolean {
  const isHere = deny.listeners === null || deny.listeners.includes(listener);
  return isHere && edgeMissed(deny.period, at) === undefined;
}

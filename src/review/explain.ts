// `headgate explain`: what a request would carry, where it would go, and the lines that say so. The answer is the plan's; the
// reasons are looked up beside it (test/review/explain.test.ts compares the two on random questions).
import type { Plan } from '../decision/plan-types.js';
import type { Span } from '../document/problem.js';
import { REFUSALS } from '../http/refusal.js';
import { renderAuthority } from '../names/authority.js';
import type { Compiled } from '../policy/compile.js';
import { explainDestination, type DestinationReason } from '../policy/explain.js';
import { renderInstant } from '../policy/instant.js';
import type { Ruleset } from '../policy/ruleset.js';
import { planFor, type Ask } from './ask.js';
import { fatesOf } from './fates.js';
import { headerAnswer, type HeaderAnswer } from './header-answer.js';

export interface Explanation {
  readonly url: string;
  readonly listener: string;
  readonly at: string;
  readonly trusted: boolean;
  readonly verdict: Plan['verdict'];
  /** Of a refused request: the code and its meaning. */
  readonly refusal: { readonly code: string; readonly status: number; readonly meaning: string } | null;
  /** As asked, `host` or `host:port`; null where the request is refused. */
  readonly authority: string | null;
  /** Where it is sent; of a tunnel the port that was named. */
  readonly route: {
    readonly transport: 'http' | 'tls' | 'tunnel';
    readonly host: string;
    readonly port: number;
  } | null;
  readonly partner: {
    readonly id: string;
    readonly name: string;
    readonly purpose: string;
    readonly pattern: string;
    readonly from: string | null;
    readonly until: string | null;
    readonly span: Span | undefined;
  } | null;
  readonly headers: readonly HeaderAnswer[];
  readonly misses: DestinationReason['misses'];
  readonly moreMisses: number;
}

/** `compiled` and `ruleset` are of one policy. */
export function explain(compiled: Compiled, ruleset: Ruleset, ask: Ask): Explanation {
  const plan = planFor(ruleset, ask);
  const instantOf = (ms: number | null): string | null =>
    ms === null ? null : renderInstant(ms, compiled.policy.timezone);
  const asked = {
    url: ask.url,
    listener: ask.listener,
    at: renderInstant(ask.at, compiled.policy.timezone),
    trusted: ask.trusted,
    verdict: plan.verdict,
  };
  const nothing = { refusal: null, partner: null, headers: [], misses: [], moreMisses: 0 };
  if (plan.kind === 'refuse') {
    return { ...asked, ...nothing, refusal: { code: plan.code, ...REFUSALS[plan.code] }, authority: null, route: null };
  }
  const { host, port } = plan.authority;
  if (plan.kind === 'tunnel') {
    const route = { transport: 'tunnel', host, port } as const;
    return { ...asked, ...nothing, authority: renderAuthority(plan.authority, 443), route };
  }
  const reason = explainDestination(compiled, ruleset, { listener: ask.listener, host, port, at: ask.at });
  const found = reason.partner;
  return {
    ...asked,
    refusal: null,
    authority: renderAuthority(plan.authority, 80),
    route: { transport: plan.route.transport, host: plan.route.host, port: plan.route.port },
    partner: found && {
      id: found.partner.id,
      name: found.partner.name,
      purpose: found.partner.purpose,
      pattern: found.pattern,
      from: instantOf(found.partner.period.from),
      until: instantOf(found.partner.period.until),
      span: found.span,
    },
    headers: fatesOf(ruleset, ask.fields, plan).map((fate) =>
      headerAnswer(fate, { compiled, ruleset, ask, counts: plan.counts, partner: found }),
    ),
    misses: reason.misses,
    moreMisses: reason.more,
  };
}

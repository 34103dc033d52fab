// Decision tests made from a policy: just inside and just outside each of its rules. What is expected is what the plan says today,
// so that they pass; they are for the day after, when a change moves an edge.
import type { Plan } from '../decision/plan-types.js';
import type { Compiled } from '../policy/compile.js';
import { hostIndexOf, type HostIndex } from '../policy/host-index.js';
import { renderHostPattern } from '../policy/host-pattern.js';
import type { Deny, HostPattern, Partner, Period, Policy } from '../policy/policy.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Ruleset } from '../policy/ruleset.js';
import { planFor } from './ask.js';
import type { DecisionTest, Expectation } from './decision-tests.js';
import { fatesOf } from './fates.js';
import { askOf } from './judge.js';

export type BoundaryTest = Omit<DecisionTest, 'path'>;

/** A case before it is known what to expect. */
type Draft = Omit<BoundaryTest, 'expect'>;

/** A name that no policy writes. */
const LABEL = 'x-boundary';

/** In the order of the policy; `now` is the usual time. */
export function boundaryTestsOf({ policy, digest }: Compiled, now: number): readonly BoundaryTest[] {
  const ruleset = rulesetOf(policy, digest);
  const partners = hostIndexOf(
    policy.partners.flatMap((partner) => partner.hosts.map((pattern) => [pattern, partner] as const)),
  );
  const drafts = [
    ...policy.partners.flatMap((partner) => draftsOf(policy, partner, now)),
    ...policy.deny.flatMap((deny) => denyDrafts(partners, deny, now)),
    ...watchDrafts(policy, now),
  ];
  const seen = new Set<string>();
  return drafts
    .filter(({ name: _, ...draft }) => {
      const text = JSON.stringify(draft);
      return !seen.has(text) && seen.add(text);
    })
    .map((draft) => ({ ...draft, expect: expectationOf(ruleset, draft) }));
}

function draftsOf(policy: Policy, partner: Partner, now: number): readonly Draft[] {
  const base = baseOf(partner, now);
  const id = `\`${partner.id}\``;
  const [pattern] = partner.hosts;
  const inside = pattern === undefined ? '' : (insideOf(pattern)[0] ?? '');
  const port = partner.ports[0] ?? 80;
  const url = urlOf(inside, port);
  const hosts = partner.hosts.flatMap((each) => hostDrafts(each, { ...base, port, id }));
  const otherPort = [port + 1, 8080, 8081, 80].find((each) => each <= 65535 && !partner.ports.includes(each)) ?? 65535;
  return [
    ...hosts,
    ...partner.ports
      .slice(1)
      .map((each) => ({ ...base, url: urlOf(inside, each), name: `port ${each} is one of ${id}` })),
    { ...base, url: urlOf(inside, otherPort), name: `port ${otherPort} is none of ${id}` },
    ...(partner.listeners ?? [])
      .slice(1)
      .map((listener) => ({ ...base, url, listener, name: `listener \`${listener}\` is one of ${id}` })),
    ...(partner.listeners === null
      ? []
      : [{ ...base, url, listener: LABEL, name: `another listener is none of ${id}` }]),
    ...periodDrafts(partner, { ...base, url }),
    { ...base, url, trusted: false, name: `a peer that is not trusted has nothing released to ${id}` },
    ...partner.release.map(({ header, form }) => ({
      ...base,
      url,
      fields: [{ name: header, value: null }],
      name: `${id} receives \`${header}\` ${form === 'unchanged' ? 'unchanged' : 'as a pseudonym'}`,
    })),
    ...notReleased(policy, partner).map((name) => ({
      ...base,
      url,
      fields: [{ name, value: null }],
      name: `${id} is not released \`${name}\``,
    })),
  ];
}

type Base = Omit<Draft, 'url' | 'name'>;

function baseOf({ period, listeners, release }: Partner, now: number): Base {
  return {
    at: within(period, now),
    listener: listeners?.[0] ?? '',
    trusted: true,
    fields: release.map(({ header }) => ({ name: header, value: null })),
  };
}

function hostDrafts(
  pattern: HostPattern,
  { port, id, ...base }: Base & { port: number; id: string },
): readonly Draft[] {
  const text = renderHostPattern(pattern);
  const draft = (host: string, name: string): Draft => ({ ...base, url: urlOf(host, port), name });
  const isName = /[a-z]/.test(pattern.host) && !pattern.host.includes(':');
  return [
    ...insideOf(pattern).map((host) => draft(host, `\`${host}\` is in \`${text}\` of ${id}`)),
    ...(isName ? outsideOf(pattern).map((host) => draft(host, `\`${host}\` is beside \`${text}\` of ${id}`)) : []),
  ];
}

function insideOf({ kind, host }: HostPattern): readonly string[] {
  return { exact: [host], one: [`${LABEL}.${host}`], any: [`${LABEL}.${host}`, `${LABEL}.${LABEL}.${host}`] }[kind];
}

/** One label more, one fewer, a sibling, and a name that only ends alike. */
function outsideOf({ kind, host }: HostPattern): readonly string[] {
  const parent = host.slice(host.indexOf('.') + 1);
  const around = host.includes('.') ? [`${LABEL}.${parent}`] : [];
  return [
    ...{ exact: [`${LABEL}.${host}`], one: [host, `${LABEL}.${LABEL}.${host}`], any: [host] }[kind],
    ...around,
    `not-${host}`,
  ].filter((each) => each.length <= 253 && each.split('.').every((label) => label.length <= 63));
}

function periodDrafts({ id, period: { from, until } }: Partner, base: Omit<Draft, 'name'>): readonly Draft[] {
  return [
    ...(from === null
      ? []
      : [
          { ...base, at: from - 1, name: `the instant before \`${id}\` begins` },
          { ...base, at: from, name: `the instant at which \`${id}\` begins` },
        ]),
    ...(until === null
      ? []
      : [
          { ...base, at: until - 1, name: `the last instant of \`${id}\`` },
          { ...base, at: until, name: `the instant at which \`${id}\` has ended` },
        ]),
  ];
}

/** One name of the catalogue and one of our own that this partner is not released. */
function notReleased({ headers, partners }: Policy, partner: Partner): readonly string[] {
  const own = headers.flatMap(({ kind, spelling }) => (kind === 'name' ? [spelling] : [`${spelling}boundary`]));
  const others = partners.flatMap(({ release }) => release.map(({ header }) => header));
  const has = new Set(partner.release.map(({ header }) => header.toLowerCase()));
  const first = (names: readonly string[]): readonly string[] =>
    names.filter((name) => !has.has(name.toLowerCase())).slice(0, 1);
  return [...new Set([...first(['X-MSISDN', 'X-IMSI', 'X-IMEI']), ...first(own), ...first(others)])];
}

/** At a host that a partner would have but for the deny, as that partner is asked; else at any. */
function denyDrafts(
  partners: HostIndex<Partner>,
  { hosts, reason, listeners, period }: Deny,
  now: number,
): readonly Draft[] {
  return hosts.flatMap((pattern) => {
    const text = renderHostPattern(pattern);
    return insideOf(pattern).map((host): Draft => {
      const partner = partners.find(
        host,
        ({ listeners: own }) => own === null || listeners === null || own.some((name) => listeners.includes(name)),
      );
      const shared = partner?.listeners?.find((name) => listeners === null || listeners.includes(name));
      return {
        at: within(period, partner === undefined ? now : within(partner.period, now)),
        listener: shared ?? listeners?.[0] ?? '',
        trusted: true,
        fields: (partner?.release.map(({ header }) => header) ?? ['X-MSISDN', 'X-IMSI']).map((name) => ({
          name,
          value: null,
        })),
        url: urlOf(host, partner?.ports[0] ?? 80),
        name: `\`${host}\` is denied by \`${text}\` (${reason})`,
      };
    });
  });
}

/** The time nearest to `now` at which the period holds. */
function within({ from, until }: Period, now: number): number {
  const early = from === null ? now : Math.max(now, from);
  return until === null ? early : Math.min(early, until - 1);
}

function watchDrafts({ watch }: Policy, now: number): readonly Draft[] {
  return watch.flatMap(({ spelling, period }) => {
    const base = {
      url: urlOf(`${LABEL}.example`, 80),
      listener: '',
      trusted: true,
      fields: [{ name: spelling, value: null }],
    };
    return [
      {
        ...base,
        at: within(period, now),
        name: `\`${spelling}\` is watched: every site receives it`,
      },
      ...(period.until === null
        ? []
        : [{ ...base, at: period.until, name: `the instant at which the watch of \`${spelling}\` has ended` }]),
    ];
  });
}

function urlOf(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}${port === 80 ? '' : `:${port}`}/`;
}

function expectationOf(ruleset: Ruleset, draft: Draft): Expectation {
  const ask = askOf(ruleset, draft);
  const plan: Plan = planFor(ruleset, ask);
  if (plan.kind === 'refuse') return { refused: plan.code };
  if (plan.kind === 'tunnel') return { tunnelled: true };
  const fates = fatesOf(ruleset, ask.fields, plan);
  const leaving = fates.flatMap(({ field, fate }) => (fate === 'withheld' ? [] : [[field.name, fate] as const]));
  const withheld = fates.flatMap(({ field, fate }) => (fate === 'withheld' ? [field.name] : []));
  return {
    ...(plan.partner === null
      ? { stranger: true }
      : { partner: plan.partner, route: `${plan.route.transport} ${plan.route.port}` }),
    ...(leaving.length === 0 ? {} : { headers: Object.fromEntries(leaving) }),
    ...(withheld.length === 0 ? {} : { withheld }),
  };
}

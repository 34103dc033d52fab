// The register of recipients: who receives subscriber identity, for what, in which form, on which route, since and until when.
// What a public page shows and what it leaves out is decided here; how it looks is the renderers' matter.
import { renderHostPattern } from './host-pattern.js';
import { localTimeOf } from './instant.js';
import type { IdentityClass, Period, Policy } from './policy.js';

export interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  readonly purpose: string;
  readonly basis: string | null;
  readonly country: string | null;
  readonly hosts: readonly string[];
  /** `X-MSISDN` and `unchanged`. */
  readonly headers: readonly {
    readonly header: string;
    readonly form: 'pseudonym' | 'unchanged';
    readonly carries: string;
  }[];
  /** `TLS to port 443`, `plain http, ports 80 and 8002`. */
  readonly route: string;
  /** The first day; null: always. Days are days of the policy's zone. */
  readonly since: string | null;
  /** The last day. */
  readonly until: string | null;
  readonly state: 'in force' | 'to come' | 'ended';
  /** Only in the team's own copy. */
  readonly internal: { readonly owner: string; readonly contract: string | null } | null;
}

export interface Register {
  readonly asOf: string;
  readonly timezone: string;
  readonly digest: string;
  /** In force first, then to come, then ended; each in the order of the policy. */
  readonly recipients: readonly Recipient[];
  /** What receives nothing, whatever else is written. */
  readonly denied: readonly { readonly hosts: readonly string[]; readonly reason: string | null }[];
}

const STATES: readonly Recipient['state'][] = ['in force', 'to come', 'ended'];

/** What a header of a class carries, in words. */
export const CARRIES = {
  msisdn: 'the subscriber’s number',
  imsi_imei: 'an identity of the card or the device',
  token: 'an identity made by the network',
  network: 'data about the network',
  location: 'a location',
  address: 'a network address',
} as const satisfies Readonly<Record<IdentityClass, string>>;

/** `now` in milliseconds since the epoch. A published register has no contacts, contracts or reasons of denies, and nothing that has ended. */
export function registerOf(
  { policy, digest }: { policy: Policy; digest: string },
  { now, isPublic }: { now: number; isPublic: boolean },
): Register {
  const recipients = policy.partners.map((partner): Recipient => {
    const { id, name, own, purpose, basis, country, owner, contract } = partner;
    const { from, until } = partner.period;
    return {
      ...{ id, name, own, purpose, basis, country },
      hosts: partner.hosts.map(renderHostPattern),
      headers: partner.release.map((rule) => ({ header: rule.header, form: rule.form, carries: CARRIES[rule.class] })),
      route: routeOf(partner),
      since: from === null ? null : localTimeOf(from, policy.timezone).day,
      until: until === null ? null : localTimeOf(until - 1, policy.timezone).day,
      state: stateOf(partner.period, now),
      internal: isPublic ? null : { owner, contract },
    };
  });
  return {
    asOf: localTimeOf(now, policy.timezone).day,
    timezone: policy.timezone,
    digest,
    recipients: STATES.flatMap((state) => recipients.filter((each) => each.state === state)).filter(
      ({ state }) => !isPublic || state !== 'ended',
    ),
    denied: policy.deny
      .filter(({ period }) => stateOf(period, now) === 'in force')
      .map(({ hosts, reason }) => ({ hosts: hosts.map(renderHostPattern), reason: isPublic ? null : reason })),
  };
}

function stateOf({ from, until }: Period, now: number): Recipient['state'] {
  if (until !== null && now >= until) return 'ended';
  return from !== null && now < from ? 'to come' : 'in force';
}

function routeOf({ transport, connect, ports }: Policy['partners'][number]): string {
  if (transport === 'tls') return `TLS to port ${connect ?? 443}`;
  return `plain http, ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
}

// A question about a policy as a request would put it: turned into a head, given to the plan. There is no second semantics here.
import type { Circumstances, Plan } from '../decision/plan-types.js';
import { plan } from '../decision/plan.js';
import type { Field, RequestHead } from '../http/message.js';
import type { Ruleset } from '../policy/ruleset.js';

export interface Ask {
  /** `http://host[:port]/path` as a subscriber asks for it; with `https` a CONNECT, in which no header is seen. */
  readonly url: string;
  /** What arrives at the gateway, in order; Host is added where it is not among them. */
  readonly fields: readonly Field[];
  /** Empty: none was named. */
  readonly listener: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether the listener believes this peer. */
  readonly trusted: boolean;
}

/** As the settings have it when they say nothing. */
const CONNECT_PORTS = [443, 993, 5222, 5223, 5228];
const LIMITS = { headBytes: 32 * 1024, fields: 128 };
/** Stands in for each key that the policy names: a review knows no key, and a pseudonym is a pseudonym. */
const STAND_IN = new Uint8Array(32).fill(1);

/** The plan of the runtime, with no skew and nothing in quarantine: the policy at its word. */
export function planFor(ruleset: Ruleset, ask: Ask): Plan {
  return plan(ruleset, headOf(ask), circumstancesOf(ruleset, ask));
}

function headOf({ url, fields }: Ask): RequestHead {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  const isTls = /^https:/i.test(url);
  const host = isTls && !/:\d*$/.test(authority) ? `${authority}:443` : authority;
  const hasHost = fields.some(({ name }) => name.toLowerCase() === 'host');
  return {
    method: isTls ? 'CONNECT' : 'GET',
    target: isTls ? host : url.replace(/#.*$/s, ''),
    version: '1.1',
    fields: hasHost ? fields : [{ name: 'Host', value: host }, ...fields],
  };
}

function circumstancesOf({ policy }: Ruleset, { listener, at, trusted }: Ask): Circumstances {
  const ids = policy.partners.flatMap(({ release }) => release.flatMap(({ keyIds }) => keyIds));
  return {
    now: at,
    highestMs: at,
    skewMs: 0,
    listener,
    trusted,
    quarantined: new Set(),
    lockdown: 'off',
    keys: new Map(ids.map((id) => [id, STAND_IN])),
    connectPorts: CONNECT_PORTS,
    via: false,
    limits: LIMITS,
  };
}

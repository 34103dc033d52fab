// One concrete request that shows a difference, as a subscriber would make it; and how wide the difference is.
import type { Axis } from './axis.js';
import type { Difference } from './class-differences.js';
import { routeTo, type PermittedRoute } from './exposure.js';
import type { HostPattern } from './policy.js';
import { isRegistrable } from './public-suffix.js';
import type { Ruleset } from './ruleset.js';

/** `registrable domain`: every name under a domain that someone registered; `everyone`: also more than one owner’s names. */
export type Breadth = 'host' | 'subtree' | 'registrable domain' | 'everyone';

export interface Witness {
  /** `http://x.bank.example/`; the port only when it is not 80. */
  readonly url: string;
  /** Canonical. */
  readonly host: string;
  readonly port: number;
  /** '' for a listener that no rule names. */
  readonly listener: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** How the new policy sends the request on; where nothing is left of the header there, the old one. */
  readonly route: PermittedRoute;
}

const HTTP_PORT = 80;

/** `host` is one of the difference's hosts. */
export function witnessOf(
  difference: Difference,
  host: string,
  { old, next, now }: { old: Ruleset; next: Ruleset; now: number },
): Witness {
  const { ports, listeners, from, after } = difference;
  const port = memberOf(ports, [HTTP_PORT, 8080, 8000, 81, 82, 83, 84]) ?? HTTP_PORT;
  const listener = listeners.kind === 'only' ? (listeners.members[0] ?? '') : '';
  const name = host.includes(':') ? `[${host}]` : host;
  const time = from ?? now;
  const ruleset = after.form === 'none' ? old : next;
  const release = ruleset.release({ listener, host, port, times: [time], skewMs: 0 });
  return {
    url: `http://${name}${port === HTTP_PORT ? '' : `:${port}`}/`,
    host,
    port,
    listener,
    time,
    route: routeTo(release),
  };
}

export function breadthOf({ kind, host }: HostPattern): Breadth {
  if (kind === 'exact') return 'host';
  if (!host.includes('.')) return 'everyone';
  return isRegistrable(host) ? 'registrable domain' : 'subtree';
}

function memberOf({ kind, members }: Axis<number>, liked: readonly number[]): number | undefined {
  const fits = liked.find((port) => members.includes(port) === (kind === 'only'));
  if (fits !== undefined || kind === 'only') return fits ?? members[0];
  for (let port = 1024; ; port += 1) if (!members.includes(port)) return port;
}

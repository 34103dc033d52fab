// From a route to a connection: ports, names, addresses, loops, the pool. Every way in which it can fail has one code.
import type { Route } from '../decision/plan-types.js';
import type { RefusalCode } from '../http/refusal.js';
import type { Destination } from './destination.js';
import { monotonicMs } from './deadlines.js';
import { type Ask, type Pooled, PoolFull, Withdrawn } from './pool.js';
import type { Shared } from './shared.js';
import { UpstreamError, type UpstreamErrorCode } from './upstream-error.js';

export type NoConnection =
  | { readonly kind: 'refuse'; readonly code: RefusalCode }
  | { readonly kind: 'fail'; readonly code: UpstreamErrorCode }
  | { readonly kind: 'gone' };

/** Where a route leads now, or why it may not be followed. `asked`: the port in the request, judged beside the route's, and the listener that it came on. */
export async function destinationOf(
  shared: Shared,
  route: Route,
  { port, listener }: { readonly port: number; readonly listener: string },
): Promise<Destination | NoConnection> {
  // One value of the settings from the first look to the last: whoever asks sees by `running.reach` whether it is still in force.
  const { resolver, judge } = shared.running.reach.placesFor(listener);
  if (judge.refusesPort(port) || judge.refusesPort(route.port)) {
    return { kind: 'refuse', code: 'destination-port' };
  }
  try {
    const nowMs = monotonicMs();
    // A static answer, also one for an address, stands before everything (labs send literals to their origins).
    const resolution = await (route.kind === 'name'
      ? resolver.resolve(route.host, nowMs)
      : (resolver.fixed(route.host) ?? { addresses: [route.host], port: null }));
    const judged = judge.judge(route, resolution, nowMs);
    return typeof judged === 'string' ? { kind: 'refuse', code: judged } : judged;
  } catch (error) {
    return failureOf(error);
  }
}

/** A connection for one request. */
export async function connectionTo<C extends Pooled>(shared: Shared, ask: Ask<C>): Promise<C | NoConnection> {
  try {
    return await shared.pool.acquire(ask);
  } catch (error) {
    return failureOf(error);
  }
}

export function isNoConnection(value: Destination | Pooled | NoConnection): value is NoConnection {
  return 'kind' in value && (value.kind === 'refuse' || value.kind === 'fail' || value.kind === 'gone');
}

function failureOf(error: unknown): NoConnection {
  if (error instanceof UpstreamError) return { kind: 'fail', code: error.code };
  if (error instanceof PoolFull) return { kind: 'refuse', code: 'pool-full' };
  if (error instanceof Withdrawn) return { kind: 'gone' };
  return { kind: 'refuse', code: 'internal' };
}

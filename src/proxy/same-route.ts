// Whether a request that was planned again still goes where its connection leads.
import type { Forward, Route } from '../decision/plan-types.js';

/** `port`: the one that was asked for. */
export function isSameRoute(before: { readonly route: Route; readonly port: number }, plan: Forward): boolean {
  const { route, port } = before;
  return (
    route.transport === plan.route.transport &&
    route.host === plan.route.host &&
    route.port === plan.route.port &&
    port === plan.authority.port
  );
}

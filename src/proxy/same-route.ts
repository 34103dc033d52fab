// Whether a request that was planned again still goes where its connection leads.
import type { Forward, Route } from '../decision/plan-types.js';

export function areRoutesEqual(a: Route, b: Route): boolean {
  return a === b || (a.transport === b.transport && a.host === b.host && a.port === b.port);
}

/** `port`: the one that was asked for. */
export function isSameRoute(before: { readonly route: Route; readonly port: number }, plan: Forward): boolean {
  return areRoutesEqual(before.route, plan.route) && before.port === plan.authority.port;
}

// The one line of /readyz for people: the state, and a refused candidate, so that a probe's log already says why nothing changed.
import type { GatewayStatus } from './gateway-status.js';

/** What /readyz answers: 200 where `ready`, and its line. */
export interface Readiness {
  readonly ready: boolean;
  readonly body: string;
}

/** Both at once. */
export function readinessOf(status: Pick<GatewayStatus, 'state' | 'candidate'>): Readiness {
  return { ready: isReady(status), body: renderReadiness(status) };
}

/** `ready`, or `ready; policy refused: not-approved widening since 2026-03-01T09:14:00.000Z`. No line end. */
export function renderReadiness({ state, candidate }: Pick<GatewayStatus, 'state' | 'candidate'>): string {
  if (candidate === null) return state;
  const { code, direction, refusedAt } = candidate;
  return `${state}; policy refused: ${code}${direction === null ? '' : ` ${direction}`} since ${refusedAt}`;
}

/** 200 while it serves what was admitted, and where it withholds everything after five minutes. */
export function isReady({ state }: Pick<GatewayStatus, 'state'>): boolean {
  return state === 'ready' || state === 'withholding';
}

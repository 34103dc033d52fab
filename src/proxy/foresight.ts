// A request of the fast path that has no connection yet: what it is counted as where none comes. With one it is planned again.
import type { Verdict } from '../decision/plan-types.js';
import type { RequestReader } from '../http/request-reader.js';
import type { ClientSide } from './client-side.js';
import type { FastDestination } from './fast-destination.js';
import type { FastShared } from './fast-shared.js';

interface Counted {
  readonly client: ClientSide;
  verdict: Verdict;
  partner: string | null;
}

/** Null: there is no connection. `exchange` has the verdict that it would have with one. */
export function foreseen(
  exchange: Counted,
  { shared, departure }: FastShared,
  reader: RequestReader<FastDestination>,
  to: FastDestination,
): null {
  const { origin } = exchange.client;
  if (departure.decide(reader, to, origin.trusted)) {
    exchange.verdict = departure.plan.verdict;
    exchange.partner = to.release?.partner.id ?? null;
    return null;
  }
  const plan = shared.running.plan(reader.head(), origin);
  if (plan.kind === 'forward') {
    exchange.verdict = plan.verdict;
    exchange.partner = plan.partner;
  }
  return null;
}

// What is noted of a request whose head is about to leave: what was withheld and found, and the names that came. Once per request.
import type { Forward } from '../decision/plan-types.js';
import { subscriberOf } from '../decision/subscriber.js';
import type { RequestHead } from '../http/message.js';
import type { Client } from './client.js';
import type { Shared } from './shared.js';
import type { LeakSource } from './tally.js';

export interface Sent {
  readonly client: Client;
  /** As it came. */
  readonly head: RequestHead;
  readonly plan: Forward;
}

/** Counts, logs and journals; a retry is not told again. */
export function noteSent({ running, tally, lookout }: Shared, sent: Sent, id: string): void {
  const { plan, head, client } = sent;
  const { listener } = client.origin;
  const { ruleset } = running;
  const source = sourceOf(sent);
  tally.withheld(listener, plan.counts, id, ruleset.digest, source);
  lookout.observe(listener, { host: source.place, fields: head.fields, subscriber: source.subscriber }, ruleset);
}

export function sourceOf({ client, head: { fields }, plan }: Sent): LeakSource {
  const { trusted } = client.origin;
  const subscriber = subscriberOf({ needles: plan.needles, fields, peer: client.peer, trusted });
  return { place: plan.authority.host, partner: plan.partner, subscriber };
}

// What is noted of a request whose head is about to leave: what was withheld and found, and the names that came. Once per request.
import type { Forward, Needle } from '../decision/plan-types.js';
import { forwardedIn } from '../decision/client-address.js';
import { subscriberOf, subscriberReleased } from '../decision/subscriber.js';
import type { HeadLines } from '../http/head-lines.js';
import type { RequestHead } from '../http/message.js';
import type { DepartingReleases } from './departing-releases.js';
import type { Origin } from './running.js';
import type { Shared } from './shared.js';
import type { LeakSource } from './tally.js';

/** Who asked. */
export interface Asking {
  readonly origin: Origin;
  /** The address of the TCP peer. */
  readonly peer: string;
}

export interface Sent {
  readonly client: Asking;
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
  if (!running.takesSample()) return;
  lookout.observe(listener, { host: source.place, fields: head.fields, subscriber: source.subscriber }, ruleset);
}

/** Counts what the head releases, and has it ready for when it leaves. After the second look; a retry is not told again. */
export function stageReleases(shared: Shared, { client, head, plan }: Sent, departing: DepartingReleases): void {
  const { released } = plan.counts;
  if (released.length === 0) return;
  const { running, tally, spots } = shared;
  const { listener, trusted } = client.origin;
  const { needles, authority } = plan;
  tally.released(listener, plan.counts);
  departing.of(subscriberReleased({ needles, fields: head.fields, peer: client.peer, trusted }));
  for (const each of released) departing.add(spots.get(running.ruleset, listener, authority.host, each));
}

/** The same for a head that leaves at once. */
export function noteReleases(shared: Shared, sent: Sent): void {
  stageReleases(shared, sent, shared.departing);
  shared.departing.left(Date.now());
}

export function sourceOf({ client, head: { fields }, plan }: Sent): LeakSource {
  const { trusted } = client.origin;
  const subscriber = subscriberOf({ needles: plan.needles, fields, peer: client.peer, trusted });
  return { place: plan.authority.host, partner: plan.partner, subscriber };
}

/** The names of a request that was planned on its bytes; those that were not are told by `noteSent`. Only for a sample. */
export function noteNames({ running, lookout }: Shared, client: Asking, { host, needles, lines }: BytesSent): void {
  const { trusted, listener } = client.origin;
  const fields = needles.length === 0 && trusted ? forwardedIn(lines) : [];
  const subscriber = subscriberOf({ needles, fields, peer: client.peer, trusted });
  lookout.observe(listener, { host, fields: lines, subscriber }, running.ruleset);
}

export interface BytesSent {
  readonly host: string;
  readonly needles: readonly Needle[];
  /** Before they change. */
  readonly lines: HeadLines;
}

// What a request that was planned on its bytes counts: numbers whose places were found once, no names.
import type { BytePlan } from '../decision/byte-plan.js';
import { forwardedIn } from '../decision/client-address.js';
import { NONE } from '../decision/needle-rows.js';
import { subscriberReleased } from '../decision/subscriber.js';
import type { HeadLines } from '../http/head-lines.js';
import type { ClientSide } from './client-side.js';
import type { FastDestination } from './fast-destination.js';
import type { FastShared } from './fast-shared.js';
import { BUCKETS } from '../telemetry/buckets.js';
import { noteNames } from './sent.js';
import type { Shared } from './shared.js';
import type { LeakSource } from './tally.js';

const TOTAL = BUCKETS.headgate_request_duration_seconds;
const ADDED = BUCKETS.headgate_added_duration_seconds;

/** What was withheld: true whether or not the head then leaves. Before the bytes change. */
export function countPlanned(
  shared: Shared,
  client: ClientSide,
  plan: BytePlan,
  to: FastDestination,
  lines: HeadLines,
): void {
  const { tally, running } = shared;
  const { slots, destinations, origin } = client;
  for (let i = 0; i < plan.strippedCount; i += 1) {
    const label = plan.stripped[i] ?? 0;
    tally.meter.add(destinations.strippedSlots[label] ?? -1, 1);
    if (!origin.trusted) tally.meter.add(destinations.spoofedSlots[label] ?? -1, 1);
  }
  tally.meter.add(slots.canonical, 1);
  if (running.takesSample()) noteNames(shared, client, { host: to.host, needles: plan.needles, lines });
}

/** Whose identity is about to be released, if any is. Before the bytes change. */
export function noteReleased(
  { departing }: FastShared,
  plan: BytePlan,
  client: ClientSide,
  reader: { readonly lines: HeadLines; readonly authority: FastDestination },
): void {
  if (plan.releasedCount === 0) return;
  if (plan.row !== NONE) return departing.ofNeedles(reader.authority.stretch.rules.needles, plan.row);
  const { origin, peer } = client;
  const fields = origin.trusted ? forwardedIn(reader.lines) : [];
  departing.of(subscriberReleased({ needles: [], fields, peer, trusted: origin.trusted }));
}

/** The head is about to leave. */
export function countReleased({ departing, shared }: FastShared, plan: BytePlan, to: FastDestination): void {
  // Nearly always all that the partner may have: then it is noted once.
  const whole = plan.releasedCount === to.releaseSpots.length ? to.wholeRelease : null;
  for (let i = 0; i < plan.releasedCount; i += 1) {
    const rule = plan.released[i] ?? 0;
    shared.tally.meter.add(to.releasedSlots[rule] ?? -1, 1);
    const spot = to.releaseSpots[rule];
    if (whole === null && spot !== undefined) departing.add(spot);
  }
  if (whole !== null) departing.add(whole);
}

/** After the second look found something: the bytes are no head any more, so whose it is is told by the needles, else by the peer. */
export function sourceOfBytes({ peer }: ClientSide, plan: BytePlan, to: FastDestination): LeakSource {
  return { place: to.host, partner: to.release?.partner.id ?? null, subscriber: plan.needles[0]?.value ?? peer };
}

/** The answer is written; milliseconds in all, and without the waiting for others. */
export function countAnswered(
  { tally: { meter } }: Shared,
  { slots }: ClientSide,
  totalMs: number,
  addedMs: number,
): void {
  meter.observeAt(slots.duration, TOTAL, totalMs / 1000);
  meter.observeAt(slots.added, ADDED, Math.max(0, addedMs) / 1000);
}

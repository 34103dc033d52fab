// What a request that was planned on its bytes counts: numbers whose places were found once, no names.
import type { BytePlan } from '../decision/byte-plan.js';
import type { HeadLines } from '../http/head-lines.js';
import type { ClientSide } from './client-side.js';
import type { FastDestination } from './fast-destination.js';
import { noteNames } from './sent.js';
import type { Shared } from './shared.js';

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
  if (running.takesSample()) {
    noteNames(shared, client, { host: to.host, needles: plan.needles, fields: lines.fields() });
  }
}

/** The head left. */
export function countReleased({ tally }: Shared, plan: BytePlan, to: FastDestination): void {
  for (let i = 0; i < plan.releasedCount; i += 1) tally.meter.add(to.releasedSlots[plan.released[i] ?? 0] ?? -1, 1);
}

/** The answer is written; milliseconds in all, and without the waiting for others. */
export function countAnswered(
  { tally: { meter } }: Shared,
  { slots }: ClientSide,
  totalMs: number,
  addedMs: number,
): void {
  meter.observeAt(slots.duration, 'headgate_request_duration_seconds', totalMs / 1000);
  meter.observeAt(slots.added, 'headgate_added_duration_seconds', Math.max(0, addedMs) / 1000);
}

// How long to wait before the next try to reach Redis: longer with each, never long, and never the same for two replicas.

const FIRST_MS = 100;
const MOST_MS = 3000;

/** Milliseconds; `attempt` counts from 0 or 1. Half of it is chance, so that replicas that lost one Redis together come back apart. */
export function reconnectDelayMs(attempt: number): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(most / 2 + (Math.random() * most) / 2);
}

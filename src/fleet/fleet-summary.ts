// Whether the replicas are one: which policy most of them run, and who differs in what. Pure.
import type { FleetView, HeardReplica } from './fleet.js';

/**
 * In what a replica differs, the first that applies: it runs another policy; it is of an older generation; some of its workers run another
 * one; it refused what lies on its disk; nothing.
 */
export type Drift = 'digest' | 'generation' | 'workers' | 'refused' | 'none';

export interface FleetSummary {
  /** That most of those who are heard run; of several the one that is in force since latest. Null: none. */
  readonly digest: string | null;
  /** How many different ones those who are heard run; nothing in force is one too. */
  readonly digests: number;
  readonly heard: number;
  readonly silent: number;
  /** Of each replica of the view, in its order. */
  readonly drifts: readonly Drift[];
}

export function summaryOf({ replicas, highestGeneration }: FleetView): FleetSummary {
  const heard = replicas.filter(({ isSilent }) => !isSilent);
  const digest = digestOf(heard);
  return {
    digest,
    digests: new Set(heard.map(({ status }) => status.digest)).size,
    heard: heard.length,
    silent: replicas.length - heard.length,
    drifts: replicas.map((replica) => driftOf(replica, digest, highestGeneration)),
  };
}

function digestOf(heard: readonly HeardReplica[]): string | null {
  const counts = new Map<string, { count: number; since: string }>();
  for (const { status } of heard) {
    if (status.digest === null) continue;
    const { count, since } = counts.get(status.digest) ?? { count: 0, since: '' };
    const later = (status.since ?? '') > since ? (status.since ?? '') : since;
    counts.set(status.digest, { count: count + 1, since: later });
  }
  const [most] = [...counts].sort(
    ([, a], [, b]) => b.count - a.count || (a.since < b.since ? 1 : a.since > b.since ? -1 : 0),
  );
  return most?.[0] ?? null;
}

function driftOf({ status }: HeardReplica, digest: string | null, highestGeneration: number): Drift {
  if (status.digest !== digest) return 'digest';
  if (status.generation < highestGeneration) return 'generation';
  if (status.workersCurrent < status.workers || status.workers === 0) return 'workers';
  return status.refused === null ? 'none' : 'refused';
}

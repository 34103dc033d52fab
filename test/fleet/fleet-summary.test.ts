// Which policy is the fleet's, and who differs in what.
import type { FleetView, HeardReplica } from '../../src/fleet/fleet.js';
import { summaryOf } from '../../src/fleet/fleet-summary.js';
import type { ReplicaStatus } from '../../src/fleet/replica-status.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const replica = (over: Partial<ReplicaStatus> = {}, isSilent = false): HeardReplica => ({
  status: {
    name: 'gw',
    instance: '0'.repeat(16),
    beat: 1,
    version: '0.1.0',
    state: 'ready',
    digest: A,
    generation: 1,
    since: '2026-03-01T00:00:00.000Z',
    refused: null,
    refusals: 0,
    leaks: 0,
    workers: 2,
    workersCurrent: 2,
    lockdowns: [],
    ...over,
  },
  ageMs: 0,
  isSilent,
  isThis: false,
});
const summary = (replicas: readonly HeardReplica[], highestGeneration = 1) =>
  summaryOf({ replicas, highestGeneration } as FleetView);

test('what most run is the fleet’s policy, and the others drift', () => {
  expect(summary([replica({ digest: B }), replica(), replica()])).toMatchObject({
    digest: A,
    digests: 2,
    drifts: ['digest', 'none', 'none'],
  });
});

test('of two that as many run it is the one that came last', () => {
  const later = replica({ digest: B, since: '2026-03-02T00:00:00.000Z' });
  expect(summary([replica(), later]).digest).toBe(B);
  expect(summary([later, replica()]).digest).toBe(B);
});

test('who is silent has no voice', () => {
  const silent = replica({ digest: B }, true);
  expect(summary([silent, silent, replica()])).toMatchObject({ digest: A, digests: 1, heard: 1, silent: 2 });
});

test('who withholds everything runs another one', () => {
  expect(summary([replica({ digest: null }), replica()])).toMatchObject({ digests: 2, drifts: ['digest', 'none'] });
});

test.each<[Partial<ReplicaStatus>, string]>([
  [{ generation: 0 }, 'generation'],
  [{ workersCurrent: 1 }, 'workers'],
  [{ workers: 0, workersCurrent: 0 }, 'workers'],
  [{ refused: 'invalid' }, 'refused'],
])('%j is drift by %s', (over, drift) => {
  expect(summary([replica(), replica(over)]).drifts).toEqual(['none', drift]);
});

// What the canary exports, kept from round to round. No counter falls, and every series is there from the start: a counter born at 1
// would not ring.
import type { Sample } from '../control/metrics-registry.js';
import type { Probe } from '../telemetry/outside-metrics.js';
import type { ProbeReport } from './round.js';

export class CanaryCounts {
  readonly #probes: ReadonlyMap<Probe, { asked: number; leaks: number; isBroken: boolean; lastSuccessMs: number }>;
  #boundaryHosts = 0;

  /** `probes`: those that the settings ask for; the others have no series. */
  constructor(probes: readonly Probe[]) {
    this.#probes = new Map(
      probes.map((probe) => [probe, { asked: 0, leaks: 0, isBroken: false, lastSuccessMs: 0 }] as const),
    );
  }

  /** A round that ended at `nowMs` (since the epoch). */
  add(reports: readonly ProbeReport[], boundaryHosts: number, nowMs: number): void {
    this.#boundaryHosts = boundaryHosts;
    for (const { probe, outcome, asked, leaks } of reports) {
      const counts = this.#probes.get(probe);
      if (counts === undefined) continue;
      counts.asked += asked;
      counts.leaks += leaks.length;
      counts.isBroken = outcome === 'broken';
      if (outcome === 'fine') counts.lastSuccessMs = nowMs;
    }
  }

  /** A round that could not even ask. */
  fail(): void {
    for (const counts of this.#probes.values()) counts.isBroken = true;
  }

  samples(): readonly Sample[] {
    return [
      { metric: 'headgate_canary_boundary_hosts', labels: [], value: this.#boundaryHosts },
      ...[...this.#probes].flatMap(([probe, { asked, leaks, isBroken, lastSuccessMs }]) =>
        (
          [
            ['headgate_canary_requests_total', asked],
            ['headgate_canary_leaks_total', leaks],
            ['headgate_canary_broken', isBroken ? 1 : 0],
            ['headgate_canary_last_success_timestamp_seconds', lastSuccessMs / 1000],
          ] as const
        ).map(([metric, value]) => ({ metric, labels: [probe], value })),
      ),
    ];
  }
}

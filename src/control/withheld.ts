// What is served while no policy may be in force: nobody receives anything, and nothing is reached that is not public.
import { digestOf, effectivePolicyOf } from '../policy/effective.js';
import type { Policy } from '../policy/policy.js';
import type { RuntimeGated } from '../policy/runtime-gated.js';
import type { Settings } from './settings.js';

const NOTHING: Policy = {
  version: 1,
  timezone: 'UTC',
  headers: [],
  watch: [],
  numbers: [],
  detection: { exact: 'withhold', numbers: 'withhold', hints: 'withhold', novelty: 'quarantine' },
  partners: [],
  deny: [],
  suppressions: [],
  releasesNothing: true,
};

/** Workers are locked down beside it, so that names that nobody lists now are the only ones left to detectors. */
export function withheldUnder({ listeners, destinations, skewMs, maxYears }: Settings): {
  readonly policy: Policy;
  readonly digest: string;
  readonly runtime: RuntimeGated;
} {
  return {
    policy: NOTHING,
    digest: digestOf(effectivePolicyOf(NOTHING)),
    runtime: {
      listeners: listeners.map(({ name, clients, kind, mirror }) => ({
        ...{ name, clients, trust: 'none' as const },
        ...(kind === 'proxy-protocol' ? { kind } : {}),
        ...(mirror === undefined ? {} : { mirror }),
      })),
      destinations: {
        hosts: {},
        default: null,
        permit: [],
        refusedPorts: destinations.refusedPorts,
        resolvers: destinations.resolvers,
        tls: { ca: [] },
      },
      connectPorts: [443],
      skewMs,
      maxYears,
    },
  };
}

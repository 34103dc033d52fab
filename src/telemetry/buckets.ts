// Upper bounds of the histograms' buckets, in seconds. Changing one resets what dashboards compare: it is said in the changelog.
import type { HistogramName } from './metrics.js';

/** Ascending, without +Inf. A request lasts as long as its destination takes; what we add is a matter of microseconds. */
export const BUCKETS = {
  headgate_request_duration_seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  headgate_added_duration_seconds: [
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5,
  ],
  headgate_worker_event_loop_lag_seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
} as const satisfies Record<HistogramName, readonly number[]>;

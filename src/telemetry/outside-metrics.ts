// What `headgate mirror` and `headgate canary` export: what is seen from outside the gateway. docs/metrics.md is checked against these.
// INVARIANT: a label is never a host, a path, an address or an identity value (test/telemetry/metrics.test.ts).

import { LABEL_VALUES } from './label-values.js';

export const MIRROR_METRICS = {
  headgate_mirror_requests_total: {
    type: 'counter',
    help: 'Requests that reached the mirror.',
    labels: [],
  },
  headgate_mirror_headers_total: {
    type: 'counter',
    help: 'Identity headers that reached the mirror.',
    labels: ['class', 'outcome'],
  },
} as const;

export const CANARY_METRICS = {
  headgate_canary_requests_total: {
    type: 'counter',
    help: 'Requests that the canary sent.',
    labels: ['probe'],
  },
  headgate_canary_leaks_total: {
    type: 'counter',
    help: 'Requests of the canary of which something arrived that must not.',
    labels: ['probe'],
  },
  headgate_canary_broken: {
    type: 'gauge',
    help: '1 while the canary could not see whether something leaks.',
    labels: ['probe'],
  },
  headgate_canary_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a probe last went through and found nothing, in Unix time; 0 for never.',
    labels: ['probe'],
  },
  headgate_canary_boundary_hosts: {
    type: 'gauge',
    help: 'Authorities just beside a rule of the policy that the canary asks for in turn.',
    labels: [],
  },
} as const;

/** What a probe asks; a value of the label `probe`. */
export const PROBES = LABEL_VALUES.probe;

export type Probe = (typeof PROBES)[number];

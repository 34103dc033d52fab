// Every metric that headgate exports: name, type, help, labels. docs/metrics.md is checked against this table by a test.
// INVARIANT: a label is never a host, a path, an address or an identity value (test/telemetry/metrics.test.ts).

interface Definition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRICS = {
  headgate_requests_total: {
    type: 'counter',
    help: 'Requests by verdict, the first that applies.',
    labels: ['listener', 'verdict'],
  },
  headgate_stripped_headers_total: {
    type: 'counter',
    help: 'Identity headers withheld from a destination.',
    labels: ['listener', 'header', 'class'],
  },
  headgate_released_headers_total: {
    type: 'counter',
    help: 'Identity headers that a partner received.',
    labels: ['listener', 'partner', 'header', 'form'],
  },
  headgate_leaked_headers_total: {
    type: 'counter',
    help: 'Identity found in fields after the strip.',
    labels: ['listener', 'class', 'detector', 'outcome'],
  },
  headgate_identity_seen_total: {
    type: 'counter',
    help: 'Identity seen in what belongs to the subscriber; left alone.',
    labels: ['place', 'detector'],
  },
  headgate_detection_skipped_total: {
    type: 'counter',
    help: 'What the detectors did not look at because a limit was reached.',
    labels: ['what'],
  },
  headgate_spoofed_headers_total: {
    type: 'counter',
    help: 'Identity headers from a peer that is not trusted; withheld.',
    labels: ['listener', 'header'],
  },
  headgate_ambiguous_headers_total: {
    type: 'counter',
    help: 'Released headers that came with different values; withheld.',
    labels: ['listener', 'header'],
  },
  headgate_host_disagreements_total: {
    type: 'counter',
    help: 'Requests whose Host disagrees with an absolute target; identity withheld.',
    labels: ['listener'],
  },
  headgate_nominated_headers_total: {
    type: 'counter',
    help: 'Identity headers named in Connection; the nomination was ignored.',
    labels: ['listener'],
  },
  headgate_refused_requests_total: {
    type: 'counter',
    help: 'Requests that headgate answered itself.',
    labels: ['listener', 'why'],
  },
  headgate_upstream_errors_total: {
    type: 'counter',
    help: 'Requests that failed on the way to or at the destination.',
    labels: ['why'],
  },
  headgate_response_repairs_total: {
    type: 'counter',
    help: 'Answers that were repaired before they were relayed.',
    labels: ['kind'],
  },
  headgate_response_headers_total: {
    type: 'counter',
    help: 'Identity headers in answers, by what was done.',
    labels: ['listener', 'class', 'outcome'],
  },
  headgate_path_total: {
    type: 'counter',
    help: 'Requests by the path that carried them, and why.',
    labels: ['path', 'why'],
  },
  headgate_dns_lookups_total: { type: 'counter', help: 'Name look-ups by outcome.', labels: ['outcome'] },
  headgate_pool_total: { type: 'counter', help: 'Upstream connections by what happened.', labels: ['event'] },
  headgate_worker_restarts_total: { type: 'counter', help: 'Workers that died or hung and were replaced.', labels: [] },
  headgate_worker_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time of the processes that carry traffic.',
    labels: [],
  },
  headgate_policy_reloads_total: { type: 'counter', help: 'Reloads of the policy by outcome.', labels: ['outcome'] },
  headgate_policy_refusals_total: {
    type: 'counter',
    help: 'Candidates that were refused, by why.',
    labels: ['code'],
  },
  headgate_worker_resident_bytes: {
    type: 'gauge',
    help: 'Resident memory of the processes that carry traffic.',
    labels: [],
  },
  headgate_client_connections: { type: 'gauge', help: 'Client connections open.', labels: ['listener'] },
  headgate_upstream_connections: { type: 'gauge', help: 'Upstream connections by state.', labels: ['state'] },
  headgate_tunnels: { type: 'gauge', help: 'Tunnels open: CONNECT and WebSocket.', labels: ['kind'] },
  headgate_request_duration_seconds: {
    type: 'histogram',
    help: 'From the whole head read to the last byte of the answer.',
    labels: ['listener'],
  },
  headgate_added_duration_seconds: {
    type: 'histogram',
    help: 'What headgate added: total minus waiting for the upstream.',
    labels: ['listener'],
  },
  headgate_worker_event_loop_lag_seconds: {
    type: 'histogram',
    help: 'How late a timer of one second was in the processes that carry traffic.',
    labels: [],
  },
} as const satisfies Record<string, Definition>;

type Named<T extends Definition['type']> = {
  [K in keyof typeof METRICS]: (typeof METRICS)[K]['type'] extends T ? K : never;
}[keyof typeof METRICS];
export type MetricName = keyof typeof METRICS;
export type CounterName = Named<'counter'>;
export type GaugeName = Named<'gauge'>;
export type HistogramName = Named<'histogram'>;

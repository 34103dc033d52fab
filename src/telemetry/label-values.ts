// The closed lists of label values that no listener, catalogue, policy or other folder provides. A value outside its list is counted as `other`.

/** Values by label, or by `metric label` where one label means different things in two metrics. Order is the order of the scrape. */
export const LABEL_VALUES = {
  verdict: ['refused', 'tunnelled', 'released', 'stripped', 'untouched'],
  class: ['msisdn', 'imsi_imei', 'token', 'network', 'location', 'address', 'unknown'],
  form: ['pseudonym', 'unchanged'],
  detector: ['exact', 'number', 'hint', 'novelty', 'canary', 'egress'],
  place: ['cookie', 'referer', 'target'],
  path: ['fast', 'slow'],
  pattern: ['exact', 'one', 'any'],
  state: ['active', 'idle'],
  'headgate_leaked_headers_total outcome': ['contained', 'counted', 'escaped'],
  'headgate_mirror_headers_total outcome': ['escaped', 'expected'],
  probe: ['negative', 'positive', 'boundary', 'spoof', 'answers'],
  'headgate_response_headers_total outcome': ['stripped', 'counted'],
  'headgate_policy_reloads_total outcome': ['replaced', 'refused'],
  'headgate_policy_refusals_total code': [
    'invalid',
    'never-set',
    'ceiling',
    'tests',
    'not-approved',
    'no-baseline',
    'generation',
    'state',
    'workers',
  ],
  'headgate_detection_skipped_total what': ['value-end', 'digest', 'needle'],
  'headgate_dns_lookups_total outcome': ['answered', 'cached', 'negative', 'failed'],
  'headgate_pool_total event': ['opened', 'reused', 'closed', 'failed', 'retried', 'waited'],
  'headgate_novel_headers state': ['novel', 'follows', 'everywhere', 'quarantined', 'baseline'],
  'headgate_usual_names_info state': ['learning', 'own', 'fleet', 'lost'],
  'headgate_fleet_replicas state': ['heard', 'silent'],
  'headgate_tunnels kind': ['connect', 'websocket'],
  'headgate_response_repairs_total kind': ['reason', 'space-before-colon', 'folded', 'equal-lengths', 'bare-lf'],
  'headgate_path_total why': ['canonical', 'unusual', 'setting', 'upgrade', 'expect', 'http-1.0', 'connect'],
} as const satisfies Record<string, readonly string[]>;

/** What a value outside its list is counted as. */
export const OTHER = 'other';

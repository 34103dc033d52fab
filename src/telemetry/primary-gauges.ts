// Gauges that only the primary can know, with label values that no list closes (a digest, a version). docs/metrics.md is checked against it.

export const PRIMARY_GAUGES = {
  headgate_build_info: { help: 'Always 1; the version that runs.', labels: ['version', 'node'] },
  headgate_policy_info: {
    help: 'Always 1; the digest of the policy in force and the change gate that admitted it.',
    labels: ['digest', 'gate'],
  },
  headgate_policy_in_force_timestamp_seconds: {
    help: 'Since when the policy in force is in force, in Unix time.',
    labels: [],
  },
  headgate_policy_partners: { help: 'Partners that the policy in force names.', labels: [] },
  headgate_policy_generation: {
    help: 'Generation of the newest baseline that counts; 0 without one.',
    labels: [],
  },
  headgate_policy_last_reload_successful: {
    help: '1 when the last candidate was admitted, or none has been judged since the start.',
    labels: [],
  },
  headgate_policy_candidate_refused: {
    help: '1 while a candidate that was refused for this lies on disk.',
    labels: ['code'],
  },
  headgate_policy_narrowings_held_up: {
    help: 'Narrowings that wait because they came in one candidate with what was refused.',
    labels: [],
  },
  headgate_exposure_releases: {
    help: 'Headers times host patterns that partners may receive now, by form and kind of pattern.',
    labels: ['form', 'pattern'],
  },
  headgate_partner_until_timestamp_seconds: {
    help: 'When the releases of a partner end, in Unix time.',
    labels: ['partner'],
  },
  headgate_approval_unsigned: {
    help: '1 while approvals need no signature (`approval.required` is 0).',
    labels: [],
  },
  headgate_approval_needed_by_timestamp_seconds: {
    help: 'Until when somebody must sign the approval that the refused candidate waits for, in Unix time; 0 without one.',
    labels: [],
  },
  headgate_break_glass_until_timestamp_seconds: {
    help: 'When the policy that came by break-glass ends, in Unix time; 0 without one.',
    labels: [],
  },
  headgate_lockdown: {
    help: '1 while lockdown is on, for everyone or for at least one partner.',
    labels: ['scope'],
  },
  headgate_novel_headers: {
    help: 'Header names in no list that were seen in the last minute, by what they are.',
    labels: ['listener', 'state'],
  },
  headgate_usual_names_info: {
    help: '1 for the one from which a listener knows which names are usual.',
    labels: ['listener', 'state'],
  },
  headgate_network_leak_headers: {
    help: 'Names under which the network itself sends identity, proven in the last five minutes.',
    labels: [],
  },
  headgate_fleet_connected: { help: '1 while the Redis that replicas share answers.', labels: [] },
  headgate_fleet_replicas: {
    help: 'Replicas of the fleet, this one too, by whether they are heard.',
    labels: ['state'],
  },
  headgate_fleet_digests: { help: 'Different policies that the replicas that are heard run.', labels: [] },
  headgate_fleet_highest_generation: {
    help: 'Highest generation of a baseline that any replica ever told.',
    labels: [],
  },
  headgate_fleet_last_exchange_timestamp_seconds: {
    help: 'When this replica last told its status and heard the others, in Unix time; 0 for never.',
    labels: [],
  },
  headgate_fleet_odd_usual_names: {
    help: 'Listeners under whose key in Redis lies something else than usual names; it is not read.',
    labels: [],
  },
  headgate_state_writable: { help: '1 while the state folder can be written.', labels: [] },
  headgate_history_whole: { help: '1 while the history on disk verifies.', labels: [] },
  headgate_client_connections_limit: { help: 'Client connections that are taken at most.', labels: [] },
  headgate_ready: { help: '1 while /readyz answers 200.', labels: [] },
  headgate_workers: { help: 'Processes that carry traffic now.', labels: [] },
} as const satisfies Record<string, { readonly help: string; readonly labels: readonly string[] }>;

export type PrimaryGaugeName = keyof typeof PRIMARY_GAUGES;

/** One line of a primary's gauge: label values in the order of PRIMARY_GAUGES. */
export interface PrimaryGauge {
  readonly name: PrimaryGaugeName;
  readonly labels: readonly string[];
  readonly value: number;
}

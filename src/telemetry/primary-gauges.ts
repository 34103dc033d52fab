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

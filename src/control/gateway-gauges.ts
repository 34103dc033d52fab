// The gauges that only the primary knows, from its status and its gate. Decides nothing.
import type { LockdownState } from '../change/gate-state.js';
import type { Form, HostPattern, Partner } from '../policy/policy.js';
import { LABEL_VALUES } from '../telemetry/label-values.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { Gate } from './gate.js';
import type { GatewayStatus } from './gateway-status.js';

export interface GaugeParts {
  readonly gate: Pick<Gate, 'served' | 'breakGlass' | 'sinceMs' | 'candidate' | 'lastVerdict'> | undefined;
  /** Workers that take requests. */
  readonly serving: number;
  readonly lockdown: LockdownState['lockdowns'];
  /** Of leaks and names. */
  readonly detection: readonly PrimaryGauge[];
  /** Of the replicas. */
  readonly fleet: readonly PrimaryGauge[];
  /** The setting `limits.connections`. */
  readonly connections: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function gaugesOf(
  status: GatewayStatus,
  { gate, serving, lockdown, detection, fleet, connections, now }: GaugeParts,
): readonly PrimaryGauge[] {
  const record = gate?.served?.record ?? null;
  const glass = gate?.breakGlass ?? null;
  const partners = record?.policy.partners ?? [];
  const plain = (name: PrimaryGauge['name'], value: number): PrimaryGauge => ({ name, labels: [], value });
  const flag = (name: PrimaryGauge['name'], is: boolean): PrimaryGauge => plain(name, is ? 1 : 0);
  return [
    { name: 'headgate_build_info', labels: [status.version, process.version], value: 1 },
    {
      name: 'headgate_policy_info',
      labels: [status.digest ?? 'none', record === null ? 'withholding' : glass === null ? 'admitted' : 'break-glass'],
      value: 1,
    },
    plain('headgate_policy_in_force_timestamp_seconds', (gate?.sinceMs ?? 0) / 1000),
    plain('headgate_policy_partners', partners.length),
    plain('headgate_policy_generation', status.generation),
    flag('headgate_policy_last_reload_successful', status.reload.successful),
    ...LABEL_VALUES['headgate_policy_refusals_total code'].map((code): PrimaryGauge => ({
      name: 'headgate_policy_candidate_refused',
      labels: [code],
      value: status.candidate?.code === code ? 1 : 0,
    })),
    plain('headgate_policy_narrowings_held_up', status.candidate?.heldUp.length ?? 0),
    ...exposureOf(partners, now),
    ...partners.flatMap(({ id, period: { until } }): PrimaryGauge[] =>
      until === null ? [] : [{ name: 'headgate_partner_until_timestamp_seconds', labels: [id], value: until / 1000 }],
    ),
    flag('headgate_approval_unsigned', status.unsigned),
    plain('headgate_approval_needed_by_timestamp_seconds', (gate === undefined ? 0 : neededBy(gate, now)) / 1000),
    plain('headgate_break_glass_until_timestamp_seconds', (glass?.until ?? 0) / 1000),
    ...detection,
    ...fleet,
    flag('headgate_state_writable', status.stateFolder.writable),
    flag('headgate_history_whole', status.history.ok),
    { name: 'headgate_lockdown', labels: ['all'], value: lockdown.some(({ partner }) => partner === null) ? 1 : 0 },
    { name: 'headgate_lockdown', labels: ['partner'], value: lockdown.some(({ partner }) => partner !== null) ? 1 : 0 },
    plain('headgate_client_connections_limit', connections),
    flag('headgate_ready', status.state === 'ready' || status.state === 'withholding'),
    plain('headgate_workers', serving),
  ];
}

/** Every form with every kind of pattern, 0 where there is none: a series that is born at 1 could not be seen to grow. */
function exposureOf(partners: readonly Partner[], now: number): readonly PrimaryGauge[] {
  const counts = new Map<string, number>();
  for (const { period, hosts, release } of partners) {
    if ((period.from !== null && period.from > now) || (period.until !== null && period.until <= now)) continue;
    for (const { kind } of hosts) {
      for (const { form } of release) counts.set(`${form} ${kind}`, (counts.get(`${form} ${kind}`) ?? 0) + 1);
    }
  }
  return LABEL_VALUES.form.flatMap((form: Form) =>
    LABEL_VALUES.pattern.map((kind: HostPattern['kind']): PrimaryGauge => ({
      name: 'headgate_exposure_releases',
      labels: [form, kind],
      value: counts.get(`${form} ${kind}`) ?? 0,
    })),
  );
}

/** Milliseconds since the epoch: the soonest `applyBefore` of what was proposed for the candidate that waits; 0 without one. */
function neededBy({ candidate, lastVerdict }: Pick<Gate, 'candidate' | 'lastVerdict'>, now: number): number {
  if (candidate?.code !== 'not-approved') return 0;
  const ends = (lastVerdict?.approvals ?? []).flatMap(({ approval, why }) => {
    const isUnsigned = why === null || why.code === 'approval-too-few' || why.code === 'approval-proposer';
    if (approval === null || !isUnsigned || approval.candidate !== candidate.digest) return [];
    return approval.applyBeforeMs > now ? [approval.applyBeforeMs] : [];
  });
  return ends.length === 0 ? 0 : Math.min(...ends);
}

// The gauges that only the primary knows, from its status.
import type { LockdownState } from '../change/gate-state.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { Gate } from './gate.js';
import type { GatewayStatus } from './gateway-status.js';

export function gaugesOf(
  status: GatewayStatus,
  {
    gate,
    serving,
    lockdown,
  }: {
    readonly gate: Gate | undefined;
    readonly serving: number;
    readonly lockdown: LockdownState['lockdowns'];
  },
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
    flag('headgate_policy_candidate_refused', status.candidate !== null),
    ...partners.flatMap(({ id, period: { until } }): PrimaryGauge[] =>
      until === null ? [] : [{ name: 'headgate_partner_until_timestamp_seconds', labels: [id], value: until / 1000 }],
    ),
    flag('headgate_approval_unsigned', status.unsigned),
    plain('headgate_break_glass_until_timestamp_seconds', (glass?.until ?? 0) / 1000),
    flag('headgate_state_writable', status.stateFolder.writable),
    { name: 'headgate_lockdown', labels: ['all'], value: lockdown.some(({ partner }) => partner === null) ? 1 : 0 },
    { name: 'headgate_lockdown', labels: ['partner'], value: lockdown.some(({ partner }) => partner !== null) ? 1 : 0 },
    flag('headgate_ready', status.state === 'ready' || status.state === 'withholding'),
    plain('headgate_workers', serving),
  ];
}

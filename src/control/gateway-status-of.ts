// The status of the gateway, put together from what its parts say. Changes nothing.
import type { LockdownState as Locked } from '../change/gate-state.js';
import type { Gate } from './gate.js';
import type { GatewayStatus, LockdownEntry, Lockdowns } from './gateway-status.js';
import type { Keep } from './keep.js';
import { restartOnlyChanges } from './restart-only.js';
import type { Settings } from './settings.js';

export interface StatusParts {
  readonly version: string;
  /** `serving` is told apart by what is in force. */
  readonly phase: 'starting' | 'serving' | 'draining';
  readonly gate: Gate | undefined;
  readonly keep: Keep | undefined;
  readonly lockdown: Locked | null;
  /** As they were read at the start, and as they were read last. */
  readonly settings: { readonly running: Settings; readonly read: Settings };
  readonly workers: GatewayStatus['workers'];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const DAY_MS = 86_400_000;

export function gatewayStatusOf({
  version,
  phase,
  gate,
  keep,
  lockdown,
  settings,
  workers,
  now,
}: StatusParts): GatewayStatus {
  const record = gate?.served?.record ?? null;
  const state = phase === 'serving' ? (record === null ? 'withholding' : 'ready') : phase;
  const partners = (record?.policy.partners ?? []).flatMap(({ id, period: { until } }) =>
    until !== null && until > now && until <= now + 30 * DAY_MS ? [{ id, until }] : [],
  );
  const approvals = (gate?.lastVerdict?.approvals ?? []).flatMap(({ file, approval, why }) =>
    why === null && approval !== null && approval.applyBeforeMs > now && approval.applyBeforeMs <= now + DAY_MS
      ? [{ file, applyBefore: approval.applyBeforeMs }]
      : [],
  );
  const glass = gate?.breakGlass ?? null;
  const unwritten = keep?.problem ?? gate?.unwritten ?? null;
  return {
    version,
    digest: record?.digest ?? null,
    generation: gate?.state?.highestGeneration ?? record?.generation ?? 0,
    since: record === null || gate === undefined ? null : instantOf(gate.sinceMs),
    timezone: record?.policy.timezone ?? 'UTC',
    state,
    candidate: gate?.candidate ?? null,
    lockdown: lockdownOf(lockdown),
    breakGlass: glass === null ? null : { until: instantOf(glass.until), by: glass.by },
    unsigned: (record?.rule.required ?? settings.read.approval.required) === 0,
    partnersEndingSoon: partners
      .sort((a, b) => a.until - b.until)
      .map(({ id, until }) => ({ id, until: instantOf(until) })),
    approvalsEndingSoon: approvals
      .sort((a, b) => a.applyBefore - b.applyBefore)
      .map(({ file, applyBefore }) => ({ file, applyBefore: instantOf(applyBefore) })),
    restartNeeded: restartOnlyChanges(settings.running, settings.read),
    workers,
    stateFolder: { writable: unwritten === null, problem: unwritten?.message ?? null },
    history: { seq: keep?.memory.head?.seq ?? 0, ok: keep?.isHistoryWhole ?? true },
    highestTime: keep === undefined ? null : instantOf(keep.now()),
    reload: {
      at: gate === undefined || gate.judgedAt === null ? null : instantOf(gate.judgedAt),
      successful: gate?.lastVerdict?.kind !== 'refused' && (gate?.candidate ?? null) === null,
    },
  };
}

/** As the admin API tells it. */
export function lockdownOf(locked: Locked | null): Lockdowns {
  const entries = locked?.lockdowns ?? [];
  const shown = ({ since, by, reason, via }: Locked['lockdowns'][number]): LockdownEntry => ({
    since: instantOf(since),
    by,
    reason,
    via,
  });
  const all = entries.find(({ partner }) => partner === null);
  return {
    all: all === undefined ? null : shown(all),
    partners: entries.flatMap((entry) => (entry.partner === null ? [] : [{ id: entry.partner, ...shown(entry) }])),
  };
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}

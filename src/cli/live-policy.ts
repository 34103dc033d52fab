// The policy that is in force in the running gateway, over its admin address. Reads, never changes.
import type { Outcome } from '../document/problem.js';
import type { Engine } from '../policy/policy-settings.js';
import type { Policy } from '../policy/policy.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import { askAdmin, renderAdminPlace, type AdminPlace } from './admin-client.js';

export interface LivePolicy {
  readonly digest: string;
  readonly engine: Engine;
  readonly policy: Policy;
  readonly gated: GatedSettings;
}

const TIMEOUT_MS = 10_000;

/** `GET /v1/policy` over TCP or a unix socket, with the token of role `read` where the settings name its file. */
export async function readLive(admin: AdminPlace): Promise<Outcome<LivePolicy>> {
  const reply = await askAdmin(admin, { method: 'GET', path: '/v1/policy', role: 'read', withinMs: TIMEOUT_MS });
  if (reply.kind !== 'answered') return unread(admin, reply.message);
  const { body } = reply;
  return isLive(body) ? { ok: true, value: body, problems: [] } : unread(admin, 'its answer is no policy');
}

function isLive(value: unknown): value is LivePolicy {
  const live = value as Partial<LivePolicy> | null;
  return (
    typeof live?.digest === 'string' &&
    typeof live.engine?.meaning === 'number' &&
    typeof live.engine.keyRule === 'number' &&
    Array.isArray(live.policy?.partners) &&
    Array.isArray(live.policy.deny) &&
    Array.isArray(live.policy.headers) &&
    typeof live.gated === 'object'
  );
}

function unread(admin: AdminPlace, why: string): Outcome<never> {
  const message = `cannot read the policy in force from ${renderAdminPlace(admin)}: ${why}`;
  return { ok: false, problems: [{ code: 'source-live', severity: 'error', message }] };
}

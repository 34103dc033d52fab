// The generation that the running gateway says is the present one, over its admin address. Reads, never changes.
import type { Settings } from '../control/settings.js';
import type { Outcome } from '../document/problem.js';
import { askAdmin, renderAdminPlace } from './admin-client.js';

const WITHIN_MS = 10_000;

/** Needs an admin address; one that is null could not be asked. */
export async function liveGeneration(admin: Settings['admin']): Promise<Outcome<number>> {
  if (admin === null) return unread('its admin address is not known');
  const question = { method: 'GET', path: '/v1/status', role: 'read', withinMs: WITHIN_MS } as const;
  const reply = await askAdmin(admin, question);
  const where = renderAdminPlace(admin);
  if (reply.kind !== 'answered') return unread(`${where}: ${reply.message}`);
  const { generation } = reply.body as { readonly generation?: unknown };
  return Number.isSafeInteger(generation)
    ? { ok: true, value: Number(generation), problems: [] }
    : unread(`${where}: its answer is no status`);
}

function unread(why: string): Outcome<never> {
  const message = `cannot read the present generation from the gateway that runs: ${why}`;
  return { ok: false, problems: [{ code: 'source-live', severity: 'error', message }] };
}

// Asks the running gateway for the policy that is in force, over its admin address. Reads, never changes.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Settings } from '../control/settings.js';
import type { Outcome } from '../document/problem.js';
import type { Policy } from '../policy/policy.js';
import type { Engine } from '../policy/policy-settings.js';
import type { GatedSettings } from '../policy/setting-rules.js';

export interface LivePolicy {
  readonly digest: string;
  readonly engine: Engine;
  readonly policy: Policy;
  readonly gated: GatedSettings;
}

const PATH = '/v1/policy';
const TIMEOUT_MS = 10_000;
const BYTES_MOST = 256 * 1024 * 1024;

/** `GET /v1/policy` over TCP or a unix socket, with the token of role `read` where the settings name its file. */
export async function readLive(admin: NonNullable<Settings['admin']>): Promise<Outcome<LivePolicy>> {
  const { address, tokens } = admin;
  const where = 'path' in address ? `unix:${address.path}` : `${address.host}:${address.port}`;
  try {
    const token = tokenOf(tokens);
    const text = await get('path' in address ? { socketPath: address.path } : address, token);
    const live: unknown = JSON.parse(text);
    if (isLive(live)) return { ok: true, value: live, problems: [] };
    return unread(where, 'its answer is no policy');
  } catch (error) {
    return unread(where, error instanceof Error ? error.message : 'unknown');
  }
}

function get(
  where: { socketPath: string } | { host: string; port: number },
  token: string | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const asked = request({ ...where, path: PATH, headers, timeout: TIMEOUT_MS }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > BYTES_MOST) asked.destroy(new Error('its answer is too long'));
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(parts).toString('utf8'));
        else reject(new Error(`it answered ${answer.statusCode ?? 0}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')));
    asked.on('error', reject);
    asked.end();
  });
}

function tokenOf(tokens: Readonly<Record<string, string>>): string | undefined {
  const file = tokens['read'] ?? tokens['operate'];
  return file === undefined ? undefined : readFileSync(file, 'utf8').trim();
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

function unread(where: string, why: string): Outcome<never> {
  const message = `cannot read the policy in force from ${where}: ${why}`;
  return { ok: false, problems: [{ code: 'source-live', severity: 'error', message }] };
}

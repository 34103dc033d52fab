// What a request to the admin API says in its body and its query, read strictly: what is not understood is refused, never ignored.
import type { IncomingMessage } from 'node:http';
import { redactText } from '../telemetry/redaction.js';
import type { HistoryQuery, LockdownOrder } from './admin-actions.js';
import { AdminRefusal } from './admin-refusal.js';

/** A body over this is refused. */
export const BODY_BYTES_MOST = 64 * 1024;
/** So much of one is still read, so that whoever sends it can read the refusal; beyond, the connection is closed. */
const DISCARDED_MOST = 16 * BODY_BYTES_MOST;
const TEXT_MOST = { reason: 500, by: 100 } as const;
const LIMIT_DEFAULT = 100;
const LIMIT_MOST = 1000;
const SECONDS_DEFAULT = 900;
const SECONDS_MOST = 86_400;

type Members = Readonly<Record<string, unknown>>;

const wrong = (message: string): AdminRefusal => new AdminRefusal('body-invalid', message);

/** The members of a JSON object; none for no body. Rejects with AdminRefusal: too long, not JSON, no object, an unknown member. */
export async function readBody(request: IncomingMessage, known: readonly string[]): Promise<Members> {
  const bytes = await readBytes(request);
  if (bytes.length > BODY_BYTES_MOST) {
    throw new AdminRefusal('body-too-long', `the body is too long: at most ${BODY_BYTES_MOST} bytes`);
  }
  if (bytes.length === 0) return {};
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' || request.headers['content-encoding'] !== undefined) {
    throw new AdminRefusal('content-type', 'the body is of another type: it takes `application/json`, not compressed');
  }
  const value = parse(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('the body is no JSON object');
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) {
    const rule = known.length === 0 ? 'it takes none' : `it takes ${known.map((name) => `\`${name}\``).join(', ')}`;
    throw wrong(`unknown key \`${shown(strange)}\`: ${rule}`);
  }
  return value as Members;
}

/** Whether a text can be the id of a partner at all. */
export function isPartnerId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text);
}

/** A lockdown as it was ordered. Throws AdminRefusal `body-invalid`. Runs of digits that could be a number are taken out of both texts. */
export function lockdownOrderOf(members: Members): LockdownOrder {
  const { state, partner = null } = members;
  if (state !== 'on' && state !== 'off') throw wrong('`state` takes `on` or `off`');
  if (partner !== null && (typeof partner !== 'string' || !isPartnerId(partner))) {
    throw wrong('`partner` takes the id of a partner');
  }
  return { state, partner, reason: lineOf(members, 'reason'), by: lineOf(members, 'by') };
}

/** Names of the members of a lockdown's body. */
export const LOCKDOWN_MEMBERS: readonly (keyof LockdownOrder)[] = ['state', 'partner', 'reason', 'by'];

/** Throws AdminRefusal `query-invalid` for anything but whole numbers. */
export function historyQueryOf(query: URLSearchParams): HistoryQuery {
  const limit = numberOf(query, 'limit') ?? LIMIT_DEFAULT;
  if (limit < 1 || limit > LIMIT_MOST) {
    throw new AdminRefusal('query-invalid', `\`limit\` is out of range: from 1 to ${LIMIT_MOST}`);
  }
  return { since: numberOf(query, 'since'), limit };
}

/** How far back, from 1 second to a day; default 15 minutes. Throws AdminRefusal `query-invalid`. */
export function secondsOf(query: URLSearchParams): number {
  const seconds = numberOf(query, 'seconds') ?? SECONDS_DEFAULT;
  if (seconds < 1 || seconds > SECONDS_MOST) {
    throw new AdminRefusal('query-invalid', `\`seconds\` is out of range: from 1 to ${SECONDS_MOST}`);
  }
  return seconds;
}

/** Throws AdminRefusal `query-invalid` for a parameter that is not known or stands twice. */
export function judgeQuery(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys()) {
    if (!known.includes(name)) throw new AdminRefusal('query-invalid', `unknown parameter \`${shown(name)}\``);
    if (query.getAll(name).length > 1) throw new AdminRefusal('query-invalid', `\`${name}\` stands twice`);
  }
}

function lineOf(members: Members, name: keyof typeof TEXT_MOST): string {
  const most = TEXT_MOST[name];
  const text = members[name];
  if (typeof text !== 'string' || text.trim() === '') throw wrong(`missing key \`${name}\`: it takes a text`);
  if (text.length > most) throw wrong(`\`${name}\` has ${text.length} characters: at most ${most}`);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) throw wrong(`\`${name}\` has a control character in it: it is one line`);
  return redactText(text.trim());
}

function numberOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,15}$/.test(text)) throw new AdminRefusal('query-invalid', `\`${name}\` takes a whole number`);
  return Number(text);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw wrong('the body is no JSON');
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= BODY_BYTES_MOST + part.length) parts.push(part);
      if (size > DISCARDED_MOST) request.destroy();
    });
    request.on('end', () => resolve(Buffer.concat(parts)));
    request.on('error', () => reject(wrong('the body ended early')));
    request.on('close', () => reject(wrong('the body ended early')));
  });
}

function shown(text: string): string {
  const line = redactText(text.replace(/[^\x20-\x7e]/g, '?'));
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

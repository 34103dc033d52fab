// Asks the running gateway over its admin address: one request, one answer. Prints nothing and decides nothing.
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { ROLES, type Role } from '../control/admin-access.js';
import type { Settings } from '../control/settings.js';
import { reasonOf } from '../control/start-failure.js';

export type AdminPlace = NonNullable<Settings['admin']>;

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON. Default: no body. */
  readonly body?: object;
  /** The least role that may: its token file in the settings is read, or where that cannot be had, one of a greater role. */
  readonly role: Role;
  /** Read instead of those of the settings. */
  readonly tokenFile?: string | undefined;
  /** Without a byte for this long it is given up. */
  readonly withinMs: number;
}

/** `refused`: the gateway answered and does not do it. `unreachable`: nobody knows whether it did. `message` is one line. */
export type Reply =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

const BYTES_MOST = 256 * 1024 * 1024;
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOENT: 'there is no such socket',
  ECONNRESET: 'the connection was cut',
};

/** `127.0.0.1:9465` or `unix:/run/headgate.sock`. */
export function renderAdminPlace({ address }: AdminPlace): string {
  if ('path' in address) return `unix:${address.path}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Never rejects. */
export async function askAdmin(admin: AdminPlace, question: Question): Promise<Reply> {
  const token = tokenFor(admin, question);
  if (typeof token === 'object') return { kind: 'unreachable', message: token.failure };
  try {
    const { status, text } = await exchange(admin, question, token);
    const body = parse(text);
    if (status === 200 && body !== undefined) return { kind: 'answered', body };
    const { error } = (typeof body === 'object' && body !== null ? body : {}) as {
      readonly error?: { readonly code?: unknown; readonly message?: unknown };
    };
    if (typeof error?.code === 'string' && typeof error.message === 'string') {
      return { kind: 'refused', status, code: error.code, message: error.message };
    }
    return { kind: 'unreachable', message: `what answers there is no headgate: it answered ${status}` };
  } catch (error) {
    return { kind: 'unreachable', message: wordsOf(error) };
  }
}

/** Undefined: no token is named, and none is sent. */
function tokenFor({ tokens }: AdminPlace, { role, tokenFile }: Question): string | { failure: string } | undefined {
  const roles = ROLES.slice(ROLES.indexOf(role));
  const files =
    tokenFile === undefined ? roles.flatMap((each) => (tokens[each] === undefined ? [] : [tokens[each]])) : [tokenFile];
  let failure: string | undefined;
  for (const file of files) {
    try {
      const token = readFileSync(file, 'utf8').trim();
      if (/^[\x21-\x7e]+$/.test(token)) return token;
      failure ??= `the token in \`${file}\` is none: it is one word`;
    } catch (error) {
      failure ??= `cannot read the token in \`${file}\`: ${reasonOf(error)}`;
    }
  }
  return failure === undefined ? undefined : { failure };
}

function exchange(
  { address }: AdminPlace,
  { method, path, body, withinMs }: Question,
  token: string | undefined,
): Promise<{ status: number; text: string }> {
  const headers = {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const where = 'path' in address ? { socketPath: address.path } : { ...address, host: reachable(address.host) };
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, method, path, headers, agent: false, timeout: withinMs }, (answer) => {
      textOf(answer, () => asked.destroy(new Error('its answer is too long'))).then(
        (text) => resolve({ status: answer.statusCode ?? 0, text }),
        reject,
      );
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${withinMs / 1000} s`)));
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A gateway that listens on every address is asked on this machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function textOf(answer: IncomingMessage, giveUp: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    answer.on('data', (part: Buffer) => {
      size += part.length;
      if (size > BYTES_MOST) giveUp();
      else parts.push(part);
    });
    answer.on('error', reject);
    answer.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function wordsOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return error instanceof Error ? error.message : 'an unexpected error';
  return REASONS[code] ?? reasonOf(error);
}

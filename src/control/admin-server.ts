// The admin API, as far as it exists: GET /v1/policy, what runs now as `headgate diff live` compares it. Changes nothing.
// INVARIANT: beyond loopback and unix sockets it listens only with a token for the role `read` (test/control/admin-server.test.ts).
import { timingSafeEqual, createHash } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import type { Policy } from '../policy/policy.js';
import type { Engine } from '../policy/policy-settings.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import { refusedRangeOf } from '../names/refused-range.js';
import { renderListenAddress } from './metrics-server.js';
import type { Settings } from './settings.js';
import { reasonOf, StartFailure } from './start-failure.js';

/** The answer to GET /v1/policy. Holds no key: keys are there as thumbprints, in `gated`. */
export interface RunningPolicy {
  readonly digest: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** What reads the policy: a later engine may mean more by it. */
  readonly engine: Engine;
  readonly policy: Policy;
  readonly gated: GatedSettings;
}

export interface AdminServer {
  close(): void;
}

type Admin = NonNullable<Settings['admin']>;

/** Roles that may read: whoever may do more may look too. */
const READERS = ['read', 'lockdown', 'operate'] as const;

const failure = (message: string, help?: string): StartFailure =>
  new StartFailure([{ code: 'admin', severity: 'error', message, ...(help === undefined ? {} : { help }) }]);

/** Digests of the tokens, so that comparing them takes the same time whatever their lengths. */
function tokensOf(admin: Admin): readonly Buffer[] {
  return READERS.flatMap((role) => {
    const file = admin.tokens[role];
    if (file === undefined) return [];
    try {
      const token = readFileSync(file, 'utf8').trim();
      if (token.length < 16) throw failure(`the token in \`${file}\` is too short: at least 16 characters`);
      return [digest(token)];
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw failure(`cannot read token \`${role}\` from \`${file}\`: ${reasonOf(error)}`);
    }
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function mayRead(request: IncomingMessage, tokens: readonly Buffer[]): boolean {
  if (tokens.length === 0) return true;
  const given = digest(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  // Every token is compared: the time does not tell which one was near.
  return tokens.filter((token) => timingSafeEqual(token, given)).length > 0;
}

/** A socket file that nobody listens on any more is taken away; one that answers is another gateway's. */
async function makeRoom(path: string): Promise<void> {
  try {
    if (!statSync(path).isSocket()) throw failure(`cannot listen on \`${path}\` (admin): it is no socket`);
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    return;
  }
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = createConnection({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (isAlive) throw failure(`cannot listen on \`${path}\` (admin): it is in use`);
  rmSync(path, { force: true });
}

/** Starts to listen. Rejects with a StartFailure where the address cannot be had or would be open to everyone. */
export async function startAdminServer(admin: Admin, running: () => RunningPolicy): Promise<AdminServer> {
  const { address } = admin;
  const tokens = tokensOf(admin);
  const place = 'path' in address ? address.path : renderListenAddress(address);
  if (!('path' in address) && refusedRangeOf(address.host) !== 'loopback' && tokens.length === 0) {
    throw failure(
      `the admin API would be open on \`${place}\`: beyond loopback it needs a token`,
      'name a file in `admin.tokens.read`, or listen on 127.0.0.1 or on a unix socket',
    );
  }
  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  const server = createServer((request, response) => {
    if (!mayRead(request, tokens)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      return answer(response, 401, { error: 'a token of the role `read` is needed' });
    }
    if (request.url !== '/v1/policy') return answer(response, 404, { error: 'not found' });
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      return answer(response, 405, { error: 'only GET' });
    }
    answer(response, 200, running());
  });
  server.requestTimeout = 10_000;
  if ('path' in address) await makeRoom(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(failure(`cannot listen on \`${place}\` (admin): ${reasonOf(error)}`)));
    server.listen('path' in address ? { path: address.path } : { host: address.host, port: address.port }, resolve);
  });
  if ('path' in address) chmodSync(address.path, 0o660);
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

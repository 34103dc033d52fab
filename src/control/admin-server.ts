// The admin API over TCP or a unix socket: who asks is judged, then what; the gateway's actions answer. Changes nothing by itself.
// INVARIANT: beyond loopback and unix sockets it listens only with a token (test/control/admin-server.test.ts).
import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { refusedRangeOf } from '../names/refused-range.js';
import type { ListenAddress } from '../proxy/settings.js';
import type { Log } from '../telemetry/log.js';
import { mayDo, readAccess, type Access } from './admin-access.js';
import type { AdminActions } from './admin-actions.js';
import { judgeQuery } from './admin-body.js';
import { judgeCaller } from './admin-caller.js';
import { ADMIN_REFUSALS, AdminRefusal } from './admin-refusal.js';
import { ADMIN_ROUTES } from './admin-routes.js';
import { renderListenAddress } from './metrics-server.js';
import type { Settings } from './settings.js';
import { reasonOf, StartFailure } from './start-failure.js';

export interface AdminServer {
  /** What it really listens on. */
  readonly address: ListenAddress | { readonly path: string };
  close(): void;
}

export interface AdminServerOptions {
  readonly admin: NonNullable<Settings['admin']>;
  readonly actions: AdminActions;
  readonly log: Log;
}

/** A whole request must have come by then; the answer takes as long as the action does. */
const REQUEST_WITHIN_MS = 10_000;
/** Within the descriptors that a process keeps aside. */
const CONNECTIONS_MOST = 64;

const failure = (message: string, help?: string): StartFailure =>
  new StartFailure([{ code: 'admin', severity: 'error', message, ...(help === undefined ? {} : { help }) }]);

/** Starts to listen. Rejects with a StartFailure where the address cannot be had or would be open to everyone. */
export async function startAdminServer({ admin, actions, log }: AdminServerOptions): Promise<AdminServer> {
  const { address } = admin;
  const access = readAccess(admin.tokens);
  const place = 'path' in address ? `unix:${address.path}` : renderListenAddress(address);
  if (!('path' in address) && access.isOpen) judgeOpen(address, log);
  const named = 'path' in address ? null : address.host;
  const server = createServer((message, response) => {
    answerTo(message, { access, actions, named }).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const refusal = refusalOf(error, log);
        const { code } = refusal;
        const status = ADMIN_REFUSALS[code];
        // Who may not is worth a look; who mistyped is not.
        const level = [401, 403, 421].includes(status) ? 'warn' : 'info';
        log[level]('admin-refused', `the admin API refused a request: ${refusal.message}`, { cause: code, status });
        if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
        if (status === 405) response.setHeader('Allow', methodsOf(pathOf(message)).join(', '));
        send(response, status, { error: { code, message: refusal.message } });
      },
    );
  });
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.maxConnections = CONNECTIONS_MOST;
  if ('path' in address) await makeRoom(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(failure(`cannot listen on \`${place}\` (admin): ${reasonOf(error)}`)));
    server.listen('path' in address ? { path: address.path } : { host: address.host, port: address.port }, resolve);
  });
  if ('path' in address) chmodSync(address.path, 0o660);
  return {
    address: 'path' in address ? address : { host: address.host, port: portOf(server) },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Without a token: on loopback every user of the machine may do everything, which is said; elsewhere it does not start. */
function judgeOpen(address: ListenAddress, log: Log): void {
  const place = renderListenAddress(address);
  if (refusedRangeOf(address.host) !== 'loopback') {
    const help = 'name a file in `admin.tokens.read`, or listen on 127.0.0.1 or on a unix socket';
    throw failure(`the admin API would be open on \`${place}\`: beyond loopback it needs a token`, help);
  }
  const what = 'every user of this machine may reload and end a lockdown';
  log.warn('admin-open', `the admin API on ${place} has no tokens: ${what}`, { address: place });
}

interface Circumstance {
  readonly access: Access;
  readonly actions: AdminActions;
  /** The address that the settings name; null: a unix socket. */
  readonly named: string | null;
}

async function answerTo(message: IncomingMessage, { access, actions, named }: Circumstance): Promise<object> {
  judgeCaller(message, named);
  const role = access.roleOf(message.headers.authorization);
  if (role === undefined) throw new AdminRefusal('token-needed', 'a token is needed: `Authorization: Bearer TOKEN`');
  const path = pathOf(message);
  const routes = ADMIN_ROUTES.filter((each) => each.path === path);
  if (routes.length === 0) throw new AdminRefusal('not-found', 'there is nothing at this path');
  const route = routes.find(({ method }) => method === message.method);
  if (route === undefined) {
    throw new AdminRefusal('method-wrong', `this path takes ${methodsOf(path).join(' and ')} alone`);
  }
  if (!mayDo(role, route.role)) {
    throw new AdminRefusal('role-lacking', `this needs the role \`${route.role}\`: the token is of \`${role}\``);
  }
  const query = new URLSearchParams((message.url ?? '').slice(path.length + 1));
  judgeQuery(query, route.query);
  return route.answer(actions, { message, query, role });
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function methodsOf(path: string): readonly string[] {
  return ADMIN_ROUTES.filter((route) => route.path === path).map(({ method }) => method);
}

/** What was not foreseen is told to the log by its kind, and to whoever asked not at all. */
function refusalOf(error: unknown, log: Log): AdminRefusal {
  if (error instanceof AdminRefusal) return error;
  const kind = error instanceof Error ? error.name : typeof error;
  log.error('admin-defect', 'the admin API failed where it should not', { cause: kind });
  return new AdminRefusal('defect', 'an unexpected error: the log has a line `admin-defect`');
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}

function portOf(server: Server): number {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
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

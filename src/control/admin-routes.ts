// The routes of the admin API: which role each needs, what it takes, which action answers. docs/admin-api.yaml is held to this table.
import type { IncomingMessage } from 'node:http';
import { mayDo, type Role } from './admin-access.js';
import type { AdminActions } from './admin-actions.js';
import { historyQueryOf, LOCKDOWN_MEMBERS, lockdownOrderOf, readBody, secondsOf } from './admin-body.js';
import { AdminRefusal } from './admin-refusal.js';

/** One request whose caller, token and query have been judged. */
export interface AdminRequest {
  readonly message: IncomingMessage;
  readonly query: URLSearchParams;
  readonly role: Role;
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The least role. */
  readonly role: Role;
  /** Names of query parameters. */
  readonly query: readonly string[];
  /** The body of a 200. */
  answer(actions: AdminActions, request: AdminRequest): Promise<object>;
}

function get(path: string, answer: AdminRoute['answer'], query: readonly string[] = []): AdminRoute {
  return { method: 'GET', path, role: 'read', query, answer };
}

export const ADMIN_ROUTES: readonly AdminRoute[] = [
  get('/v1/status', (actions) => actions.status()),
  get('/v1/policy', (actions) => actions.policy()),
  get('/v1/candidate', (actions) => actions.candidate()),
  get('/v1/approvals', (actions) => actions.approvals()),
  get('/v1/history', (actions, { query }) => actions.history(historyQueryOf(query)), ['since', 'limit']),
  get('/v1/leaks', (actions, { query }) => actions.leaks(secondsOf(query)), ['seconds']),
  get('/v1/headers', (actions) => actions.headers()),
  get('/v1/fleet', (actions) => actions.fleet()),
  get('/v1/lockdown', (actions) => actions.lockdown()),
  {
    method: 'POST',
    path: '/v1/lockdown',
    role: 'lockdown',
    query: [],
    async answer(actions, { message, role }) {
      const order = lockdownOrderOf(await readBody(message, LOCKDOWN_MEMBERS));
      if (order.state === 'off' && !mayDo(role, 'operate')) {
        throw new AdminRefusal(
          'role-lacking',
          `to end a lockdown needs the role \`operate\`: the token is of \`${role}\``,
        );
      }
      return actions.setLockdown(order);
    },
  },
  {
    method: 'POST',
    path: '/v1/reload',
    role: 'operate',
    query: [],
    async answer(actions, { message }) {
      await readBody(message, []);
      return actions.reload();
    },
  },
];

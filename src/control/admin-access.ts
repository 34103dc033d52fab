// Who may do what over the admin API: tokens by role. INVARIANT: with a token named, nobody without one has any role
// (test/control/admin-server.test.ts). Tokens are kept as digests and never said.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Settings } from './settings.js';
import { reasonOf, StartFailure } from './start-failure.js';

/** Each may do what those before it may. */
export const ROLES = ['read', 'lockdown', 'operate'] as const;

/** `read`: look. `lockdown`: also set a lockdown. `operate`: also end one, and reload. */
export type Role = (typeof ROLES)[number];

export interface Access {
  /** No token is named: whoever reaches the address has every role. */
  readonly isOpen: boolean;
  /** The role of an `Authorization` field; undefined: none. */
  roleOf(authorization: string | undefined): Role | undefined;
}

const LENGTH_LEAST = 16;

/** Whether `role` may do what needs `needed`. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Reads the token files. Throws a StartFailure for one that cannot be read, is under 16 characters or is another role's. */
export function readAccess(tokens: NonNullable<Settings['admin']>['tokens']): Access {
  const known: { role: Role; token: Buffer }[] = [];
  for (const role of ROLES) {
    const file = tokens[role];
    if (file === undefined) continue;
    const token = digest(readToken(role, file));
    const other = known.find((each) => timingSafeEqual(each.token, token));
    if (other !== undefined)
      throw refused(`the tokens of \`${other.role}\` and \`${role}\` are one: a role has its own`);
    known.push({ role, token });
  }
  return {
    isOpen: known.length === 0,
    roleOf(authorization) {
      if (known.length === 0) return 'operate';
      const given = digest(/^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '');
      // Every token is compared: the time does not tell which one was near.
      return known.filter(({ token }) => timingSafeEqual(token, given)).at(-1)?.role;
    },
  };
}

function readToken(role: Role, file: string): string {
  let token: string;
  try {
    token = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw refused(`cannot read token \`${role}\` from \`${file}\`: ${reasonOf(error)}`);
  }
  if (token.length < LENGTH_LEAST)
    throw refused(`the token in \`${file}\` is too short: at least ${LENGTH_LEAST} characters`);
  if (/\s/.test(token)) throw refused(`the token in \`${file}\` has a space or a line end in it: it is one word`);
  return token;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refused(message: string): StartFailure {
  return new StartFailure([{ code: 'admin', severity: 'error', message }]);
}

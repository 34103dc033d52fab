// Lockdowns as replicas tell them to each other, in the shared key and in messages. INVARIANT: reading never throws, and whatever names
// a scope is an order, the rest of it being as odd as it likes: it can only take away (test/fleet/lockdown-orders.test.ts).
import { createHash } from 'node:crypto';
import { redactText } from '../telemetry/redaction.js';

/** A lockdown that somebody set on some replica. */
export interface LockdownOrder {
  /** 32 hexadecimal digits, another for each time that somebody sets one: whoever ended it knows it again. */
  readonly id: string;
  /** A partner's id; null: everyone. */
  readonly partner: string | null;
  /** One line each, without long runs of digits. */
  readonly by: string;
  readonly reason: string;
}

/** A text that is longer is not read to its end, and then not understood. */
export const ORDERS_BYTES_MOST = 256 * 1024;
const ORDERS_MOST = 1000;
const ID = /^[0-9a-f]{32}$/;
const PARTNER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** One line. */
export function renderOrders(orders: readonly LockdownOrder[]): string {
  const lockdowns = orders.map(({ id, partner, by, reason }) => ({ id, partner, by, reason }));
  return JSON.stringify({ version: 1, lockdowns });
}

/** The orders in a text, each id once; an empty text has none. Null: it is none of ours. At most the first thousand. */
export function ordersIn(text: string): readonly LockdownOrder[] | null {
  if (text === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { lockdowns } = membersOf(value);
  if (!Array.isArray(lockdowns)) return null;
  const orders = lockdowns.slice(0, ORDERS_MOST).flatMap((each: unknown) => orderOf(each) ?? []);
  return [...new Map(orders.map((order) => [order.id, order])).values()];
}

function orderOf(value: unknown): LockdownOrder | undefined {
  const { id, partner, by, reason } = membersOf(value);
  if (partner !== null && (typeof partner !== 'string' || !PARTNER.test(partner))) return undefined;
  return {
    id: typeof id === 'string' && ID.test(id) ? id : hashOf(value),
    partner,
    by: lineOf(by, 100) || 'unknown',
    reason: lineOf(reason, 500) || 'no reason given',
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function lineOf(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return redactText(value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()).slice(0, most);
}

/** Of an order without an id: the same for the same words. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

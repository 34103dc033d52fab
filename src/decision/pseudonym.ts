// What a partner receives instead of a value: a keyed digest that it can recognise again and nobody can undo.
// The partner's id is part of what is digested, so two partners with one key cannot join their lists.
import { createHmac } from 'node:crypto';
import type { IdentityClass, NumberPlan } from '../policy/policy.js';
import { internationalOf } from './number-spellings.js';

export interface PseudonymInput {
  readonly partner: string;
  readonly class: IdentityClass;
  readonly value: string;
  /** Each gives one member of the result, in this order. */
  readonly keyIds: readonly string[];
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly numbers: readonly NumberPlan[];
}

/**
 * A number in international digits, however the enricher wrote it (`tel:`, `+`, `00`, national, bare), so that one subscriber
 * stays one pseudonym; what is no number is itself.
 */
function normalised(value: string, carries: IdentityClass, numbers: readonly NumberPlan[]): string {
  if (carries !== 'msisdn') return value;
  const bare = value.replace(/^tel:/i, '');
  const digits = bare.replace(/^(?:\+|00)/, '');
  if (!/^[0-9]+$/.test(digits)) return value;
  return digits === bare ? internationalOf(digits, numbers) : digits;
}

/**
 * `KEYID.` + base64url(HMAC-SHA-256(key, partner id, 0x00, class, 0x00, value)), one member per key joined by `, `. Undefined,
 * so that the header is withheld, when there is no value, no key id, or a key of any id is not there.
 */
export function pseudonymOf(input: PseudonymInput): string | undefined {
  if (input.value === '' || input.keyIds.length === 0) return undefined;
  const text = `${input.partner}\0${input.class}\0${normalised(input.value, input.class, input.numbers)}`;
  const members: string[] = [];
  for (const id of input.keyIds) {
    const key = input.keys.get(id);
    if (key === undefined || key.length === 0) return undefined;
    members.push(`${id}.${createHmac('sha256', key).update(text, 'utf8').digest('base64url')}`);
  }
  return members.join(', ');
}

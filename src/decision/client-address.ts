// Whose request it is, by address: the TCP peer, or the one that a trusted peer says it forwards for. What stands further left
// in X-Forwarded-For was written by who knows whom.
import { PER_FIELD } from '../http/field-store.js';
import type { HeadLines } from '../http/head-lines.js';
import type { Field } from '../http/message.js';
import { parseAddress, renderAddress } from '../names/address.js';

const FORWARDED = 'x-forwarded-for';

/** An entry as an address: with or without a port, IPv6 with or without brackets (RFC 7239, section 6 keeps them). */
function addressIn(entry: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::[0-9]+)?$/.exec(entry)?.[1];
  const withPort = /^([0-9.]+):[0-9]+$/.exec(entry)?.[1];
  const address = parseAddress(bracketed ?? withPort ?? entry);
  return address && renderAddress(address);
}

/**
 * The client's address in canonical form, from the last entry of the last X-Forwarded-For when the peer is `trusted` and that
 * entry is an address; else `peer` as it is. Never for a log or a label.
 */
export function clientAddressOf(fields: readonly Field[], peer: string, trusted: boolean): string {
  if (!trusted) return peer;
  const last = fields.findLast(({ name }) => name.toLowerCase() === FORWARDED);
  const entry = last?.value
    .split(',')
    .at(-1)
    ?.replace(/^[ \t]+|[ \t]+$/g, '');
  return (entry === undefined ? undefined : addressIn(entry)) ?? peer;
}

/** Of a head in lines, the one field that `clientAddressOf` reads, if it has it: the others are made no strings. */
export function forwardedIn(lines: HeadLines): Field[] {
  const { bytes, offsets } = lines;
  for (let field = lines.count - 1; field >= 0; field -= 1) {
    const start = offsets[PER_FIELD * field] ?? 0;
    if ((offsets[PER_FIELD * field + 1] ?? 0) - start !== FORWARDED.length) continue;
    if (isForwarded(bytes, start)) return [{ name: FORWARDED, value: lines.valueAt(field) }];
  }
  return [];
}

/** A letter is meant in either case; `-` has but one byte that is in a name. */
function isForwarded(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < FORWARDED.length; i += 1) {
    if (((bytes[start + i] ?? 0) | 0x20) !== FORWARDED.charCodeAt(i)) return false;
  }
  return true;
}

// Whose request it is, by address: the TCP peer, or the one that a trusted peer says it forwards for. What stands further left
// in X-Forwarded-For was written by who knows whom.
import type { Field } from '../http/message.js';
import { parseAddress, renderAddress } from '../names/address.js';

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
  const last = fields.findLast(({ name }) => name.toLowerCase() === 'x-forwarded-for');
  const entry = last?.value
    .split(',')
    .at(-1)
    ?.replace(/^[ \t]+|[ \t]+$/g, '');
  return (entry === undefined ? undefined : addressIn(entry)) ?? peer;
}

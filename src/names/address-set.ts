// Sets of addresses written as CIDR prefixes: who may connect, who is believed, what is excepted from a refusal.
// INVARIANT: an IPv4 address is never inside an IPv6 prefix that is wider than the mapped range: `::/0` trusts no IPv4 peer.
import { isMapped, parseAddress } from './address.js';

/** A prefix of the eight groups; `bits` counts from 0 to 128, for IPv4 from 96. */
export interface Cidr {
  readonly groups: readonly number[];
  readonly bits: number;
}

/** What `contains` asks; plain data. */
export interface AddressSet {
  readonly cidrs: readonly Cidr[];
}

function isPrefixOf(cidr: Cidr, groups: readonly number[]): boolean {
  for (let index = 0, left = cidr.bits; left > 0; index += 1, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if ((((groups[index] ?? 0) ^ (cidr.groups[index] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

function hasHostBits(cidr: Cidr): boolean {
  return cidr.groups.some((group, index) => {
    const kept = Math.min(16, Math.max(0, cidr.bits - index * 16));
    return (group & (0xffff >> kept)) !== 0;
  });
}

/**
 * `address/bits`, or a bare address (all its bits). Undefined for anything else, also when bits are set behind the prefix:
 * `10.20.0.5/16` may mean one machine or 65,536.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [prefix = '', length, ...rest] = text.split('/');
  const address = parseAddress(prefix);
  if (address === undefined || rest.length > 0) return undefined;
  if (length === undefined) return { groups: address.groups, bits: 128 };
  const width = address.kind === 'ipv4' ? 32 : 128;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > width) return undefined;
  const cidr = { groups: address.groups, bits: 128 - width + Number(length) };
  return hasHostBits(cidr) ? undefined : cidr;
}

/** Throws a RangeError on a text that `parseCidr` does not read: settings are validated before they come here. */
export function addressSetOf(cidrs: readonly string[]): AddressSet {
  return {
    cidrs: cidrs.map((text) => {
      const cidr = parseCidr(text);
      if (cidr === undefined) throw new RangeError('not an address prefix: expected `address/bits`');
      return cidr;
    }),
  };
}

/** Whether an address text (a zone is ignored, mapped IPv4 is IPv4) is in the set; false for what is no address. */
export function contains(set: AddressSet, ip: string): boolean {
  const zone = ip.indexOf('%');
  const address = parseAddress(zone < 0 ? ip : ip.slice(0, zone));
  if (address === undefined) return false;
  const isIpv4 = isMapped(address.groups);
  return set.cidrs.some((cidr) => (!isIpv4 || cidr.bits >= 96) && isPrefixOf(cidr, address.groups));
}

// Which addresses no stranger's name may lead to: the operator's own networks, and everything that is not the public internet.
// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo) is judged as the IPv4 address that will be reached.
// Documentation ranges are not refused: labs and tests use them, and nobody routes them.
import { type AddressSet, addressSetOf, contains } from './address-set.js';
import { isMapped, parseAddress, renderAddress } from './address.js';

export type RefusedRange =
  | 'invalid'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'unspecified'
  | 'broadcast'
  | 'benchmark'
  | 'reserved'
  | 'unique-local';

const range = (name: RefusedRange, ...cidrs: string[]): readonly [RefusedRange, AddressSet] => [
  name,
  addressSetOf(cidrs),
];

/** First match wins: the narrow ranges stand before the wide ones that hold them. RFC 6890 and the IANA registries. */
const RANGES = [
  range('metadata', '169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254'),
  range('unspecified', '0.0.0.0/8', '::'),
  range('loopback', '127.0.0.0/8', '::1'),
  range('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fec0::/10'),
  range('shared', '100.64.0.0/10'),
  range('link-local', '169.254.0.0/16', 'fe80::/10'),
  range('benchmark', '198.18.0.0/15', '2001:2::/48'),
  range('broadcast', '255.255.255.255'),
  range('multicast', '224.0.0.0/4', 'ff00::/8'),
  range('unique-local', 'fc00::/7'),
  range('reserved', '192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4'),
] as const;

const GLOBAL_UNICAST = addressSetOf(['2000::/3']);

/** The 32 bits that begin at `bit` (a multiple of 8), leaving out the octet 64 to 71 that RFC 6052, section 2.2 keeps zero. */
function embedded(groups: readonly number[], bit: number, skipsOctet8: boolean): string {
  const octet = (index: number): number => ((groups[index >> 1] ?? 0) >> (index % 2 === 0 ? 8 : 0)) & 255;
  const octets: number[] = [];
  for (let index = bit / 8; octets.length < 4; index += 1) if (!skipsOctet8 || index !== 8) octets.push(octet(index));
  return octets.join('.');
}

/** The IPv4 addresses that a packet to this IPv6 address may end at; undefined when none is embedded. */
function embeddedIn(groups: readonly number[]): readonly string[] | undefined {
  const startsWith = (...prefix: number[]): boolean => prefix.every((group, index) => groups[index] === group);
  const last = embedded(groups, 96, false);
  if (isMapped(groups) || startsWith(0, 0, 0, 0, 0xffff, 0) || startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return [last];
  if (startsWith(0x64, 0xff9b, 1)) return [48, 56, 64, 96].map((bit) => embedded(groups, bit, true));
  if (startsWith(0x2002)) return [embedded(groups, 16, false)];
  if (startsWith(0x2001, 0)) {
    const client = groups.map((group) => group ^ 0xffff);
    return [embedded(client, 96, false), embedded(groups, 32, false)];
  }
  if (startsWith(0, 0, 0, 0, 0, 0) && (groups[6] !== 0 || (groups[7] ?? 0) > 1)) return [last];
  return undefined;
}

function listedRangeOf(ip: string): RefusedRange | undefined {
  return RANGES.find(([, set]) => contains(set, ip))?.[0];
}

/**
 * The range for which an address is refused as a destination, or undefined when it may be connected to. `ip` without brackets;
 * what is no address (also one with a zone) is `invalid`.
 */
export function refusedRangeOf(ip: string): RefusedRange | undefined {
  const address = parseAddress(ip);
  if (address === undefined) return 'invalid';
  if (address.kind === 'ipv4') return listedRangeOf(ip);
  const inner = embeddedIn(address.groups);
  if (inner === undefined) {
    return listedRangeOf(renderAddress(address)) ?? (contains(GLOBAL_UNICAST, ip) ? undefined : 'reserved');
  }
  const verdicts = inner.map(listedRangeOf);
  // Of the NAT64 prefix of unknown length most readings give 0.x.y.z: these say nothing unless all do.
  const telling = inner.length === 4 ? verdicts.filter((name) => name !== 'unspecified') : verdicts;
  if (telling.length === 0) return 'unspecified';
  return telling.find((name) => name !== undefined);
}

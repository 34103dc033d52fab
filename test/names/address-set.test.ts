import { addressSetOf, contains, parseCidr } from '../../src/names/address-set.js';

describe('a set of addresses', () => {
  test.each([
    ['an address inside its prefix', ['10.0.0.0/8'], '10.255.0.1', true],
    ['an address just outside', ['10.0.0.0/8'], '11.0.0.0', false],
    ['a prefix that ends inside an octet', ['172.16.0.0/12'], '172.31.255.255', true],
    ['and its neighbour', ['172.16.0.0/12'], '172.32.0.0', false],
    ['a bare address is itself', ['192.0.2.7'], '192.0.2.7', true],
    ['and no other', ['192.0.2.7'], '192.0.2.6', false],
    ['a mapped peer is the IPv4 peer', ['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    ['a zone is no part of the address', ['fe80::/10'], 'fe80::1%eth0', true],
    ['IPv6 inside', ['2001:db8::/32'], '2001:db8:ffff::1', true],
    ['IPv6 outside', ['2001:db8::/32'], '2001:db9::1', false],
    ['every IPv4 address', ['0.0.0.0/0'], '203.0.113.9', true],
    ['no IPv6 address in an IPv4 prefix', ['0.0.0.0/0'], '2001:db8::1', false],
    ['no IPv4 address in an IPv6 prefix', ['::/0'], '203.0.113.9', false],
    ['no mapped one either', ['::/0'], '::ffff:203.0.113.9', false],
    ['any of several prefixes', ['10.0.0.0/8', '2001:db8::/32'], '2001:db8::1', true],
    ['nothing is in the empty set', [], '10.0.0.1', false],
    ['what is no address is in no set', ['0.0.0.0/0', '::/0'], 'localhost', false],
  ])('%s', (_rule, cidrs, ip, expected) => {
    expect(contains(addressSetOf(cidrs), ip)).toBe(expected);
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0/8',
    'a/8',
    '',
    '/8',
    '10.20.0.5/16',
    '2001:db8::1/32',
  ])('a prefix that may mean two things is none: %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
    expect(() => addressSetOf([text])).toThrow(RangeError);
  });
});

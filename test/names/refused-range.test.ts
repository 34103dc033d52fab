import { refusedRangeOf } from '../../src/names/refused-range.js';

describe('an address that no stranger may be connected to', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['::1', 'loopback'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['fec0::1', 'private'],
    ['100.64.0.1', 'shared'],
    ['100.127.255.255', 'shared'],
    ['169.254.1.1', 'link-local'],
    ['fe80::1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['255.255.255.255', 'broadcast'],
    ['198.18.0.1', 'benchmark'],
    ['2001:2::1', 'benchmark'],
    ['240.0.0.1', 'reserved'],
    ['192.0.0.8', 'reserved'],
    ['100::1', 'reserved'],
    ['fc00::1', 'unique-local'],
    ['fdff::1', 'unique-local'],
    ['localhost', 'invalid'],
    ['fe80::1%eth0', 'invalid'],
  ])('%s is %s', (ip, name) => {
    expect(refusedRangeOf(ip)).toBe(name);
  });

  test.each([
    ['mapped', '::ffff:127.0.0.1', 'loopback'],
    ['mapped, in hexadecimal', '::ffff:a9fe:a9fe', 'metadata'],
    ['compatible', '::10.0.0.1', 'private'],
    ['translated', '::ffff:0:10.0.0.1', 'private'],
    ['NAT64', '64:ff9b::7f00:1', 'loopback'],
    ['NAT64, local prefix of 48 bits', '64:ff9b:1:7f00:0:100::', 'loopback'],
    ['NAT64, local prefix of 56 bits', '64:ff9b:1:7f:0:1::', 'loopback'],
    ['NAT64, local prefix of 64 bits', '64:ff9b:1:0:7f:0:100:0', 'loopback'],
    ['NAT64, local prefix of 96 bits', '64:ff9b:1::127.0.0.1', 'loopback'],
    ['NAT64, local prefix with nothing in it', '64:ff9b:1::', 'unspecified'],
    ['6to4', '2002:7f00:1::1', 'loopback'],
    ['Teredo, the client', '2001:0:c000:207:0:0:80ff:fffe', 'loopback'],
    ['Teredo, the server', '2001:0:7f00:1:0:0:3fff:fdf8', 'loopback'],
  ])('is seen through IPv6: %s', (_how, ip, name) => {
    expect(refusedRangeOf(ip)).toBe(name);
  });

  test.each([
    '192.0.2.7',
    '198.51.100.7',
    '203.0.113.7',
    '8.8.8.8',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '169.253.1.1',
    '223.255.255.255',
    '126.255.255.255',
    '128.0.0.0',
    '2001:db8::1',
    '2606:4700::1111',
    '::ffff:192.0.2.7',
    '64:ff9b::c000:207',
    '64:ff9b:1::192.0.2.7',
    '2002:c000:207::1',
  ])('everything else is the public internet, documentation ranges too: %s', (ip) => {
    expect(refusedRangeOf(ip)).toBeUndefined();
  });
});

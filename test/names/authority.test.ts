import { parseAuthority, renderAuthority } from '../../src/names/authority.js';

describe('an authority', () => {
  test.each([
    ['a name has the default port', 'a.example', { host: 'a.example', kind: 'name', port: 80 }],
    ['an empty port is the default', 'a.example:', { host: 'a.example', kind: 'name', port: 80 }],
    [
      'case, one trailing dot and the default port do not matter',
      'A.Example.:80',
      { host: 'a.example', kind: 'name', port: 80 },
    ],
    ['a port is kept', 'a.example:8080', { host: 'a.example', kind: 'name', port: 8080 }],
    ['leading zeros of a port say nothing', 'a.example:00080', { host: 'a.example', kind: 'name', port: 80 }],
    ['the highest port', 'a.example:65535', { host: 'a.example', kind: 'name', port: 65535 }],
    ['an underscore is a stranger but a name', 'a_b.example', { host: 'a_b.example', kind: 'name', port: 80 }],
    ['a strict dotted quad', '192.0.2.7', { host: '192.0.2.7', kind: 'ipv4', port: 80 }],
    ['a strict dotted quad with a port', '192.0.2.7:8080', { host: '192.0.2.7', kind: 'ipv4', port: 8080 }],
    [
      'IPv6 in brackets is written as RFC 5952 does',
      '[2001:DB8:0:0:0:0:0:1]:81',
      { host: '2001:db8::1', kind: 'ipv6', port: 81 },
    ],
    ['a mapped address stays what it is', '[::ffff:7f00:1]', { host: '::ffff:127.0.0.1', kind: 'ipv6', port: 80 }],
  ])('%s', (_rule, text, authority) => {
    expect(parseAuthority(text, 80)).toEqual(authority);
  });

  test.each([
    '',
    ':',
    ':80',
    'a.example:abc',
    'a.example:99999',
    'a.example:65536',
    'a.example:0',
    'a.example:-1',
    'a.example:+80',
    'a.example:80:80',
    'a.example:000080',
    'a.example: 80',
    'a.example:80@b.example',
    'a@b.example',
    'a, b',
    'a b',
    'a/',
    'a?',
    'a#',
    'a\\b',
    'a%00',
    'a\0.b',
    'a..',
    '.a',
    'a..b',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    '127.1',
    '127.0.0.1.',
    '127.0.0.01',
    '256.0.0.1',
    '1.2.3.4.5',
    '[::1',
    '::1',
    '[::1]]',
    '[::1]x',
    '[::1]:x',
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '[a]',
    '[]',
    '[127.0.0.1]',
    '[:::1]',
    '[1::2::3]',
    '[1:2:3:4:5:6:7]',
    '[1:2:3:4:5:6:7:8:9]',
    '[12345::]',
    '[::1.2.3]',
    '[::01.2.3.4]',
  ])('is refused, because two readers might differ: %j', (text) => {
    expect(parseAuthority(text, 80)).toBeUndefined();
  });

  test.each([
    ['a.example', 80, 'a.example'],
    ['a.example:8080', 80, 'a.example:8080'],
    ['a.example:80', 443, 'a.example:80'],
    ['[2001:db8::1]', 80, '[2001:db8::1]'],
    ['[2001:db8::1]:81', 80, '[2001:db8::1]:81'],
    ['192.0.2.7:80', 80, '192.0.2.7'],
  ])('%s is written with default port %i as %s', (text, defaultPort, rendered) => {
    const authority = parseAuthority(text, defaultPort);
    expect(authority && renderAuthority(authority, defaultPort)).toBe(rendered);
  });
});

import { parseHostName } from '../../src/names/host.js';

const long = (length: number): string => 'a'.repeat(length);

describe('a host name', () => {
  test.each([
    ['letters are folded to lower case', 'PARTNER0001.ALLOW.EXAMPLE', 'partner0001.allow.example'],
    ['one trailing dot is taken off', 'a.example.', 'a.example'],
    ['a single label is a name', 'mms', 'mms'],
    ['an A-label is a name like any other', 'xn--fa-hia.de', 'xn--fa-hia.de'],
    ['digits may begin a label, also the last', '1.2.3.4a', '1.2.3.4a'],
    ['a label of 63 octets is whole', `${long(63)}.example`, `${long(63)}.example`],
  ])('%s', (_rule, text, name) => {
    expect(parseHostName(text)).toBe(name);
  });

  test.each([
    ['empty', ''],
    ['a dot alone', '.'],
    ['two trailing dots', 'a.example..'],
    ['a leading dot', '.a.example'],
    ['an empty label', 'a..example'],
    ['a percent sign', 'partner0001%2eallow.example'],
    ['white space', 'a example'],
    ['a tab', 'a\texample'],
    ['a NUL', 'a\0.example'],
    ['a list', 'a,b'],
    ['userinfo', 'a@b'],
    ['a port', 'a:80'],
    ['a slash', 'a/'],
    ['a backslash', 'a\\b'],
    ['latin1 bytes of an ideographic full stop', 'a\u00e3\u0080\u0082b'],
    ['an ideographic full stop', 'a\u3002b'],
    ['a Kelvin sign, that lower case would turn into k', '\u212a.example'],
    ['a soft hyphen', 'a\u00adb'],
    ['a wildcard', '*.example'],
    ['a label of 64 octets', `${long(64)}.example`],
    ['254 octets', `${`${long(49)}.`.repeat(5)}abcd`],
    ['an underscore, in a policy', 'a_b.example'],
    ['a hyphen at the edge of a label, in a policy', 'a-.example'],
    ['a hyphen before a label, in a policy', '-a.example'],
    ['a dotted quad', '127.0.0.1'],
    ['a dotted quad with a trailing dot', '127.0.0.1.'],
    ['a short quad', '127.1'],
    ['an octal quad', '0177.0.0.1'],
    ['a hexadecimal quad', '0x7f.1'],
    ['a number', '2130706433'],
    ['a hexadecimal number', '0x7f000001'],
    ['a hexadecimal last label', 'a.0X7f'],
    ['a last label of digits', 'example.42'],
  ])('is refused: %s', (_what, text) => {
    expect(parseHostName(text)).toBeUndefined();
  });

  test('253 octets without the trailing dot are the longest name', () => {
    const name = `${`${long(49)}.`.repeat(5)}abc`;
    expect(name).toHaveLength(253);
    expect(parseHostName(name)).toBe(name);
    expect(parseHostName(`${name}.`)).toBe(name);
  });

  test('a request may name what real sites are called: underscores, hyphens at an edge', () => {
    expect(parseHostName('A_b.example', { underscore: true })).toBe('a_b.example');
    expect(parseHostName('-a-.example', { underscore: true })).toBe('-a-.example');
  });

  test('a request may still not name an empty label or a number', () => {
    expect(parseHostName('a_b..example', { underscore: true })).toBeUndefined();
    expect(parseHostName('0x7f.1', { underscore: true })).toBeUndefined();
  });
});

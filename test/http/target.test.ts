import { parseTarget } from '../../src/http/target.js';

const read = (method: string, text: string): unknown => {
  const reading = parseTarget(method, text);
  if (!reading.ok) return reading.code;
  const { target } = reading;
  const authority = 'authority' in target ? ` ${target.authority.host} ${String(target.authority.port)}` : '';
  return `${target.form}${authority}${'path' in target ? ` ${target.path}` : ''}`;
};

describe('a target that is read', () => {
  test.each([
    ['origin-form is forwarded as it came', 'GET', '/a?b=c', 'origin /a?b=c'],
    [
      'a path that begins with two slashes is a path, never an authority',
      'GET',
      '//evil.example/p',
      'origin //evil.example/p',
    ],
    [
      'dots, backslashes and escapes of a path are not ours to touch',
      'GET',
      '/a/../b\\c%2f%00',
      'origin /a/../b\\c%2f%00',
    ],
    ['an absolute URI decides', 'GET', 'http://a.example/p?q', 'absolute a.example 80 /p?q'],
    ['the scheme has no case', 'GET', 'HTTP://A.example/', 'absolute a.example 80 /'],
    ['an empty path is sent as /', 'GET', 'http://a.example', 'absolute a.example 80 /'],
    [
      'an empty path before a query is sent as /',
      'GET',
      'http://a.example?x=@b.example/',
      'absolute a.example 80 /?x=@b.example/',
    ],
    [
      'the authority ends at the first slash',
      'GET',
      'http://a.example/@b.example',
      'absolute a.example 80 /@b.example',
    ],
    ['a port is part of the authority', 'GET', 'http://a.example:8080/', 'absolute a.example 8080 /'],
    ['IPv6 in brackets', 'GET', 'http://[2001:DB8::1]:81/x', 'absolute 2001:db8::1 81 /x'],
    ['OPTIONS of the whole server, in origin-form', 'OPTIONS', '*', 'asterisk *'],
    ['OPTIONS of the whole server, in absolute-form', 'OPTIONS', 'http://a.example', 'absolute a.example 80 *'],
    ['OPTIONS of a path', 'OPTIONS', 'http://a.example/', 'absolute a.example 80 /'],
    ['CONNECT names host and port', 'CONNECT', 'A.example:443', 'authority a.example 443'],
    ['CONNECT to IPv6', 'CONNECT', '[2001:db8::1]:443', 'authority 2001:db8::1 443'],
  ])('%s', (_rule, method, text, expected) => {
    expect(read(method, text)).toBe(expected);
  });
});

describe('a target that is refused', () => {
  test.each([
    ['userinfo', 'http://a.example@b.example/'],
    ['userinfo with a port', 'http://a.example:80@b.example/'],
    ['a backslash in the authority', 'http://b.example\\@a.example/'],
    ['a fragment in the authority', 'http://b.example#@a.example/'],
    ['a fragment', '/a#b'],
    ['an empty authority', 'http:///a.example'],
    ['no authority', 'http:a.example'],
    ['one slash', 'http:/a.example'],
    ['a relative path', 'b.example/p'],
    ['an authority outside CONNECT', 'a.example:80'],
    ['an at sign', '@b.example/p'],
    ['a query alone', '?x'],
    ['a backslash', '\\b.example/p'],
    ['an asterisk outside OPTIONS', '*'],
    ['nothing', ''],
    ['a space', '/a b'],
    ['a tab', '/a\tb'],
    ['a NUL', '/a\0b'],
    ['DEL', '/a\x7fb'],
    ['a byte over 127', '/a\xe9'],
    ['a host that is no host', 'http://a..example/'],
    ['a number as a host', 'http://2130706433/'],
    ['an escaped dot in the host', 'http://a%2eexample/'],
    ['a port that is none', 'http://a.example:x/'],
  ])('%s', (_what, text) => {
    expect(read('GET', text)).toBe('target');
  });

  test.each(['https://a.example/', 'ftp://a.example/', 'ws://a.example/', 'a+b.c-d://a.example/'])(
    'a scheme other than http: %s',
    (text) => {
      expect(read('GET', text)).toBe('scheme');
    },
  );

  test.each([
    'a.example',
    'a.example:',
    'a.example:0',
    'http://a.example:443',
    '/',
    '*',
    'b@a.example:443',
    'a.example:443/',
  ])('CONNECT without host and port alone: %s', (text) => {
    expect(read('CONNECT', text)).toBe('target');
  });

  test('CONNECT never goes to port 80, where requests would pass unread', () => {
    expect(read('CONNECT', 'a.example:80')).toBe('connect-port');
    expect(read('CONNECT', 'a.example:080')).toBe('connect-port');
  });
});

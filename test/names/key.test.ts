import { keyOf, keysOf } from '../../src/names/key.js';

describe('the key of a name', () => {
  test.each([
    'X-MSISDN',
    'x-msisdn',
    'X_MSISDN',
    'X.Msisdn',
    "X-MSISDN'",
    'X+MSISDN',
    'X!MSISDN',
    'XMSISDN',
    '-x-msisdn-',
  ])('spellings that CGI readers cannot tell apart share one key: %s', (name) => {
    expect(keyOf(name)).toBe('xmsisdn');
  });

  test('digits belong to the key', () => {
    expect(keyOf('X-Up-3GPP-IMEISV')).toBe('xup3gppimeisv');
    expect(keyOf('O2GW-ID')).toBe('o2gwid');
  });

  test('a name without letters and digits has the empty key', () => {
    expect(keyOf('')).toBe('');
    expect(keyOf('_-.!')).toBe('');
  });

  test('folding is never Unicode-aware: the latin1 bytes of a look-alike vanish, and a Kelvin sign is no k', () => {
    expect(keyOf('X-MS\u00c4\u00b0SDN')).toBe('xmssdn');
    expect(keyOf('\u212aey')).toBe('ey');
    expect(keyOf('X-MS\u0130SDN')).toBe('xmssdn');
  });

  test('names of object members are names like any other', () => {
    expect(keyOf('__proto__')).toBe('proto');
    expect(keyOf('constructor')).toBe('constructor');
  });
});

describe('the keys under which a name may be read', () => {
  test('one leading http is what CGI puts in front of what it was sent', () => {
    expect(keysOf('HTTP_X_MSISDN')).toEqual(['httpxmsisdn', 'xmsisdn']);
    expect(keysOf('http-http-x-msisdn')).toEqual(['httphttpxmsisdn', 'httpxmsisdn']);
  });

  test('other names have their key alone', () => {
    expect(keysOf('X-MSISDN')).toEqual(['xmsisdn']);
    expect(keysOf('X-Http-Method')).toEqual(['xhttpmethod']);
  });

  test('http alone leaves nothing to look up', () => {
    expect(keysOf('Http')).toEqual(['http']);
  });
});

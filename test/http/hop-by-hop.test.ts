import { connectionOptionsOf, isForProxies, isHopByHop, staysWithUs } from '../../src/http/hop-by-hop.js';

describe('fields of one connection', () => {
  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Content-Length',
    'HTTP2-Settings',
    'Proxy',
  ])('never leave: %s', (name) => {
    expect(isHopByHop(name)).toBe(true);
    expect(isHopByHop(name.toLowerCase())).toBe(true);
    expect(staysWithUs(name)).toBe(true);
  });

  test.each(['Transfer_Encoding', 'Content_Length', 'Transfer.Encoding', 'KEEP_ALIVE'])(
    'spellings that a server may take for one of them go too: %s',
    (name) => {
      expect(isHopByHop(name)).toBe(true);
    },
  );

  test('Host and Expect are ours in a request, and pass in an answer', () => {
    expect(staysWithUs('Host')).toBe(true);
    expect(staysWithUs('expect')).toBe(true);
    expect(isHopByHop('Host')).toBe(false);
  });

  test('other Proxy-* fields are for proxies', () => {
    expect(isForProxies('Proxy-Features')).toBe(true);
    expect(isForProxies('PROXY_X')).toBe(true);
    expect(isForProxies('Proxyfoo')).toBe(false);
  });

  test('ordinary names leave', () => {
    for (const name of ['Accept', 'Cookie', 'X-Upgrade', 'Tenant', '__proto__', 'constructor'])
      expect(staysWithUs(name)).toBe(false);
  });
});

describe('connection options', () => {
  const options = (...values: string[]): readonly string[] =>
    connectionOptionsOf(values.map((value) => ({ name: 'ConnecTion', value })));

  test('are read from every Connection line, in lower case and order', () => {
    expect(options('close, X-Foo', 'Upgrade')).toEqual(['close', 'x-foo', 'upgrade']);
  });

  test('empty members and what is no token say nothing', () => {
    expect(options(', ,close,, a b ,"x",\xa0keep-alive')).toEqual(['close']);
  });

  test('white space is space and tab alone', () => {
    expect(options(' \tfoo\t ')).toEqual(['foo']);
  });

  test('other fields name no options', () => {
    expect(connectionOptionsOf([{ name: 'Proxy-Connection', value: 'close' }])).toEqual([]);
  });
});

import type { Circumstances, Forward, Plan } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import type { Policy } from '../../src/policy/policy.js';
import { circumstancesWith, headOf, NOW, PERIOD, RULESET, rulesetFor } from './ruleset-fixture.js';

const SKEW = 30_000;
const HOST = 'Host: stranger.example';
const PARTNER = 'Host: partner.example';
const ID = 'X-MSISDN: 447700900123';

const planOf = (lines: readonly string[], changes: Partial<Circumstances> = {}, start = 'GET / HTTP/1.1'): Plan =>
  plan(RULESET, headOf(start, ...lines), circumstancesWith(changes));
const forward = (lines: readonly string[], changes: Partial<Circumstances> = {}, start?: string): Forward => {
  const planned = planOf(lines, changes, start);
  if (planned.kind !== 'forward') throw new Error(JSON.stringify(planned));
  return planned;
};
const linesOf = ({ fields }: Forward): readonly string[] => fields.map(({ name, value }) => `${name}: ${value}`);
const withPolicy = (
  changes: Partial<Policy>,
  lines: readonly string[],
  circumstances: Partial<Circumstances> = {},
): Forward => {
  const planned = plan(rulesetFor(changes), headOf('GET / HTTP/1.1', ...lines), circumstancesWith(circumstances));
  if (planned.kind !== 'forward') throw new Error(JSON.stringify(planned));
  return planned;
};

describe('a stranger', () => {
  test.each([
    ['the name', 'X-MSISDN: 447700900123'],
    ['another case', 'x-MsIsDn: 447700900123'],
    ['an underscore', 'X_MSISDN: 447700900123'],
    ['a dot', 'X.Msisdn: 447700900123'],
    ['an apostrophe', "X-MSISDN': 447700900123"],
    ['a plus sign', 'X+MSISDN: 447700900123'],
    ['what CGI makes of it', 'HTTP_X_MSISDN: 447700900123'],
    ['no separator', 'XMSISDN: 447700900123'],
    ['our own header', 'X-Acme-Line: 447700900123'],
    ['our own prefix', 'X_Acme_Sub_Anything: abcdef'],
    ['an address', 'X-Forwarded-For: 10.0.0.1'],
    ['an IMSI', 'X-IMSI: 001010123456789'],
    ['a proxy field that is an identity header', 'Proxy-Client-IP: 10.0.0.1'],
  ])('receives no identity header: %s', (_how, line) => {
    const planned = forward([HOST, 'Accept: */*', line, 'X-A: 1']);
    expect(linesOf(planned)).toEqual([HOST, 'Accept: */*', 'X-A: 1']);
    expect(planned).toMatchObject({ verdict: 'stripped', partner: null });
    expect(planned.counts.stripped).toHaveLength(1);
  });

  test('receives none of many, wherever they stand', () => {
    const fillers = Array.from({ length: 40 }, (_, index) => `X-F${String(index)}: v`);
    const planned = forward([ID, HOST, ...fillers, 'x-msisdn: 447700900123', ...fillers, 'X_MSISDN: 447700900124']);
    expect(linesOf(planned)).toEqual([HOST, ...fillers, ...fillers]);
    expect(planned.counts.stripped).toEqual(Array(3).fill({ header: 'x-msisdn', class: 'msisdn' }));
  });

  test('is untouched when there was nothing to strip', () => {
    expect(forward([HOST, 'Accept: */*'])).toMatchObject({ verdict: 'untouched', partner: null, needles: [] });
  });

  test.each([
    'partner.example.evil.example',
    'evilpartner.example',
    'x.partner.example',
    'shops.partner.example',
    'a.b.shops.partner.example',
    'partner.example:81',
    'deep.secure.example',
    '192.0.2.7',
    '[2001:db8::1]',
    'part_ner.example',
    'cut.denied.example',
  ])('is whoever is not exactly a partner: %s', (host) => {
    expect(forward([`Host: ${host}`, ID])).toMatchObject({ partner: null, verdict: 'stripped' });
  });

  test.each(['X-Forwarded-Host', 'Forwarded', 'X-Host', 'X-Original-URL', 'X-HTTP-Host-Override'])(
    'does not become a partner by %s',
    (name) => {
      expect(forward([HOST, `${name}: partner.example`, ID])).toMatchObject({ partner: null, verdict: 'stripped' });
    },
  );
});

describe('a partner', () => {
  test('receives what is released to it, byte by byte, in its place and in the policy’s spelling', () => {
    const planned = forward([ID, 'Accept: */*', PARTNER, 'x_acme_sub_plan: gold', 'X-A: 1']);
    expect(linesOf(planned)).toEqual([
      PARTNER,
      'X-MSISDN: 447700900123',
      'Accept: */*',
      'X-Acme-Sub-Plan: gold',
      'X-A: 1',
    ]);
    expect(planned).toMatchObject({ partner: 'plain', verdict: 'released' });
    expect(planned.counts.released).toEqual([
      { partner: 'plain', header: 'x-msisdn', form: 'unchanged', name: 'X-MSISDN' },
      { partner: 'plain', header: 'x-acme-sub-*', form: 'unchanged', name: 'X-Acme-Sub-Plan' },
    ]);
    expect(planned.counts.stripped).toEqual([]);
  });

  test('receives nothing that is not released to it', () => {
    const planned = forward([PARTNER, 'x-up-calling-line-id: 447700900123', 'X-Acme-Sub-Other: x']);
    expect(linesOf(planned)).toEqual([PARTNER]);
    expect(planned).toMatchObject({ partner: 'plain', verdict: 'stripped' });
  });

  test('is found under every canonical form of its host', () => {
    for (const host of ['PARTNER.example', 'partner.example.', 'partner.example:80', 'partner.example:']) {
      const planned = forward([`Host: ${host}`, ID]);
      expect(linesOf(planned)).toEqual([PARTNER, ID]);
    }
    expect(forward(['Host: one.shops.partner.example', ID]).partner).toBe('plain');
    expect(linesOf(forward(['Host: partner.example:8080', ID]))).toEqual(['Host: partner.example:8080', ID]);
    expect(forward(['Host: a.b.deep.secure.example', ID]).partner).toBe('secure');
  });

  test('receives one canonical field for several spellings with one value', () => {
    const planned = forward([PARTNER, 'x_msisdn: 447700900123', 'X-A: 1', ID, 'HTTP_X_MSISDN: 447700900123']);
    expect(linesOf(planned)).toEqual([PARTNER, ID, 'X-A: 1']);
    expect(planned.counts.released).toHaveLength(1);
  });

  test('receives none of several spellings with different values, and that is counted', () => {
    const planned = forward([PARTNER, ID, 'X_MSISDN: 447700900124', 'X-A: 1']);
    expect(linesOf(planned)).toEqual([PARTNER, 'X-A: 1']);
    expect(planned.counts).toMatchObject({
      released: [],
      ambiguous: [{ header: 'x-msisdn' }],
      stripped: [{ header: 'x-msisdn' }, { header: 'x-msisdn' }],
    });
  });

  test('receives pseudonyms where the policy says so, and none when a key is missing', () => {
    const planned = forward([
      PARTNER,
      'X-IMSI: 001010123456789',
      'X-Acme-Line: 447700900123',
      'X-Nokia-MSISDN: 447700900123',
    ]);
    expect(linesOf(planned)).toEqual([
      PARTNER,
      expect.stringMatching(/^X-IMSI: one\.[A-Za-z0-9_-]{43}$/),
      expect.stringMatching(/^X-Acme-Line: one\.[A-Za-z0-9_-]{43}, two\.[A-Za-z0-9_-]{43}$/),
    ]);
    expect(planned.counts.stripped).toEqual([{ header: 'x-nokia-msisdn', class: 'msisdn' }]);
    expect(planned.counts.released.map(({ form }) => form)).toEqual(['pseudonym', 'pseudonym']);
  });

  test('over TLS is connected to by TLS on its own port; Host says what was asked', () => {
    const planned = forward(['Host: pay.secure.example', ID]);
    expect(planned.route).toEqual({ transport: 'tls', host: 'pay.secure.example', kind: 'name', port: 8443 });
    expect(planned.fields[0]).toEqual({ name: 'Host', value: 'pay.secure.example' });
    expect(planned.authority.port).toBe(80);
  });

  test('is none on another listener', () => {
    expect(forward(['Host: pay.secure.example', ID], { listener: 'roaming' })).toMatchObject({
      partner: null,
      verdict: 'stripped',
      route: { transport: 'http', port: 80 },
    });
  });

  test('is none outside its period, and a skew before its end', () => {
    const at = (now: number): string | null => forward([PARTNER, ID], { now, highestMs: now }).partner;
    expect(at(PERIOD.from + SKEW)).toBe('plain');
    expect(at(PERIOD.from + SKEW - 1)).toBeNull();
    expect(at(PERIOD.until - SKEW - 1)).toBe('plain');
    expect(at(PERIOD.until - SKEW)).toBeNull();
  });

  test('is none for a clock that went back behind its end', () => {
    expect(forward([PARTNER, ID], { now: NOW, highestMs: PERIOD.until })).toMatchObject({
      partner: null,
      verdict: 'stripped',
    });
  });

  test('is one still for a clock that went back by no more than the skew', () => {
    const now = PERIOD.until - SKEW - 1;
    expect(forward([PARTNER, ID], { now, highestMs: now + SKEW }).partner).toBe('plain');
    expect(forward([PARTNER, ID], { now, highestMs: now + SKEW + 1 }).partner).toBeNull();
  });
});

describe('belief', () => {
  test('a peer that is not trusted releases nothing, and what it sent is counted as spoofed', () => {
    const planned = forward([PARTNER, ID, 'X-IMSI: 001010123456789', 'X-A: 1'], { trusted: false });
    expect(linesOf(planned)).toEqual([PARTNER, 'X-A: 1']);
    expect(planned.counts).toMatchObject({
      spoofed: [{ header: 'x-msisdn' }, { header: 'x-imsi' }],
      stripped: [{ header: 'x-msisdn' }, { header: 'x-imsi' }],
      released: [],
    });
    expect(planned.verdict).toBe('stripped');
  });

  test('to a stranger it is spoofed all the same', () => {
    expect(forward([HOST, ID], { trusted: false }).counts.spoofed).toEqual([{ header: 'x-msisdn' }]);
    expect(forward([HOST, ID]).counts.spoofed).toEqual([]);
  });

  test('a Host that disagrees with the URI withholds identity from whoever the URI names', () => {
    const planned = forward([HOST, ID], {}, 'GET http://partner.example/p HTTP/1.1');
    expect(linesOf(planned)).toEqual([PARTNER]);
    expect(planned).toMatchObject({
      partner: 'plain',
      path: '/p',
      verdict: 'stripped',
      counts: { hostDisagrees: true },
    });
  });

  test('a Host that names a partner does not make the URI’s stranger one', () => {
    const planned = forward([PARTNER, ID], {}, 'GET http://stranger.example/ HTTP/1.1');
    expect(linesOf(planned)).toEqual([HOST]);
    expect(planned).toMatchObject({ partner: null, counts: { hostDisagrees: true } });
  });
});

describe('what a client names in Connection', () => {
  test('does not remove a released header, and is counted', () => {
    const planned = forward([PARTNER, 'Connection: close, x-msisdn', ID]);
    expect(linesOf(planned)).toEqual([PARTNER, ID]);
    expect(planned.counts.nominated).toBe(1);
  });

  test('does not keep a stripped one, nor hide it from the count', () => {
    const planned = forward([HOST, 'Connection: X_MSISDN', ID]);
    expect(linesOf(planned)).toEqual([HOST]);
    expect(planned.counts).toMatchObject({ nominated: 1, stripped: [{ header: 'x-msisdn' }] });
  });

  test('does not remove a watched one', () => {
    expect(linesOf(forward([HOST, 'Connection: client-id', 'Client-ID: app']))).toEqual([HOST, 'Client-ID: app']);
  });

  test('removes every other field, under any case', () => {
    const planned = forward([HOST, 'Connection: keep-alive, Foo', 'fOO: 1', 'Bar: 2', 'FOO: 3']);
    expect(linesOf(planned)).toEqual([HOST, 'Bar: 2']);
    expect(planned.counts.nominated).toBe(0);
  });

  test.each(['Host', 'Content-Length', 'Transfer-Encoding'])('leaves Host and framing intact: %s', (option) => {
    const planned = forward([HOST, `Connection: ${option}`, 'Content-Length: 5'], {}, 'POST / HTTP/1.1');
    expect(linesOf(planned)).toEqual([HOST]);
    expect(planned.framing).toEqual({ kind: 'length', bytes: 5 });
  });
});

describe('what leaves', () => {
  test('has Host first, canonical, without the default port', () => {
    expect(linesOf(forward(['Accept: */*', 'hOsT: Stranger.Example.:80']))).toEqual([HOST, 'Accept: */*']);
  });

  test('has no field of one connection, of framing or of proxies', () => {
    const hop = [
      'Keep-Alive: x',
      'Proxy-Connection: x',
      'TE: trailers',
      'Trailer: x',
      'Proxy-Authorization: x',
      'Proxy-Foo: x',
    ];
    const framing = [
      'Transfer_Encoding: chunked',
      'Content_Length: 5',
      'Upgrade: h2c',
      'HTTP2-Settings: x',
      'Proxy: x',
    ];
    expect(linesOf(forward([HOST, ...hop, ...framing, 'Expect: 100-continue', 'X-A: 1']))).toEqual([HOST, 'X-A: 1']);
  });

  test('keeps spelling, order, repeats and bytes of everything else', () => {
    const lines = ['b: 2', 'A: 1', 'b: 1', '__proto__: x', 'constructor: y', 'X-Raw: \xff\xfe', 'x-empty: '];
    expect(linesOf(forward([HOST, ...lines]))).toEqual([HOST, ...lines]);
  });

  test('has a Via of ours only when it is asked for, last', () => {
    expect(linesOf(forward([HOST, 'Via: 1.1 before', 'X-A: 1'], { via: true }))).toEqual([
      HOST,
      'Via: 1.1 before',
      'X-A: 1',
      'Via: 1.1 headgate',
    ]);
    expect(linesOf(forward([HOST], { via: true }, 'GET / HTTP/1.0'))).toEqual([HOST, 'Via: 1.0 headgate']);
    expect(linesOf(forward([HOST]))).toEqual([HOST]);
  });

  test('keeps the path byte by byte, and the method', () => {
    expect(forward([HOST], {}, 'DELETE //partner.example/a/../b?x=%2e HTTP/1.1')).toMatchObject({
      method: 'DELETE',
      path: '//partner.example/a/../b?x=%2e',
    });
  });

  test('says how the body is framed, whether a 100 is awaited, and the handshake’s key', () => {
    expect(forward([HOST, 'Transfer-Encoding: chunked', 'Expect: 100-continue'], {}, 'POST / HTTP/1.1')).toMatchObject({
      framing: { kind: 'chunked' },
      expectContinue: true,
      webSocketKey: null,
      version: '1.1',
    });
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    const handshake = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
    ];
    const planned = forward([HOST, ...handshake, ID]);
    expect(planned.webSocketKey).toBe(key);
    expect(linesOf(planned)).toEqual([HOST, 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`]);
  });
});

describe('watched names and names of low trust', () => {
  test('a watched name is forwarded and counted nowhere, in every spelling', () => {
    const planned = forward([HOST, 'Client-ID: app', 'CLIENT_ID: app']);
    expect(linesOf(planned)).toEqual([HOST, 'Client-ID: app', 'CLIENT_ID: app']);
    expect(planned).toMatchObject({ verdict: 'untouched', counts: { stripped: [], leaked: [] } });
  });

  test('a watched name is stripped again when its time is over', () => {
    const late = PERIOD.until - SKEW;
    expect(linesOf(forward([HOST, 'Client-ID: app'], { now: late, highestMs: late }))).toEqual([HOST]);
  });

  test('a watched name that holds this request’s number is withheld', () => {
    const planned = forward([HOST, ID, 'Client-ID: 447700900123']);
    expect(linesOf(planned)).toEqual([HOST]);
    expect(planned.counts.leaked).toEqual([
      { class: 'msisdn', detector: 'exact', outcome: 'contained', field: 'Client-ID' },
    ]);
  });

  test('a name of low trust is forwarded and counted', () => {
    const planned = forward([HOST, 'X-Telenor-ACR: abc']);
    expect(linesOf(planned)).toEqual([HOST, 'X-Telenor-ACR: abc']);
    expect(planned.counts.leaked).toEqual([
      { class: 'token', detector: 'hint', outcome: 'counted', field: 'X-Telenor-ACR' },
    ]);
  });

  test('a name of low trust is not counted where the policy suppresses it', () => {
    const suppression = {
      key: 'xtelenoracr',
      spelling: 'X-Telenor-ACR',
      host: 'stranger.example',
      reason: 'x',
      owner: 'x',
    };
    const suppressions = [{ ...suppression, period: { from: null, until: null } }];
    expect(withPolicy({ suppressions }, [HOST, 'X-Telenor-ACR: abc']).counts.leaked).toEqual([]);
    expect(withPolicy({ suppressions }, ['Host: other.example', 'X-Telenor-ACR: abc']).counts.leaked).toHaveLength(1);
  });

  test('Via, which every gateway adds, rings no alarm', () => {
    expect(forward([HOST, 'Via: 1.1 wap']).counts.leaked).toEqual([]);
  });
});

describe('a quarantined name', () => {
  const quarantined = new Set(['xnewline']);
  test('is withheld from strangers', () => {
    const planned = forward([HOST, 'X-New-Line: x', 'X_NEW_LINE: x', 'X-A: 1'], { quarantined });
    expect(linesOf(planned)).toEqual([HOST, 'X-A: 1']);
    expect(planned.counts.stripped).toEqual(Array(2).fill({ header: 'other', class: 'token' }));
    const contained = { class: 'unknown', detector: 'novelty', outcome: 'contained' };
    expect(planned.counts.leaked).toEqual([
      { ...contained, field: 'X-New-Line' },
      { ...contained, field: 'X_NEW_LINE' },
    ]);
    expect(planned.verdict).toBe('stripped');
  });
  test('goes on to partners', () => {
    expect(linesOf(forward([PARTNER, 'X-New-Line: x'], { quarantined }))).toEqual([PARTNER, 'X-New-Line: x']);
  });
});

describe('a quarantined name that the policy watches', () => {
  const quarantined = new Set(['xappsession']);
  const watch = [
    { key: 'xappsession', spelling: 'X-App-Session', reason: 'our app', owner: 'ops@operator.example', period: PERIOD },
  ];
  const lines = [HOST, 'X-App-Session: x'];
  test('is forwarded to strangers', () => {
    expect(linesOf(withPolicy({ watch }, lines, { quarantined }))).toEqual(lines);
  });
  test.each([
    ['before its first day', { now: PERIOD.from - 1, highestMs: 0 }],
    ['from a skew before its end on', { now: PERIOD.until - 30_000, highestMs: 0 }],
    ['under lockdown for everyone', { lockdown: 'all' as const }],
  ])('is withheld %s', (_, changes) => {
    expect(linesOf(withPolicy({ watch }, lines, { quarantined, ...changes }))).toEqual([HOST]);
  });
});

describe('identity in other fields', () => {
  test.each([
    ['as it is', '447700900123'],
    ['with a plus sign', '+447700900123'],
    ['national', '07700900123'],
    ['inside text', 'uid=447700900123;x'],
    ['in base64', Buffer.from('447700900123').toString('base64')],
  ])('a value of this request is withheld from a stranger: %s', (_how, value) => {
    const planned = forward([HOST, ID, `X-Custom: ${value}`, `Authorization: ${value}`, 'X-A: 1']);
    expect(linesOf(planned)).toEqual([HOST, 'X-A: 1']);
    expect(planned.counts.leaked.map(({ field, outcome }) => `${field} ${outcome}`)).toEqual([
      'X-Custom contained',
      'Authorization contained',
    ]);
  });

  test('and from a partner: what it receives is released by name', () => {
    const planned = forward([PARTNER, ID, 'X-Custom: 447700900123']);
    expect(linesOf(planned)).toEqual([PARTNER, ID]);
    expect(planned.counts.leaked).toHaveLength(1);
  });

  test('a released header is never examined, even when it holds what another one carries', () => {
    const planned = forward([PARTNER, 'X-Nokia-MSISDN: 447700900123', ID]);
    expect(linesOf(planned)).toEqual([PARTNER, ID]);
    expect(planned.counts.leaked).toEqual([]);
  });

  test('a value that leaves unchanged is the needle’s first owner, whichever header came first', () => {
    const planned = forward([PARTNER, 'X-Nokia-MSISDN: 447700900123', ID]);
    expect(planned.needles).toEqual([{ kind: 'number', value: '447700900123', class: 'msisdn', key: 'xmsisdn' }]);
  });

  test('in Cookie, Referer and the target it is seen, and left alone', () => {
    const lines = ['Cookie: m=447700900123', 'Referer: http://a.example/?m=447700900123'];
    const planned = forward([HOST, ID, ...lines], {}, 'GET /?m=447700900123 HTTP/1.1');
    expect(linesOf(planned)).toEqual([HOST, ...lines]);
    expect(planned.path).toBe('/?m=447700900123');
    expect(planned.counts.leaked).toEqual([]);
    expect(planned.counts.seen.map(({ place }) => place)).toEqual(['cookie', 'referer', 'target']);
  });

  test('is withheld although the header that carried it is released as a pseudonym', () => {
    const planned = forward([PARTNER, 'X-Acme-Line: 447700900123', 'X-Custom: 447700900123']);
    expect(linesOf(planned).slice(1)).toEqual([expect.stringMatching(/^X-Acme-Line: one\./)]);
  });

  test('is counted and forwarded where the policy only counts', () => {
    const detection = { exact: 'count', numbers: 'count', hints: 'count', novelty: 'observe' } as const;
    const planned = withPolicy({ detection }, [HOST, ID, 'X-Custom: 447700900123']);
    expect(linesOf(planned)).toEqual([HOST, 'X-Custom: 447700900123']);
    expect(planned.counts.leaked).toEqual([
      { class: 'msisdn', detector: 'exact', outcome: 'counted', field: 'X-Custom' },
    ]);
  });

  test('a number of ours that no header carried is counted, or withheld where the policy says so', () => {
    const detection = { exact: 'withhold', numbers: 'withhold', hints: 'count', novelty: 'observe' } as const;
    expect(linesOf(forward([HOST, 'X-Custom: 447700900123']))).toEqual([HOST, 'X-Custom: 447700900123']);
    expect(forward([HOST, 'X-Custom: 447700900123']).counts.leaked).toMatchObject([
      { detector: 'number', outcome: 'counted' },
    ]);
    const planned = withPolicy({ detection }, [HOST, 'X-Custom: 447700900123']);
    expect(linesOf(planned)).toEqual([HOST]);
    expect(planned).toMatchObject({
      verdict: 'stripped',
      counts: { leaked: [{ detector: 'number', outcome: 'contained' }] },
    });
  });

  test('a number of a range that is too wide to be sure is counted even where numbers are withheld', () => {
    const detection = { exact: 'withhold', numbers: 'withhold', hints: 'count', novelty: 'observe' } as const;
    const numbers = [{ countryCode: '44', ranges: [{ prefix: '44770', digits: 12 }], plmns: [], placeholders: [] }];
    const planned = withPolicy({ detection, numbers }, [HOST, 'X-Custom: 447700900123']);
    expect(linesOf(planned)).toEqual([HOST, 'X-Custom: 447700900123']);
    expect(planned.counts.leaked).toMatchObject([{ detector: 'number', outcome: 'counted' }]);
  });

  test('a name with a hint is counted, or withheld where the policy says so', () => {
    const detection = { exact: 'withhold', numbers: 'count', hints: 'withhold', novelty: 'observe' } as const;
    expect(forward([HOST, 'X-New-Msisdn-Header: x']).counts.leaked).toMatchObject([
      { detector: 'hint', outcome: 'counted' },
    ]);
    expect(linesOf(withPolicy({ detection }, [HOST, 'X-New-Msisdn-Header: x']))).toEqual([HOST]);
  });

  test('a suppressed field at its exact host is left alone', () => {
    const planned = forward(['Host: api.taxi.example', ID, 'X-Phone: 447700900123']);
    expect(linesOf(planned)).toEqual(['Host: api.taxi.example', 'X-Phone: 447700900123']);
    expect(linesOf(forward([HOST, ID, 'X-Phone: 447700900123']))).toEqual([HOST]);
  });
});

describe('CONNECT', () => {
  test('is a tunnel to a port of the setting; what its headers carry is withheld and counted', () => {
    expect(planOf(['Host: partner.example:443', ID], {}, 'CONNECT partner.example:443 HTTP/1.1')).toMatchObject({
      kind: 'tunnel',
      verdict: 'tunnelled',
      authority: { host: 'partner.example', port: 443 },
      counts: { stripped: [{ header: 'x-msisdn' }], released: [] },
    });
  });
  test('to another port is refused', () => {
    expect(planOf(['Host: a.example:25'], {}, 'CONNECT a.example:25 HTTP/1.1')).toEqual({
      kind: 'refuse',
      code: 'connect-port',
      local: null,
      verdict: 'refused',
    });
  });
  test('to port 80 is refused whatever the setting says', () => {
    expect(planOf(['Host: a.example'], { connectPorts: [80] }, 'CONNECT a.example:80 HTTP/1.1')).toMatchObject({
      code: 'connect-port',
    });
  });
});

describe('a refusal', () => {
  test('contacts nobody and says its code', () => {
    expect(planOf([])).toEqual({ kind: 'refuse', code: 'host', local: null, verdict: 'refused' });
  });
  test('may owe an answer of our own', () => {
    expect(planOf([HOST, 'Max-Forwards: 0'], {}, 'OPTIONS * HTTP/1.1')).toMatchObject({
      kind: 'refuse',
      local: 'options',
    });
  });
  test('obeys the limits of the circumstances', () => {
    expect(planOf([HOST, 'X-A: 1'], { limits: { headBytes: 32_768, fields: 1 } })).toMatchObject({
      code: 'field-count',
    });
  });
});

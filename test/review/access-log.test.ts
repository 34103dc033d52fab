// One line of an access log: the shapes of the programs that write them, and that nothing is guessed. The lines of HAProxy, nginx and
// Squid here are as the programs wrote them; test/e2e/access-logs.test.ts has them write their own.
import { readAccessLine, type AccessLine } from '../../src/review/access-log.js';

const visit = (host: string, over: Partial<Extract<AccessLine, { kind: 'visit' }>> = {}): AccessLine => ({
  kind: 'visit',
  host,
  port: 80,
  requests: 1,
  at: null,
  ...over,
});
const NO_HOST: AccessLine = { kind: 'unreadable', why: 'host' };
const NO_SHAPE: AccessLine = { kind: 'unreadable', why: 'shape' };
const AT = Date.parse('2026-11-23T05:42:05Z');
const HAPROXY =
  '<134>Nov 23 05:42:08 haproxy[5790]: 10.0.0.9:50286 [23/Nov/2026:05:42:05.765] f b/s 0/0/-1/-1/3007 503 217 - - SC-- 1/1/0/0/3 0/0';
const NGINX = '10.0.0.9 - - [23/Nov/2026:06:42:05 +0100] "GET /a HTTP/1.1" 200 5 "-" "curl/7.88.1"';

test.each<readonly [string, string, AccessLine]>([
  [
    'HAProxy: the first capture is the host',
    `${HAPROXY} {news.example|curl} {} "GET /a HTTP/1.1"`,
    visit('news.example', { at: AT }),
  ],
  [
    'HAProxy: its port is the port',
    `${HAPROXY} {pay.acme.example:8080|} {} "GET / HTTP/1.1"`,
    visit('pay.acme.example', { port: 8080, at: AT }),
  ],
  [
    'HAProxy: an address of six in brackets',
    `${HAPROXY} {[2001:db8::1]} "GET / HTTP/1.1"`,
    visit('2001:db8::1', { at: AT }),
  ],
  [
    'HAProxy: the target decides over the Host',
    `${HAPROXY} {other.example} "GET http://news.example/ HTTP/1.1"`,
    visit('news.example', { at: AT }),
  ],
  [
    'HAProxy: without a capture the target alone tells',
    `${HAPROXY} "GET http://news.example/ HTTP/1.1"`,
    visit('news.example', { at: AT }),
  ],
  ['HAProxy: neither, and no host is guessed', `${HAPROXY} "GET / HTTP/1.1"`, NO_HOST],
  ['HAProxy: an empty capture', `${HAPROXY} {|curl} "GET / HTTP/1.1"`, NO_HOST],
  ['HAProxy: a bad request is none', `${HAPROXY} "<BADREQ>"`, NO_SHAPE],
  [
    'HAProxy: a tunnel',
    `${HAPROXY} {} "CONNECT pay.acme.example:443 HTTP/1.1"`,
    { kind: 'tunnel', requests: 1, at: AT },
  ],
  ['nginx: the host in front', `news.example ${NGINX}`, visit('news.example', { at: AT })],
  [
    'nginx: the host in front, with its port',
    `news.example:8080 ${NGINX}`,
    visit('news.example', { port: 8080, at: AT }),
  ],
  [
    'nginx: a target with an authority',
    NGINX.replace('/a', 'http://news.example:81/a'),
    visit('news.example', { port: 81, at: AT }),
  ],
  ['nginx: the client is no host', NGINX, NO_HOST],
  ['nginx: a fourth word that is no ident', NGINX.replace('- -', '- a user'), NO_HOST],
  ['nginx: the address behind the agent is the client’s, not a host', `${NGINX} "192.0.2.9"`, NO_HOST],
  [
    'Squid: the URL',
    '1795412525.123     12 10.0.0.9 TCP_MISS/200 1234 GET http://news.example/a - HIER_DIRECT/192.0.2.7 text/html',
    visit('news.example', { at: 1_795_412_525_123 }),
  ],
  [
    'Squid: a tunnel',
    '1795412525.123  12 10.0.0.9 TCP_TUNNEL/200 1 CONNECT pay.acme.example:443 - HIER_DIRECT/192.0.2.7 -',
    { kind: 'tunnel', requests: 1, at: 1_795_412_525_123 },
  ],
  [
    'Squid: https',
    '1795412525.123  12 10.0.0.9 TCP_MISS/200 1 GET https://pay.acme.example/ - HIER_DIRECT/192.0.2.7 -',
    { kind: 'tunnel', requests: 1, at: 1_795_412_525_123 },
  ],
  [
    'Squid: an invalid request',
    '1795412525.123  0 10.0.0.9 NONE_NONE/400 3 GET error:invalid-request - HIER_NONE/- text/html',
    NO_HOST,
  ],
  [
    'Squid: a request that it could not read, with no method',
    '1795412525.123  0 10.0.0.9 NONE_NONE/400 3 - error:invalid-request - HIER_NONE/- text/html',
    NO_HOST,
  ],
  [
    'Squid: a connection that asked nothing',
    '1795412525.123      0 10.0.0.9 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -',
    { kind: 'empty' },
  ],
  ['counts: host, then how often', 'news.example 1200', visit('news.example', { requests: 1200 })],
  [
    'counts: how often, then host, as `uniq -c` prints',
    '   1200 news.example',
    visit('news.example', { requests: 1200 }),
  ],
  ['counts: with a comma', 'news.example:8080,7', visit('news.example', { port: 8080, requests: 7 })],
  [
    'counts: in any case and with a trailing dot it is one host',
    'NEWS.Example.\t7',
    visit('news.example', { requests: 7 }),
  ],
  ['counts: an address', '192.0.2.7 3', visit('192.0.2.7', { requests: 3 })],
  ['counts: two numbers name no host', '447700900123 7', NO_HOST],
  ['counts: two words are no count', 'news.example often', NO_SHAPE],
  ['counts: a key and its value', 'version: 1', NO_SHAPE],
  ['counts: a host alone', 'news.example', NO_SHAPE],
  ['JSON: a host alone is one request', '{"host":"news.example"}', visit('news.example')],
  [
    'JSON: host, count, port and time',
    '{"host":"news.example","count":9,"port":8080,"time":"2026-11-23T05:42:05Z"}',
    visit('news.example', { port: 8080, requests: 9, at: AT }),
  ],
  ['JSON: without a host', '{"vhost":"news.example"}', NO_HOST],
  ['JSON: a host that is none', '{"host":"a b"}', NO_HOST],
  ['JSON: a count that is none', '{"host":"news.example","count":-1}', NO_SHAPE],
  ['JSON: a port that is none', '{"host":"news.example","port":70000}', NO_SHAPE],
  ['JSON: cut short', '{"host":"news.exa', NO_SHAPE],
  ['nothing', '   ', { kind: 'empty' }],
  ['a comment', '# host count', { kind: 'empty' }],
  ['words', 'the quick brown fox', NO_SHAPE],
])('%s', (_rule, line, means) => {
  expect(readAccessLine(line)).toEqual(means);
});

test('a line as long as may be read is read in no time: no pattern goes back over it', () => {
  for (const text of ['{', ' ', '[', '"GET ', '1 ', 'a,', '1/', '"'])
    expect(readAccessLine(`x${text.repeat(65_536 / text.length)}`).kind).toBe('unreadable');
}, 5_000);

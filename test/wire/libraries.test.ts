// What proxy libraries and Node's own server and client get wrong, each as bytes: the defect must not be seen through us.
import { keep, refused, strip, type Row } from './harness/row.js';
import { describeRows } from './harness/suite.js';
import { chunkedBody, enriched, head, ID, NUMBER, PARTNER, SMUGGLED, STRANGER } from './harness/values.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const IN_ORDER = [
  'Zeta: 1',
  'alpha: 2',
  'X-Multi: a',
  'MiXeD-CaSe: 3',
  'x-multi: b',
  'Accept: */*',
  'X-Multi: a',
  'Cookie: a=1',
  'Cookie: b=2',
];

/** `row` is where the same stands among the hostile rows; 0: only here. */
const ROWS: readonly Row[] = [
  {
    row: 124,
    says: 'http-proxy skips its hook for a request with Expect: the strip does not hang on a hook',
    send: enriched('Expect: 100-continue', TO_STRANGER),
    // Our 100 is no final answer.
    ...strip(),
    withheld: ['msisdn', 'expect'],
    needs: 'slow',
  },
  {
    row: 53,
    says: 'http-proxy sends a chunked DELETE with length 0: it arrives as one request with its body',
    send: head('DELETE / HTTP/1.1', ID, TO_STRANGER, 'Transfer-Encoding: chunked') + chunkedBody(SMUGGLED),
    ...strip(),
    body: SMUGGLED,
  },
  {
    row: 41,
    says: 'http-proxy dies of a Trailer on a GET',
    send: enriched('Trailer: X', TO_STRANGER),
    ...strip(),
    withheld: ['trailer'],
  },
  {
    row: 33,
    says: 'Node forgets fields after the first thousand and still frames by them',
    send: `${head('GET / HTTP/1.1', ...Array.from({ length: 1000 }, (_, i) => `F${i}: 1`), TO_STRANGER, `Content-Length: ${SMUGGLED.length}`)}${SMUGGLED}`,
    ...refused(431),
  },
  {
    row: 39,
    says: 'http-proxy forwards what Connection names',
    send: head('GET / HTTP/1.1', 'Connection: x, X-Secret-Hop', 'X-Secret-Hop: 1', 'x: 2', TO_STRANGER),
    outcome: { to: 'stranger' },
    withheld: ['secret', 'x: 2'],
  },
  {
    row: 78,
    says: 'http-proxy and Node take the first of two Host lines',
    send: enriched(`Host: ${PARTNER}`, TO_STRANGER),
    ...refused(),
  },
  {
    row: 7,
    says: 'http-proxy folds repeats and loses order and case: repeats, order and case arrive as they were',
    send: head('GET / HTTP/1.1', TO_STRANGER, ...IN_ORDER),
    outcome: { to: 'stranger' },
    arrives: IN_ORDER,
    also: (request) => {
      const lines = request.head.split('\r\n').slice(1);
      expect(lines.filter((line) => IN_ORDER.includes(line))).toEqual(IN_ORDER);
      expect(lines[0]).toBe(TO_STRANGER);
    },
  },
  {
    row: 75,
    says: 'http-proxy collapses slashes in a path',
    send: head('GET /a//b///c?d=//e HTTP/1.1', ID, TO_STRANGER),
    ...strip(),
    line: 'GET /a//b///c?d=//e HTTP/1.1',
  },
  {
    row: 75,
    says: 'http-proxy rewrites `:/` in a path',
    send: head('GET /http:/x/../y/./%7e%2f HTTP/1.1', ID, TO_STRANGER),
    ...strip(),
    line: 'GET /http:/x/../y/./%7e%2f HTTP/1.1',
  },
  {
    row: 80,
    says: 'http-proxy invents a Host for HTTP/1.0 without one',
    send: head('GET / HTTP/1.0', ID),
    ...refused(),
  },
  {
    row: 40,
    says: 'http-proxy passes the client’s credentials for the proxy on to the destination',
    send: enriched('Proxy-Authorization: Basic c2VjcmV0', TO_STRANGER),
    ...strip(),
    withheld: ['c2VjcmV0'],
  },
  {
    row: 44,
    says: 'http-proxy passes `,chunked` on',
    send: head('POST / HTTP/1.1', TO_STRANGER, 'Transfer-Encoding: ,chunked') + chunkedBody('hello'),
    ...refused(),
  },
  {
    row: 45,
    says: 'Node runs its handler before it refuses `xchunked`: nothing has gone on by then',
    send: head('POST / HTTP/1.1', ID, TO_STRANGER, 'Transfer-Encoding: xchunked') + chunkedBody(SMUGGLED),
    ...refused(400, 501),
  },
  {
    row: 45,
    says: 'Node accepts `identity, chunked`',
    send: head('POST / HTTP/1.1', ID, TO_STRANGER, 'Transfer-Encoding: identity, chunked') + chunkedBody('hello'),
    ...refused(400, 501),
  },
  {
    row: 54,
    says: 'Node’s client writes the body of a GET unframed when no length is set',
    send: head('GET / HTTP/1.1', ID, TO_STRANGER, 'Transfer-Encoding: chunked') + chunkedBody(SMUGGLED),
    ...strip(),
    body: SMUGGLED,
    also: (request) => {
      expect(request.head).toMatch(/^(transfer-encoding: chunked|content-length: \d+)\r$/im);
    },
  },
  {
    row: 8,
    says: 'Node keeps `X_MSISDN` beside `X-MSISDN`: a stranger gets neither',
    send: enriched(`X_MSISDN: ${NUMBER}`, TO_STRANGER),
    ...strip(2),
    withheld: ['msisdn'],
  },
  {
    row: 18,
    says: 'Node loses `__proto__` from its object of fields: it arrives, more than once if it came so',
    send: head('GET / HTTP/1.1', '__proto__: a', '__proto__: b', TO_STRANGER),
    outcome: { to: 'stranger' },
    arrives: ['__proto__: a', '__proto__: b'],
  },
  {
    row: 77,
    says: 'Node accepts several spaces in the start line: they are sent on as one (RFC 9112, section 3), or refused where we read',
    send: head('GET  /p  HTTP/1.1', ID, TO_STRANGER),
    ...strip(),
    line: 'GET /p HTTP/1.1',
    onFast: { ...refused(), counts: [] },
  },
  ...['\u212aelvin.test', 'faß.de', 'a\u3002b.test', 'exa\u200dmple.test', 'a b.test', 'a,b.test', '*.test'].map(
    (host): Row => ({
      row: 92,
      says: `URL parsers make another name of the Host ${JSON.stringify(host)}: it is refused`,
      send: enriched(`Host: ${Buffer.from(host).toString('latin1')}`),
      ...refused(),
    }),
  ),
  {
    row: 94,
    says: 'an underscore may stand in a Host: a stranger',
    send: enriched('Host: a_b.test'),
    ...strip(),
    host: 'a_b.test',
  },
  { row: 2, says: 'and the partner still gets what it is released', send: enriched(`Host: ${PARTNER}`), ...keep() },
];

describeRows('defects of libraries', ROWS, { name: 'libraries' });

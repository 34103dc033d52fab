// Rows 102 to 113 and 117 to 126: versions, methods, CONNECT that is refused, upgrades that are none, expectations.
import { refused, strip, type Row } from '../harness/row.js';
import { enriched, head, ID, PARTNER, STRANGER } from '../harness/values.js';

const E = STRANGER;
const A = PARTNER;
const HOST = `Host: ${E}`;
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const WEBSOCKET = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', KEY];

function bad(row: number, what: string, send: string, ...status: readonly number[]): Row {
  return { row, says: `${what} is refused`, send, ...refused(...status) };
}

function connect(row: number, target: string, ...status: readonly number[]): Row {
  return {
    row,
    says: `CONNECT ${target} is refused and the connection closed`,
    send: head(`CONNECT ${target} HTTP/1.1`, ID, `Host: ${target}`),
    ...refused(...status),
  };
}

/** CONNECT whose head is well-formed: only the slow path says where it may not go. */
function connectElsewhere(row: number, target: string, ...status: readonly number[]): Row {
  return { ...connect(row, target, ...status), needs: 'slow' };
}

/** An upgrade that nobody gets: forwarded as a plain request without a trace of it, so that no tunnel can follow. */
function plain(row: number, what: string, ...lines: readonly string[]): Row {
  return {
    row,
    says: `${what} is forwarded as a plain request`,
    send: enriched(...lines, HOST),
    ...strip(),
    withheld: ['upgrade', 'http2-settings'],
  };
}

export const LINE_ROWS: readonly Row[] = [
  bad(102, 'HTTP/0.9', 'GET /p\r\n\r\n', 400, 505),
  ...['HTTP/2.0', 'HTTP/1.2', 'HTTP/0.9', 'HTTP/1.10', 'http/1.1', 'HTTP/1', 'HTTP/3.0', 'HTP/1.1'].map((version) =>
    bad(103, `the version ${version}`, head(`GET / ${version}`, ID, HOST), 400, 505),
  ),
  bad(103, 'HTTP/2.0 without Host and with an expectation', head('GET / HTTP/2.0', ID, 'Expect: x'), 400, 505),
  bad(104, 'the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 505),
  {
    row: 105,
    says: 'empty lines before a request are skipped',
    send: `\r\n\r\n${enriched(HOST)}`,
    ...strip(),
  },
  ...['get', 'FOO', 'G=":<>(e)', 'GeT'].map((method) =>
    bad(106, `the method ${method}`, head(`${method} / HTTP/1.1`, ID, HOST), 400, 501),
  ),
  ...[
    ['a line of PROXY protocol', 'PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n'],
    ['a line of PROXY protocol about nobody', 'PROXY UNKNOWN\r\n'],
    [
      'the second version of PROXY protocol',
      '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\x03\xe8\0\x50',
    ],
  ].map(([what = '', line = '']): Row =>
    bad(142, `${what} on a listener that does not speak it`, line + enriched(HOST), 400, 501, 505),
  ),
  bad(107, 'TRACE, which would show the identity to whoever asks,', head('TRACE / HTTP/1.1', ID, `Host: ${A}`), 405),
  {
    row: 109,
    says: 'Max-Forwards counts down for OPTIONS',
    send: head('OPTIONS / HTTP/1.1', ID, 'Max-Forwards: 3', HOST),
    ...strip(),
    arrives: ['Max-Forwards: 2'],
  },
  {
    row: 109,
    says: 'Max-Forwards of another method is an ordinary field',
    send: head('GET / HTTP/1.1', ID, 'Max-Forwards: 0', HOST),
    ...strip(),
    arrives: ['Max-Forwards: 0'],
  },
  connectElsewhere(111, `${A}:25`, 403),
  connectElsewhere(111, '127.0.0.1:22', 403),
  connect(111, A, 400),
  connect(111, `http://${A}`, 400),
  connect(111, `${A}:80`, 403),
  connect(111, `${A}:`, 400, 403),
  connect(111, `${A}:443/`, 400),
  {
    row: 112,
    says: 'a request in the same segment as a refused CONNECT is not executed',
    send: head(`CONNECT ${A}:25 HTTP/1.1`, ID, `Host: ${A}:25`) + head('GET /smug HTTP/1.1', ID, `Host: ${A}`),
    ...refused(403),
    needs: 'slow',
  },
  bad(
    113,
    'CONNECT with a length',
    `${head(`CONNECT ${E}:443 HTTP/1.1`, ID, `Host: ${E}:443`, 'Content-Length: 5')}hello`,
  ),
  bad(
    113,
    'CONNECT with a coding',
    `${head(`CONNECT ${E}:443 HTTP/1.1`, ID, `Host: ${E}:443`, 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  ),
  bad(117, 'an upgrade with a length', `${enriched(...WEBSOCKET, 'Content-Length: 5', HOST)}hello`),
  bad(
    117,
    'an upgrade with a coding',
    `${enriched(...WEBSOCKET, 'Transfer-Encoding: chunked', HOST)}5\r\nhello\r\n0\r\n\r\n`,
  ),
  plain(
    118,
    'Upgrade: h2c with its settings',
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  ),
  plain(119, 'an upgrade to something unknown', 'Connection: Upgrade', 'Upgrade: foo'),
  {
    row: 119,
    says: 'an unknown WebSocket version is refused',
    send: enriched('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 777', KEY, HOST),
    ...refused(426),
  },
  bad(
    119,
    'a WebSocket handshake without a key',
    enriched('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', HOST),
  ),
  {
    row: 125,
    says: 'an expectation that merely contains 100-continue is refused',
    send: enriched('Expect: y 100-continue', HOST),
    ...refused(417),
  },
  {
    row: 125,
    says: 'an expectation with a second member is refused',
    send: enriched('Expect: 100-continue, x', HOST),
    ...refused(417),
  },
  {
    row: 126,
    says: 'an expectation in HTTP/1.0 is ignored and does not travel',
    send: head('GET / HTTP/1.0', ID, 'Expect: foo', HOST),
    ...strip(),
    withheld: ['expect'],
    mayClose: true,
    needs: 'slow',
  },
];

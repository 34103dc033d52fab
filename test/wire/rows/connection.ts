// Rows 36 to 41: what `Connection` names, and fields that belong to one hop.
import { keep, strip, type Row } from '../harness/row.js';
import { enriched, head, PARTNER, STRANGER } from '../harness/values.js';

const HOST = `Host: ${STRANGER}`;

export const CONNECTION_ROWS: readonly Row[] = [
  {
    row: 36,
    says: 'naming an identity header in Connection does not keep it for a stranger, and the nomination does not travel',
    send: enriched('Connection: X-MSISDN', HOST),
    ...strip(),
    withheld: ['msisdn'],
  },
  {
    row: 37,
    says: 'naming an identity header in Connection does not take it from a partner, and is counted',
    send: enriched('Connection: close, x-msisdn', `Host: ${PARTNER}`),
    ...keep(),
    counts: [
      { metric: 'headgate_nominated_headers_total', by: 1 },
      { metric: 'headgate_released_headers_total', by: 1 },
    ],
    mayClose: true,
  },
  {
    row: 37,
    says: 'any spelling of an identity header that Connection names is ignored too',
    send: enriched('Connection: keep-alive, X_MSISDN', HOST),
    ...strip(),
  },
  {
    row: 38,
    says: 'a nominated Host stays',
    send: head('GET / HTTP/1.1', 'Connection: Host', HOST),
    outcome: { to: 'stranger' },
    host: STRANGER,
  },
  {
    row: 38,
    says: 'a nominated Content-Length still frames the body',
    send: `${head('POST / HTTP/1.1', 'Connection: Content-Length', 'Content-Length: 5', HOST)}hello`,
    outcome: { to: 'stranger' },
    body: 'hello',
  },
  {
    row: 38,
    says: 'a nominated Transfer-Encoding still frames the body',
    send: `${head('POST / HTTP/1.1', 'Connection: Transfer-Encoding', 'Transfer-Encoding: chunked', HOST)}5\r\nhello\r\n0\r\n\r\n`,
    outcome: { to: 'stranger' },
    body: 'hello',
  },
  {
    row: 39,
    says: 'a field that Connection names goes no further',
    send: head('GET / HTTP/1.1', 'Connection: keep-alive, Foo', 'Foo: 1', 'Bar: 2', HOST),
    outcome: { to: 'stranger' },
    arrives: ['Bar: 2'],
    withheld: ['Foo'],
  },
  {
    row: 39,
    says: 'a nomination in another case, and on a second Connection line, counts too',
    send: head('GET / HTTP/1.1', 'Connection: keep-alive', 'connection: fOO', 'Foo: 1', 'Bar: 2', HOST),
    outcome: { to: 'stranger' },
    arrives: ['Bar: 2'],
    withheld: ['Foo'],
  },
  {
    row: 40,
    says: 'Keep-Alive, Proxy-Connection, TE, Trailer and Proxy-Authorization go no further',
    send: head(
      'GET / HTTP/1.1',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
      'Trailer: x',
      'Proxy-Authorization: Basic eDp5',
      'Bar: 2',
      HOST,
    ),
    outcome: { to: 'stranger' },
    arrives: ['Bar: 2'],
    withheld: ['keep-alive: timeout', 'proxy-', 'trailer', 'TE:', 'eDp5'],
  },
  {
    row: 41,
    says: 'an announced trailer on a GET without a body harms nobody',
    send: enriched('Trailer: X-MSISDN', HOST),
    ...strip(),
    withheld: ['trailer', 'msisdn'],
  },
];

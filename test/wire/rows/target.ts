// Rows 68 to 98: who decides and who is connected to. One authority, computed once from the raw bytes.
import { keep, refused, strip, type Row } from '../harness/row.js';
import { enriched, head, ID, PARTNER, STRANGER } from '../harness/values.js';

const E = STRANGER;
const A = PARTNER;
/** An A-label that the policy lists as its U-label. */
export const IDN_HOST = 'xn--bcher-kva.example';
export const IDN_AS_WRITTEN = 'bücher.example';
/** A host whose subdomains of one label are a partner's, with pseudonyms. */
export const WILDCARD = 'a2.example';
/** Spellings of A with something that other software folds into it; in UTF-8. */
const FOLDED = [
  'partner0001。allow.example',
  'ｐartner0001.allow.example',
  'partner\u00ad0001.allow.example',
  'bücher.example',
];

function asked(row: number, target: string, host: string, more: Omit<Row, 'row' | 'send' | 'says'>, says: string): Row {
  return { row, says, send: head(`GET ${target} HTTP/1.1`, ID, `Host: ${host}`), ...more };
}

function badTarget(row: number, target: string, host = A): Row {
  return asked(row, target, host, refused(), `the target ${JSON.stringify(target)} is refused`);
}

/** `host` in UTF-8 where it has more than ASCII. */
function badHost(row: number, host: string): Row {
  const bytes = Buffer.from(host).toString('latin1');
  return { row, says: `the Host ${JSON.stringify(host)} is refused`, send: enriched(`Host: ${bytes}`), ...refused() };
}

function stranger(row: number, host: string, arrives = host): Row {
  return {
    row,
    says: `the Host ${host} is a stranger's, however near it is to a partner's`,
    send: enriched(`Host: ${host}`),
    ...strip(),
    host: arrives,
  };
}

const DISAGREES = { metric: 'headgate_host_disagreements_total', by: 1 };

export const TARGET_ROWS: readonly Row[] = [
  asked(
    68,
    `http://${E}/p`,
    A,
    {
      ...strip(),
      line: 'GET /p HTTP/1.1',
      host: E,
      counts: [DISAGREES, { metric: 'headgate_released_headers_total', by: 0 }],
    },
    'an absolute target decides, whatever Host says: the stranger gets its own Host and no identity',
  ),
  asked(
    69,
    `http://${A}/p`,
    E,
    {
      outcome: { to: 'partner' },
      line: 'GET /p HTTP/1.1',
      host: A,
      withheld: ['msisdn'],
      counts: [DISAGREES, { metric: 'headgate_released_headers_total', by: 0 }],
    },
    'an absolute target of a partner with the Host of a stranger goes to the partner without identity, and is counted',
  ),
  asked(
    69,
    `http://${A}/p`,
    A,
    { ...keep(), line: 'GET /p HTTP/1.1', host: A },
    'an absolute target that agrees with Host releases',
  ),
  ...[`http://${A}@${E}/`, `http://${E}@${A}/`, `http://${A}:80@${E}/`].map((target) => badTarget(70, target, E)),
  badTarget(71, `http://${E}\\@${A}/`),
  badTarget(72, `http://${E}#@${A}/`),
  asked(
    72,
    `http://${E}?@${A}/`,
    E,
    { ...strip(), line: `GET /?@${A}/ HTTP/1.1`, host: E },
    'the authority of an absolute target ends at a question mark',
  ),
  asked(73, `HTTP://${E}/`, E, { ...strip(), line: 'GET / HTTP/1.1', host: E }, 'the scheme has no case'),
  ...[`https://${A}/`, `ftp://${A}/`, `ws://${A}/`, `http:${A}`, 'http:///A', `http:/${A}/`, 'http://'].map((t) =>
    badTarget(74, t),
  ),
  asked(
    75,
    `//${E}/p`,
    A,
    { ...keep(), line: `GET //${E}/p HTTP/1.1`, host: A },
    'a path that begins with two slashes is a path, sent as it came to the host that Host names',
  ),
  ...[`${E}/p`, '@E/p', '?x', `\\${E}/p`, '*'].map((target) => badTarget(76, target)),
  {
    row: 77,
    says: 'a space in the target is refused',
    send: head('GET /a b HTTP/1.1', ID, `Host: ${A}`),
    ...refused(),
  },
  {
    row: 77,
    says: 'tabs between the parts of the start line are refused',
    send: head('GET\t/\tHTTP/1.1', ID, `Host: ${A}`),
    ...refused(400, 501),
  },
  ...[
    [E, A],
    [A, E],
    [A, A],
  ].map(([first = '', second = '']): Row => ({
    row: 78,
    says: `two Host lines, ${first} and ${second}, are refused`,
    send: enriched(`Host: ${first}`, `Host: ${second}`),
    ...refused(),
  })),
  {
    row: 78,
    says: 'two Host lines in different case are refused',
    send: enriched(`Host: ${A}`, `hOST: ${A}`),
    ...refused(),
  },
  { row: 79, says: 'HTTP/1.1 without Host is refused', send: enriched(), ...refused() },
  { row: 80, says: 'HTTP/1.0 in origin-form without Host is refused', send: head('GET / HTTP/1.0', ID), ...refused() },
  badHost(81, ''),
  ...[`${A}, ${E}`, `${A} ${E}`, `${A}\t${E}`, `${A}/`, `${A}?`, `${A}#`, `${A}\\${E}`, `${A}%00`].map((host) =>
    badHost(82, host),
  ),
  ...[`${A}@${E}`, `${E}@${A}`, `${A}:80@${E}`].map((host) => badHost(83, host)),
  badHost(84, `${A}\0.${E}`),
  { row: 85, says: 'a folded Host is refused', send: enriched(`Host: ${A}`, ` .${E}`), ...refused() },
  ...[`${A}:80`, `${A}:`].map((host): Row => ({
    row: 86,
    says: `the Host ${host} is the partner's on its port`,
    send: enriched(`Host: ${host}`),
    ...keep(),
    host: A,
  })),
  {
    row: 86,
    says: 'another port of a partner’s host is a stranger',
    send: enriched(`Host: ${A}:8080`),
    outcome: { to: 'partner' },
    withheld: ['msisdn'],
    host: `${A}:8080`,
    counts: [
      { metric: 'headgate_released_headers_total', by: 0 },
      { metric: 'headgate_stripped_headers_total', by: 1 },
    ],
  },
  ...[`${A}:abc`, `${A}:99999`, `${A}:-1`, `${A}:80:80`].map((host) => badHost(87, host)),
  {
    row: 88,
    says: 'one trailing dot is the same host, and does not travel',
    send: enriched(`Host: ${A}.`),
    ...keep(),
    host: A,
  },
  ...[`${A}..`, `.${A}`, 'a..b', '.'].map((host) => badHost(89, host)),
  { row: 90, says: 'a host has no case', send: enriched(`Host: ${A.toUpperCase()}`), ...keep(), host: A },
  badHost(91, 'partner0001%2eallow.example'),
  ...FOLDED.map((host) => badHost(92, host)),
  {
    row: 93,
    says: 'a partner that the policy lists with its U-label is known by its A-label',
    send: enriched(`Host: ${IDN_HOST}`),
    ...keep(),
    host: IDN_HOST,
    counts: [{ metric: 'headgate_released_headers_total', labels: ['partner="idn"'], by: 1 }],
  },
  ...[`${A}.${E}`, `evil${A}`, `${A}-${E}`, `x${A}`, `sub.${A}`, 'allow.example', 'example'].map((host) =>
    stranger(94, host),
  ),
  {
    row: 95,
    says: 'a wildcard covers one label more',
    send: enriched(`Host: x.${WILDCARD}`),
    outcome: { to: 'partner' },
    counts: [{ metric: 'headgate_released_headers_total', labels: ['partner="wild"', 'form="pseudonym"'], by: 1 }],
    also: (request) => {
      expect(request.head).toMatch(/^X-MSISDN: wire-key\.[A-Za-z0-9_-]{43}\r$/m);
    },
  },
  ...[WILDCARD, `x${WILDCARD}`, `a.b.${WILDCARD}`].map((host) => stranger(95, host)),
  ...['2130706433', '0177.0.0.1', '0x7f.1', '127.1', '127.0.0.1.', '0x7f000001', '127.0.0.256', '127.0.0.01'].map(
    (host) => badHost(96, host),
  ),
  ...['[fe80::1%25eth0]', '[::1', `[${A}]`, '[]', '::1', '[::1]x', '[::1]:x', '[127.0.0.1]'].map((host) =>
    badHost(97, host),
  ),
  ...['X-Forwarded-Host: ', 'Forwarded: host=', 'X-Host: ', 'X-HTTP-Host-Override: '].map((start): Row => ({
    row: 98,
    says: `${start}${A} decides nothing`,
    send: enriched(`${start}${A}`, `Host: ${E}`),
    ...strip(),
    counts: [{ metric: 'headgate_released_headers_total', by: 0 }],
    host: E,
  })),
  {
    row: 98,
    says: `X-Original-URL decides nothing`,
    send: enriched(`X-Original-URL: http://${A}/`, `Host: ${E}`),
    ...strip(),
    counts: [{ metric: 'headgate_released_headers_total', by: 0 }],
    host: E,
  },
];

// Rows 19 to 35: what stands in a value, how lines end, and how many fields and bytes a head may have.
import { refused, strip, type Row } from '../harness/row.js';
import { chunkedBody, enriched, head, ID, NUMBER, PARTNER, SMUGGLED, STRANGER } from '../harness/values.js';

const HOST = `Host: ${STRANGER}`;
const FILLERS = Array.from({ length: 1040 }, (_, i) => `F${i}: 1`);

function malformed(row: number, what: string, ...lines: readonly string[]): Row {
  return { row, says: `${what} is refused`, send: head('GET / HTTP/1.1', ...lines, HOST), ...refused() };
}

/** More fields than a parser keeps, and behind them what it must not forget. */
function hidden(row: number, what: string, send: string): Row {
  return { row, says: `1,040 fields and then ${what}: refused, the origin sees nothing`, send, ...refused(431) };
}

/** A head of exactly `count` fields, Host among them. */
function countedHead(count: number): string {
  return head('GET / HTTP/1.1', HOST, ...FILLERS.slice(0, count - 1));
}

export const VALUE_ROWS: readonly Row[] = [
  malformed(19, 'a folded identity header', 'X-MSISDN:', ` ${NUMBER}`),
  malformed(20, 'a folded line that looks like an identity header', 'Foo: a', ` X-MSISDN: ${NUMBER}`),
  malformed(21, 'the same folded with a tab', 'Foo: a', `\tX-MSISDN: ${NUMBER}`),
  {
    row: 22,
    says: 'a head whose lines all end with a bare LF is refused',
    send: enriched(HOST).replaceAll('\r\n', '\n'),
    // The line end is read as part of the version where the start line is read first.
    ...refused(400, 505),
  },
  malformed(23, 'one bare LF between two fields', `Foo: a\nX-MSISDN: ${NUMBER}`),
  malformed(24, 'one bare CR between two fields', `Foo: a\rX-MSISDN: ${NUMBER}`),
  malformed(25, 'CR CR LF as a line end', 'Foo: a\r', `X-MSISDN: ${NUMBER}`),
  {
    row: 26,
    says: 'CR LF CR and then a field instead of the blank line is refused',
    send: `GET / HTTP/1.1\r\n${HOST}\r\n\rX-MSISDN: ${NUMBER}\r\n\r\n`,
    ...refused(),
  },
  malformed(27, 'a blank line of two LF inside the head', `Foo: a\n\nX-MSISDN: ${NUMBER}`),
  malformed(28, 'a NUL in a value', 'Foo: a\0b'),
  malformed(28, 'a control character in a value', 'Foo: a\x01b'),
  malformed(28, 'a DEL in a value', 'Foo: a\x7fb'),
  {
    row: 29,
    says: 'bytes over 0x7f in a value are opaque and arrive as they were',
    send: head('GET / HTTP/1.1', 'Foo: \xff\xfe', HOST),
    outcome: { to: 'stranger' },
    arrives: ['Foo: \xff\xfe'],
  },
  {
    row: 30,
    says: 'a value of 15 kB is forwarded whole',
    send: head('GET / HTTP/1.1', `Foo: ${'a'.repeat(15_000)}`, HOST),
    outcome: { to: 'stranger' },
    arrives: [`Foo: ${'a'.repeat(15_000)}`],
  },
  {
    row: 30,
    says: 'a head over limits.headBytes (32 KiB) is refused',
    send: head('GET / HTTP/1.1', `Foo: ${'a'.repeat(33_000)}`, HOST),
    ...refused(431),
  },
  {
    row: 31,
    says: '128 fields, Host among them, are the most that is forwarded',
    send: countedHead(128),
    outcome: { to: 'stranger' },
    arrives: FILLERS.slice(0, 127),
  },
  { row: 31, says: '129 fields are refused', send: countedHead(129), ...refused(431) },
  hidden(
    32,
    'a chunked coding with a request in the body',
    head('GET / HTTP/1.1', HOST, ...FILLERS, 'Transfer-Encoding: chunked') + chunkedBody(SMUGGLED),
  ),
  hidden(
    33,
    'a length with a request in the body',
    head('GET / HTTP/1.1', HOST, ...FILLERS, `Content-Length: ${SMUGGLED.length}`) + SMUGGLED,
  ),
  hidden(34, 'an identity header', head('GET / HTTP/1.1', HOST, ...FILLERS, ID)),
  hidden(35, 'a second Host', head('GET / HTTP/1.1', `Host: ${PARTNER}`, ID, ...FILLERS, HOST)),
  {
    row: 29,
    says: 'bytes over 0x7f beside an identity header change nothing about it',
    send: enriched('Foo: \xff\xfe', HOST),
    ...strip(),
    arrives: ['Foo: \xff\xfe'],
  },
];

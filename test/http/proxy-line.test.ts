// Rows of PROXY protocol: HAProxy's doc/proxy-protocol.txt, sections 2.1 (version 1) and 2.2 (version 2). Each row is read whole, cut at
// every byte, and with a request behind it.
import { MOST_PROXY_LINE_BYTES, type ProxyLine, readProxyLine } from '../../src/http/proxy-line.js';
import { binaryLine, BINARY_START } from './proxy-lines.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const REQUEST = latin1('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');

/** What it says once it says anything: of all bytes, and of no fewer than of those that decide. */
function read(bytes: Buffer): ProxyLine {
  const whole = readProxyLine(bytes);
  const first = [...bytes.keys()].map((end) => readProxyLine(bytes.subarray(0, end + 1))).find(isDecided);
  expect(first ?? { kind: 'more' }).toEqual(whole);
  if (isDecided(whole)) expect(readProxyLine(Buffer.concat([bytes, REQUEST]))).toEqual(whole);
  return whole;
}

function isDecided({ kind }: ProxyLine): boolean {
  return kind !== 'more';
}

const TCP4 = 'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443';
const ABSENT = { kind: 'refused', code: 'proxy-line-absent' };
const MALFORMED = { kind: 'refused', code: 'proxy-line-malformed' };

describe('version 1', () => {
  test.each([
    ['IPv4', TCP4],
    ['the longest of IPv4', 'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535'],
    ['port 0', 'PROXY TCP4 0.0.0.0 0.0.0.0 0 0'],
    ['IPv6', 'PROXY TCP6 2001:db8::1 2001:DB8::2 56324 443'],
    ['IPv6 with an IPv4 address in it', 'PROXY TCP6 ::ffff:192.0.2.1 ::1 1 1'],
    [
      'the longest of IPv6',
      'PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535',
    ],
    ['UNKNOWN alone', 'PROXY UNKNOWN'],
    ['UNKNOWN and whatever follows', 'PROXY UNKNOWN x  y\0'],
    ['107 bytes, the most there may be', `PROXY UNKNOWN ${'x'.repeat(91)}`],
  ])('%s is a line, to its CRLF', (_, line) => {
    expect(read(latin1(`${line}\r\n`))).toEqual({ kind: 'line', bytes: line.length + 2 });
  });

  test.each([
    ['one byte more than 107', `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`],
    ['no line end within 107 bytes', `PROXY TCP4 ${'1'.repeat(120)}`],
    ['a CR at the last place', `PROXY UNKNOWN ${'x'.repeat(92)}\r`],
    ['a bare LF', `${TCP4}\n`],
    ['a bare CR', `${TCP4}\rGET`],
    ['a CR within', 'PROXY UNKNOWN \r \r\n'],
    ['a family that is none', 'PROXY TCP5 192.0.2.1 192.0.2.2 1 1\r\n'],
    ['a family in small letters', 'PROXY tcp4 192.0.2.1 192.0.2.2 1 1\r\n'],
    ['datagrams', 'PROXY UDP4 192.0.2.1 192.0.2.2 1 1\r\n'],
    ['no family', 'PROXY \r\n'],
    ['UNKNOWN run on', 'PROXY UNKNOWNS\r\n'],
    ['an address of the other family', 'PROXY TCP4 2001:db8::1 2001:db8::2 1 1\r\n'],
    ['an address of the other family, the other way', 'PROXY TCP6 192.0.2.1 192.0.2.2 1 1\r\n'],
    ['a leading zero in an address', 'PROXY TCP4 192.0.2.01 192.0.2.2 1 1\r\n'],
    ['an address of three numbers', 'PROXY TCP4 192.0.2 192.0.2.2 1 1\r\n'],
    ['a number over 255', 'PROXY TCP4 192.0.2.256 192.0.2.2 1 1\r\n'],
    ['a destination that is no address', 'PROXY TCP4 192.0.2.1 a.example 1 1\r\n'],
    ['two double colons', 'PROXY TCP6 2001::db8::1 ::1 1 1\r\n'],
    ['a zone', 'PROXY TCP6 fe80::1%eth0 ::1 1 1\r\n'],
    ['brackets', 'PROXY TCP6 [::1] [::1] 1 1\r\n'],
    ['a port over 65535', 'PROXY TCP4 192.0.2.1 192.0.2.2 65536 1\r\n'],
    ['a second port over 65535', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n'],
    ['a leading zero in a port', 'PROXY TCP4 192.0.2.1 192.0.2.2 01 1\r\n'],
    ['a port with a sign', 'PROXY TCP4 192.0.2.1 192.0.2.2 +1 1\r\n'],
    ['a port in hexadecimal', 'PROXY TCP4 192.0.2.1 192.0.2.2 0x1 1\r\n'],
    ['an empty port', 'PROXY TCP4 192.0.2.1 192.0.2.2  1\r\n'],
    ['a port missing', 'PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n'],
    ['a word more', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 1 1\r\n'],
    ['two spaces', 'PROXY TCP4  192.0.2.1 192.0.2.2 1 1\r\n'],
    ['a space at the end', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 1 \r\n'],
    ['a tab', 'PROXY TCP4\t192.0.2.1 192.0.2.2 1 1\r\n'],
    ['a byte beyond ASCII', 'PROXY TCP4 192.0.2.1\xa0 192.0.2.2 1 1\r\n'],
  ])('%s is malformed', (_, line) => {
    expect(read(latin1(line))).toEqual(MALFORMED);
  });
});

describe('version 2', () => {
  test.each([
    ['TCP over IPv4', binaryLine(0x21, 0x11, 12), 28],
    ['TCP over IPv6', binaryLine(0x21, 0x21, 36), 52],
    ['a UNIX socket', binaryLine(0x21, 0x31, 216), 232],
    ['somebody of whom no more is known', binaryLine(0x21, 0x00, 0), 16],
    ['TLVs behind the addresses', binaryLine(0x21, 0x11, 12 + 300), 328],
    ['the longest', binaryLine(0x21, 0x11, MOST_PROXY_LINE_BYTES - 16), MOST_PROXY_LINE_BYTES],
    ['LOCAL, a check of the balancer', binaryLine(0x20, 0x00, 0), 16],
    ['LOCAL with whatever family and length', binaryLine(0x20, 0xff, 7), 23],
  ])('%s is a line, to the end that it says', (_, bytes, length) => {
    expect(read(bytes)).toEqual({ kind: 'line', bytes: length });
  });

  test.each([
    ['version 1 in a binary line', binaryLine(0x11, 0x11, 12)],
    ['version 3', binaryLine(0x31, 0x11, 12)],
    ['a command that is none', binaryLine(0x22, 0x11, 12)],
    ['addresses that are too short for IPv4', binaryLine(0x21, 0x11, 11)],
    ['addresses that are too short for IPv6', binaryLine(0x21, 0x21, 35)],
    ['addresses that are too short for a UNIX socket', binaryLine(0x21, 0x31, 215)],
    ['datagrams over IPv4', binaryLine(0x21, 0x12, 12)],
    ['datagrams over IPv6', binaryLine(0x21, 0x22, 36)],
    ['a family without a transport', binaryLine(0x21, 0x10, 12)],
    ['a transport without a family', binaryLine(0x21, 0x01, 12)],
    ['a family that is none', binaryLine(0x21, 0x41, 12)],
    ['a byte more than the most', binaryLine(0x21, 0x11, MOST_PROXY_LINE_BYTES - 15)],
    ['the greatest length that can be written', binaryLine(0x21, 0x11, 65_535)],
  ])('%s is malformed', (_, bytes) => {
    expect(read(bytes)).toEqual(MALFORMED);
  });

  test('what is too long is refused from its head alone', () => {
    expect(read(binaryLine(0x21, 0x11, 65_535).subarray(0, 16))).toEqual(MALFORMED);
  });
});

test.each([
  ['a request', REQUEST],
  ['a POST', latin1('POST / HTTP/1.1\r\n')],
  ['empty lines before a request', latin1('\r\n\r\nGET / HTTP/1.1\r\n')],
  ['a ClientHello', latin1('\x16\x03\x01')],
  ['the keyword in small letters', latin1('proxy TCP4')],
  ['the keyword and no space', latin1('PROXY\r\n')],
  ['a signature with one bit changed', Buffer.concat([BINARY_START.subarray(0, 11), latin1('\x0b')])],
])('%s is no line, and is never taken for one', (_, bytes) => {
  expect(read(bytes)).toEqual(ABSENT);
});

test('nothing, or the beginning of a line, says nothing yet', () => {
  expect(readProxyLine(Buffer.alloc(0))).toEqual({ kind: 'more' });
  for (const whole of [latin1(`${TCP4}\r\n`), binaryLine(0x21, 0x21, 36), binaryLine(0x20, 0, 3)]) {
    for (let end = 1; end < whole.length; end += 1) expect(readProxyLine(whole.subarray(0, end)).kind).toBe('more');
  }
});

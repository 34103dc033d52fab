// What stands before the first byte of HTTP where a balancer speaks PROXY protocol (HAProxy's doc/proxy-protocol.txt, sections
// 2.1 and 2.2): where it ends, or that it is none. Strict: nothing is repaired, and it never guesses whether one is there.
// The addresses in it are looked at and go no further: they are what a peer says, not who the peer is.
import { isIPv4, isIPv6 } from 'node:net';

/** A longer line of version 1, CRLF included, is none: the worst case of the specification. */
const MOST_TEXT_BYTES = 107;
/** The same of version 2, with its TLVs: ours, eight times what the specification makes fit one segment. */
const MOST_BINARY_BYTES = 4096;
const TEXT_START = Buffer.from('PROXY ', 'latin1');
const BINARY_START = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const BINARY_HEAD_BYTES = 16;
const CR = 0x0d;
const LF = 0x0a;
const LOCAL = 0x20;
const PROXY = 0x21;
/** Family and transport to the bytes that the addresses take at least. Datagrams carry no HTTP/1. */
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x21, 36],
  [0x31, 216],
]);

/** `line`: the first `bytes` are one. `absent`: they begin as neither version does. */
export type ProxyLine =
  | { readonly kind: 'more' }
  | { readonly kind: 'line'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly code: 'proxy-line-absent' | 'proxy-line-malformed' };

const MORE: ProxyLine = { kind: 'more' };
const ABSENT: ProxyLine = { kind: 'refused', code: 'proxy-line-absent' };
const MALFORMED: ProxyLine = { kind: 'refused', code: 'proxy-line-malformed' };

/** Most bytes that it looks at. */
export const MOST_PROXY_LINE_BYTES = MOST_BINARY_BYTES;

/**
 * Of all that came so far, from the first byte of the connection. What it says of some bytes, unless `more`, it says of these with
 * any behind them. LOCAL and UNKNOWN (the balancer itself, or somebody of whom it cannot say more) are lines too.
 */
export function readProxyLine(bytes: Buffer): ProxyLine {
  if (bytes.length === 0) return MORE;
  const start = bytes[0] === CR ? BINARY_START : TEXT_START;
  const compared = Math.min(start.length, bytes.length);
  if (bytes.compare(start, 0, compared, 0, compared) !== 0) return ABSENT;
  if (bytes.length <= start.length) return MORE;
  return start === TEXT_START ? readText(bytes) : readBinary(bytes);
}

function readText(bytes: Buffer): ProxyLine {
  for (let at = TEXT_START.length; at < MOST_TEXT_BYTES - 1; at += 1) {
    if (at >= bytes.length) return MORE;
    if (bytes[at] === LF) return MALFORMED;
    if (bytes[at] !== CR) continue;
    if (at + 1 === bytes.length) return MORE;
    if (bytes[at + 1] !== LF) return MALFORMED;
    const words = bytes.toString('latin1', TEXT_START.length, at).split(' ');
    return areWordsSound(words) ? { kind: 'line', bytes: at + 2 } : MALFORMED;
  }
  return MALFORMED;
}

function areWordsSound(words: readonly string[]): boolean {
  const [family, source = '', destination = '', ...ports] = words;
  // What follows it is to be ignored.
  if (family === 'UNKNOWN') return true;
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIPv6 : undefined;
  if (isAddress === undefined || ports.length !== 2) return false;
  return isAddress(source) && isAddress(destination) && ports.every(isPort);
}

function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readBinary(bytes: Buffer): ProxyLine {
  const command = bytes[BINARY_START.length];
  if (command !== LOCAL && command !== PROXY) return MALFORMED;
  if (bytes.length < BINARY_HEAD_BYTES) return MORE;
  const length = bytes.readUInt16BE(BINARY_HEAD_BYTES - 2);
  // A LOCAL one has no addresses, whatever family it names.
  const least = command === LOCAL ? 0 : ADDRESS_BYTES.get(bytes[BINARY_START.length + 1] ?? 0);
  const whole = BINARY_HEAD_BYTES + length;
  if (least === undefined || length < least || whole > MOST_BINARY_BYTES) return MALFORMED;
  return bytes.length < whole ? MORE : { kind: 'line', bytes: whole };
}

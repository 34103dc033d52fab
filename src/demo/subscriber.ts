// The demo's subscribers: every loopback address is one, with numbers from ranges that nobody owns.
import { isIPv4 } from 'node:net';

export interface Subscriber {
  /** International digits, in the range that the UK keeps for drama: 447700900000 to 447700900999. */
  readonly number: string;
  /** Mobile country code 001 is the test network. */
  readonly imsi: string;
  /** What the operator would have given the handset (RFC 6598, section 7). */
  readonly address: string;
}

/** The subscriber behind a client address: 127.0.0.42 is 447700900042; what is no IPv4 address is the subscriber 1. */
export function subscriberOf(clientAddress: string): Subscriber {
  const plain = clientAddress.startsWith('::ffff:') ? clientAddress.slice(7) : clientAddress;
  const last = isIPv4(plain) ? Number(plain.split('.')[3]) : 1;
  const three = String(last).padStart(3, '0');
  return { number: `447700900${three}`, imsi: `001010000000${three}`, address: `100.64.0.${last}` };
}

/** Both ends of a value and nothing between; what is short is hidden whole. Used for all that the demo prints. */
export function mask(value: string): string {
  if (isIPv4(value)) return `${value.split('.', 2).join('.')}.…`;
  return value.length < 11 ? '…' : `${value.slice(0, 7)}…${value.slice(-3)}`;
}

// A WebSocket handshake as bytes (RFC 6455, section 4), for both sides of the gateway.
import { createHash } from 'node:crypto';
import { valuesOf, type SeenRequest } from './lenient.js';
import { head, ID, STRANGER } from './values.js';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The fields of a valid handshake; the lines given stand between the start line and them. */
export function handshake(lines: readonly string[] = [ID], host = STRANGER): string {
  return head(
    'GET /chat HTTP/1.1',
    ...lines,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${KEY}`,
  );
}

/** What the origin owes for a key. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** The 101 that belongs to this request. */
export function switching(request: SeenRequest): string {
  const key = valuesOf(request.fields, 'sec-websocket-key')[0] ?? '';
  return head(
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptOf(key)}`,
  );
}

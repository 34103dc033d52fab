// Names that HTTP itself or the subscriber needs: an own header may not be one of them, or everyone would lose it.
import { keyOf } from '../names/key.js';

const RESERVED = [
  ...['Host', 'Connection', 'Keep-Alive', 'Content-Length', 'Transfer-Encoding', 'TE', 'Trailer', 'Upgrade', 'Expect'],
  ...[
    'Proxy-Authenticate',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Max-Forwards',
    'Via',
    'Authorization',
    'Cookie',
  ],
  ...['Set-Cookie', 'Referer', 'Origin', 'User-Agent', 'Date', 'Range', 'Location', 'Cache-Control', 'Accept'],
  ...['Accept-Encoding', 'Accept-Language', 'Content-Type', 'Content-Encoding', 'Content-Range', 'If-Match'],
  ...['If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range', 'Sec-WebSocket-Key'],
  ...['Sec-WebSocket-Version', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions'],
].map((name) => ({ name, key: keyOf(name) }));

/** The reserved name that an own name (or prefix) would cover. */
export function reservedNameOf(key: string, kind: 'name' | 'prefix'): string | undefined {
  return RESERVED.find((reserved) => (kind === 'name' ? reserved.key === key : reserved.key.startsWith(key)))?.name;
}

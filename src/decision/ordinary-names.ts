// Names of fields that requests ordinarily have: HTTP's own, and those that browsers send by themselves. They are never novel,
// whatever is in them. A name is here because a standard or every browser has it; what apps or networks add is learned, not listed.
import { keyOf } from '../names/key.js';

const NAMES = `
  Accept Accept-Charset Accept-Encoding Accept-Language Access-Control-Request-Headers Access-Control-Request-Method
  Authorization Cache-Control Connection Content-Encoding Content-Language Content-Length Content-Type Cookie Cookie2 Date DNT
  Early-Data Expect Host HTTP2-Settings If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Keep-Alive
  Last-Event-ID Max-Forwards Origin Pragma Priority Proxy-Authorization Proxy-Connection Purpose Range Referer Save-Data
  Sec-CH-UA Sec-CH-UA-Arch Sec-CH-UA-Bitness Sec-CH-UA-Full-Version Sec-CH-UA-Full-Version-List Sec-CH-UA-Mobile
  Sec-CH-UA-Model Sec-CH-UA-Platform Sec-CH-UA-Platform-Version Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User
  Sec-GPC Sec-Purpose Sec-WebSocket-Extensions Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version
  Service-Worker TE Trailer Transfer-Encoding Upgrade Upgrade-Insecure-Requests User-Agent Via X-Requested-With`;

const ORDINARY: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/).map(keyOf));

/** By the key of the name. */
export function isOrdinaryName(key: string): boolean {
  return ORDINARY.has(key);
}

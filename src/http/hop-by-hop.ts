// Which fields concern one connection only and never leave (RFC 9110, section 7.6.1). It knows no identity header: whether a
// nomination counts is the decision's to say, because what a client names in Connection must not keep or remove identity.
import { keyOf } from '../names/key.js';
import type { Field } from './message.js';
import { isToken } from './grammar.js';

/**
 * By key, so that `Transfer_Encoding` and `Content_Length`, which some servers take for the real ones, go too (RFC 9110,
 * section 17.10). `proxy` is the field that CGI turns into HTTP_PROXY (CVE-2016-5385).
 */
export const HOP_BY_HOP_KEYS: ReadonlySet<string> = new Set([
  'connection',
  'keepalive',
  'proxyconnection',
  'proxyauthenticate',
  'proxyauthorization',
  'proxyauthenticationinfo',
  'proxy',
  'te',
  'trailer',
  'trailers',
  'transferencoding',
  'contentlength',
  'upgrade',
  'http2settings',
]);

/** Not hop-by-hop, but ours: Host is written anew, an expectation is between the client and us. */
export const OURS_KEYS: ReadonlySet<string> = new Set(['host', 'expect']);

/** Whether a field of an answer is between the destination and us: the fixed list and the two framing fields, by key. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP_KEYS.has(keyOf(name));
}

/** The same for a request: also Host and Expect. Nobody releases one of these, whatever a policy calls it. */
export function staysWithUs(name: string): boolean {
  const key = keyOf(name);
  return HOP_BY_HOP_KEYS.has(key) || OURS_KEYS.has(key);
}

/** Every other `Proxy-*` of a request is meant for a proxy too; `Proxy-Client-IP` is an identity header all the same. */
export function isForProxies(name: string): boolean {
  return /^proxy[^a-z0-9]/i.test(name);
}

/**
 * The connection options of a head, in lower case: `close`, `keep-alive`, `upgrade` and nominated field names. What is no
 * token is left out. Nominations of Host and of framing fields are among them: they never count, those fields are ours.
 */
export function connectionOptionsOf(fields: readonly Field[]): readonly string[] {
  const options: string[] = [];
  for (const { name, value } of fields) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const part of value.split(',')) {
      const option = part.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
      if (isToken(option)) options.push(option.toLowerCase());
    }
  }
  return options;
}

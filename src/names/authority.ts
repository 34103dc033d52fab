// Which host and port a request names. Works on the raw characters: no percent-decoding, no Unicode, no `new URL`.
import { parseAddress, renderAddress } from './address.js';
import { parseHostName } from './host.js';

export type HostKind = 'name' | 'ipv4' | 'ipv6';

/**
 * A destination as the subscriber names it, canonical: lower case, one trailing dot taken off, IPv6 as RFC 5952 writes
 * it and without brackets. `port` is always there (the default of the scheme when the text had none).
 */
export interface Authority {
  readonly host: string;
  readonly kind: HostKind;
  readonly port: number;
}

/** What stands behind the host: nothing, `:` or `:port`. Undefined for anything else and for ports outside 1 to 65535. */
function parsePort(text: string, defaultPort: number): number | undefined {
  if (text === '' || text === ':') return defaultPort;
  if (!/^:\d{1,5}$/.test(text)) return undefined;
  const port = Number(text.slice(1));
  return port > 0 && port <= 65535 ? port : undefined;
}

function parseHost(text: string): Omit<Authority, 'port'> | undefined {
  const name = parseHostName(text, { underscore: true });
  if (name !== undefined) return { host: name, kind: 'name' };
  const address = parseAddress(text);
  return address?.kind === 'ipv4' ? { host: renderAddress(address), kind: 'ipv4' } : undefined;
}

/**
 * `host`, `host:` or `host:port` (RFC 3986, section 3.2, without userinfo): a name (`_` may stand in it), a strict dotted
 * quad, or IPv6 in brackets without a zone. Undefined for everything that another parser might read as another host.
 */
export function parseAuthority(text: string, defaultPort: number): Authority | undefined {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const address = parseAddress(text.slice(1, Math.max(1, end)));
    const port = parsePort(text.slice(end + 1), defaultPort);
    if (end < 0 || address?.kind !== 'ipv6' || port === undefined) return undefined;
    return { host: renderAddress(address), kind: 'ipv6', port };
  }
  const colon = text.indexOf(':');
  const host = parseHost(colon < 0 ? text : text.slice(0, colon));
  const port = colon < 0 ? defaultPort : parsePort(text.slice(colon), defaultPort);
  return host === undefined || port === undefined ? undefined : { ...host, port };
}

/** As a Host value: IPv6 in brackets, the port only when it is not `defaultPort`. */
export function renderAuthority(authority: Authority, defaultPort: number): string {
  const host = authority.kind === 'ipv6' ? `[${authority.host}]` : authority.host;
  return authority.port === defaultPort ? host : `${host}:${authority.port}`;
}

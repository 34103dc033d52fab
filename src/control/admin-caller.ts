// Keeps browsers out of the admin API: a page that a person of the operations team has open could ask it too, with a name that
// resolves to this machine (DNS rebinding). INVARIANT: judged before anything else (test/control/admin-server.test.ts).
import type { IncomingMessage } from 'node:http';
import { parseAddress, renderAddress } from '../names/address.js';
import { parseAuthority } from '../names/authority.js';
import { AdminRefusal } from './admin-refusal.js';

const HTTP_PORT = 80;

/**
 * Throws AdminRefusal `browser` for a request that a page made (Origin, or Sec-Fetch-Site other than `none`), and `host-wrong`
 * where Host names neither the address that was reached nor `localhost`. The port in Host says nothing: tunnels change it.
 * `address` null: a unix socket, which no page reaches and which has no name.
 */
export function judgeCaller(request: IncomingMessage, address: string | null): void {
  const site = request.headers['sec-fetch-site'];
  if (request.headers.origin !== undefined || (site !== undefined && site !== 'none')) {
    throw new AdminRefusal('browser', 'a web page asked: the admin API answers programs only');
  }
  if (address === null) return;
  const hosts = request.headersDistinct['host'] ?? [];
  const named = hosts.length === 1 ? parseAuthority(hosts[0] ?? '', HTTP_PORT)?.host : undefined;
  const reached = [canonical(address), canonical(request.socket.localAddress ?? '')];
  if (named === undefined || !['localhost', ...reached].includes(named)) {
    throw new AdminRefusal('host-wrong', 'the Host field names another server: it takes the address or `localhost`');
  }
}

/** An IPv4 address that came through an IPv6 socket is itself. */
function canonical(address: string): string | undefined {
  const parsed = parseAddress(address.replace(/^::ffff:(?=[0-9.]+$)/i, ''));
  return parsed === undefined ? undefined : renderAddress(parsed);
}

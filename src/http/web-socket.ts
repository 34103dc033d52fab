// Whether a request asks to become a WebSocket (RFC 6455, section 4.2.1). Every other Upgrade is dropped, and the request
// goes on as a plain one: only `websocket` has a tunnel behind it.
import type { Field } from './message.js';
import type { RefusalCode } from './refusal.js';

const valuesOf = (fields: readonly Field[], name: string): readonly string[] =>
  fields
    .filter((field) => field.name.length === name.length && field.name.toLowerCase() === name)
    .map((field) => field.value);

export interface UpgradeRequest {
  readonly method: string;
  readonly version: '1.0' | '1.1';
  readonly fields: readonly Field[];
  readonly options: readonly string[];
  readonly hasBody: boolean;
}

/**
 * The key of a valid handshake; null: no WebSocket is asked for (or there is no Upgrade at all). Any Upgrade on a request
 * with a body is refused with `framing`: parsers differ on whether the body belongs to the tunnel.
 */
export function webSocketKeyOf(request: UpgradeRequest): { readonly key: string | null } | RefusalCode {
  const upgrades = valuesOf(request.fields, 'upgrade');
  if (upgrades.length === 0) return { key: null };
  if (request.hasBody) return 'framing';
  const asksForWebSocket = upgrades.length === 1 && upgrades[0]?.toLowerCase() === 'websocket';
  if (!asksForWebSocket || !request.options.includes('upgrade')) return { key: null };
  if (request.method !== 'GET' || request.version !== '1.1') return { key: null };
  const versions = valuesOf(request.fields, 'sec-websocket-version');
  if (versions.length !== 1 || versions[0] !== '13') return 'upgrade-version';
  const [key, ...others] = valuesOf(request.fields, 'sec-websocket-key');
  // Base64 of 16 bytes: 21 whole characters, one of which only two bits count, and the padding.
  if (key === undefined || others.length > 0 || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) return 'upgrade';
  return { key };
}

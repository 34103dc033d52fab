// What the request target says, in exactly one of four forms (RFC 9112, section 3.2). It forwards paths byte by byte and
// takes an authority only from where the grammar puts it; what another parser might read otherwise is refused.
import { type Authority, parseAuthority } from '../names/authority.js';
import type { RefusalCode } from './refusal.js';

/** `path` is what the destination is sent: origin-form, or `*` for the server as a whole (section 3.2.4). */
export type Target =
  | { readonly form: 'origin'; readonly path: string }
  | { readonly form: 'absolute'; readonly authority: Authority; readonly path: string }
  | { readonly form: 'authority'; readonly authority: Authority }
  | { readonly form: 'asterisk'; readonly path: '*' };

export type TargetReading =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly code: Extract<RefusalCode, 'target' | 'scheme' | 'connect-port'> };

const refused = (code: 'target' | 'scheme' | 'connect-port'): TargetReading => ({ ok: false, code });

/** CONNECT: host and port, the port written out; port 80 would carry requests past every rule. */
function authorityForm(text: string): TargetReading {
  const authority = parseAuthority(text, 0);
  if (authority === undefined || authority.port === 0) return refused('target');
  return authority.port === 80 ? refused('connect-port') : { ok: true, target: { form: 'authority', authority } };
}

function absoluteForm(method: string, text: string): TargetReading {
  const separator = text.indexOf('://');
  if (separator < 0 || !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(text.slice(0, separator))) return refused('target');
  if (text.slice(0, separator).toLowerCase() !== 'http') return refused('scheme');
  const rest = text.slice(separator + 3);
  const end = rest.search(/[/?]/);
  const authority = parseAuthority(end < 0 ? rest : rest.slice(0, end), 80);
  if (authority === undefined) return refused('target');
  const path = end < 0 ? '' : rest.slice(end);
  if (path === '' && method === 'OPTIONS') return { ok: true, target: { form: 'absolute', authority, path: '*' } };
  return { ok: true, target: { form: 'absolute', authority, path: path.startsWith('/') ? path : `/${path}` } };
}

/** Reads a target of visible ASCII without `#`. `method` decides where only one form is allowed: CONNECT, `OPTIONS *`. */
export function parseTarget(method: string, text: string): TargetReading {
  if (text === '' || /[^\x21-\x7e]|#/.test(text)) return refused('target');
  if (method === 'CONNECT') return authorityForm(text);
  if (text.startsWith('/')) return { ok: true, target: { form: 'origin', path: text } };
  if (text === '*')
    return method === 'OPTIONS' ? { ok: true, target: { form: 'asterisk', path: '*' } } : refused('target');
  return absoluteForm(method, text);
}

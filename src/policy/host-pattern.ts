// A host of a policy as a pattern, read in exactly one way or not at all. It says what a text means; who may name it is
// judged elsewhere (whether a public suffix is covered, whether a single label is permitted).
import { domainToASCII } from 'node:url';
import { parseAddress, renderAddress } from '../names/address.js';
import { parseHostName } from '../names/host.js';
import type { HostPattern } from './policy.js';

export type HostReading =
  | { readonly ok: true; readonly pattern: HostPattern; readonly isAddress: boolean }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly help: string };

/** Letters, marks and digits of any script; symbols, joiners, soft hyphens and other dots are none of these. */
const UNICODE_NAME = /^[\p{L}\p{M}\p{Nd}.-]+$/u;

/** `a.b`, `*.a.b`, `**.a.b`, an IP address (IPv6 with or without brackets). U-labels become A-labels (RFC 5890, section 2.3.2). */
export function readHostPattern(text: string): HostReading {
  const match = /^(\*{1,2})(?:\.(.*))?$/s.exec(text);
  if (match !== null && (match[2] === undefined || match[2] === '')) {
    return refused(
      'host-everyone',
      `\`${text}\` is every site there is: a release names hosts`,
      'name the hosts, for example `*.checkout.bank.example`',
    );
  }
  const kind = match === null ? 'exact' : match[1] === '*' ? 'one' : 'any';
  const rest = match === null ? text : (match[2] ?? '');
  if (rest.includes('*')) {
    return refused(
      'host-wildcard',
      `\`${shown(text)}\`: a wildcard is a whole label and the first, \`*.\` or \`**.\``,
      'write `*.bank.example` for one label more, `**.bank.example` for any number',
    );
  }
  const address = parseAddress(rest.replace(/^\[(.*)\]$/s, '$1'));
  if (address !== undefined) {
    if (kind !== 'exact')
      return refused('host-wildcard', `\`${text}\`: an IP address has no labels for a wildcard`, 'name each address');
    if (address.kind === 'ipv4' && rest.startsWith('['))
      return refused('host-syntax', `\`${text}\`: brackets are for IPv6`, 'take the brackets off');
    return { ok: true, pattern: { kind, host: renderAddress(address) }, isAddress: true };
  }
  const name = asciiName(rest);
  if (name === undefined)
    return refused(
      'host-syntax',
      `\`${shown(text)}\` is no host name: ${oddityOf(rest)}`,
      'write the name alone, for example `pay.bank.example`',
    );
  if (kind !== 'exact' && !name.includes('.')) {
    return refused(
      'host-wildcard-labels',
      `\`${text}\` has one label after its wildcard: at least 2`,
      'name the partner’s own domain, for example `*.bank.example`',
    );
  }
  return { ok: true, pattern: { kind, host: name }, isAddress: false };
}

/** The pattern as people write it: `*.a.b`. */
export function renderHostPattern(pattern: HostPattern): string {
  return { exact: '', one: '*.', any: '**.' }[pattern.kind] + pattern.host;
}

function asciiName(text: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(text)) {
    const name = parseHostName(text);
    // An A-label must be one that its U-label gives (RFC 5891, section 5.4).
    return name !== undefined && (!/(?:^|\.)xn--/.test(name) || domainToASCII(name) === name) ? name : undefined;
  }
  // What the mapping of UTS 46 would change silently (full width, Kelvin sign, capitals) is refused before it is asked.
  if (!UNICODE_NAME.test(text) || text.normalize('NFKC').toLowerCase() !== text) return undefined;
  return parseHostName(domainToASCII(text));
}

function oddityOf(text: string): string {
  if (text === '') return 'it is empty';
  if (text.includes('://')) return 'it has a scheme';
  if (text.includes('@')) return 'it has a user part';
  if (text.includes('/') || text.includes('?') || text.includes('#')) return 'it has a path';
  if (/[[\]]/.test(text)) return 'brackets are for a whole IPv6 address';
  if (/:\d*$/.test(text)) return 'it has a port, which belongs in `ports`';
  if (text.includes('%')) return 'it has percent signs';
  if (/\s/.test(text)) return 'it has white space';
  if (text.includes('_')) return '`_` is refused in a policy';
  if (text.includes('..') || text.startsWith('.')) return 'it has an empty label';
  if (/(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)\.?$/.test(text)) return 'some readers take it for an IP address';
  if (/(?:^|\.)-|-(?:\.|$)/.test(text)) return 'a label begins or ends with `-`';
  if (text.length > 253) return `it has ${text.length} characters, at most 253`;
  if (text.split('.').some((label) => label.length > 63)) return 'a label has more than 63 characters';
  if (/[^\x20-\x7e]/.test(text)) return 'it has characters that other readers map to others';
  return 'it takes letters, digits, `-` and `.`';
}

function refused(code: string, message: string, help: string): HostReading {
  return { ok: false, code, message, help };
}

function shown(text: string): string {
  const line = text.split('\n', 1)[0] || '""';
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

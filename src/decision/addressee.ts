// Who is addressed in a value that is an address: the number, IMSI, IMEI or token in a SIP URI, a tel: URI, a URN of an IMEI or `user@realm`.
// Of the host nothing is read: `mnc001.mcc001` is everybody's. Asked only of what is neither a number nor a token itself. Linear.
import type { IdentityClass } from '../policy/policy.js';
import { percentDecoded } from './encodings.js';

export interface Addressee {
  /** To be read as a value of its own; it may be anything, also empty. */
  readonly text: string;
  /** Of the text where its form says what it is, whatever name carried it; null: the form does not say. */
  readonly class: Extract<IdentityClass, 'imsi_imei'> | null;
}

/** RFC 3261, section 19.1; RFC 3966; RFC 7254. */
const SCHEME = /^(?:sips?|tel|urn:gsma:imei):/i;
/** RFC 3966, section 5.1.1. */
const VISUAL_SEPARATORS = /[-.()]/g;
const IMSI = /^[016]?[0-9]{14,15}$/;
/** The realms of a network (3GPP TS 23.003, section 19.2): its codes, of which the second has a 0 in front where it has two digits. */
const REALM = /mnc([0-9]{3})\.mcc([0-9]{3})\.3gppnetwork\.org/gi;

/** undefined: the text is no address. */
export function addresseeOf(text: string): Addressee | undefined {
  const scheme = (SCHEME.exec(text)?.[0] ?? '').toLowerCase();
  const host = text.lastIndexOf('@');
  if (scheme === '' && host === -1) return undefined;
  const [user = ''] = text.slice(scheme.length, host === -1 ? undefined : host).split(':', 1);
  // Of a roamer: behind the realm that it is for (3GPP TS 23.003, section 19.3.3).
  const name = percentDecoded(user.slice(user.lastIndexOf('!') + 1));
  const imsi = imsiOf(name, text);
  if (imsi !== undefined) return { text: imsi, class: 'imsi_imei' };
  const isNumber = name.startsWith('+') || (scheme !== '' && !scheme.startsWith('sip'));
  const bare = isNumber ? name.replaceAll(VISUAL_SEPARATORS, '') : name;
  if (scheme.startsWith('urn')) return { text: bare, class: 'imsi_imei' };
  // A URI without a user has a host here.
  return { text: host === -1 && !/^\+?[0-9]+$/.test(bare) ? '' : bare, class: null };
}

/**
 * An IMSI of the network whose realm stands in the address, without the digit that says how it is proven: 0, 1 and 6 are of
 * permanent identities (3GPP TS 23.003, sections 14.3 and 19.3.2).
 */
function imsiOf(name: string, address: string): string | undefined {
  if (!IMSI.test(name)) return undefined;
  for (const [, mnc = '', mcc = ''] of address.matchAll(REALM)) {
    const network = mcc + (mnc.startsWith('0') ? mnc.slice(1) : mnc);
    const isWithin = (at: number): boolean => name.startsWith(network, at) || name.startsWith(mcc + mnc, at);
    if (name.length <= 15 && isWithin(0)) return name;
    if (name.length >= 15 && isWithin(1)) return name.slice(1);
  }
  return undefined;
}

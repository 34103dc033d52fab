// Which values of this request's identity headers are looked for in its other fields. Values that half the world shares
// (`1`, `00101`, an address, a placeholder) are no needles: a needle that is found must be proof.
import type { IdentityClass, NumberPlan } from '../policy/policy.js';
import { addresseeOf } from './addressee.js';
import { internationalOf } from './number-spellings.js';
import type { Needle } from './plan-types.js';

/** One value of one identity header, as sent. */
export interface Carried {
  /** The key of the header's name. */
  readonly key: string;
  readonly class: IdentityClass;
  readonly value: string;
}

const MOST_NEEDLES = 8;
const MOST_VALUE = 4096;
const SEPARATORS = /[,;|="<> \t]+/;
const NUMBER = /^[0-9]{8,16}$/;
const TOKEN = /^(?:[A-Za-z0-9+/]{16,512}|[A-Za-z0-9_-]{16,512})$/;
const TOKEN_COUNTS = 64;
const COLON = 0x3a;

/** Whether at least `least` characters of the text differ. */
const hasKinds = (text: string, least: number): boolean => {
  let seen = '';
  for (const character of text) {
    if (seen.includes(character)) continue;
    seen += character;
    if (seen.length === least) return true;
  }
  return false;
};

/** The digits of a number in one of its written forms; undefined: no number. `00` opens an IMSI of the test networks. */
const digitsOf = (piece: string, carries: IdentityClass): string | undefined => {
  const bare = piece.charCodeAt(3) === COLON && /^tel/i.test(piece) ? piece.slice(4) : piece;
  let digits = bare;
  if (bare.startsWith('+')) digits = bare.slice(1);
  else if (carries !== 'imsi_imei' && bare.startsWith('00')) digits = bare.slice(2);
  return NUMBER.test(digits) ? digits : undefined;
};

/** Of a text that is a number or a token, whole. */
const needleIn = (text: string, carried: Carried, numbers: readonly NumberPlan[]): Needle | undefined => {
  const { class: carries, key } = carried;
  const digits = digitsOf(text, carries);
  if (digits !== undefined) {
    if (!hasKinds(digits, 3)) return undefined;
    if (numbers.some(({ placeholders }) => placeholders.includes(digits) || placeholders.includes(text)))
      return undefined;
    const value = carries === 'imsi_imei' ? digits : internationalOf(digits, numbers);
    return { kind: 'number', value, class: carries, key };
  }
  if (!TOKEN.test(text) || !hasKinds(text, 8)) return undefined;
  return { kind: 'token', value: text.slice(0, TOKEN_COUNTS), class: carries, key };
};

const needleOf = (piece: string, carried: Carried, numbers: readonly NumberPlan[]): Needle | undefined => {
  const needle = needleIn(piece, carried, numbers);
  if (needle !== undefined) return needle;
  const addressee = addresseeOf(piece);
  if (addressee === undefined) return undefined;
  return needleIn(addressee.text, { ...carried, class: addressee.class ?? carried.class }, numbers);
};

/**
 * The needles in fields of class msisdn, imsi_imei and token (others carry none), released or stripped alike. A number is
 * 8 to 16 digits after `tel:`, `+` or `00`, at least 3 of them different, in international digits where `numbers` can tell.
 * A token is 16 to 512 characters of one base64, hex or UUID alphabet, at least 8 different; its first 64 count. Of an
 * address (`addresseeOf`) the one who is addressed is read in the same way. Each value once, with the key that carried it
 * first: so compare needles by value, not by key. At most 8; `dropped` says how many more there were. Only the first 4 KiB
 * of a value are read.
 */
export function needlesOf(
  carried: readonly Carried[],
  numbers: readonly NumberPlan[],
): { needles: readonly Needle[]; dropped: number } {
  const needles: Needle[] = [];
  let dropped = 0;
  for (const header of carried) {
    if (header.class !== 'msisdn' && header.class !== 'imsi_imei' && header.class !== 'token') continue;
    for (const piece of header.value.slice(0, MOST_VALUE).split(SEPARATORS)) {
      if (piece.length < 8) continue;
      const needle = needleOf(piece, header, numbers);
      if (needle === undefined || needles.some(({ value }) => value === needle.value)) continue;
      if (needles.length < MOST_NEEDLES) needles.push(needle);
      else dropped += 1;
    }
  }
  return { needles, dropped };
}

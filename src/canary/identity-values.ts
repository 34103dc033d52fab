// Whether a text holds an identity value that the canary planted, in the usual encodings. Shares no code with the gateway's detectors
// on purpose: what both overlook is overlooked for one reason less.
import { createHash } from 'node:crypto';

/** What a value may have become on its way, lower case where case says nothing. */
interface Spellings {
  /** Digits without white space and punctuation, or the token in lower case. */
  readonly plain: readonly string[];
  readonly hex: readonly string[];
  /** Base64 without its edges, which depend on what stands around it. */
  readonly base64: readonly string[];
  readonly digests: readonly string[];
}

/** The part of a number that every written form of it has: its last digits. An IMSI is written in one form, and ends in zeros when young. */
const coreOf = (digits: string): string => digits.slice(digits.length >= 14 ? -12 : -9);

/** Pairs of digits turned round, as a SIM card keeps them (3GPP TS 23.040, section 9.1.2.3). */
const turned = (digits: string): string =>
  (digits.length % 2 === 0 ? digits : `${digits}f`).replace(/(.)(.)/g, '$2$1').toLowerCase();

function spellingsOf(value: string): Spellings {
  const digits = value.replace(/[\s().+-]/g, '');
  if (!/^[0-9]{6,}$/.test(digits)) return formsOf([value], value);
  const bare = digits.replace(/^00/, '');
  const national = bare.length > 10 && !/^0/.test(digits) ? [`0${bare.slice(2)}`] : [];
  const whole = [...new Set([digits, bare, `+${bare}`, `00${bare}`, `tel:+${bare}`, ...national])];
  const core = coreOf(digits);
  const forms = formsOf(whole, core);
  return { ...forms, hex: [...forms.hex, ...[...new Set([digits, bare, ...national])].map(turned)] };
}

/** `whole`: what is hashed; `core`: what every written form holds. */
function formsOf(whole: readonly string[], core: string): Spellings {
  const bytes = Buffer.from(core, 'latin1');
  return {
    plain: [core.toLowerCase()],
    hex: [bytes.toString('hex')],
    base64: [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      // The characters that depend on neighbours: the first where it is shifted, the last where bits are left over.
      const from = shift === 0 ? 0 : shift + 1;
      return text.slice(from, (bytes.length + shift) % 3 === 0 ? undefined : -1);
    }),
    digests: whole.flatMap((text) =>
      ['md5', 'sha1', 'sha256'].flatMap((algorithm) => {
        const digest = createHash(algorithm).update(text).digest();
        return [digest.toString('hex'), digest.toString('base64').replace(/=+$/, ''), digest.toString('base64url')];
      }),
    ),
  };
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A search for any of the values, made once. A value has 6 digits, or is a token of 8 characters, at least. */
export function identitySearch(values: readonly string[]): (text: string) => boolean {
  const all = values.map(spellingsOf);
  const isIn = (text: string): boolean => {
    const lower = text.toLowerCase();
    const digitsAlone = text.replace(/[\s().+\-:/]/g, '').toLowerCase();
    const standard = text.replaceAll('-', '+').replaceAll('_', '/');
    return all.some(
      ({ plain, hex, base64, digests }) =>
        plain.some((each) => lower.includes(each) || digitsAlone.includes(each)) ||
        hex.some((each) => lower.includes(each)) ||
        base64.some((each) => text.includes(each) || standard.includes(each)) ||
        digests.some((each) => text.includes(each) || lower.includes(each)),
    );
  };
  return (text) => isIn(text) || (text.includes('%') && isIn(unescaped(text)));
}

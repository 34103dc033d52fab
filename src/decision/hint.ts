// What a name that nobody knows suggests. A hint is weak: it is counted, and no ordinary name of a browser or an app may
// give one (`X-Runtime-Id` spells `imei` across two words, `X-Sim-Signal` spells `imsi`).
import { keyOf } from '../names/key.js';
import type { IdentityClass } from '../policy/policy.js';

type Clues = readonly (readonly [clue: string, suggests: IdentityClass])[];

/** Long enough to mean the same wherever they stand in the key. */
const ANYWHERE: Clues = [
  ['msisdn', 'msisdn'],
  ['callingline', 'msisdn'],
  ['callingstation', 'msisdn'],
  ['userlocation', 'location'],
  ['subscriber', 'token'],
];
/** Only where one word of the name begins or ends with it. */
const AT_AN_EDGE: Clues = [
  ['imsi', 'imsi_imei'],
  ['imei', 'imsi_imei'],
  ['iccid', 'imsi_imei'],
  ['cellid', 'location'],
];
/** Only where one word ends with it: `subno` also opens `subnotification`. */
const AT_THE_END_OF_A_WORD: Clues = [
  ['imeisv', 'imsi_imei'],
  ['subno', 'token'],
  ['uidh', 'token'],
];
/** Only as the whole last word: `X-Acr-Region` is a cloud's, and many words end in `nai`. */
const LAST_WORD: Clues = [
  ['clid', 'msisdn'],
  ['mdn', 'msisdn'],
  ['acr', 'token'],
  ['nai', 'token'],
  ['subnym', 'token'],
];
/** One of these stands in the key of every name that gives a hint. */
export const CLUES: readonly string[] = [
  ...new Set([ANYWHERE, AT_AN_EDGE, AT_THE_END_OF_A_WORD, LAST_WORD].flatMap((clues) => clues.map(([clue]) => clue))),
];
const ANY = new RegExp(CLUES.join('|'));

/** What nearly every request has; they give no hint, and are not worth folding 10 times a request (1 µs). */
const ORDINARY: ReadonlySet<string> = new Set(
  ['Host', 'User-Agent', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Cookie', 'Referer', 'Cache-Control', 'Pragma']
    .concat([
      'Content-Type',
      'Origin',
      'Authorization',
      'If-Modified-Since',
      'If-None-Match',
      'Range',
      'X-Forwarded-For',
    ])
    .concat(['Upgrade-Insecure-Requests', 'X-Requested-With', 'DNT', 'Via', 'Accept-Charset', 'Save-Data'])
    .flatMap((name) => [name, name.toLowerCase()]),
);

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Words end at separators and where a small letter meets a capital; digits at the end of a word are a version. */
const wordsOf = (name: string): readonly string[] =>
  name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).flatMap((word) => {
    let end = word.length;
    while (end > 0 && isDigit(word.charCodeAt(end - 1))) end -= 1;
    return end === 0 ? [] : [word.slice(0, end).toLowerCase()];
  });

const suggested = (clues: Clues, fits: (clue: string) => boolean): IdentityClass | undefined =>
  clues.find(([clue]) => fits(clue))?.[1];

/** The class that a field name suggests; undefined: none. Asked only for names that neither catalogue nor policy knows. */
export function hintOf(name: string): IdentityClass | undefined {
  if (ORDINARY.has(name)) return undefined;
  const key = keyOf(name);
  if (!ANY.test(key)) return undefined;
  const anywhere = suggested(ANYWHERE, (clue) => key.includes(clue));
  if (anywhere !== undefined) return anywhere;
  const words = wordsOf(name);
  const last = words.at(-1);
  return (
    suggested(AT_AN_EDGE, (clue) => words.some((word) => word.startsWith(clue) || word.endsWith(clue))) ??
    suggested(AT_THE_END_OF_A_WORD, (clue) => words.some((word) => word.endsWith(clue))) ??
    (words.some((word, i) => word === 'cell' && words[i + 1] === 'id') ? 'location' : undefined) ??
    suggested(LAST_WORD, (clue) => last === clue || last === `x${clue}`)
  );
}

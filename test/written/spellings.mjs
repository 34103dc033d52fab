// Test values in a text, in every spelling that a leak could take: digits, hexadecimal, TBCD, base64 in any alignment,
// percent-encoded, and digests. It shares no code with the product: what the product overlooks must be found here.
import { createHash } from 'node:crypto';

/** Ofcom's drama numbers, with any prefix or none; IMSIs of the test network. Maximal runs: a part of a longer number is none. */
const DIGITS = [
  ['a number', /(?<!\d)(?:0044|44|0)?7700900\d{3}(?!\d)/g],
  ['an IMSI', /(?<!\d)00101\d{10}(?!\d)/g],
];

/** ASCII digits as hexadecimal, and pairs of digits swapped with `f` behind an odd one (3GPP TS 23.040, section 9.1.2.3). */
const ENCODED = [
  ['a number in hexadecimal', /37373030393030(?:3\d){3}/g],
  ['an IMSI in hexadecimal', /3030313031(?:3\d){10}/g],
  ['a number in TBCD', /44770009\d0\d\d|(?<![0-9a-f])770009\d0\d\d(?![0-9a-f])/gi],
  ['a national number in TBCD', /70079000\d\df\d/gi],
  ['an IMSI in TBCD', /0001\d1\d{8}f\d/gi],
];

const HEX_RUN = /(?<![0-9a-f])[0-9a-f]+(?![0-9a-f])/gi;
const BASE64_RUN = /[A-Za-z0-9+/_-]{12,}/g;
const ALGORITHMS = ['md5', 'sha1', 'sha256'];
/** Characters of a digest in hexadecimal and in base64 without padding. */
const HEX_LENGTHS = new Set([32, 40, 64]);
const BASE64_LENGTHS = new Set([22, 27, 43]);

let digests;

/** Every number's usual spellings and the IMSIs of the tests, hashed: by hexadecimal text. */
function digestsOf() {
  const texts = [];
  for (let i = 0; i < 1000; i += 1) {
    const last = String(i).padStart(3, '0');
    const bare = `7700900${last}`;
    texts.push(bare, `0${bare}`, `44${bare}`, `+44${bare}`, `0044${bare}`, `tel:+44${bare}`);
    texts.push(`001010900000${last}`, `001010000000${last}`);
  }
  texts.push('001010123456789');
  const all = new Map();
  for (const text of texts) {
    for (const algorithm of ALGORITHMS) all.set(createHash(algorithm).update(text).digest('hex'), algorithm);
  }
  return all;
}

function* matches(text, patterns, how = '') {
  for (const [what, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) yield { what: `${what}${how}`, at: match.index };
  }
}

/** Base64 in both alphabets: each run is read from each of its first four characters on, so that every alignment comes up. */
function* inBase64(text) {
  for (const run of text.matchAll(BASE64_RUN)) {
    const standard = run[0].replaceAll('-', '+').replaceAll('_', '/');
    for (let cut = 0; cut < 4; cut += 1) {
      const decoded = Buffer.from(standard.slice(cut), 'base64').toString('latin1');
      for (const { what } of matches(decoded, DIGITS)) yield { what: `${what} in base64`, at: run.index };
    }
  }
}

function* inDigests(text) {
  digests ??= digestsOf();
  for (const run of text.matchAll(HEX_RUN)) {
    const algorithm = HEX_LENGTHS.has(run[0].length) ? digests.get(run[0].toLowerCase()) : undefined;
    if (algorithm !== undefined) yield { what: `a value's ${algorithm}`, at: run.index };
  }
  for (const run of text.matchAll(BASE64_RUN)) {
    if (!BASE64_LENGTHS.has(run[0].length)) continue;
    const hex = Buffer.from(run[0].replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('hex');
    const algorithm = digests.get(hex);
    if (algorithm !== undefined) yield { what: `a value's ${algorithm} in base64`, at: run.index };
  }
}

/** Where test values stand in `text` (one character a byte): what it is and at which place. */
export function* valuesIn(text) {
  yield* matches(text, DIGITS);
  yield* matches(text, ENCODED);
  yield* inBase64(text);
  yield* inDigests(text);
  if (text.includes('%')) {
    const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (decoded !== text) yield* matches(decoded, DIGITS, ' percent-encoded');
  }
}

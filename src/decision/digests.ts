// Unkeyed digests of a number hide nothing (the numbers can be counted through), but 12 of them cost 15 µs, most of a
// request. So they are made only when a field has a run of exactly a digest's length.
import { createHash } from 'node:crypto';
import { coresOf } from './number-spellings.js';
import type { Needle } from './plan-types.js';
import { ALPHABETS, runsOf } from './runs.js';

const ALGORITHMS = ['md5', 'sha1', 'sha256'] as const;
const HEX_LENGTHS: ReadonlySet<number> = new Set([32, 40, 64]);
const BASE64_LENGTHS: ReadonlySet<number> = new Set([22, 27, 43]);

const SHORTEST = 22;

/** The runs of a text that have exactly the length of an MD5, SHA-1 or SHA-256 in hex (in lower case) or in base64. */
export function digestRunsOf(text: string): readonly string[] {
  const found: string[] = [];
  for (const { text: wide } of runsOf(text, ALPHABETS.anyBase64, SHORTEST)) {
    if (!/[-_+/]/.test(wide)) {
      if (BASE64_LENGTHS.has(wide.length)) found.push(wide);
    } else {
      for (const alphabet of [ALPHABETS.base64, ALPHABETS.base64url]) {
        for (const { text: run } of runsOf(wide, alphabet, SHORTEST))
          if (BASE64_LENGTHS.has(run.length)) found.push(run);
      }
    }
    for (const { text: run } of runsOf(wide, ALPHABETS.hex, 32)) {
      if (HEX_LENGTHS.has(run.length)) found.push(run.toLowerCase());
    }
  }
  return found;
}

/** At most four: `447700900123`, `+447700900123`, `07700900123`, `7700900123`; an IMSI or IMEI has one. */
const spellingsOf = (needle: Needle, countryCodes: readonly string[]): readonly string[] => {
  if (needle.class === 'imsi_imei') return [needle.value];
  const code = countryCodes.find((candidate) => needle.value.startsWith(candidate));
  const national = code === undefined ? undefined : coresOf(needle.value, [code])[1];
  return [needle.value, `+${needle.value}`, ...(national === undefined ? [] : [`0${national}`, national])];
};

/** Every digest of the number needles in every written form (hex in lower case, base64, base64url), and whose it is. */
export function digestsOf(needles: readonly Needle[], countryCodes: readonly string[]): ReadonlyMap<string, Needle> {
  const digests = new Map<string, Needle>();
  for (const needle of needles) {
    if (needle.kind !== 'number') continue;
    for (const spelling of spellingsOf(needle, countryCodes)) {
      for (const algorithm of ALGORITHMS) {
        const digest = createHash(algorithm).update(spelling, 'latin1').digest();
        digests.set(digest.toString('hex'), needle);
        digests.set(digest.toString('base64').replace(/=+$/, ''), needle);
        digests.set(digest.toString('base64url'), needle);
      }
    }
  }
  return digests;
}

import { HeadLines } from '../../src/http/head-lines.js';
import { isToken } from '../../src/http/grammar.js';
import { KNOWN, knownNameAt } from '../../src/http/known-name.js';
import { keyHashOf, NAME_BYTES } from '../../src/http/name-bytes.js';
import { keyOf } from '../../src/names/key.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import { latin1 } from './transcript.js';

const NAMES = [
  ...CATALOGUE.map(({ name, prefix }) => name ?? `${prefix ?? ''}more`),
  ...Object.keys(KNOWN),
  '__proto__',
  "!#$%&'*+-.^_`|~",
  'HTTP_X_MSISDN',
];

/** The hash that the lines have for a name; undefined: no name. */
function hashOf(name: string): number | undefined {
  const lines = new HeadLines({ bytes: 1000, fields: 1 });
  lines.begin('trailers');
  const bytes = latin1(`${name}: a\r\n\r\n`);
  if (lines.read(bytes, 0, bytes.length) !== 'end') return undefined;
  if (!name.includes(':')) expect(lines.nameAt(0)).toBe(name);
  return lines.hashes[0];
}

test('a byte is a token character, or one of a key, exactly where the rules on strings say so', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const character = String.fromCharCode(byte);
    expect(NAME_BYTES[byte] !== 0).toBe(isToken(character));
    const key = isToken(character) ? keyOf(character) : '';
    expect((NAME_BYTES[byte] ?? 0) > 1 ? String.fromCharCode(NAME_BYTES[byte] ?? 0) : '').toBe(key);
  }
});

test('the hash of every name, and of every change of one byte of it, is the hash of its key', () => {
  for (const name of NAMES) {
    for (let at = 0; at <= name.length; at += 1) {
      for (const other of ['', '_', '-', 'A', 'z', '7', '.', ' ', '\xc4', '\0', ':']) {
        const changed = name.slice(0, at) + other + name.slice(at + 1);
        const hash = hashOf(changed);
        if (isToken(changed)) expect(hash).toBe(keyHashOf(keyOf(changed)));
        // A colon ends a name, and another one behind it may.
        else if (!changed.includes(':') || changed.startsWith(':')) expect(hash).toBeUndefined();
      }
    }
  }
});

test('a known name is known in any case and in no other spelling', () => {
  const numberOf = (name: string): number => knownNameAt(latin1(name), 0, name.length, keyHashOf(keyOf(name)));
  for (const [name, number] of Object.entries(KNOWN)) {
    for (const spelling of [name, name.toUpperCase(), name.replace(/\b./g, (first) => first.toUpperCase())]) {
      expect(numberOf(spelling)).toBe(number);
    }
    for (const other of [
      name.replace('-', '_'),
      name.replace('-', ''),
      `${name}-`,
      `-${name}`,
      `${name}s`,
      name.slice(1),
    ]) {
      if (other !== name) expect(numberOf(other)).toBe(0);
    }
  }
});

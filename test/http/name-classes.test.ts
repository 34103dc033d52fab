import { HeadLines } from '../../src/http/head-lines.js';
import { isToken } from '../../src/http/grammar.js';
import { HTTP_KEYS, HTTP_NAMES, httpClassOf } from '../../src/http/http-names.js';
import { knownNameAt, KNOWN } from '../../src/http/known-name.js';
import { NAME_SYMBOLS } from '../../src/http/name-classes.js';
import { keyOf } from '../../src/names/key.js';
import { latin1 } from './transcript.js';

const NAMES = [
  ...HTTP_KEYS,
  ...Object.keys(KNOWN),
  '__proto__',
  "!#$%&'*+-.^_`|~",
  'HTTP_X_MSISDN',
  'http',
  'http-host',
];

/** The class that the lines have for a name; undefined: no name. `room`: bytes behind the last one. */
function lineClassOf(name: string, room: number): number | undefined {
  const lines = new HeadLines({ bytes: 1000, fields: 1 });
  lines.begin('trailers');
  const text = `${name}: a\r\n\r\n`;
  if (lines.read(latin1(text + '!'.repeat(room)), 0, text.length) !== 'end') return undefined;
  if (!name.includes(':')) expect(lines.nameAt(0)).toBe(name);
  return lines.nameClass[0];
}

test('a byte is a token character, or one of a key, exactly where the rules on strings say so', () => {
  const symbols = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const character = String.fromCharCode(byte);
    const symbol = NAME_SYMBOLS[byte] ?? 0;
    expect(symbol >= 2).toBe(isToken(character));
    expect(symbol === 1).toBe(character === ':');
    const key = isToken(character) ? keyOf(character) : '';
    expect(symbol > 2).toBe(key !== '');
    // One symbol for both cases of a letter, and for nothing else.
    if (key !== '') expect(symbols.get(key) ?? symbol).toBe(symbol);
    if (key !== '') symbols.set(key, symbol);
  }
  expect(new Set(symbols.values()).size).toBe(36);
});

test.each([0, 4])(
  'the class of every name, and of every change of one byte of it, is that of its key; %i bytes behind',
  (room) => {
    for (const name of NAMES) {
      for (let at = 0; at <= name.length; at += 1) {
        for (const other of ['', '_', '-', 'A', 'z', '7', '.', ' ', '\xc4', '\0', ':']) {
          const changed = name.slice(0, at) + other + name.slice(at + 1);
          const found = lineClassOf(changed, room);
          if (isToken(changed)) expect(found).toBe(httpClassOf(keyOf(changed)));
          // A colon ends a name, and another one behind it may.
          else if (!changed.includes(':') || changed.startsWith(':')) expect(found).toBeUndefined();
        }
      }
    }
  },
);

test('a known name is known in any case and in no other spelling', () => {
  for (const [name, number] of Object.entries(KNOWN)) {
    const isKnown = (text: string): boolean => knownNameAt(latin1(text), 0, text.length, number) === number;
    for (const spelling of [name, name.toUpperCase(), name.replace(/\b./g, (first) => first.toUpperCase())]) {
      expect([isKnown(spelling), lineClassOf(spelling, 4)]).toEqual([true, number]);
    }
    for (const other of [
      name.replace('-', '_'),
      name.replace('-', ''),
      `${name}-`,
      `-${name}`,
      `${name}s`,
      name.slice(1),
    ]) {
      if (other !== name) expect(isKnown(other)).toBe(false);
    }
  }
});

test('the automaton of http alone is small', () => {
  expect(HTTP_NAMES.accept.length).toBeLessThan(200);
});

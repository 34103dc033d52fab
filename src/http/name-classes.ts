// What a reader learns of a field's name while it reads it: one look into a table for each byte, and a class at the end. Which names
// have a class is handed in; http itself knows its own alone.
import { keyOf } from '../names/key.js';
import { isToken } from './grammar.js';

/** An automaton over the keys of names (`names/key.ts`): separators change nothing, capitals are small letters. */
export interface NameClasses {
  /** By byte, 256: 0 no token, `COLON_SYMBOL`, `SEPARATOR`, or a letter or digit of a key, up to 63. */
  readonly symbols: Uint8Array;
  /** `next[(state << 6) | symbol]` for all symbols from `SEPARATOR` on, which changes nothing; names begin at state 0. */
  readonly next: Uint16Array;
  /** By state: 0 an ordinary name; the number in `KNOWN` for every name with the key of one of those; else what its maker says. */
  readonly accept: Uint16Array;
}

/** A name ends here. */
export const COLON_SYMBOL = 1;
/** A token character that no key has. */
export const SEPARATOR = 2;
const FIRST_SYMBOL = 3;
/** What keys consist of, in the order of their symbols. */
export const KEY_CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** How many symbols stand for a letter or digit: from 3 on. */
export const KEY_SYMBOLS = KEY_CHARACTERS.length;

/** Of every automaton: it folds as `names/key.ts` does, because it is made from it (test/http/name-classes.test.ts). */
export const NAME_SYMBOLS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const character = String.fromCharCode(byte);
  if (isToken(character)) {
    const key = keyOf(character);
    NAME_SYMBOLS[byte] = key === '' ? SEPARATOR : FIRST_SYMBOL + KEY_CHARACTERS.indexOf(key);
  }
}
NAME_SYMBOLS[0x3a] = COLON_SYMBOL;

/** The place of a character of a key among the letters and digits, from 0 on. */
export function keySymbolOf(character: string): number {
  return KEY_CHARACTERS.indexOf(character);
}

// Maximal runs of one alphabet in a text. A number is compared with a whole run, never with a part of one, so that an
// order id that happens to hold somebody's number is no hit. Linear: the scan steps over `least` characters at a time.

/** Membership by character code; codes over 255 are in no alphabet. */
export type Alphabet = Uint8Array;

export interface Run {
  readonly start: number;
  /** One past the last character. */
  readonly end: number;
  readonly text: string;
}

const NONE: readonly Run[] = [];

const alphabetOf = (characters: string): Alphabet => {
  const table = new Uint8Array(256);
  for (let i = 0; i < characters.length; i += 1) table[characters.charCodeAt(i)] = 1;
  return table;
};

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The alphabets of the detectors; base64 (RFC 4648, sections 4 and 5) without its padding. */
export const ALPHABETS = {
  digits: alphabetOf(DIGITS),
  hex: alphabetOf(`${DIGITS}abcdefABCDEF`),
  base64: alphabetOf(`${DIGITS}${LETTERS}+/`),
  base64url: alphabetOf(`${DIGITS}${LETTERS}-_`),
  /** Both of base64's alphabets: what has no run in it has none in either, nor in hex. */
  anyBase64: alphabetOf(`${DIGITS}${LETTERS}+/-_`),
} as const;

/**
 * Every maximal run of at least `least` (1 or more) characters, in order. A run of that length covers one character of
 * every stretch of `least`, so one in `least` is looked at, and an ordinary value costs a few nanoseconds.
 */
export function runsOf(text: string, alphabet: Alphabet, least: number): readonly Run[] {
  let found: Run[] | undefined;
  let probe = least - 1;
  while (probe < text.length) {
    if (alphabet[text.charCodeAt(probe)] !== 1) {
      probe += least;
      continue;
    }
    let start = probe;
    while (start > 0 && alphabet[text.charCodeAt(start - 1)] === 1) start -= 1;
    let end = probe + 1;
    while (end < text.length && alphabet[text.charCodeAt(end)] === 1) end += 1;
    if (end - start >= least) (found ??= []).push({ start, end, text: text.slice(start, end) });
    probe = end + least;
  }
  return found ?? NONE;
}

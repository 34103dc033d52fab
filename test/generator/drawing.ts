// Chance that can be had again: every draw comes from one seed. Digits, letters and times as applications make them up.

export interface Drawing {
  /** A whole number from 0 to `below - 1`. */
  readonly number: (below: number) => number;
  readonly oneOf: <T>(list: readonly T[]) => T;
  /** True once in so many times. */
  readonly once: (inSoMany: number) => boolean;
  /** So many digits, any of them first. */
  readonly digits: (length: number) => string;
  /** A number of so many digits: the first is not 0. */
  readonly id: (length: number) => string;
  readonly hex: (length: number) => string;
  readonly base64: (bytes: number) => string;
  readonly base64url: (bytes: number) => string;
  readonly letters: (length: number) => string;
  readonly uuid: () => string;
  /** A moment of the year before, in seconds since the epoch. */
  readonly seconds: () => number;
}

/** From 2026-06-01 backwards. */
const LATEST_SECONDS = 1_780_272_000;
const YEAR_SECONDS = 31_536_000;

/** mulberry32: 2^32 states, good enough to fill fields. */
export function drawingOf(seed: number): Drawing {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const number = (below: number): number => Math.floor(fraction() * below);
  const text = (characters: string, length: number): string => {
    let made = '';
    for (let i = 0; i < length; i += 1) made += characters[number(characters.length)] ?? '';
    return made;
  };
  const digits = (length: number): string => text('0123456789', length);
  const hex = (length: number): string => text('0123456789abcdef', length);
  const bytes = (length: number): Buffer => Buffer.from(hex(2 * length), 'hex');
  return {
    number,
    oneOf: <T>(list: readonly T[]): T => list[number(list.length)] as T,
    once: (inSoMany) => number(inSoMany) === 0,
    digits,
    id: (length) => text('123456789', 1) + digits(length - 1),
    hex,
    base64: (length) => bytes(length).toString('base64'),
    base64url: (length) => bytes(length).toString('base64url'),
    letters: (length) => text('abcdefghijklmnopqrstuvwxyz', length),
    uuid: () => [hex(8), hex(4), `4${hex(3)}`, `a${hex(3)}`, hex(12)].join('-'),
    seconds: () => LATEST_SECONDS - number(YEAR_SECONDS),
  };
}

// Digits among the four bytes of a word, as it stands in memory, the first byte lowest: without a loop, for a loop over bytes that may be
// digits or not costs more in wrong guesses of the processor than in steps.

/** The highest bit of each byte that is no digit; 0: all are. */
export const nonDigitsIn = (word: number): number => {
  const digits = word ^ 0x30303030;
  return (((digits & 0x7f7f7f7f) + 0x76767676) | digits) & 0x80808080;
};

/** How many digits the word ends with. */
export const digitsAtEnd = (word: number): number => Math.clz32(nonDigitsIn(word)) >> 3;

/** How many digits the word begins with. */
export const digitsAtStart = (word: number): number => {
  const others = nonDigitsIn(word);
  return (32 - Math.clz32(~others & (others - 1))) >> 3;
};

// Digits among the four bytes of a word, as it stands in memory, the first byte lowest: told without a loop, whose end the processor
// would guess wrong.
const WORD = 4;

/** The highest bit of each byte that is no digit; 0: all four are. */
const othersIn = (word: number): number => {
  const digits = word ^ 0x30303030;
  return (((digits & 0x7f7f7f7f) + 0x76767676) | digits) & 0x80808080;
};

/** Whether the bytes at `at` are four of eight digits in a row or more: 1 or 0. The words in front and behind are asked. */
export const isLongRunAt = (view: DataView, at: number): number => {
  if (othersIn(view.getInt32(at, true)) !== 0) return 0;
  const before = Math.clz32(othersIn(view.getInt32(at - WORD, true))) >> 3;
  const others = othersIn(view.getInt32(at + WORD, true));
  const behind = (32 - Math.clz32(~others & (others - 1))) >> 3;
  return before + behind >= WORD ? 1 : 0;
};

// AssemblyScript, not part of the program: `make wasm` turns it into src/http/field-lines-wasm.ts. Finds the lines of a section of fields
// and the long runs of digits in them, 64 bytes at a time and nearly without a branch (after Langdale and Lemire, "Parsing gigabytes of
// JSON per second", VLDB Journal 2019). Without memory of its own: bytes and tables lie where the caller says.

const CR: i8 = 0x0d;
/** Added to a byte they make the least number of 8 bits with a sign: of `0`; of the space. Then one comparison finds a range. */
const FROM_ZERO: i8 = 0x50;
const FROM_SPACE: i8 = 0x60;
/** What `9` and `~` then are, and the next. */
const BEHIND_NINE: i8 = -118;
const TILDE: i8 = -34;
const STRIDE: i32 = 64;

@inline
function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = u64(u32(i8x16.bitmask(a)) | (u32(i8x16.bitmask(b)) << 16));
  return low | (u64(u32(i8x16.bitmask(c)) | (u32(i8x16.bitmask(d)) << 16)) << 32);
}

/**
 * The lines that begin at `from`, until one is blank or holds a byte that is neither visible ASCII nor a space, or until there are nearly
 * `most` lines or runs: how many. At `lines` the place of each line's CR, 32 bits; at `runs` where each run of seven digits or more begins,
 * then the largest number. `from` comes at the start of a line; a byte that is not visible stands behind the last one, and 63 more may be
 * read. Four lines more than it says may be written. Whether an LF stands behind each CR is for the caller to see.
 */
export function find(from: i32, lines: i32, runs: i32, most: i32): i32 {
  const cr = i8x16.splat(CR);
  const fromZero = i8x16.splat(FROM_ZERO);
  const fromSpace = i8x16.splat(FROM_SPACE);
  const behindNine = i8x16.splat(BEHIND_NINE);
  const tilde = i8x16.splat(TILDE);
  const lastLine = lines + 4 * (most - STRIDE);
  const lastRun = runs + 4 * (most - STRIDE);
  let line = lines;
  let run = runs;
  // Of the 64 bytes before: their CRs, of which one stands where a line ends in front of `from`; digits; ends of two, of four and of seven
  // digits in a row.
  let crBefore: u64 = (1 as u64) << 62;
  let oneBefore: u64 = 0;
  let twoBefore: u64 = 0;
  let fourBefore: u64 = 0;
  let sevenBefore: u64 = 0;
  for (let at = from; line <= lastLine && run <= lastRun; at += STRIDE) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let ends = bitsOf(i8x16.eq(a, cr), i8x16.eq(b, cr), i8x16.eq(c, cr), i8x16.eq(d, cr));
    const odd = bitsOf(
      i8x16.gt_s(i8x16.add(a, fromSpace), tilde),
      i8x16.gt_s(i8x16.add(b, fromSpace), tilde),
      i8x16.gt_s(i8x16.add(c, fromSpace), tilde),
      i8x16.gt_s(i8x16.add(d, fromSpace), tilde),
    );
    const one = bitsOf(
      i8x16.lt_s(i8x16.add(a, fromZero), behindNine),
      i8x16.lt_s(i8x16.add(b, fromZero), behindNine),
      i8x16.lt_s(i8x16.add(c, fromZero), behindNine),
      i8x16.lt_s(i8x16.add(d, fromZero), behindNine),
    );
    const two = one & ((one << 1) | (oneBefore >> 63));
    const four = two & ((two << 2) | (twoBefore >> 62));
    const seven = four & ((four << 3) | (fourBefore >> 61));
    let begun = seven & ~((seven << 1) | (sevenBefore >> 63));
    // One is written whether there is one or not: to ask would be guessed wrong too often.
    do {
      store<i32>(run, at + i32(ctz(begun)) - 6);
      run += i32(begun != 0) << 2;
      begun &= begun - 1;
    } while (begun != 0);
    const behind = (ends << 1) | (crBefore >> 63);
    const blank = ends & ((ends << 2) | (crBefore >> 62));
    const stop = (odd & ~(ends | behind)) | blank;
    crBefore = ends;
    oneBefore = one;
    twoBefore = two;
    fourBefore = four;
    sevenBefore = seven;
    // Those in front of it.
    if (stop != 0) ends &= (stop & (0 - stop)) - 1;
    const count = i32(popcnt(ends));
    let place = line;
    do {
      store<i32>(place, at + i32(ctz(ends)));
      ends &= ends - 1;
      store<i32>(place, at + i32(ctz(ends)), 4);
      ends &= ends - 1;
      store<i32>(place, at + i32(ctz(ends)), 8);
      ends &= ends - 1;
      store<i32>(place, at + i32(ctz(ends)), 12);
      ends &= ends - 1;
      place += 16;
    } while (ends != 0);
    line += count << 2;
    if (stop != 0) break;
  }
  store<i32>(run, i32.MAX_VALUE);
  return (line - lines) >> 2;
}

/**
 * The first place of `from`, `from + step`, ... before `end` at which four bytes hold one of `L` to `O`; -1: there is none. `step`: 4 or 8.
 * 15 bytes behind `end` may be read.
 */
export function letters(from: i32, end: i32, step: i32): i32 {
  const wanted = step == 8 ? 0x0f0f : 0xffff;
  for (let at = from; at < end; at += 16) {
    // -4: all bits but the lowest two.
    const others = v128.and(v128.xor(v128.load(at), i8x16.splat(0x4c)), i8x16.splat(-4));
    const found = i8x16.bitmask(i8x16.eq(others, i8x16.splat(0))) & wanted;
    if (found != 0) {
      const place = at + (ctz(found) & -step);
      return place < end ? place : -1;
    }
  }
  return -1;
}

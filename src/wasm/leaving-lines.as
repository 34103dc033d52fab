// AssemblyScript, not part of the program: `make wasm` turns it into src/egress/leaving-lines-wasm.ts. Finds the lines of a head that is
// about to leave, and the long runs of digits in it, 64 bytes at a time. It shares nothing with what reads a head that came: an error of
// one must not be the other's.

const STRIDE: i32 = 64;

@inline
function placesOf(a: v128, b: v128, c: v128, d: v128, byte: i8): u64 {
  const each = i8x16.splat(byte);
  const first = u64(u32(i8x16.bitmask(i8x16.eq(a, each))));
  const second = u64(u32(i8x16.bitmask(i8x16.eq(b, each))));
  const third = u64(u32(i8x16.bitmask(i8x16.eq(c, each))));
  const fourth = u64(u32(i8x16.bitmask(i8x16.eq(d, each))));
  return first | (second << 16) | (third << 32) | (fourth << 48);
}

@inline
function digitsOf(part: v128): u64 {
  // 0 to 9, as numbers without a sign.
  return u64(u32(i8x16.bitmask(i8x16.le_u(i8x16.sub(part, i8x16.splat(0x30)), i8x16.splat(9)))));
}

/**
 * The lines of the head in `[start, end)`: how many, without the blank one. At `lines` the place of each line's CR, 32 bits; at `runs` where
 * each run of eight digits or more begins, then the largest number. -1: there is a NUL, a CR without LF or an LF without CR, the first blank
 * line is not the end, or there are nearly `most` lines or runs. 63 bytes behind `end` may be read, and four lines more be written.
 */
export function lines(start: i32, end: i32, lines: i32, runs: i32, most: i32): i32 {
  const lineLimit = lines + 4 * (most - STRIDE);
  const runLimit = runs + 4 * (most - STRIDE);
  let line = lines;
  let run = runs;
  let wrong: u64 = 0;
  let blank = 0;
  let crBefore: u64 = 0;
  let digitsBefore: u64 = 0;
  let pairsBefore: u64 = 0;
  let foursBefore: u64 = 0;
  let eightsBefore: u64 = 0;
  for (let at = start; at < end; at += STRIDE) {
    if ((blank != 0 && blank != end - 2) || line > lineLimit || run > runLimit) return -1;
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let carriages = placesOf(a, b, c, d, 0x0d);
    let feeds = placesOf(a, b, c, d, 0x0a);
    let nuls = placesOf(a, b, c, d, 0);
    const left = end - at;
    if (left < STRIDE) {
      const ours = ((1 as u64) << u64(left)) - 1;
      carriages &= ours;
      feeds &= ours;
      nuls &= ours;
    }
    wrong |= nuls | (feeds ^ ((carriages << 1) | (crBefore >> 63)));
    const blanks = carriages & ((carriages << 2) | (crBefore >> 62));
    if (blanks != 0) blank = at + i32(ctz(blanks));
    crBefore = carriages;

    const digits = digitsOf(a) | (digitsOf(b) << 16) | (digitsOf(c) << 32) | (digitsOf(d) << 48);
    const pairs = digits & ((digits << 1) | (digitsBefore >> 63));
    const fours = pairs & ((pairs << 2) | (pairsBefore >> 62));
    const eights = fours & ((fours << 4) | (foursBefore >> 60));
    let found = eights & ~((eights << 1) | (eightsBefore >> 63));
    digitsBefore = digits;
    pairsBefore = pairs;
    foursBefore = fours;
    eightsBefore = eights;
    do {
      store<i32>(run, at + i32(ctz(found)) - 7);
      run += i32(found != 0) << 2;
      found &= found - 1;
    } while (found != 0);

    const count = i32(popcnt(carriages));
    let place = line;
    do {
      store<i32>(place, at + i32(ctz(carriages)));
      carriages &= carriages - 1;
      store<i32>(place, at + i32(ctz(carriages)), 4);
      carriages &= carriages - 1;
      store<i32>(place, at + i32(ctz(carriages)), 8);
      carriages &= carriages - 1;
      store<i32>(place, at + i32(ctz(carriages)), 12);
      carriages &= carriages - 1;
      place += 16;
    } while (carriages != 0);
    line += count << 2;
  }
  store<i32>(run, i32.MAX_VALUE);
  return wrong == 0 && blank == end - 2 ? ((line - lines) >> 2) - 1 : -1;
}

/** Of a name that was met (src/egress/name-order.ts): 80 bytes. Its bytes, the bits of them that count, and three numbers. */
const NAME: i32 = 80;
const MASK: usize = 32;
const LENGTH: usize = 64;
const FOLLOWING: usize = 68;
const KIND: usize = 72;

/**
 * The first of the lines `line` to `count` that is not as it nearly always is: twice its number; one more where its name is the expected one
 * and known as identity or short, or a long run of digits stands in its value. `count` times two: there is none. `ends`, `runs`: as `lines`
 * found them. `state`: of two numbers, the last name and the first run that may be of this line. `names`: records of the names that were met.
 */
export function next(line: i32, count: i32, ends: i32, runs: i32, state: i32, names: i32): i32 {
  let slot = load<i32>(state);
  let run = load<i32>(state, 4);
  let start = load<i32>(ends + 4 * line - 4) + 2;
  let at = line;
  let kind = 0;
  for (; at < count; at += 1) {
    const end = load<i32>(ends + 4 * at);
    const expected = load<i32>(names + NAME * slot, FOLLOWING);
    const name = names + NAME * expected;
    const length = load<i32>(name, LENGTH);
    const first = v128.and(v128.xor(v128.load(start), v128.load(name)), v128.load(name, MASK));
    const second = v128.and(v128.xor(v128.load(start, 16), v128.load(name, 16)), v128.load(name, MASK + 16));
    if (length == 0 || v128.any_true(v128.or(first, second))) break;
    slot = expected;
    const colon = start + length - 1;
    while (load<i32>(runs + 4 * run) < colon) run += 1;
    if (load<i32>(name, KIND) != 0 || load<i32>(runs + 4 * run) < end) {
      kind = 1;
      break;
    }
    start = end + 2;
  }
  store<i32>(state, slot);
  store<i32>(state, run, 4);
  return 2 * at + kind;
}

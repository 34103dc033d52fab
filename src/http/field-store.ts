// Where the fields of a section stand and what was learned of them while they were read: numbers in typed arrays, no strings.
// It judges nothing but which of the few names that frame a message came.
import { knownNameAt, MOST_KNOWN } from './known-name.js';
import type { NameClasses } from './name-classes.js';
import type { NameMemory } from './name-memory.js';

const SPACE = 0x20;
const ZERO = 0x30;
const TAB = 0x09;

/** As many digits in a row as `digits` speaks of. */
export const MARKED_DIGITS = 7;

/** Numbers of four for each field in `FieldStore.offsets`. */
export const PER_FIELD = 4;

export class FieldStore {
  /** Fields met; those beyond the limit are not kept. */
  count = 0;
  /** For field `i` at `4 * i`: start and end of its name, start and end of its value without the white space around it. */
  readonly offsets: Int32Array;
  /** What `classes` says of each name. */
  readonly nameClass: Uint16Array;
  /** The fields whose class is not 0, ascending: `listed[0, listedCount)`. */
  readonly listed: Int32Array;
  listedCount = 0;
  /** Whether the value holds a run of seven digits or more. */
  readonly digits: Uint8Array;
  /** The fields whose value does, ascending: `numbered[0, numberedCount)`. */
  readonly numbered: Int32Array;
  numberedCount = 0;
  /** Every field that is kept is exactly `Name: value`: one space, no other white space around the value. */
  isTight = true;
  /** Bits of the numbers in `KNOWN`: names that came, and that came more than once. */
  present = 0;
  repeated = 0;
  /** By number in `KNOWN`: the first field of that name. Only where `present` says so. */
  readonly firsts = new Int32Array(MOST_KNOWN + 1);
  memory: NameMemory;
  /** In `memory`: the last name, 0 at the start of a section. */
  slot = 0;

  constructor(fields: number, memory: NameMemory) {
    this.offsets = new Int32Array(PER_FIELD * fields);
    this.nameClass = new Uint16Array(fields);
    this.listed = new Int32Array(fields);
    this.digits = new Uint8Array(fields);
    this.numbered = new Int32Array(fields);
    this.memory = memory;
  }

  /** The section was begun with these; a policy may have brought others since. */
  get classes(): NameClasses {
    return this.memory.classes;
  }

  /** Forgets the fields. */
  empty(): void {
    this.count = 0;
    this.slot = 0;
    this.listedCount = 0;
    this.numberedCount = 0;
    this.isTight = true;
    this.present = 0;
    this.repeated = 0;
  }

  /** The next field. `nameClass`: of its name; `valueEnd`: before its CR; `hasDigits`: 0 where the value surely holds no such run. */
  keep(
    bytes: Uint8Array,
    [nameStart, nameEnd, valueStart, valueEnd]: readonly [number, number, number, number],
    nameClass: number,
    hasDigits: number,
  ): void {
    const index = this.count;
    this.count = index + 1;
    const isKept = index < this.digits.length;
    if (nameClass !== 0) {
      if (isKept) this.listed[this.listedCount++] = index;
      const known = knownNameAt(bytes, nameStart, nameEnd, nameClass);
      if (known !== 0) this.meet(known, index);
    }
    if (!isKept) return;
    let end = valueEnd;
    while (end > valueStart && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end -= 1;
    if (end !== valueEnd || valueStart !== nameEnd + 2 || bytes[nameEnd + 1] !== SPACE) this.isTight = false;
    const offset = PER_FIELD * index;
    this.offsets[offset] = nameStart;
    this.offsets[offset + 1] = nameEnd;
    this.offsets[offset + 2] = valueStart;
    this.offsets[offset + 3] = end;
    this.nameClass[index] = nameClass;
    const isNumbered = hasDigits !== 0 && holdsDigits(bytes, valueStart, end);
    this.digits[index] = isNumbered ? 1 : 0;
    if (isNumbered) this.numbered[this.numberedCount++] = index;
  }

  /** The name with this number in `KNOWN`; its field need not be kept. */
  meet(known: number, index: number): void {
    const bit = 1 << known;
    if ((this.present & bit) !== 0) this.repeated |= bit;
    else this.firsts[known] = index;
    this.present |= bit;
  }
}

function holdsDigits(bytes: Uint8Array, from: number, to: number): boolean {
  let run = 0;
  for (let at = from; at < to && run < MARKED_DIGITS; at += 1) run = ((bytes[at] ?? 0) - ZERO) >>> 0 < 10 ? run + 1 : 0;
  return run >= MARKED_DIGITS;
}

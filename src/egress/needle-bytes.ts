// This request's needles in the bytes that are about to leave. Narrower than the detectors on purpose (digits and tokens as
// they are, no encodings): what it finds, they find too, so it is silent while they are whole.

export interface SoughtValue {
  readonly kind: 'number' | 'token';
  /** A number's digits, or a token's first characters. */
  readonly value: string;
}

export interface Sought {
  readonly isNumber: boolean;
  readonly bytes: Buffer;
  /** What any spelling of a number ends with: absent from the head, absent from its fields. */
  readonly ending: Buffer;
}

const LEAST = 8;
const ZERO = 0x30;
const NINE = 0x39;

export function soughtOf({ kind, value }: SoughtValue): Sought {
  const bytes = Buffer.from(value, 'latin1');
  return { isNumber: kind === 'number', bytes, ending: bytes.subarray(Math.max(0, bytes.length - LEAST)) };
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** Whether the longer of two runs is the shorter with `0` or `00` in front, or they are equal. */
function isSameNumber(run: Uint8Array, number: Uint8Array): boolean {
  const [long, short] = run.length >= number.length ? [run, number] : [number, run];
  const zeros = long.length - short.length;
  if (zeros > 2 || short.length < LEAST) return false;
  for (let i = 0; i < zeros; i += 1) if (long[i] !== ZERO) return false;
  for (let i = 0; i < short.length; i += 1) if (long[zeros + i] !== short[i]) return false;
  return true;
}

/** Whether the value in `head[start, end)` holds what is sought: a token anywhere, a number as a whole run of digits. */
export function holds(head: Buffer, start: number, end: number, sought: Sought): boolean {
  const value = head.subarray(start, end);
  if (!sought.isNumber) return value.includes(sought.bytes);
  let at = value.indexOf(sought.ending);
  while (at !== -1) {
    let from = at;
    let to = at + sought.ending.length;
    while (isDigit(value[from - 1])) from -= 1;
    while (isDigit(value[to])) to += 1;
    if (isSameNumber(value.subarray(from, to), sought.bytes)) return true;
    at = value.indexOf(sought.ending, to);
  }
  return false;
}

// The second look as it was before it was made fast: the oracle of test/fuzz/egress-oracle.test.ts and the other column of
// test/bench/egress.mjs. It goes line by line with strings, sets and native searches, and imports the catalogue alone.
import { CATALOGUE } from '../../src/policy/catalogue-data.js';

/** What the policy adds to the catalogue: keys, as the policy's names fold. */
interface NameRules {
  readonly own: readonly { readonly kind: 'name' | 'prefix'; readonly key: string }[];
  /** Keys of catalogue names that are forwarded now; own names are identity all the same. */
  readonly watched: readonly string[];
  /** Whether names of low trust are identity too, all but Via. Default false. */
  readonly hasLowTrust?: boolean;
}

/** Byte to folded byte: letters in lower case, digits; 0: the byte does not count. */
const FOLDED = new Uint8Array(256);
for (let byte = 0x30; byte <= 0x39; byte += 1) FOLDED[byte] = byte;
for (let byte = 0x61; byte <= 0x7a; byte += 1) {
  FOLDED[byte] = byte;
  FOLDED[byte - 0x20] = byte;
}

const HTTP = [0x68, 0x74, 0x74, 0x70];
const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const BITS = 16;

const step = (hash: number, byte: number): number => Math.imul(hash ^ byte, PRIME);
const slotOf = (hash: number): number => (hash ^ (hash >>> BITS)) & ((1 << BITS) - 1);

function hashOf(key: string): number {
  let hash = SEED;
  for (let i = 0; i < key.length; i += 1) hash = step(hash, key.charCodeAt(i));
  return hash;
}

function foldedText(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** One bit per hash: a clear bit is a certain no, and nearly every name of every request ends there. */
class Sieve {
  readonly #bits = new Uint8Array((1 << BITS) >> 3);

  add(key: string): void {
    const slot = slotOf(hashOf(key));
    this.#bits[slot >> 3] = (this.#bits[slot >> 3] ?? 0) | (1 << (slot & 7));
  }

  has(hash: number): boolean {
    const slot = slotOf(hash);
    return ((this.#bits[slot >> 3] ?? 0) & (1 << (slot & 7))) !== 0;
  }
}

class IdentityNames {
  readonly #names = new Set<string>();
  readonly #prefixes = new Set<string>();
  readonly #nameSieve = new Sieve();
  readonly #prefixSieve = new Sieve();
  readonly #prefixLengths = new Set<number>();
  readonly #longest: number;

  constructor(rules: NameRules) {
    const watched = new Set(rules.watched);
    for (const entry of CATALOGUE) {
      if (entry.grade === 'C' && (rules.hasLowTrust !== true || entry.class === 'address')) continue;
      if (entry.name !== undefined && !watched.has(foldedText(entry.name))) this.#names.add(foldedText(entry.name));
      if (entry.prefix !== undefined) this.#prefixes.add(foldedText(entry.prefix));
    }
    for (const { kind, key } of rules.own) (kind === 'name' ? this.#names : this.#prefixes).add(key);
    for (const key of this.#names) this.#nameSieve.add(key);
    for (const key of this.#prefixes) {
      this.#prefixSieve.add(key);
      this.#prefixLengths.add(key.length);
    }
    this.#longest = Math.max(0, ...this.#prefixLengths);
  }

  /**
   * Every key under which the name in `bytes[start, end)` may be read, if one of them is identity: its letters and digits
   * in lower case, and these without one leading `http`. undefined: no identity.
   */
  keysIfIdentity(bytes: Uint8Array, start: number, end: number): readonly string[] | undefined {
    let whole = SEED;
    let rest = SEED;
    let length = 0;
    let isHttp = true;
    let isCandidate = false;
    for (let i = start; i < end; i += 1) {
      const byte = FOLDED[bytes[i] ?? 0] ?? 0;
      if (byte === 0) continue;
      if (length < 4) isHttp &&= byte === HTTP[length];
      else if (isHttp) {
        rest = step(rest, byte);
        if (length - 4 < this.#longest && this.#prefixSieve.has(rest)) isCandidate = true;
      }
      whole = step(whole, byte);
      length += 1;
      if (length <= this.#longest && this.#prefixSieve.has(whole)) isCandidate = true;
    }
    if (!isCandidate && !this.#nameSieve.has(whole) && !(isHttp && length > 4 && this.#nameSieve.has(rest))) {
      return undefined;
    }
    return this.#verified(bytes, start, end);
  }

  /** The slow and exact answer, for what the sieves let through. */
  #verified(bytes: Uint8Array, start: number, end: number): readonly string[] | undefined {
    let key = '';
    for (let i = start; i < end; i += 1) {
      const byte = FOLDED[bytes[i] ?? 0] ?? 0;
      if (byte !== 0) key += String.fromCharCode(byte);
    }
    const keys = key.length > 4 && key.startsWith('http') ? [key, key.slice(4)] : [key];
    return keys.some((candidate) => this.#isIdentity(candidate)) ? keys : undefined;
  }

  #isIdentity(key: string): boolean {
    if (this.#names.has(key)) return true;
    for (const length of this.#prefixLengths) if (this.#prefixes.has(key.slice(0, length))) return true;
    return false;
  }
}

interface SoughtValue {
  readonly kind: 'number' | 'token';
  /** A number's digits, or a token's first characters. */
  readonly value: string;
}

interface Sought {
  readonly isNumber: boolean;
  readonly bytes: Buffer;
  /** What any spelling of a number ends with: absent from the head, absent from its fields. */
  readonly ending: Buffer;
}

const LEAST = 8;
const ZERO = 0x30;
const NINE = 0x39;

function soughtOf({ kind, value }: SoughtValue): Sought {
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
function holds(head: Buffer, start: number, end: number, sought: Sought): boolean {
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

export interface SlowRules extends NameRules {
  /** `count`: the policy lets needles pass, so none is looked for. */
  readonly exact: 'withhold' | 'count';
}

/** What may stand in this head, from the policy by the connection's host and not from the plan. */
export interface SlowExpectation {
  /** The value of Host, canonical. */
  readonly authority: string;
  /** Keys released to this connection's host. */
  readonly released: ReadonlySet<string>;
  /** `released`: the value is released unchanged here, and so may stand anywhere. */
  readonly needles: readonly {
    readonly kind: 'number' | 'token';
    readonly value: string;
    readonly released: boolean;
  }[];
  /** Keys that the policy suppresses at this host: no needle is looked for in them. */
  readonly suppressed: ReadonlySet<string>;
}

interface EgressFault {
  /**
   * `one-head`: not one request head of HTTP/1.1 and nothing behind it; `bytes`: a bare CR or LF, a NUL, or a line that is
   * no field; `host`: not exactly one Host, or another; `identity`: a name that is not released here; `repeated`: a
   * released one twice; `needle`: an identity value of this request in another field.
   */
  readonly rule: 'one-head' | 'bytes' | 'host' | 'identity' | 'repeated' | 'needle';
  /** The field's name as it stands there, its first 64 characters; never a value. Empty where no field is at fault. */
  readonly field: string;
}

interface EgressCheck {
  /** `head`: the exact bytes up to and including the blank line. undefined: it may leave. Never throws. */
  look(head: Buffer, expectation: SlowExpectation): EgressFault | undefined;
}

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
/** Of a line that has no end, and of one with a bare CR or LF or a NUL. */
const ENDLESS = -1;
const BARE = -2;
const REQUEST_LINE = /^[^ ]+ [^ ]+ HTTP\/1\.1$/;
const MOST_VALUE = 4096;
const MOST_NAME = 64;
const NOT_SEARCHED: ReadonlySet<string> = new Set(['cookie', 'referer', 'host', 'content-length']);
const LONGEST_NOT_SEARCHED = 'content-length'.length;

/** RFC 9110, section 5.6.2: the bytes of a token. */
const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[character.charCodeAt(0)] = 1;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

/** Where a field's parts stand in the head; one object for all fields of a look. */
interface Line {
  start: number;
  colon: number;
  valueStart: number;
  valueEnd: number;
}

/** One head's look: what it has met so far. */
class Look {
  readonly #head: Buffer;
  readonly #names: IdentityNames;
  readonly #expectation: SlowExpectation;
  readonly #sought: readonly Sought[];
  #hosts = 0;
  #met: Set<string> | undefined;

  constructor(head: Buffer, names: IdentityNames, expectation: SlowExpectation, isSearched: boolean) {
    this.#head = head;
    this.#names = names;
    this.#expectation = expectation;
    this.#sought = isSearched ? this.#present() : [];
  }

  whole(): EgressFault | undefined {
    const head = this.#head;
    let start = 0;
    for (;;) {
      const end = this.#lineEnd(start);
      if (end === ENDLESS) return { rule: 'one-head', field: '' };
      if (end === BARE) return { rule: 'bytes', field: '' };
      if (start === 0) {
        if (!REQUEST_LINE.test(head.toString('latin1', 0, end))) return { rule: 'one-head', field: '' };
      } else if (end === start) {
        if (end + 2 !== head.length) return { rule: 'one-head', field: '' };
        return this.#hosts === 1 ? undefined : { rule: 'host', field: 'Host' };
      } else {
        const fault = this.#field(start, end);
        if (fault !== undefined) return fault;
      }
      start = end + 2;
    }
  }

  /** Where the line's CR LF stands. One loop over the bytes: three native searches a line cost twice the rest of the look. */
  #lineEnd(start: number): number {
    const head = this.#head;
    for (let i = start; ; i += 1) {
      const byte = head[i];
      if (byte === undefined) return ENDLESS;
      if (byte > CR) continue;
      if (byte === CR) return head[i + 1] === LF ? i : BARE;
      if (byte === LF || byte === 0) return BARE;
    }
  }

  /** The needles whose bytes stand anywhere in the head: usually none, and then no field is searched. */
  #present(): readonly Sought[] {
    return this.#expectation.needles
      .filter((needle) => !needle.released)
      .map(soughtOf)
      .filter((sought) => this.#head.includes(sought.isNumber ? sought.ending : sought.bytes));
  }

  #field(start: number, end: number): EgressFault | undefined {
    const head = this.#head;
    let colon = start;
    while (TOKEN[head[colon] ?? 0] === 1) colon += 1;
    if (colon === start || head[colon] !== COLON) return { rule: 'bytes', field: '' };
    let valueStart = colon + 1;
    let valueEnd = end;
    while (valueStart < valueEnd && isSpace(head[valueStart])) valueStart += 1;
    while (valueEnd > valueStart && isSpace(head[valueEnd - 1])) valueEnd -= 1;
    const line = { start, colon, valueStart, valueEnd };
    return this.#host(line) ?? this.#name(line);
  }

  #host({ start, colon, valueStart, valueEnd }: Line): EgressFault | undefined {
    const head = this.#head;
    if (colon - start !== 4 || head.toString('latin1', start, colon).toLowerCase() !== 'host') return undefined;
    this.#hosts += 1;
    const isRight = head.toString('latin1', valueStart, valueEnd) === this.#expectation.authority;
    return isRight ? undefined : this.#fault('host', start, colon);
  }

  /** A field that is released by name may hold any value; every other is searched. */
  #name(line: Line): EgressFault | undefined {
    const { start, colon } = line;
    const keys = this.#names.keysIfIdentity(this.#head, start, colon);
    if (keys === undefined) return this.#value(line);
    const { released } = this.#expectation;
    const key = keys.find((candidate) => released.has(candidate));
    if (key === undefined) return this.#fault('identity', start, colon);
    this.#met ??= new Set();
    if (this.#met.has(key)) return this.#fault('repeated', start, colon);
    this.#met.add(key);
    return undefined;
  }

  #value({ start, colon, valueStart, valueEnd }: Line): EgressFault | undefined {
    if (this.#sought.length === 0) return undefined;
    const name = this.#head.toString('latin1', start, colon).toLowerCase();
    if (name.length <= LONGEST_NOT_SEARCHED && NOT_SEARCHED.has(name)) return undefined;
    if (this.#expectation.suppressed.has(name.replace(/[^a-z0-9]/g, ''))) return undefined;
    const end = Math.min(valueEnd, valueStart + MOST_VALUE);
    const isHeld = this.#sought.some((sought) => holds(this.#head, valueStart, end, sought));
    return isHeld ? this.#fault('needle', start, colon) : undefined;
  }

  #fault(rule: EgressFault['rule'], start: number, colon: number): EgressFault {
    return { rule, field: this.#head.toString('latin1', start, Math.min(colon, start + MOST_NAME)) };
  }
}

/** Made once per policy. */
export function slowCheckOf(rules: SlowRules): EgressCheck {
  const names = new IdentityNames(rules);
  const isSearched = rules.exact === 'withhold';
  return { look: (head, expectation) => new Look(head, names, expectation, isSearched).whole() };
}

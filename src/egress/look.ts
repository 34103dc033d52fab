// The second look: an independent reading of the exact bytes of a head that is about to leave. It knows no plan and believes
// none. What it finds is a defect in headgate, so nothing is sent. INVARIANT: it imports no code of ours, only the catalogue.
import { IdentityNames, type NameRules } from './identity-names.js';
import { holds, type Sought, soughtOf } from './needle-bytes.js';

export interface EgressRules extends NameRules {
  /** `count`: the policy lets needles pass, so none is looked for. */
  readonly exact: 'withhold' | 'count';
}

/** What may stand in this head, from the policy by the connection's host and not from the plan. */
export interface Expectation {
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

export interface EgressFault {
  /**
   * `one-head`: not one request head of HTTP/1.1 and nothing behind it; `bytes`: a bare CR or LF, a NUL, or a line that is
   * no field; `host`: not exactly one Host, or another; `identity`: a name that is not released here; `repeated`: a
   * released one twice; `needle`: an identity value of this request in another field.
   */
  readonly rule: 'one-head' | 'bytes' | 'host' | 'identity' | 'repeated' | 'needle';
  /** The field's name as it stands there, its first 64 characters; never a value. Empty where no field is at fault. */
  readonly field: string;
}

export interface EgressCheck {
  /** `head`: the exact bytes up to and including the blank line. undefined: it may leave. Never throws. */
  look(head: Buffer, expectation: Expectation): EgressFault | undefined;
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
  readonly #expectation: Expectation;
  readonly #sought: readonly Sought[];
  #hosts = 0;
  #met: Set<string> | undefined;

  constructor(head: Buffer, names: IdentityNames, expectation: Expectation, isSearched: boolean) {
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
export function egressCheckOf(rules: EgressRules): EgressCheck {
  const names = new IdentityNames(rules);
  const isSearched = rules.exact === 'withhold';
  return { look: (head, expectation) => new Look(head, names, expectation, isSearched).whole() };
}

// The second look: an independent reading of the exact bytes of a head that is about to leave. It knows no plan and believes
// none. What it finds is a defect in headgate, so nothing is sent. INVARIANT: it imports no code of ours, only the catalogue.
// What is as usual is found by leaving-lines.ts; all else is read in place, byte by byte or four at a time.
// test/fuzz/egress-oracle.test.ts holds both to a plain reading.
import type { Expectation } from './expectation.js';
import { IdentityNames, type NameRules } from './identity-names.js';
import { LeavingLines, type LeavingMemory } from './leaving-lines.js';
import { BARE, endOfValue, fieldEnd, OTHER, requestLineEnd, startOfValue } from './line-end.js';
import { Numbers, type SoughtValue, Tokens } from './needle-bytes.js';

export interface EgressRules extends NameRules {
  /** `count`: the policy lets needles pass, so none is looked for. */
  readonly exact: 'withhold' | 'count';
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

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
/** Words as they stand in memory, the first byte lowest. */
const CR_LF_CR_LF = 0x0a0d0a0d;
const HOST = 0x74736f68;
const SMALL_LETTERS = 0x20202020;
const WORD = 4;
const MOST_VALUE = 4096;
const MOST_NAME = 64;
const NOT_SEARCHED = ['cookie', 'referer', 'host', 'content-length'].map((name) => Buffer.from(name, 'latin1'));
const SMALL_LETTER = 0x20;

/** What may not stand in a head: the needles of its request, asked for only where one could be. */
export interface Sought {
  /** Whether any of `needles` is a token. */
  readonly hasTokens: boolean;
  readonly needles: readonly SoughtValue[];
}

export interface EgressCheck {
  /**
   * `bytes[start, end)`: the exact bytes up to and including the blank line; what stands around them is not looked at.
   * undefined: it may leave. Never throws.
   */
  look(bytes: Buffer, start: number, end: number, expectation: Expectation, sought: Sought): EgressFault | undefined;
}

const NOTHING: Sought = { hasTokens: false, needles: [] };

/** One head after the other; what it keeps between two is memory that the next need not ask for. */
class Look implements EgressCheck {
  readonly #names: IdentityNames;
  /** null: there are none for any bytes. */
  readonly #lines: LeavingLines | null;
  readonly #isSearched: boolean;
  readonly #numbers = new Numbers();
  readonly #tokens = new Tokens();
  /** Of the bytes that were looked at last: nearly always one shared buffer. */
  #viewed: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of this head. */
  #sought: Sought = NOTHING;
  /** The needles were noted. */
  #isSeeking = false;
  #hosts = 0;
  #hasToken = false;
  /** The lines of this head; null: they were not found beforehand. */
  #found: LeavingLines | null = null;
  /** Among their runs of digits: the first one of this field, or behind it. */
  #run = 0;

  constructor(rules: EgressRules, leaving: LeavingMemory | undefined) {
    this.#lines = leaving === undefined ? null : LeavingLines.in(leaving);
    this.#names = new IdentityNames(rules, this.#lines?.records);
    this.#isSearched = rules.exact === 'withhold';
  }

  look(bytes: Buffer, start: number, end: number, expectation: Expectation, sought: Sought): EgressFault | undefined {
    if (start < 0 || end > bytes.length) return { rule: 'one-head', field: '' };
    if (bytes !== this.#viewed) this.#seeIn(bytes);
    this.#sought = this.#isSearched ? sought : NOTHING;
    this.#isSeeking = false;
    this.#tokens.forget();
    if (this.#sought.hasTokens) this.#seek(expectation);
    expectation.forget();
    // INVARIANT (of line-end.ts): with two line ends at its end, no line but the blank one ends in the last three bytes.
    const isEnded = end - start >= WORD && this.#view.getInt32(end - WORD, true) === CR_LF_CR_LF;
    return isEnded
      ? this.#head(bytes, start, end, expectation)
      : this.#unended(bytes.subarray(start, end), expectation);
  }

  #seeIn(bytes: Buffer): void {
    this.#viewed = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Notes which needles may not stand in this head: at once when any is a token, else at the first long number. */
  #seek(expectation: Expectation): void {
    this.#isSeeking = true;
    this.#numbers.forget();
    for (const { kind, value, key } of this.#sought.needles) {
      if (!expectation.mayStand(key)) (kind === 'number' ? this.#numbers : this.#tokens).add(value);
    }
    this.#tokens.prepare();
  }

  /** Of bytes that do not end as a head: what else is wrong is found in a copy with a line end behind it. */
  #unended(bytes: Buffer, expectation: Expectation): EgressFault | undefined {
    const copy = Buffer.alloc(bytes.length + WORD);
    bytes.copy(copy);
    copy.write('\r\n', bytes.length);
    this.#seeIn(copy);
    return this.#head(copy, 0, bytes.length, expectation);
  }

  #head(bytes: Buffer, start: number, end: number, expectation: Expectation): EgressFault | undefined {
    this.#hosts = 0;
    this.#hasToken = this.#tokens.count > 0 && this.#tokens.standIn(bytes, this.#view, start, end);
    const lines = this.#lines;
    if (lines?.takeOver() === true) this.#names.order.clear();
    this.#names.order.slot = 0;
    const lineEnd = requestLineEnd(bytes, this.#view, start);
    if (lineEnd === BARE) return { rule: 'bytes', field: '' };
    if (lineEnd === OTHER || lineEnd >= end) return { rule: 'one-head', field: '' };
    const found = lines === null ? -1 : lines.find(bytes, start, end);
    const isFound = lines !== null && found > 0 && lines.ends[0] === lineEnd && !this.#hasToken;
    this.#found = isFound ? lines : null;
    if (!isFound) return this.#fields(bytes, lineEnd, end, expectation);
    return this.#foundFields(bytes, lines, found, expectation);
  }

  /** The fields on the lines that were found, which are ended as lines are, of a head that ends with the blank one. */
  #foundFields(bytes: Buffer, lines: LeavingLines, count: number, expectation: Expectation): EgressFault | undefined {
    const { order } = this.#names;
    lines.begin();
    for (let i = 1; ; i += 1) {
      const found = lines.next(i, count);
      i = found >> 1;
      if (i >= count) return this.#hosts === 1 ? undefined : { rule: 'host', field: 'Host' };
      const line = (lines.ends[i - 1] ?? 0) + 2;
      let name = 0;
      if ((found & 1) !== 0) {
        name = order.endOf(lines.slot, line);
      } else {
        order.slot = lines.slot;
        name = this.#names.readOther(bytes, this.#view, line);
        lines.slot = order.slot;
      }
      const fault = this.#faultOf(bytes, line, name, this.#endWithRuns(lines, i, name), expectation);
      if (fault !== undefined) return fault;
    }
  }

  /** Where the line ends whose name was read; its complement where a long run of digits stands behind the name. */
  #endWithRuns({ ends, runs, run }: LeavingLines, i: number, name: number): number {
    const colon = name < 0 ? ~name : name;
    const end = ends[i] ?? 0;
    this.#run = run;
    while ((runs[this.#run] ?? 0) < colon) this.#run += 1;
    return (runs[this.#run] ?? 0) < end ? ~end : end;
  }

  /** As `#ruleBroken`, of a line that is ended as lines are. */
  #faultOf(
    bytes: Buffer,
    line: number,
    name: number,
    found: number,
    expectation: Expectation,
  ): EgressFault | undefined {
    const colon = name < 0 ? ~name : name;
    if (colon === line || bytes[colon] !== COLON) return { rule: 'bytes', field: '' };
    const rule = this.#ruleBroken(bytes, line, name, found, expectation);
    return rule && { rule, field: bytes.toString('latin1', line, Math.min(colon, line + MOST_NAME)) };
  }

  /** The fields and the blank line behind the line that ends at `before`. */
  #fields(bytes: Buffer, before: number, end: number, expectation: Expectation): EgressFault | undefined {
    const view = this.#view;
    const names = this.#names;
    const hasToken = this.#hasToken;
    let lineEnd = before;
    for (;;) {
      const line = lineEnd + 2;
      if (bytes[line] === CR) return blankLineFault(bytes, line, end, this.#hosts);
      const name = names.read(bytes, view, line);
      const colon = name < 0 ? ~name : name;
      const found = fieldEnd(bytes, view, colon);
      lineEnd = found < 0 ? ~found : found;
      // One question for all that few lines have, so that it is asked once of the others: identity and names as short as
      // Host, bytes that no field has, long numbers.
      if (name > line + WORD && bytes[colon] === COLON && found > BARE && found < end && !hasToken) continue;
      if (lineEnd >= end) return { rule: 'one-head', field: '' };
      if (lineEnd === BARE) return { rule: 'bytes', field: '' };
      const fault = this.#faultOf(bytes, line, name, found, expectation);
      if (fault !== undefined) return fault;
    }
  }

  /** Of the field that begins at `line`; `name` and `found`: as its name was read and its end was found. */
  #ruleBroken(
    bytes: Buffer,
    line: number,
    name: number,
    found: number,
    expectation: Expectation,
  ): EgressFault['rule'] | undefined {
    const colon = name < 0 ? ~name : name;
    const from = startOfValue(bytes, colon + 1);
    const to = endOfValue(bytes, from, found < 0 ? ~found : found);
    if (colon - line === WORD && (this.#view.getInt32(line, true) | SMALL_LETTERS) === HOST) {
      this.#hosts += 1;
      if (!expectation.isAuthority(bytes, from, to)) return 'host';
    }
    // A field that is released by name may hold any value; every other is searched.
    if (name < 0) return expectation.faultOf(bytes, line, colon);
    if (found > BARE && !this.#hasToken) return undefined;
    if (isNotSearched(bytes, line, colon)) return undefined;
    const searchedTo = Math.min(to, from + MOST_VALUE);
    // The needles are noted where one could be.
    if (!this.#isSeeking) this.#seek(expectation);
    const isHeld =
      (found < 0 && this.#holdsNumber(bytes, from, searchedTo)) ||
      (this.#hasToken && this.#tokens.standIn(bytes, this.#view, from, searchedTo));
    return isHeld && !expectation.isSuppressed(bytes, line, colon) ? 'needle' : undefined;
  }

  #holdsNumber(bytes: Buffer, from: number, to: number): boolean {
    const lines = this.#found;
    if (lines === null) return this.#numbers.standIn(bytes, this.#view, from, to);
    return this.#numbers.standAt(lines.runs, this.#run, bytes, from, to);
  }
}

/** Whether any value may stand in a field with this name: it belongs to the subscriber, or is ours. */
function isNotSearched(bytes: Buffer, start: number, end: number): boolean {
  for (const name of NOT_SEARCHED) if (end - start === name.length && isNamed(bytes, start, name)) return true;
  return false;
}

/** A letter is meant in either case; `-` has but one byte that is in a name. */
function isNamed(bytes: Buffer, start: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i += 1) if (((bytes[start + i] ?? 0) | SMALL_LETTER) !== name[i]) return false;
  return true;
}

function blankLineFault(bytes: Buffer, line: number, end: number, hosts: number): EgressFault | undefined {
  if (bytes[line + 1] !== LF) return { rule: 'bytes', field: '' };
  if (line + 2 !== end) return { rule: 'one-head', field: '' };
  return hosts === 1 ? undefined : { rule: 'host', field: 'Host' };
}

/**
 * Made once per policy: its table takes a few milliseconds. It looks at one head after the other. `leaving`: where most of them lie.
 * Default: anywhere, which costs more.
 */
export function egressCheckOf(rules: EgressRules, leaving?: LeavingMemory): EgressCheck {
  return new Look(rules, leaving);
}

// Splits a head, or a trailer section, into its lines, in the caller's bytes: offsets, no strings. Strict (RFC 9112, sections
// 2.2 and 5): CRLF alone ends a line, a name is a token with the colon behind it, a value has no control character but the tab.
// INVARIANT: what comes out depends on the bytes alone, never on how they were cut (test/fuzz/head-reader.test.ts).
import { BEHIND, scanFields } from './field-scan.js';
import { FieldStore, PER_FIELD } from './field-store.js';
import { HTTP_NAMES } from './http-names.js';
import { LINE_FINDER, type LineFinder } from './line-finder.js';
import type { Field } from './message.js';
import { type NameClasses, SEPARATOR } from './name-classes.js';
import { NameMemory } from './name-memory.js';

export interface LineLimits {
  /** Of the start line and all fields with their line ends. */
  readonly bytes: number;
  /** More are counted but not kept. */
  readonly fields: number;
}

/**
 * `more`: all was taken. `line`: the start line is whole; `goOn` reads the fields. `end`: the section is whole. `fault`: it is
 * malformed. `size`: over the limit without an end.
 */
export type LinesEvent = 'more' | 'line' | 'end' | 'fault' | 'size';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const DEL = 0x7f;

const START = 0;
const START_LF = 1;
const LINE = 2;
const NAME = 3;
const GAP = 4;
const VALUE = 5;
const VALUE_LF = 6;
const LAST_LF = 7;
const DONE = 8;

const LEAST_HELD = 1024;
const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));
export class HeadLines extends FieldStore {
  /** Where the offsets point: the caller's bytes, or a copy of ours where the section came in pieces. */
  bytes: Buffer = NO_BYTES;
  /** Of `bytes`, while they are read and after. */
  view: DataView = NO_VIEW;
  start = 0;
  /** Of the start line, before its CR. */
  lineEnd = 0;
  /** Behind the blank line. */
  end = 0;
  /** Where the caller's bytes were left: the first one that is not this section's. */
  at = 0;
  /** Like `digits`, of the start line. */
  lineDigits = 0;
  /** Of a `fault`: the byte that may not stand there, and where it stands in `bytes`; all before it is this section's. */
  faultByte = 0;
  faultAt = 0;

  readonly #limits: LineLimits;
  readonly #finder: LineFinder;
  #viewed: Buffer = NO_BYTES;
  #held: Buffer | null = null;
  #heldBytes = 0;
  #phase = START;
  #position = 0;
  #stop = 0;
  #to = 0;
  /** What is added to a position in ours to get one in the caller's bytes. */
  #shift = 0;
  #nameStart = 0;
  #nameEnd = 0;
  #valueStart = 0;
  #state = 0;
  #hasDigits = 0;

  /** `classes`: of names; default: http's own. `finder`: default byte by byte. */
  constructor(limits: LineLimits, classes: NameClasses = HTTP_NAMES, finder: LineFinder = LINE_FINDER) {
    super(limits.fields, new NameMemory(classes));
    this.#limits = limits;
    this.#finder = finder;
  }

  /** Forgets everything; the next bytes are a head, or a section without a start line. */
  begin(section: 'head' | 'trailers', memory: NameMemory = this.memory): void {
    this.#phase = section === 'head' ? START : LINE;
    this.memory = memory;
    this.empty();
    this.drop();
    this.lineEnd = 0;
    this.lineDigits = 0;
    this.#hasDigits = 0;
  }

  /** Lets go of the bytes. */
  drop(): void {
    this.bytes = NO_BYTES;
    if (this.#held === null) return;
    this.#held = null;
    this.#heldBytes = 0;
    this.#viewed = NO_BYTES;
    this.view = NO_VIEW;
  }

  /**
   * Reads `bytes[from, to)`, which are valid until the section is whole; not again after `end`, `fault` and `size`. Twice as fast where
   * `bytes` has eight bytes or more behind `to`: they are read, and the first of them is another one for a moment.
   */
  read(bytes: Buffer, from: number, to: number): LinesEvent {
    const limit = this.#limits.bytes;
    this.#to = to;
    if (this.#held === null) {
      this.#see(bytes);
      this.start = from;
      this.#position = from;
      this.#shift = 0;
      this.#stop = Math.min(to, from + limit);
    } else {
      const before = this.#heldBytes;
      const taken = Math.min(to - from, limit - before);
      const held = this.#room(before + taken);
      bytes.copy(held, before, from, from + taken);
      this.#heldBytes = before + taken;
      this.#stop = this.#heldBytes;
      this.#shift = from - before;
    }
    return this.goOn();
  }

  /** After `line`: the fields, in the same bytes. */
  goOn(): LinesEvent {
    const event = this.#scan(this.bytes, this.view, this.#stop);
    if (event !== 'more') {
      this.at = this.#position + this.#shift;
      return event;
    }
    this.at = this.#to;
    if (this.#stop - this.start >= this.#limits.bytes) return 'size';
    if (this.#held === null) this.#hold();
    return 'more';
  }

  /** The section ended. */
  get isWhole(): boolean {
    return this.#phase === DONE;
  }

  /** As sent, one character a byte. */
  nameAt(index: number): string {
    return this.#text(PER_FIELD * index);
  }

  /** As sent, one character a byte, without the white space around it. */
  valueAt(index: number): string {
    return this.#text(PER_FIELD * index + 2);
  }

  /** `LineFinder.letters`, up to three bytes before the end of the section. */
  letters(from: number, step: number): number {
    return this.#finder.letters(this.bytes, this.view, from, this.end - 3, step);
  }

  /** All fields that are kept, as strings. One copy of the head, of which the others are parts: half the cost of one each. */
  fields(): Field[] {
    const { bytes, start, end, offsets } = this;
    const text = bytes.toString('latin1', start, end);
    const part = (offset: number): string =>
      text.slice((offsets[offset] ?? 0) - start, (offsets[offset + 1] ?? 0) - start);
    const fields: Field[] = [];
    const kept = Math.min(this.count, this.#limits.fields);
    for (let i = 0; i < kept; i += 1) {
      fields.push({ name: part(PER_FIELD * i), value: part(PER_FIELD * i + 2) });
    }
    return fields;
  }

  #text(offset: number): string {
    return this.bytes.toString('latin1', this.offsets[offset] ?? 0, this.offsets[offset + 1] ?? 0);
  }

  #see(bytes: Buffer): void {
    this.bytes = bytes;
    if (this.#viewed === bytes) return;
    this.#viewed = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The section is not whole: its bytes become ours, and offsets count from its start. */
  #hold(): void {
    const { bytes, start } = this;
    const length = this.#stop - start;
    const held = Buffer.allocUnsafeSlow(Math.max(LEAST_HELD, 2 * length));
    bytes.copy(held, 0, start, this.#stop);
    this.#held = held;
    this.#heldBytes = length;
    this.#see(held);
    this.start = 0;
    if (start === 0) return;
    const kept = PER_FIELD * Math.min(this.count, this.#limits.fields);
    for (let i = 0; i < kept; i += 1) this.offsets[i] = (this.offsets[i] ?? 0) - start;
    this.lineEnd -= start;
    this.#position -= start;
    this.#nameStart -= start;
    this.#nameEnd -= start;
    this.#valueStart -= start;
  }

  /** Ours, with room for so many bytes: twice as many each time, so that a byte is copied twice at most on average. */
  #room(bytes: number): Buffer {
    const held = this.#held ?? NO_BYTES;
    if (bytes <= held.length) return held;
    const larger = Buffer.allocUnsafeSlow(2 * bytes);
    held.copy(larger, 0, 0, this.#heldBytes);
    this.#held = larger;
    this.#see(larger);
    return larger;
  }

  #scan(bytes: Buffer, view: DataView, stop: number): LinesEvent {
    let at = this.#position;
    let phase = this.#phase;
    let state = this.#state;
    const { symbols, next, accept } = this.classes;
    let event: LinesEvent = 'more';
    for (;;) {
      if (phase === LINE) {
        if (at < stop && stop + BEHIND <= bytes.length) at = this.#scanFast(bytes, view, at, stop);
        if (at >= stop) break;
        if (bytes[at] === CR) {
          at += 1;
          phase = LAST_LF;
        } else {
          this.#nameStart = at;
          state = 0;
          this.#hasDigits = 0;
          phase = NAME;
        }
      }
      if (phase === NAME) {
        while (at < stop) {
          const symbol = symbols[bytes[at] ?? 0] ?? 0;
          if (symbol < SEPARATOR) break;
          if (symbol > SEPARATOR) state = next[(state << 6) | symbol] ?? 0;
          at += 1;
        }
        if (at >= stop) break;
        if (bytes[at] !== COLON || at === this.#nameStart) {
          event = 'fault';
          break;
        }
        this.#nameEnd = at;
        at += 1;
        phase = GAP;
      }
      if (phase === GAP) {
        while (at < stop && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
        if (at >= stop) break;
        this.#valueStart = at;
        phase = VALUE;
      }
      if (phase === VALUE || phase === START) {
        const end = this.#textEnd(bytes, view, at, stop);
        if (end < 0) {
          at = -1 - end;
          break;
        }
        at = end;
        if (bytes[at] !== CR) {
          event = 'fault';
          break;
        }
        if (phase === START) {
          this.lineEnd = at;
          this.lineDigits = this.#hasDigits;
        } else {
          this.keep(bytes, [this.#nameStart, this.#nameEnd, this.#valueStart, at], accept[state] ?? 0, this.#hasDigits);
        }
        at += 1;
        phase = phase === START ? START_LF : VALUE_LF;
      }
      if (at >= stop) break;
      if (bytes[at] !== LF) {
        event = 'fault';
        break;
      }
      at += 1;
      if (phase === VALUE_LF) {
        phase = LINE;
      } else if (phase === START_LF) {
        phase = LINE;
        event = 'line';
        break;
      } else {
        phase = DONE;
        this.end = at;
        event = 'end';
        break;
      }
    }
    if (event === 'fault') {
      this.faultByte = bytes[at] ?? 0;
      this.faultAt = at;
    }
    this.#position = at;
    this.#phase = phase;
    this.#state = state;
    return event;
  }

  /**
   * Where the first control character other than a tab stands. -1 - p: there is none; p is where to go on, at most three bytes
   * before `stop`. Four bytes at a time: a loop over bytes costs three times as much.
   */
  #textEnd(bytes: Buffer, view: DataView, from: number, stop: number): number {
    const last = stop - 4;
    let at = from;
    while (at <= last) {
      const word = view.getInt32(at, true);
      const flipped = word ^ 0x7f7f7f7f;
      // The lowest bit that is set marks the first byte under 0x20, or DEL; borrows only reach the bytes behind it.
      const marks = (((word - 0x20202020) & ~word) | ((flipped - 0x01010101) & ~flipped)) & 0x80808080;
      if (marks === 0) {
        // A run of seven digits holds a whole word of them, wherever it begins.
        if ((word & 0xf0f0f0f0) === 0x30303030) this.#hasDigits = 1;
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(marks & -marks)) >> 3;
      if (bytes[at] !== TAB) return at;
      at += 1;
    }
    for (let i = at; i < stop; i += 1) {
      const byte = bytes[i] ?? 0;
      if ((byte < SPACE && byte !== TAB) || byte === DEL) return i;
    }
    return -1 - at;
  }

  /** Where it stopped; the byte behind the last one is 0 meanwhile. */
  #scanFast(bytes: Buffer, view: DataView, from: number, stop: number): number {
    const behind = bytes[stop] ?? 0;
    bytes[stop] = 0;
    const at = scanFields(this, this.#finder, { bytes, view, from, stop });
    bytes[stop] = behind;
    return at;
  }
}

/**
 * The lines of one kind of section for all connections of a process: most heads come whole, so that few are in use at a time,
 * and an idle connection costs none of them.
 */
export class LinePool {
  readonly limits: LineLimits;
  readonly #finder: LineFinder;
  readonly #free: HeadLines[] = [];
  #memory = new NameMemory(HTTP_NAMES);

  /** `finder`: of lines in the bytes that most of them come in. Default: byte by byte. */
  constructor(limits: LineLimits, finder: LineFinder = LINE_FINDER) {
    this.limits = limits;
    this.#finder = finder;
  }

  /** Of the sections that begin from now on. Default: http's own names. */
  get classes(): NameClasses {
    return this.#memory.classes;
  }

  set classes(classes: NameClasses) {
    this.#memory = new NameMemory(classes);
  }

  take(section: 'head' | 'trailers'): HeadLines {
    const lines = this.#free.pop() ?? new HeadLines(this.limits, HTTP_NAMES, this.#finder);
    lines.begin(section, this.#memory);
    return lines;
  }

  /** Whoever gives does not look at them again. */
  give(lines: HeadLines): void {
    lines.drop();
    if (this.#free.length < MOST_FREE) this.#free.push(lines);
  }
}

const MOST_FREE = 64;

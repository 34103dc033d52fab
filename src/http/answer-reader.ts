// Reads the answers of one connection: bytes in, events out. Framing is strict; the few repairs of a head's lines are counted.
// INVARIANT: an answer ends where Node's parser ends it, wherever both take it (test/fuzz), and how the bytes were cut
// changes nothing. It never throws.
import { CarelessHead, mayRepair, type Repair, repairedHead } from './answer-repair.js';
import { BodyReader } from './body-reader.js';
import type { HeadLines, LinePool } from './head-lines.js';
import { KNOWN } from './known-name.js';
import type { Framing, ResponseHead } from './message.js';
import { type AnswerFault, type ReadResponse, readResponse } from './response.js';
import { StatusLine } from './status-line.js';
import { decimalAt, isValue, isValueTight } from './value-bytes.js';

/**
 * `interim`: a whole 1xx, without a body; another answer follows. `head`: of the final answer. `body`: content in
 * `bytes[bodyStart, bodyEnd)` of the caller. `end`: whole; what stands behind `at` nobody asked for. `fault`: `fault` says why.
 */
export type AnswerEvent = 'more' | 'interim' | 'head' | 'body' | 'end' | 'fault';

/** `cut`: the connection ended before the answer did. */
export type AnswerReadFault = AnswerFault | 'too-many-interim' | 'unasked-101' | 'cut';

/** What a head of an answer may have at most: `new LinePool(ANSWER_LIMITS)`. */
export const ANSWER_LIMITS = { bytes: 65_536, fields: 256 } as const;

/** RFC 9110, section 15.2 lets a server send any number; a flood of them is an attack on the client. */
const MOST_INTERIM = 16;

const NONE: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
const CLOSE: Framing = { kind: 'close' };
const NO_REPAIRS: readonly Repair[] = [];
const bit = (known: number): number => 1 << known;
const CONNECTION = bit(KNOWN.connection);
const LENGTH = bit(KNOWN['content-length']);
const CODING = bit(KNOWN['transfer-encoding']);

const IDLE = 0;
const HEAD = 1;
const BODY = 2;
const FAULT = 3;

export class AnswerReader {
  /** Where the caller's bytes were left. */
  at = 0;
  /** Of a `body` event, in the caller's bytes. */
  bodyStart = 0;
  bodyEnd = 0;
  fault: AnswerReadFault = 'answer-syntax';

  /** From here on: of the last `interim` or `head`. */
  framing: Framing = NONE;
  /** What Content-Length said; null: nothing. With `none` it goes on to the client although no body comes. */
  declaredBytes: number | null = null;
  /** The destination closes, or cannot say that it will not (HTTP/1.0): the connection is not reused. */
  connectionClose = false;
  repairs: readonly Repair[] = NO_REPAIRS;
  /**
   * null: a canonical answer, which can be built on the bytes of `lines`: HTTP/1.1, no connection option but `close` and
   * `keep-alive`. Else what its strings say, nominated fields taken out.
   */
  unusual: ReadResponse | null = null;

  readonly #pool: LinePool;
  readonly #body: BodyReader;
  readonly #line = new StatusLine();
  #lines: HeadLines | null = null;
  #careless: CarelessHead | null = null;
  #phase = IDLE;
  #method = '';
  #interim = 0;

  constructor(pool: LinePool) {
    this.#pool = pool;
    this.#body = new BodyReader(pool);
  }

  /** A request with this method was sent: its answer is owed. Not for CONNECT: its answer has no end. */
  expect(method: string): void {
    this.#method = method;
    this.#interim = 0;
    this.#phase = HEAD;
  }

  /** The lines of the head, from `interim` or `head` until the next `read`. */
  get lines(): HeadLines {
    if (this.#lines === null) throw new Error('no head: its lines are there until the next read');
    return this.#lines;
  }

  get status(): number {
    return this.#line.status;
  }

  /** The head as strings, from `interim` or `head` until the next `read`. */
  head(): ResponseHead {
    const { lines } = this;
    const { status, version } = this.#line;
    return { status, version, reason: this.#line.reason(lines), fields: lines.fields() };
  }

  /** Reads `bytes[from, to)` up to the next event; again from `at` until `more`, `end` or `fault`. Nobody asked: `fault`. */
  read(bytes: Buffer, from: number, to: number): AnswerEvent {
    this.at = from;
    if (this.#phase === BODY) return this.#readBody(bytes, to);
    if (this.#phase === FAULT) return 'fault';
    if (from >= to) return 'more';
    if (this.#phase === IDLE) return this.#fail('answer-syntax');
    if (this.#careless !== null) return this.#readCareless(this.#careless, bytes, to);
    return this.#readHead(bytes, to);
  }

  /** The connection has no more bytes: true if nothing is owed, or the answer ends with it; else `fault` is `cut`. */
  finish(): boolean {
    if (this.#phase === IDLE || (this.#phase === BODY && this.#body.finish())) {
      this.#phase = IDLE;
      return true;
    }
    if (this.#phase !== FAULT) this.#fail('cut');
    return false;
  }

  #readHead(bytes: Buffer, to: number): AnswerEvent {
    // After an interim answer the old lines are still there, whole.
    if (this.#lines?.isWhole === true) this.#release();
    const lines = (this.#lines ??= this.#pool.take('head'));
    const { at: from } = this;
    let event = lines.read(bytes, from, to);
    if (event === 'line') {
      if (!this.#line.read(lines)) return this.#fail('answer-syntax');
      const { start } = lines;
      event = lines.goOn();
      if (event === 'more' && lines.start !== start) this.#line.read(lines);
    }
    this.at = lines.at;
    switch (event) {
      case 'more':
        return 'more';
      case 'end':
        return this.#judge(lines, this.#line.hasReason ? NO_REPAIRS : ['reason']);
      case 'size':
        return this.#fail('answer-size');
      case 'fault':
      case 'line':
        if (!mayRepair(lines.faultByte)) return this.#fail('answer-syntax');
        return this.#startCareless(lines, bytes, to);
      default:
        return event satisfies never;
    }
  }

  /** The lines are not as they must be, perhaps only careless: the whole head is needed to tell. */
  #startCareless(lines: HeadLines, bytes: Buffer, to: number): AnswerEvent {
    this.#careless = new CarelessHead(this.#pool.limits.bytes);
    this.#careless.take(lines.bytes, lines.start, lines.faultAt);
    this.#release();
    return this.#readCareless(this.#careless, bytes, to);
  }

  #readCareless(careless: CarelessHead, bytes: Buffer, to: number): AnswerEvent {
    const taken = careless.take(bytes, this.at, to);
    this.at += taken.bytes;
    if (!taken.isEnd) return careless.isFull ? this.#fail('answer-size') : 'more';
    this.#careless = null;
    return this.#readRepaired(repairedHead(careless.text()));
  }

  #readRepaired(repaired: ReturnType<typeof repairedHead>): AnswerEvent {
    if (repaired === undefined) return this.#fail('answer-syntax');
    const lines = this.#pool.take('head');
    this.#lines = lines;
    const bytes = Buffer.from(repaired.text, 'latin1');
    const isSound = lines.read(bytes, 0, bytes.length) === 'line' && this.#line.read(lines) && lines.goOn() === 'end';
    if (!isSound) return this.#fail('answer-syntax');
    return this.#judge(lines, this.#line.hasReason ? repaired.repairs : [...repaired.repairs, 'reason']);
  }

  #judge(lines: HeadLines, repairs: readonly Repair[]): AnswerEvent {
    if (lines.count > this.#pool.limits.fields) return this.#fail('answer-size');
    this.repairs = repairs;
    if (!this.#isCanonical(lines)) {
      const wrong = this.#judgeStrings(lines);
      if (wrong !== undefined) return this.#fail(wrong);
    }
    if (this.status === 101) return this.#fail('unasked-101');
    if (this.status < 200) {
      this.#interim += 1;
      return this.#interim > MOST_INTERIM ? this.#fail('too-many-interim') : 'interim';
    }
    this.#phase = BODY;
    this.#body.begin(this.framing);
    return 'head';
  }

  /** Also finds `framing`, `declaredBytes` and `connectionClose`; at most one length, without repairs. */
  #isCanonical(lines: HeadLines): boolean {
    const { present, repeated } = lines;
    if (this.#line.version !== '1.1' || (repeated & (CONNECTION | LENGTH | CODING)) !== 0) return false;
    this.unusual = null;
    this.connectionClose = false;
    if ((present & CONNECTION) !== 0) {
      const field = lines.firsts[KNOWN.connection] ?? 0;
      this.connectionClose = isValue(lines, field, 'close');
      if (!this.connectionClose && !isValue(lines, field, 'keep-alive')) return false;
    }
    this.declaredBytes = null;
    this.framing = CLOSE;
    if ((present & CODING) !== 0) {
      const field = lines.firsts[KNOWN['transfer-encoding']] ?? 0;
      if ((present & LENGTH) !== 0 || !isValue(lines, field, 'chunked') || !isValueTight(lines, field, true))
        return false;
      this.framing = CHUNKED;
    } else if ((present & LENGTH) !== 0) {
      const field = lines.firsts[KNOWN['content-length']] ?? 0;
      const length = decimalAt(lines, field);
      if (length < 0) return false;
      this.declaredBytes = length;
      this.framing = { kind: 'length', bytes: length };
    }
    const { status } = this.#line;
    if (this.#method === 'HEAD' || status < 200 || status === 204 || status === 304) this.framing = NONE;
    return true;
  }

  #judgeStrings(lines: HeadLines): AnswerFault | undefined {
    const read = readResponse(this.head(), this.#method);
    if (read.kind === 'fault') return read.fault;
    // Node's parser takes `chunked ` for another coding: then the answer would end with its connection.
    const hasCoding = (lines.present & CODING) !== 0;
    if (hasCoding && !isValueTight(lines, lines.firsts[KNOWN['transfer-encoding']] ?? 0, true)) return 'answer-framing';
    this.unusual = read;
    this.framing = read.framing;
    this.declaredBytes = read.declaredBytes;
    this.connectionClose = read.connectionClose;
    this.repairs = [...this.repairs, ...read.repairs];
    return undefined;
  }

  #readBody(bytes: Buffer, to: number): AnswerEvent {
    this.#release();
    const body = this.#body;
    const event = body.read(bytes, this.at, to);
    this.at = body.at;
    switch (event) {
      case 'more':
        return 'more';
      case 'body':
        this.bodyStart = body.bodyStart;
        this.bodyEnd = body.bodyEnd;
        return 'body';
      case 'end':
        this.#phase = IDLE;
        return 'end';
      case 'fault':
        return this.#fail('answer-framing');
      default:
        return event satisfies never;
    }
  }

  #fail(fault: AnswerReadFault): 'fault' {
    this.fault = fault;
    this.#phase = FAULT;
    this.#careless = null;
    this.#release();
    return 'fault';
  }

  #release(): void {
    if (this.#lines === null) return;
    this.#pool.give(this.#lines);
    this.#lines = null;
  }
}

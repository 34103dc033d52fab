// Reads the requests of one connection: bytes in, events out. It is the fast path's parser, and accepts a strict subset of what
// Node's accepts; every rule that is more than lines and framing is `readRequest`, which both paths share.
// INVARIANT: what is malformed is refused, never handed over, and how the bytes were cut changes nothing (test/fuzz).
import { type Authority, renderAuthority } from '../names/authority.js';
import { BodyReader } from './body-reader.js';
import type { HeadLines, LinePool } from './head-lines.js';
import { KNOWN } from './known-name.js';
import type { RequestHead } from './message.js';
import type { RefusalCode } from './refusal.js';
import { type ReadRequest, type Refusal, readRequest } from './request.js';
import type { RequestFraming } from './request-framing.js';
import { RequestLine } from './request-line.js';
import { decimalAt, isValueTight, isValue } from './value-bytes.js';

/** Why a well-formed request is the slow path's: the closed list, as `headgate_path_total` counts it. */
export type SlowReason = 'connect' | 'upgrade' | 'expect' | 'http-1.0';

/**
 * `more`: all bytes were taken, others are needed. `head`: whole and judged. `body`: content in `bytes[bodyStart, bodyEnd)` of
 * the caller. `end`: the request is whole; the next `read` begins another. `refused`: `refusal` says why, for ever.
 */
export type RequestEvent = 'more' | 'head' | 'body' | 'end' | 'refused';

/** What the readers of a listener share. */
export interface RequestReading<A extends Authority> {
  /** Its limits are those of a head: `limits.headBytes`, `limits.fields`. */
  readonly pool: LinePool;
  /** `parseAuthority(text, 80)` and what the caller keeps with it; undefined: no authority. Asked for each request. */
  /** The same of a text in `bytes[start, end)`, for who remembers what came lately; `view`: of the same bytes. */
  readonly authorityAt?: (bytes: Buffer, view: DataView, start: number, end: number) => A | undefined;
  readonly authorityOf: (text: string) => A | undefined;
}

const LF = 0x0a;
const CR = 0x0d;
const NONE: RequestFraming = { kind: 'none' };
const CHUNKED: RequestFraming = { kind: 'chunked' };
const bit = (known: number): number => 1 << known;
const HOST = bit(KNOWN.host);
const CONNECTION = bit(KNOWN.connection);
const LENGTH = bit(KNOWN['content-length']);
const CODING = bit(KNOWN['transfer-encoding']);
const FORWARDS = bit(KNOWN['max-forwards']);
/** Where one of these stands, the strings are read. */
const UNUSUAL = bit(KNOWN.expect) | bit(KNOWN.upgrade);

const BETWEEN = 0;
const EMPTY_LINE = 1;
const HEAD = 2;
const BODY = 3;
const REFUSED = 4;

export class RequestReader<A extends Authority = Authority> {
  /** Where the caller's bytes were left: the first byte that belongs to what comes next. */
  at = 0;
  /** Of a `body` event, in the caller's bytes. */
  bodyStart = 0;
  bodyEnd = 0;
  refusal: RefusalCode = 'syntax';
  /** Of a refusal: an answer that is owed instead of an error. */
  local: Refusal['local'] = null;

  /** From here on: of the last `head`. null: fast. */
  slow: SlowReason | null = null;
  framing: RequestFraming = NONE;
  /** The client says that this request is its last. */
  closes = false;
  /**
   * null: a canonical request, which can be planned and built on the bytes of `lines`: origin-form, HTTP/1.1, one Host, no
   * connection option but `close` and `keep-alive`. Else what its strings say, which may differ from the bytes (`path`, and
   * Max-Forwards among `fields`).
   */
  unusual: ReadRequest | null = null;

  readonly #reading: RequestReading<A>;
  readonly #body: BodyReader;
  readonly #line = new RequestLine();
  #authority: A | undefined;
  #lines: HeadLines | null = null;
  #phase = BETWEEN;

  constructor(reading: RequestReading<A>) {
    this.#reading = reading;
    this.#body = new BodyReader(reading.pool);
  }

  /** No byte of a request came since the last one was whole; empty lines are none. */
  get isBetween(): boolean {
    return this.#phase === BETWEEN || this.#phase === EMPTY_LINE;
  }

  /** The lines of the head, from `head` until the next `read`. The start line is not among the fields. */
  get lines(): HeadLines {
    if (this.#lines === null) throw new Error('no head: its lines are there until the next read');
    return this.#lines;
  }

  get method(): string {
    return this.#line.method;
  }

  /** Of a canonical request: where its path stands in the bytes of `lines`. */
  get pathStart(): number {
    return this.#line.targetStart;
  }

  get pathEnd(): number {
    return this.#line.targetEnd;
  }

  /** The one that is judged and connected to, as `authorityOf` gave it. */
  get authority(): A {
    if (this.#authority === undefined) throw new Error('no head was read');
    return this.#authority;
  }

  /** Between two requests: what the caller keeps with the last one's authority is not kept alive by this reader any more. */
  forget(): void {
    this.#authority = undefined;
  }

  /** The head as strings, from `head` until the next `read`: for whoever plans on them. */
  head(): RequestHead {
    const { lines } = this;
    const { method, targetStart, targetEnd, version } = this.#line;
    return { method, target: lines.bytes.toString('latin1', targetStart, targetEnd), version, fields: lines.fields() };
  }

  /**
   * Reads `bytes[from, to)` up to the next event; again from `at` until `more`. The bytes of a head stay as they are until the
   * next call. Never throws. What is behind a head of the slow path is not for this reader.
   */
  read(bytes: Buffer, from: number, to: number): RequestEvent {
    this.at = from;
    if (this.#phase === BODY) return this.#readBody(bytes, from, to);
    if (this.#phase === REFUSED) return 'refused';
    if (this.#phase !== HEAD && !this.#skipEmptyLines(bytes, to)) return this.#refuse('syntax');
    if (this.at >= to) return 'more';
    if (this.#phase !== HEAD) {
      this.#phase = HEAD;
      this.#lines = this.#reading.pool.take('head');
    }
    return this.#readHead(bytes, to);
  }

  /** The client ends its side: true between requests, else `refusal` says why it cannot be answered. */
  finish(): boolean {
    if (this.isBetween || (this.#phase === BODY && this.#body.finish())) return true;
    if (this.#phase !== REFUSED) this.#refuse('syntax');
    return false;
  }

  /** RFC 9112, section 2.2: empty lines in front of a request. */
  #skipEmptyLines(bytes: Buffer, to: number): boolean {
    while (this.at < to) {
      const byte = bytes[this.at];
      if (this.#phase === EMPTY_LINE) {
        if (byte !== LF) return false;
        this.#phase = BETWEEN;
      } else {
        if (byte !== CR) return true;
        this.#phase = EMPTY_LINE;
      }
      this.at += 1;
    }
    return true;
  }

  #readHead(bytes: Buffer, to: number): RequestEvent {
    const { lines } = this;
    let event = lines.read(bytes, this.at, to);
    if (event === 'line') {
      const wrong = this.#line.read(lines);
      if (wrong !== undefined) {
        this.at = lines.at;
        return this.#refuse(wrong);
      }
      // The line moves where the bytes become ours: what was read of it is read again then.
      const { start } = lines;
      event = lines.goOn();
      if (event === 'more' && lines.start !== start) this.#line.read(lines);
    }
    this.at = lines.at;
    switch (event) {
      case 'more':
        return 'more';
      case 'end':
        break;
      case 'size':
        return this.#refuse('head-size');
      case 'fault':
      case 'line':
        return this.#refuse('syntax');
      default:
        event satisfies never;
    }
    const wrong = this.#judge(lines);
    if (wrong !== undefined) return this.#refuse(wrong);
    this.#phase = BODY;
    this.#body.begin(this.framing);
    return 'head';
  }

  #readBody(bytes: Buffer, from: number, to: number): RequestEvent {
    this.#release();
    const body = this.#body;
    const event = body.read(bytes, from, to);
    this.at = body.at;
    switch (event) {
      case 'more':
        return 'more';
      case 'body':
        this.bodyStart = body.bodyStart;
        this.bodyEnd = body.bodyEnd;
        return 'body';
      case 'end':
        this.#phase = BETWEEN;
        return 'end';
      case 'fault':
        return this.#refuse(body.fault);
      default:
        return event satisfies never;
    }
  }

  /** On the bytes where nothing is unusual; else on strings, by the rules that the slow path has. */
  #judge(lines: HeadLines): RefusalCode | undefined {
    const { pool, authorityOf, authorityAt } = this.#reading;
    if (lines.count > pool.limits.fields) return 'field-count';
    this.local = null;
    if (!this.#isCanonical(lines)) return this.#judgeStrings(lines);
    this.unusual = null;
    this.slow = null;
    const host = 4 * (lines.firsts[KNOWN.host] ?? 0) + 2;
    const { bytes, view, offsets } = lines;
    const [start, end] = [offsets[host] ?? 0, offsets[host + 1] ?? 0];
    this.#authority =
      authorityAt === undefined
        ? authorityOf(bytes.toString('latin1', start, end))
        : authorityAt(bytes, view, start, end);
    return this.#authority === undefined ? 'host' : undefined;
  }

  /** Also finds `framing` and `closes`. */
  #isCanonical(lines: HeadLines): boolean {
    const { present, repeated } = lines;
    const line = this.#line;
    if (line.version !== '1.1' || line.method === 'CONNECT' || line.method === 'TRACE' || !line.isOrigin) {
      return false;
    }
    if ((present & (UNUSUAL | HOST)) !== HOST || (repeated & (HOST | LENGTH | CODING | CONNECTION)) !== 0) return false;
    if ((present & FORWARDS) !== 0 && line.method === 'OPTIONS') return false;
    this.closes = false;
    if ((present & CONNECTION) !== 0) {
      const field = lines.firsts[KNOWN.connection] ?? 0;
      this.closes = isValue(lines, field, 'close');
      if (!this.closes && !isValue(lines, field, 'keep-alive')) return false;
    }
    this.framing = NONE;
    if ((present & (LENGTH | CODING)) === 0) return true;
    if ((present & LENGTH) === 0) {
      this.framing = CHUNKED;
      const field = lines.firsts[KNOWN['transfer-encoding']] ?? 0;
      return isValue(lines, field, 'chunked') && isValueTight(lines, field, true);
    }
    const field = lines.firsts[KNOWN['content-length']] ?? 0;
    const length = decimalAt(lines, field);
    if ((present & CODING) !== 0 || length < 0 || !isValueTight(lines, field, false)) return false;
    this.framing = { kind: 'length', bytes: length };
    return true;
  }

  #judgeStrings(lines: HeadLines): RefusalCode | undefined {
    const { bytes: headBytes, fields } = this.#reading.pool.limits;
    const read = readRequest(this.head(), { headBytes, fields });
    if (read.kind === 'refusal') {
      this.local = read.local;
      return read.code;
    }
    if (!isFramingTight(lines, read.framing)) return 'framing';
    this.unusual = read;
    this.slow = slowReasonOf(read, (lines.present & bit(KNOWN.expect)) !== 0);
    this.framing = read.framing;
    this.closes = read.version === '1.0' || read.options.includes('close');
    this.#authority = this.#reading.authorityOf(renderAuthority(read.authority, 80));
    return this.#authority === undefined ? 'host' : undefined;
  }

  #refuse(code: RefusalCode): 'refused' {
    this.refusal = code;
    this.#phase = REFUSED;
    this.#release();
    return 'refused';
  }

  #release(): void {
    if (this.#lines === null) return;
    this.#reading.pool.give(this.#lines);
    this.#lines = null;
  }
}

/** Node's parser takes `chunked ` for another coding, and refuses a tab behind a length. */
function isFramingTight(lines: HeadLines, framing: RequestFraming): boolean {
  if (framing.kind === 'none') return true;
  const isChunked = framing.kind === 'chunked';
  const known = isChunked ? KNOWN['transfer-encoding'] : KNOWN['content-length'];
  return isValueTight(lines, lines.firsts[known] ?? 0, isChunked);
}

function slowReasonOf(read: ReadRequest, hasExpectation: boolean): SlowReason | null {
  if (read.form === 'authority') return 'connect';
  if (read.webSocketKey !== null) return 'upgrade';
  if (read.version === '1.0') return 'http-1.0';
  return hasExpectation ? 'expect' : null;
}

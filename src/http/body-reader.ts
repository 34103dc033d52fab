// Where a body's content stands in the bytes of its connection, and where it ends (RFC 9112, sections 6.3 and 7.1). Chunks are
// decoded, never passed on: size lines, extensions and trailers stay here, whoever writes frames anew.
import { ChunkSize } from './chunk-size.js';
import type { HeadLines, LinePool } from './head-lines.js';
import type { Framing } from './message.js';
import { checkTrailers } from './trailers.js';

/** `body`: content in `bytes[bodyStart, bodyEnd)` of the caller. `end`: whole, `at` is the first byte behind it. */
export type BodyEvent = 'more' | 'body' | 'end' | 'fault';

/** `framing`: bad chunks; `trailer`: malformed, or one that frames; the others: more than there may be. */
export type BodyFault = 'framing' | 'chunk-extensions' | 'trailer' | 'head-size' | 'field-count';

const LF = 0x0a;
const CR = 0x0d;

const WHOLE = 0;
const LENGTH = 1;
const CLOSE = 2;
const SIZE = 3;
const CHUNK = 4;
const CHUNK_CR = 5;
const CHUNK_LF = 6;
const TRAILERS = 7;
const FIELDS = 8;
const LAST_LF = 9;

export class BodyReader {
  /** Where the caller's bytes were left. */
  at = 0;
  bodyStart = 0;
  bodyEnd = 0;
  fault: BodyFault = 'framing';
  readonly #pool: LinePool;
  #phase = WHOLE;
  /** Of the length or of the chunk. */
  #left = 0;
  #size: ChunkSize | null = null;
  #lines: HeadLines | null = null;

  /** `pool`: for trailers, whose limits are those of its lines. */
  constructor(pool: LinePool) {
    this.#pool = pool;
  }

  begin(framing: Framing): void {
    switch (framing.kind) {
      case 'none':
        this.#phase = WHOLE;
        break;
      case 'length':
        this.#left = framing.bytes;
        this.#phase = framing.bytes === 0 ? WHOLE : LENGTH;
        break;
      case 'close':
        this.#phase = CLOSE;
        break;
      case 'chunked':
        this.#size ??= new ChunkSize();
        this.#size.begin();
        this.#phase = SIZE;
        break;
      default:
        framing satisfies never;
    }
  }

  /** The connection has no more bytes: whether that is the end of this body. Gives back what it holds. */
  finish(): boolean {
    this.#release();
    return this.#phase === WHOLE || this.#phase === CLOSE;
  }

  /** Reads `bytes[from, to)`; after `body` and `more` again from `at`. After `end` and `fault` not before `begin`. */
  read(bytes: Buffer, from: number, to: number): BodyEvent {
    this.at = from;
    for (;;) {
      if (this.#phase === WHOLE) return 'end';
      if (this.at >= to) return 'more';
      switch (this.#phase) {
        case LENGTH:
          this.#take(to);
          if (this.#left === 0) this.#phase = WHOLE;
          return 'body';
        case CLOSE:
          this.#left = to - this.at;
          this.#take(to);
          return 'body';
        case CHUNK:
          this.#take(to);
          if (this.#left === 0) this.#phase = CHUNK_CR;
          return 'body';
        case SIZE:
          if (!this.#readSize(bytes, to)) return 'fault';
          break;
        case FIELDS:
          if (!this.#readTrailers(bytes, to)) return 'fault';
          break;
        case TRAILERS:
          // Nearly always there are none.
          if (bytes[this.at] === CR) {
            this.at += 1;
            this.#phase = LAST_LF;
          } else {
            this.#lines = this.#pool.take('trailers');
            this.#phase = FIELDS;
          }
          break;
        default:
          if (!this.#step(bytes[this.at] ?? 0)) return 'fault';
          this.at += 1;
      }
    }
  }

  #take(to: number): void {
    this.bodyStart = this.at;
    this.bodyEnd = Math.min(to, this.at + this.#left);
    this.#left -= this.bodyEnd - this.at;
    this.at = this.bodyEnd;
  }

  /** The bytes that stand alone: the CRLF behind a chunk, and the LF of the blank line at the end. */
  #step(byte: number): boolean {
    if (byte !== (this.#phase === CHUNK_CR ? CR : LF)) return this.#fail('framing');
    if (this.#phase === CHUNK_CR) {
      this.#phase = CHUNK_LF;
    } else if (this.#phase === CHUNK_LF) {
      this.#size?.next();
      this.#phase = SIZE;
    } else {
      this.#phase = WHOLE;
    }
    return true;
  }

  #readSize(bytes: Buffer, to: number): boolean {
    const line = (this.#size ??= new ChunkSize());
    const event = line.read(bytes, this.at, to);
    this.at = line.at;
    if (event === 'more') return true;
    if (event !== 'end') return this.#fail(event);
    this.#left = line.size;
    this.#phase = line.size === 0 ? TRAILERS : CHUNK;
    return true;
  }

  #readTrailers(bytes: Buffer, to: number): boolean {
    const lines = (this.#lines ??= this.#pool.take('trailers'));
    const event = lines.read(bytes, this.at, to);
    this.at = lines.at;
    if (event === 'more') return true;
    if (event === 'size') return this.#fail('head-size');
    if (event === 'fault') return this.#fail('trailer');
    if (lines.count > this.#pool.limits.fields) return this.#fail('field-count');
    const wrong = checkTrailers(lines.fields());
    if (wrong !== undefined) return this.#fail(wrong);
    this.#release();
    this.#phase = WHOLE;
    return true;
  }

  #fail(fault: BodyFault): false {
    this.fault = fault;
    this.#release();
    return false;
  }

  #release(): void {
    if (this.#lines !== null) this.#pool.give(this.#lines);
    this.#lines = null;
  }
}

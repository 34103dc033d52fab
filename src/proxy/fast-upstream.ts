// One upstream connection of the fast path: carries one request at a time and reads its answer from the bytes.
// INVARIANT: bytes that nobody asked for, and an answer that did not end exactly, close it (test/wire: pool).
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { AnswerReader, type AnswerReadFault } from '../http/answer-reader.js';
import type { LinePool } from '../http/head-lines.js';
import type { IdleEntry } from './idle-order.js';
import type { Bucket, Maker, Pool, Pooled } from './pool.js';
import { SLAB_BYTES } from './slab.js';
import { SocketWriter } from './socket-writer.js';
import { type Receiver, Tap } from './tap.js';
import type { Turn } from './turn.js';

/** The exchange that a connection carries. */
export interface AnswerTarget {
  /** Paused when the client has enough. */
  readonly clientTap: Tap;
  /** Bytes came: what they bring is put together for the client until `answerPaused` or the end. */
  answerResumed(): void;
  interim(reader: AnswerReader): void;
  /** false: the answer is not wanted any more. */
  answerHead(reader: AnswerReader): boolean;
  answerBody(bytes: Buffer, from: number, to: number): void;
  /** All of one read was handed over. */
  answerPaused(): void;
  /** `isExact`: not a byte stands behind it. The connection was not given back. */
  answerEnded(isExact: boolean): void;
  answerFailed(why: AnswerReadFault | 'cut-off', noByteCame: boolean): void;
}

/** What all upstream connections of a process share. */
export interface UpstreamsOf {
  readonly pool: Pool;
  readonly lines: LinePool;
  readonly turn: Turn;
}

export class FastUpstream extends SocketWriter implements Pooled, Receiver {
  readonly kind = 'fast';
  readonly address: string;
  readonly bornMs: number;
  readonly tap: Tap;
  owner: object | null = null;
  isUsable = true;
  idleSinceMs = 0;
  bucket: Bucket | null = null;
  idleOlder: IdleEntry | null = null;
  idleNewer: IdleEntry | null = null;
  /** Requests that it has carried. */
  requests = 0;
  readonly isVerifiedTls: boolean;
  readonly #reader: AnswerReader;
  readonly #pool: Pool;
  readonly #turn: Turn;
  #target: AnswerTarget | null = null;
  #hasBytes = false;
  #isBody = false;

  constructor(parts: { socket: Socket; address: string; nowMs: number; tap: Tap | null; of: UpstreamsOf }) {
    super(parts.socket, parts.tap);
    const { socket, address, nowMs, tap } = parts;
    this.address = address;
    this.bornMs = nowMs;
    this.#pool = parts.of.pool;
    this.#turn = parts.of.turn;
    this.#reader = new AnswerReader(parts.of.lines);
    this.isVerifiedTls = socket instanceof TLSSocket && socket.authorized;
    this.tap = tap ?? Tap.byEvents(socket, this);
    if (tap !== null) tap.attach(socket, this);
    socket.on('error', this.#onEnd);
    socket.on('end', this.#onFin);
    socket.on('close', this.#onEnd);
  }

  protected get source(): Tap | null {
    return this.#target?.clientTap ?? null;
  }

  /** The answer that comes now is this exchange's. */
  carry(target: AnswerTarget, method: string): void {
    this.#target = target;
    this.#hasBytes = false;
    this.requests += 1;
    this.#reader.expect(method);
  }

  /** Nobody wants the rest: it is closed. */
  drop(): void {
    this.isUsable = false;
    this.#target = null;
    this.#pool.discard(this);
  }

  /**
   * After a whole answer: to the pool where all of its request is out. What is written to TLS is known to be out only when this turn
   * ends, which an answer can overtake.
   */
  giveBack(nowMs: number): void {
    if (this.unsent === 0) return this.#pool.release(this, nowMs);
    setImmediate(() => {
      if (this.unsent === 0) this.#pool.release(this);
      else this.#pool.discard(this);
    });
  }

  rest(nowMs: number): void {
    this.idleSinceMs = nowMs;
  }

  takesChunks(): boolean {
    return this.#isBody;
  }

  received(bytes: Buffer, to: number): void {
    if (this.#target === null) return this.#unasked();
    this.#turn.readBegan();
    this.#read(this.#target, bytes, to);
    this.#turn.readEnded();
  }

  #read(asker: AnswerTarget, bytes: Buffer, to: number): void {
    this.#hasBytes = true;
    asker.answerResumed();
    const reader = this.#reader;
    let at = 0;
    for (;;) {
      const target: AnswerTarget | null = this.#target;
      if (target === null) return;
      const event = reader.read(bytes, at, to);
      at = reader.at;
      switch (event) {
        case 'more':
          // A read that filled the slab within a body: more of the kind will come.
          if (this.#isBody && to === SLAB_BYTES) this.tap.widen();
          return target.answerPaused();
        case 'interim':
          target.interim(reader);
          break;
        case 'head':
          this.#isBody = true;
          if (!target.answerHead(reader)) return;
          break;
        case 'body':
          target.answerBody(bytes, reader.bodyStart, reader.bodyEnd);
          break;
        case 'end':
          return this.#ended(target, at === to);
        case 'fault':
          return this.#failed(reader.fault);
        default:
          event satisfies never;
      }
    }
  }

  #ended(target: AnswerTarget, isExact: boolean): void {
    this.#target = null;
    this.#isBody = false;
    this.tap.narrow();
    target.answerEnded(isExact);
  }

  #unasked(): void {
    this.isUsable = false;
    this.#pool.discard(this);
  }

  #failed(why: AnswerReadFault | 'cut-off'): void {
    const target = this.#target;
    this.#target = null;
    this.#isBody = false;
    this.isUsable = false;
    this.#pool.discard(this);
    target?.answerFailed(why, !this.#hasBytes);
  }

  readonly #onFin = (): void => {
    const target = this.#target;
    this.isUsable = false;
    if (target === null) return this.#pool.discard(this);
    if (!this.#hasBytes || !this.#reader.finish()) return this.#failed('cut-off');
    target.answerResumed();
    this.#ended(target, false);
  };

  readonly #onEnd = (): void => {
    this.isUsable = false;
    this.wasClosed();
    this.tap.release();
    if (this.#target !== null) this.#failed('cut-off');
  };
}

/** How the fast path makes its connections. */
export function fastConnections(of: UpstreamsOf): Maker<FastUpstream> {
  return {
    kind: 'fast',
    isTapped: true,
    make: (socket, address, nowMs, tap) => new FastUpstream({ socket, address, nowMs, tap, of }),
  };
}

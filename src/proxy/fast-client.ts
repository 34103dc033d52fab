// One client connection of the fast path: reads its requests from the bytes, one at a time, and answers them in order.
// INVARIANT: after a closing answer nothing more of this connection is executed, and no byte is read twice or lost when a
// request waits for its connection (test/wire: bytes behind a refused request, order).
import type { Socket } from 'node:net';
import { RequestReader } from '../http/request-reader.js';
import type { RefusalCode } from '../http/refusal.js';
import type { Answering, ClientSide } from './client-side.js';
import type { Waiting } from './deadlines.js';
import type { FastDestination, FastDestinations } from './fast-destination.js';
import { FastExchange } from './fast-exchange.js';
import type { FastHome } from './fast-home.js';
import type { FastSlots } from './fast-shared.js';
import { disown, own, type SocketOwner } from './owned-socket.js';
import { Linger, LINGER_MS } from './linger.js';
import { PeerJudgement } from './peer-judgement.js';
import { type OwnAnswer, renderOwnAnswer } from './refusal-answer.js';
import type { Origin } from './running.js';
import { SLAB_BYTES } from './slab.js';
import { SocketWriter } from './socket-writer.js';
import { type Receiver, Tap } from './tap.js';

/** Bytes read ahead of the request in work; then the socket is paused. */
const MOST_AHEAD = 65_536;
const NOTHING: Buffer = Buffer.alloc(0);

export class FastClient extends SocketWriter implements Receiver, Waiting, ClientSide, SocketOwner {
  deadlineMs: number;
  readonly tap: Tap;
  readonly listener: string;
  readonly slots: FastSlots;
  readonly #home: FastHome<FastClient>;
  readonly peer: string;
  #reader: RequestReader<FastDestination>;
  #exchange: FastExchange | null = null;
  /** Read and not yet used: behind the request in work, or of one that waits. */
  #held: Buffer = NOTHING;
  #isHolding = false;
  /** It has not read its answers, and a request waits for that. */
  #isFull = false;
  #hasEnded = false;
  /** The answer that is written now is the last. */
  #isClosing = false;
  #isLingering = false;
  #lingerer: Linger | null = null;
  #movedBytes = -1;
  readonly #judgement: PeerJudgement;

  constructor(socket: Socket, tap: Tap | null, home: FastHome<FastClient>) {
    super(socket, tap);
    this.#home = home;
    this.listener = home.name;
    this.slots = home.slots;
    this.peer = socket.remoteAddress ?? '';
    this.#judgement = new PeerJudgement(home.fast.shared.running, home.name, this.peer);
    this.#reader = new RequestReader(home.reading);
    this.deadlineMs = home.fast.turn.nowMs + home.limits.headTimeoutMs;
    if (tap === null) {
      this.tap = Tap.byEvents(socket, this);
    } else {
      this.tap = tap;
      tap.attach(socket, this);
    }
    own(socket, this);
  }

  protected get source(): Tap | null {
    return this.#exchange?.upstream?.tap ?? null;
  }

  get isPlain(): boolean {
    return this.#home.isPlain;
  }

  get destinations(): FastDestinations {
    return this.#home.destinations;
  }

  get origin(): Origin {
    return this.#judgement.origin;
  }

  get isAllowed(): boolean {
    return this.#judgement.isAllowed;
  }

  /** A request is in work. */
  get isBusy(): boolean {
    return this.#exchange !== null || this.#isLingering;
  }

  /** No request can come behind the one in work. */
  get isLast(): boolean {
    return this.#isClosing || this.#reader.closes || (this.#hasEnded && this.#held.length === 0);
  }

  /** The answer that is written now is the last. */
  closing(): void {
    this.#isClosing = true;
  }

  takesChunks(): boolean {
    return this.#exchange !== null && !this.#isHolding && !this.#exchange.isRequestWhole;
  }

  received(bytes: Buffer, to: number): void {
    if (this.#isLingering) return this.#drop(to);
    if (this.#isHolding || this.#isFull) return this.#hold(bytes, 0, to);
    const { turn } = this.#home.fast;
    turn.readBegan();
    this.#work(bytes, 0, to);
    turn.readEnded();
  }

  /** A connection is there for the request that waits. */
  resume(): void {
    this.#isHolding = false;
    this.#reader = new RequestReader(this.#home.reading);
    this.#workHeld();
  }

  /** The request in work is sent once more; its bytes are these. */
  readAgain(raw: Buffer): void {
    this.#held = this.#held.length === 0 ? raw : Buffer.concat([raw, this.#held]);
    this.resume();
  }

  /** The answer to this exchange is written. */
  answered(exchange: Answering): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = null;
    if (!exchange.isRequestWhole) this.#isClosing = true;
    this.#next();
  }

  /** Nothing is in work and nothing will be: the gateway shuts down. */
  closeIfIdle(): void {
    if (this.#exchange === null && !this.#isLingering) this.destroy();
  }

  /** Answers without a request: too many connections, or shutting down. */
  refuseAtOnce(code: RefusalCode): void {
    this.#begin().refuse(code);
  }

  progress(nowMs: number): void {
    const exchange = this.#exchange;
    // Answers that are whole for us may still be read by it, slowly.
    const { unsent } = this;
    if (exchange === null && unsent === 0) return this.#reader.forget();
    const moved = exchange === null ? this.bytesWritten - unsent : exchange.moved;
    if (moved === this.#movedBytes) return;
    this.#movedBytes = moved;
    const isWaiting = exchange !== null && exchange.isRequestWhole && !exchange.isAnswered;
    const { limits } = this.#home;
    this.deadlineMs = nowMs + (isWaiting ? limits.responseTimeoutMs : limits.idleTimeoutMs);
  }

  expire(): void {
    if (this.#isLingering) return this.destroy();
    if (this.#exchange !== null) this.#exchange.expired();
    else if (this.#reader.isBetween && this.#hasAsked) this.destroy();
    else this.#begin().refuse('head-timeout');
    // Whatever follows has a limit too.
    if (this.socket.destroyed) return;
    this.deadlineMs = this.#home.fast.turn.nowMs + LINGER_MS;
    this.#home.watch(this);
  }

  #work(bytes: Buffer, from: number, to: number): void {
    const reader = this.#reader;
    let at = from;
    this.#exchange?.requestResumed();
    for (;;) {
      const exchange = this.#exchange;
      if (exchange?.isRequestWhole === true || this.#isClosing) {
        if (at < to && !this.#isClosing) this.#hold(bytes, at, to);
        return;
      }
      const event = reader.read(bytes, at, to);
      at = reader.at;
      switch (event) {
        case 'more':
          if (exchange !== null) this.#bodyGoesOn(to);
          else if (!reader.isBetween && this.#isFreshHead) this.#startHead();
          return;
        case 'head':
          if (!this.#depart(bytes, at, to)) return;
          break;
        case 'body':
          exchange?.requestBody(bytes, reader.bodyStart, reader.bodyEnd);
          break;
        case 'end':
          this.#requestEnded();
          break;
        case 'refused':
          return this.#refused(reader.refusal);
        default:
          event satisfies never;
      }
    }
  }

  /** All that was read is on its way. A read that filled the slab within a body: more of the kind will come. */
  #bodyGoesOn(to: number): void {
    this.#home.fast.requestBox.flush();
    if (to === SLAB_BYTES) this.tap.widen();
  }

  #isFreshHead = true;
  /** It has sent a request. */
  #hasAsked = false;

  /** A head has begun and must be whole in time. */
  #startHead(): void {
    this.#isFreshHead = false;
    this.deadlineMs = this.#home.fast.turn.nowMs + this.#home.limits.headTimeoutMs;
  }

  /** false: nothing more of these bytes is for us now. */
  #depart(bytes: Buffer, at: number, to: number): boolean {
    const reader = this.#reader;
    if (reader.slow !== null) {
      this.#handOver(bytes, at, to);
      return false;
    }
    const exchange = this.#exchange ?? this.#begin();
    switch (exchange.depart(reader)) {
      case 'sent':
        return true;
      case 'waits': {
        const { lines } = reader;
        this.#held = Buffer.concat([lines.bytes.subarray(lines.start, lines.end), bytes.subarray(at, to)]);
        this.#isHolding = true;
        return false;
      }
      case 'settled':
        return false;
      default:
        return false;
    }
  }

  #begin(): FastExchange {
    const { fast, limits } = this.#home;
    const exchange = new FastExchange(this, fast);
    this.#exchange = exchange;
    this.#hasAsked = true;
    this.#movedBytes = -1;
    this.deadlineMs = exchange.startedMs + limits.responseTimeoutMs;
    return exchange;
  }

  #requestEnded(): void {
    this.#exchange?.requestEnded();
    this.#home.fast.requestBox.flush();
    this.tap.narrow();
  }

  #refused(code: RefusalCode): void {
    const exchange = this.#exchange;
    if (exchange !== null) return exchange.requestFailed(code);
    if (this.#reader.local === 'options') return void this.#begin().answerOptions();
    this.#begin().refuse(code);
  }

  #handOver(bytes: Buffer, at: number, to: number): void {
    const { lines } = this.#reader;
    const head = lines.bytes.subarray(lines.start, lines.end);
    // What a socket said is given back to it only while its end was not read: else the answer would never come.
    if (!this.#home.hasSlowPath || this.#hasEnded) return void this.#begin().refuse('slow-path');
    const rest = Buffer.concat([head, bytes.subarray(at, to)]);
    this.#home.fast.turn.flush();
    this.#leave();
    this.#home.handOver(this.socket, this.tap, rest);
  }

  /** The socket is somebody else's from here on. */
  #leave(): void {
    const { socket } = this;
    disown(socket);
    this.#isClosing = true;
    this.#home.forget(this, true);
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const more = bytes.subarray(from, to);
    this.#held = this.#held.length === 0 ? Buffer.from(more) : Buffer.concat([this.#held, more]);
    if (this.#held.length > MOST_AHEAD) this.tap.pause();
  }

  #workHeld(): void {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = NOTHING;
    this.#work(held, 0, held.length);
    if (this.#held.length <= MOST_AHEAD && !this.#isHolding) this.tap.resume();
  }

  /** The answer before is written: on to the next request, or to the end. */
  #next(): void {
    const { fast, limits } = this.#home;
    if (this.#isClosing || fast.shared.isDraining) return fast.turn.later(this, '');
    this.deadlineMs = fast.turn.nowMs + limits.idleTimeoutMs;
    this.#isFreshHead = true;
    if (this.#held.length > 0 && this.isFullUp) return this.#awaitRoom();
    this.#goOn();
  }

  #goOn(): void {
    this.#workHeld();
    if (this.#hasEnded && this.#exchange === null) this.#finish();
  }

  /** Answers that it does not read are not piled up: its next request waits until there is room. */
  #awaitRoom(): void {
    this.#isFull = true;
    this.whenRoom(() => {
      this.#isFull = false;
      this.#goOn();
    });
  }

  /** An empty text stands for the end, behind everything that was written before it. */
  override emit(text: string): void {
    if (text === '') this.#linger();
    else super.emit(text);
  }

  answer(answer: OwnAnswer, exchange: Answering, isLast: boolean): void {
    const { fast } = this.#home;
    if (isLast || fast.shared.isDraining || this.isLast) this.#isClosing = true;
    fast.requestBox.drop();
    const text = renderOwnAnswer(answer, { closes: this.#isClosing, isHead: exchange.method === 'HEAD' });
    exchange.isAnswered = true;
    fast.turn.later(this, text);
    this.#exchange = null;
    this.#next();
  }

  /** The client has sent its FIN. */
  ended(): void {
    this.#hasEnded = true;
    if (this.#isLingering) return this.destroy();
    if (this.#isFull) return;
    if (this.#exchange === null || (!this.#exchange.isRequestWhole && !this.#isHolding)) this.#finish();
  }

  /** The connection is gone. */
  closed(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#isClosing = true;
    this.wasClosed();
    this.tap.release();
    exchange?.aborted();
    this.#home.forget(this, false);
  }

  /** The client sends nothing more. */
  #finish(): void {
    const exchange = this.#exchange;
    if (this.#reader.finish()) {
      if (exchange !== null) return;
      this.#isClosing = true;
      this.#home.fast.turn.later(this, '');
    } else if (exchange !== null) {
      exchange.requestFailed(this.#reader.refusal);
    } else {
      this.#begin().refuse(this.#reader.refusal);
    }
  }

  /** The last answer is written. Where the client may still be sending we end our side and read on for a while. */
  #linger(): void {
    if (this.#isLingering) return;
    this.#isLingering = true;
    const { socket } = this;
    this.isOver = true;
    // It said that it sends nothing more, and the kernel has the answer: a FIN follows it.
    if (this.#isDone && this.unsent === 0) return this.destroy();
    socket.end();
    if (this.#hasEnded || socket.destroyed) return socket.destroySoon();
    // What it has not read yet it may still read, at the pace that answers have.
    const isRead = this.unsent === 0;
    this.deadlineMs = this.#home.fast.turn.nowMs + (isRead ? LINGER_MS : this.#home.limits.idleTimeoutMs);
    this.#held = NOTHING;
    this.tap.resume();
  }

  /** The client said that this request is its last, and all of it was read and answered. */
  get #isDone(): boolean {
    return this.#reader.closes && this.#reader.isBetween && this.#held.length === 0;
  }

  #drop(bytes: number): void {
    this.#lingerer ??= new Linger();
    if (!this.#lingerer.takes(bytes)) this.destroy();
  }
}

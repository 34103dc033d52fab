// One client connection: who it is, and its requests one after the other, so that answers and refusals keep their order.
// INVARIANT: after a closing answer nothing more of this connection is executed (test/wire: bytes behind a refused request).
import type { Socket } from 'node:net';
import type { Reach } from './reach.js';
import type { Origin } from './running.js';

/** How much and how long we read from a client that we have already answered, so that the answer is not lost to a reset. */
const LINGER_BYTES = 1_048_576;
const LINGER_MS = 2_000;
/** Requests read ahead of the one in work; then the socket is paused. */
const MAX_PIPELINED = 32;

/** A piece of work on the connection; calls `done` when the next may begin. */
export type Turn = (done: () => void) => void;

/** What the settings in force say of the peer. */
interface Judged {
  readonly by: Reach;
  readonly origin: Origin;
  readonly isAllowed: boolean;
}

export class Client {
  readonly socket: Socket;
  readonly #listener: string;
  /** Kept: a socket that has closed no longer knows. */
  readonly #peer: string;
  readonly #inForce: { readonly reach: Reach };
  #judged: Judged;
  readonly #turns: Turn[] = [];
  #isBusy = false;
  #isClosing = false;
  #lingering = false;

  readonly #isSingle: boolean;

  /**
   * `inForce`: what judges the peer, at the first request and again whenever it was replaced. `isSingle`: the connection
   * closes behind its first answer.
   */
  constructor(socket: Socket, listener: string, inForce: { readonly reach: Reach }, isSingle = false) {
    this.socket = socket;
    this.#isSingle = isSingle;
    this.#listener = listener;
    this.#peer = socket.remoteAddress ?? '';
    this.#inForce = inForce;
    this.#judged = this.#judge(inForce.reach);
    // Node's server closes with destroySoon, which resets a client that is still sending: 0 of 20 slow clients then read
    // the answer, 20 of 20 this way (RFC 9112, section 9.6).
    socket.destroySoon = () => this.#linger();
    socket.once('close', () => (this.#turns.length = 0));
  }

  /** The address of the other end. */
  get peer(): string {
    return this.#peer;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** As the settings in force say: asked for each request, it may differ between two of one connection. */
  get origin(): Origin {
    return this.#now.origin;
  }

  /** False: a peer outside the listener's `clients`. */
  get isAllowed(): boolean {
    return this.#now.isAllowed;
  }

  get #now(): Judged {
    const { reach } = this.#inForce;
    if (this.#judged.by !== reach) this.#judged = this.#judge(reach);
    return this.#judged;
  }

  #judge(reach: Reach): Judged {
    const { isAllowed, trusted, as } = reach.peer(this.#listener, this.#peer);
    return { by: reach, origin: { listener: this.#listener, as, trusted }, isAllowed };
  }

  /** No request can come behind the one in work: it closes, or the client has sent its FIN. */
  get isLast(): boolean {
    return this.#isClosing || this.#isSingle || this.socket.readableEnded;
  }

  /** Runs `turn` when everything before it is answered; never after a closing answer. */
  enqueue(turn: Turn): void {
    if (this.#isClosing) return;
    this.#turns.push(turn);
    if (this.#turns.length > MAX_PIPELINED) this.socket.pause();
    this.#next();
  }

  /** The answer that is written now is the last. */
  close(): void {
    this.#isClosing = true;
    this.#turns.length = 0;
  }

  #next(): void {
    if (this.#isBusy) return;
    const turn = this.#turns.shift();
    if (turn === undefined) return;
    if (this.#turns.length === MAX_PIPELINED - 1) this.socket.resume();
    this.#isBusy = true;
    turn(() => {
      this.#isBusy = false;
      this.#next();
    });
  }

  #linger(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.close();
    const { socket } = this;
    socket.end();
    if (socket.readableEnded || socket.destroyed) {
      if (socket.writableFinished) socket.destroy();
      else socket.once('finish', () => socket.destroy());
      return;
    }
    const limit = socket.bytesRead + LINGER_BYTES;
    const check = setInterval(() => {
      if (socket.bytesRead > limit) socket.destroy();
    }, 50);
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      clearInterval(check);
      clearTimeout(timer);
    });
    socket.resume();
  }
}

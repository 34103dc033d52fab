// One client connection: who it is, and its requests one after the other, so that answers and refusals keep their order.
// INVARIANT: after a closing answer nothing more of this connection is executed (test/wire: bytes behind a refused request).
import type { Socket } from 'node:net';
import type { Origin } from './running.js';

/** How much and how long we read from a client that we have already answered, so that the answer is not lost to a reset. */
const LINGER_BYTES = 1_048_576;
const LINGER_MS = 2_000;
/** Requests read ahead of the one in work; then the socket is paused. */
const MAX_PIPELINED = 32;

/** A piece of work on the connection; calls `done` when the next may begin. */
export type Turn = (done: () => void) => void;

export class Client {
  readonly socket: Socket;
  readonly origin: Origin;
  /** False: a peer outside the listener's `clients`. */
  readonly isAllowed: boolean;
  readonly #turns: Turn[] = [];
  #isBusy = false;
  #isClosing = false;
  #lingering = false;

  constructor(socket: Socket, origin: Origin, isAllowed: boolean) {
    this.socket = socket;
    this.origin = origin;
    this.isAllowed = isAllowed;
    // Node's server closes with destroySoon, which resets a client that is still sending: 0 of 20 slow clients then read
    // the answer, 20 of 20 this way (RFC 9112, section 9.6).
    socket.destroySoon = () => this.#linger();
    socket.once('close', () => (this.#turns.length = 0));
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** No request can come behind the one in work: it closes, or the client has sent its FIN. */
  get isLast(): boolean {
    return this.#isClosing || this.socket.readableEnded;
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

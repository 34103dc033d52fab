// The writing half of a socket of the fast path: strings and large views, and the pause of whoever brings them while the
// socket has enough.
// INVARIANT: nobody stays paused for a socket that is closed, or whose bytes it brings no more (test/wire/pauses.test.ts).
import type { Socket } from 'node:net';
import type { Sink } from './outbox.js';
import type { Tap } from './tap.js';

export abstract class SocketWriter implements Sink {
  readonly socket: Socket;
  /** Nothing more can be written: it was ended or is closed. */
  protected isOver = false;
  #source: Tap | null = null;
  #awaitsRoom = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Closed: there will never be room. */
  protected wasClosed(): void {
    this.isOver = true;
    this.#goOn();
  }

  /** Who is paused when this socket has enough; null: nobody. */
  protected abstract get source(): Tap | null;

  get bytesRead(): number {
    return this.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.socket.bytesWritten;
  }

  destroy(): void {
    this.socket.destroy();
  }

  emit(text: string): void {
    if (this.isOver) return;
    if (!this.socket.write(text, 'latin1')) this.#pause(this.source);
  }

  write(bytes: Buffer, source: Tap, isLent: boolean): void {
    if (this.isOver) return;
    const { socket } = this;
    socket.write(bytes, () => {
      // Of two views of one read the later one is lent until it is out, and that of another read is not ours to give back.
      if (source.lent !== bytes) return;
      source.lent = null;
      if (this.#source !== source) source.resume();
    });
    if (socket.writableLength === 0) return;
    if (isLent) {
      source.lent = bytes;
      source.pause();
    }
    if (socket.writableNeedDrain) this.#pause(source);
  }

  /**
   * It brings nothing more for this socket, and goes on for others. What it lent stays as it is: it reads elsewhere from now on.
   */
  leave(source: Tap): void {
    if (this.#source === source) this.#source = null;
    source.resume();
  }

  #pause(source: Tap | null): void {
    if (source === null || this.#source !== null) return;
    this.#source = source;
    source.pause();
    if (this.#awaitsRoom) return;
    this.#awaitsRoom = true;
    this.socket.once('drain', () => this.#goOn());
  }

  #goOn(): void {
    const source = this.#source;
    this.#awaitsRoom = false;
    this.#source = null;
    source?.resume();
  }
}

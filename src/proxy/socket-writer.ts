// The writing half of a socket of the fast path: strings and large views, and the pause of whoever brings them while the
// socket has enough.
import type { Socket } from 'node:net';
import type { Sink } from './outbox.js';
import type { Tap } from './tap.js';

export abstract class SocketWriter implements Sink {
  readonly socket: Socket;
  /** Nothing more can be written: it was ended or is closed. */
  protected isOver = false;
  #source: Tap | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Who is paused when this socket has enough; null: nobody. */
  protected abstract get source(): Tap | null;

  emit(text: string): void {
    if (this.isOver) return;
    if (!this.socket.write(text, 'latin1')) this.#pause(this.source);
  }

  write(bytes: Buffer, source: Tap, isLent: boolean): void {
    if (this.isOver) return;
    const { socket } = this;
    socket.write(bytes, (error) => {
      if (error !== null && error !== undefined) return;
      if (isLent) source.isLent = false;
      if (isLent && this.#source !== source) source.resume();
    });
    if (socket.writableLength === 0) return;
    if (isLent) {
      source.isLent = true;
      source.pause();
    }
    if (socket.writableNeedDrain) this.#pause(source);
  }

  #pause(source: Tap | null): void {
    if (source === null || this.#source !== null) return;
    this.#source = source;
    source.pause();
    this.socket.once('drain', () => {
      const paused = this.#source;
      this.#source = null;
      paused?.resume();
    });
  }
}

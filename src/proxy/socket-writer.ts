// The writing half of a socket of the fast path: strings and large views, and the pause of whoever brings them while the
// socket has enough (RFC 9293, section 3.8.6 has the other half of it).
import type { Socket } from 'node:net';
import type { Sink } from './outbox.js';
import type { Tap } from './tap.js';

export abstract class SocketWriter implements Sink {
  readonly socket: Socket;
  #source: Tap | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Who is paused when this socket has enough; null: nobody. */
  protected abstract get source(): Tap | null;

  emit(text: string): void {
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return;
    if (!socket.write(text, 'latin1')) this.#pause(this.source);
  }

  write(bytes: Buffer, source: Tap, isLent: boolean): void {
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return;
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
    this.socket.once('drain', this.#onDrain);
  }

  readonly #onDrain = (): void => {
    const source = this.#source;
    this.#source = null;
    source?.resume();
  };
}

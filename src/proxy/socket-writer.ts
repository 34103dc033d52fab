// The writing half of a socket of the fast path: strings and large views, and the pause of whoever brings them while the
// socket has enough.
// INVARIANT: nobody stays paused for a socket that is closed, or whose bytes it brings no more (test/wire/pauses.test.ts).
import type { Socket } from 'node:net';
import { type Line, lineOf, type LineOwner } from './handle-seam.js';
import type { Sink } from './outbox.js';
import type { Tap } from './tap.js';

export abstract class SocketWriter implements Sink, LineOwner {
  readonly socket: Socket;
  /** Nothing more can be written: it was ended or is closed. */
  protected isOver = false;
  #source: Tap | null = null;
  #awaitsRoom = false;
  /** Null: a stream, as TLS is. */
  readonly #line: Line | null;
  /** What was written to the socket itself may not be out yet: what follows goes the same way. */
  #isBehind = false;
  #onRoom: (() => void) | null = null;

  /** `tap`: with it the socket was made; null: it is read by its events. */
  constructor(socket: Socket, tap: Tap | null) {
    this.socket = socket;
    this.#line = tap === null ? null : lineOf(socket, tap, this);
  }

  /** Bytes that were written and that the kernel has not taken. */
  get unsent(): number {
    const inLine = this.#line?.unsent ?? 0;
    return this.#line !== null && !this.#isBehind ? inLine : inLine + this.socket.writableLength;
  }

  /** It has more than it should wait with. */
  protected get isFullUp(): boolean {
    return this.socket.writableNeedDrain || (this.#line?.unsent ?? 0) > 0;
  }

  /** Once, when it `isFullUp` no more. */
  protected whenRoom(call: () => void): void {
    if (this.socket.writableNeedDrain) this.socket.once('drain', call);
    else this.#onRoom = call;
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
    if (this.#isBehind && this.socket.writableLength === 0) this.#isBehind = false;
    const isOut = this.#line === null || this.#isBehind ? this.#stream(text) : this.#line.write(text);
    if (!isOut) this.#pause(this.source);
  }

  #stream(text: string): boolean {
    // Who has no line is told of room by 'drain': a callback for each write would cost for nothing.
    if (this.#line === null) return this.socket.write(text, 'latin1');
    const hasRoom = this.socket.write(text, 'latin1', () => this.#wrote());
    this.#isBehind = this.socket.writableLength > 0;
    return hasRoom;
  }

  /** A write to the socket itself is out. */
  #wrote(): void {
    if (this.#line !== null && this.unsent === 0) this.hasRoom();
  }

  /** INVARIANT: whoever lent what stands behind the line in the socket's own queue is not resumed before that is out. */
  hasRoom(): void {
    if (this.socket.writableLength > 0) return;
    this.#goOn();
    const call = this.#onRoom;
    this.#onRoom = null;
    call?.();
  }

  write(bytes: Buffer, source: Tap, isLent: boolean): void {
    if (this.isOver) return;
    const { socket } = this;
    socket.write(bytes, () => {
      // Of two views of one read the later one is lent until it is out, and that of another read is not ours to give back.
      if (source.lent === bytes) {
        source.lent = null;
        if (this.#source !== source) source.resume();
      }
      this.#wrote();
    });
    if (socket.writableLength === 0) return;
    this.#isBehind = true;
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
    // What waits in a line says so itself.
    if (this.socket.writableNeedDrain) this.socket.once('drain', () => this.#goOn());
  }

  #goOn(): void {
    const source = this.#source;
    this.#awaitsRoom = false;
    this.#source = null;
    source?.resume();
  }
}

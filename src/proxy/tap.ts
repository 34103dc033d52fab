// The reading half of a socket of the fast path: bytes arrive in the slab, or in a private buffer while a large body lasts.
// It stands on the documented `onread` option of net.Socket; sockets without it (TLS, and accepted ones on the public API
// alone) are read by their 'data' events, with the same outcome for the receiver.
import type { Socket } from 'node:net';
import { forgetPrivateBuffer, givePrivateBuffer, takePrivateBuffer } from './private-buffers.js';
import { SLAB, SLAB_BYTES, SLAB_VIEW } from './slab.js';

export interface Receiver {
  /** `bytes[0, to)` came. They are valid during the call; `bytes === SLAB` are shared, others are this socket's own. */
  received(bytes: Buffer, to: number): void;
  /** Asked before each chunk that is not in the slab: false: it is wanted there, with room behind. */
  takesChunks(): boolean;
}

export class Tap {
  receiver: Receiver | null = null;
  /** The last view of the private buffer that was written, while the kernel has not taken all of it. Set by who wrote it. */
  lent: Buffer | null = null;
  /** Where the socket reads to; null: the slab. */
  #own: Buffer | null = null;
  #next: Buffer | null = null;
  #isPaused = false;
  #isHandedBack = false;
  #socket: Socket | null = null;

  /** For `new net.Socket` and `net.connect`. */
  readonly onread = {
    // Asked once at the start and after each read; what is no buffer leaves things as they are.
    buffer: (): Buffer => this.#nextBuffer() as Buffer,
    callback: (length: number): boolean => this.#called(length),
  };

  attach(socket: Socket, receiver: Receiver): void {
    this.#socket = socket;
    this.receiver = receiver;
  }

  /** For a socket that was not given `onread`. */
  static byEvents(socket: Socket, receiver: Receiver): Tap {
    const tap = new Tap();
    tap.attach(socket, receiver);
    tap.#onData = (chunk: Buffer) => tap.#take(chunk);
    socket.on('data', tap.#onData);
    return tap;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket?.resume();
  }

  /** A large body follows: from the next read on its bytes are this socket's own. No effect where chunks are anyway. */
  widen(): void {
    if (this.#own !== null || this.#next !== null || !this.#isOnread) return;
    this.#next = takePrivateBuffer() ?? null;
  }

  /** The large body is over: from the next read on the slab again. */
  narrow(): void {
    if (this.#next !== null && this.#next !== SLAB_VIEW) givePrivateBuffer(this.#next);
    this.#next = this.#own === null ? null : SLAB_VIEW;
  }

  /** From now on the socket is an ordinary stream: what it reads is copied to whoever listens for its 'data'. */
  handBack(): void {
    this.receiver = null;
    this.#isHandedBack = true;
    this.#isPaused = false;
    if (this.#onData !== null) this.#socket?.removeListener('data', this.#onData);
  }

  /** Closed: what it held goes back. */
  release(): void {
    if (this.#next !== null && this.#next !== SLAB_VIEW) givePrivateBuffer(this.#next);
    this.#giveOwn();
    this.#next = null;
  }

  /** INVARIANT: a buffer of which a view is still being written is nobody's again: it is left to the collector. */
  #giveOwn(): void {
    if (this.#own !== null) {
      if (this.lent !== null) forgetPrivateBuffer();
      else givePrivateBuffer(this.#own);
    }
    this.lent = null;
    this.#own = null;
  }

  #isOnread = false;

  #nextBuffer(): Buffer | null {
    const next = this.#next;
    if (!this.#isOnread) {
      this.#isOnread = true;
      return SLAB_VIEW;
    }
    if (next === null) return null;
    this.#next = null;
    this.#giveOwn();
    this.#own = next === SLAB_VIEW ? null : next;
    return next;
  }

  /** `length` bytes stand in the buffer, and somebody wants them. Which buffer is next; undefined: the same. */
  read(length: number): Buffer | undefined {
    this.receiver?.received(this.#own ?? SLAB, length);
    return this.#next === null ? undefined : (this.#nextBuffer() ?? undefined);
  }

  #called(length: number): boolean {
    if (this.#isHandedBack) {
      // As Node's own reading does it: false stops the reading until the stream wants more.
      return this.#socket?.push(Buffer.from(SLAB.subarray(0, length))) ?? true;
    }
    if (this.receiver === null) {
      // Nobody asked for bytes yet: whoever takes the socket sees that it is not fresh.
      this.#socket?.destroy();
      return true;
    }
    this.receiver.received(this.#own ?? SLAB, length);
    return !this.#isPaused;
  }

  #onData: ((chunk: Buffer) => void) | null = null;

  #take(chunk: Buffer): void {
    const { receiver } = this;
    if (receiver === null) return;
    if (receiver.takesChunks()) return receiver.received(chunk, chunk.length);
    for (let at = 0; at < chunk.length; at += SLAB_BYTES) {
      const length = chunk.copy(SLAB, 0, at, at + SLAB_BYTES);
      receiver.received(SLAB, length);
    }
  }
}

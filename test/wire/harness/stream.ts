// Long bodies as streams: made, framed and checked without being kept. A slow reader and a fast one are the same but for `pace`.
import type { Socket } from 'node:net';
import type { Pattern } from './pattern.js';

/** Most bytes of one write. */
const BLOCK = 65_536;

/** Writes `size` bytes of a pattern as fast as the peer takes them; `framed`: each write one chunk, and the last chunk. */
export async function pour(socket: Socket, pattern: Pattern, size: number, framed = false): Promise<void> {
  while (pattern.position < size && !socket.destroyed) {
    const bytes = pattern.next(Math.min(BLOCK, size - pattern.position));
    if (framed) socket.write(`${bytes.length.toString(16)}\r\n`);
    let isFree = socket.write(bytes);
    if (framed) isFree = socket.write('\r\n') && isFree;
    if (!isFree) await drained(socket);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  if (framed && !socket.destroyed) socket.write('0\r\n\r\n');
}

/** Resolves when the socket takes more, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

/** What one message on a socket brought: its head, and its body checked against a pattern as it comes. */
export class Sink {
  head = '';
  error: Error | null = null;
  /** The last chunk came: only of a body in chunks. */
  hasLastChunk = false;
  private readonly pattern: Pattern;
  private rest = Buffer.alloc(0);
  private isChunked = false;
  /** Of the chunk that is read. */
  private left = 0;

  /** Reads from now on. `before`: what was read already. */
  constructor(socket: Socket, pattern: Pattern, before: Buffer = Buffer.alloc(0)) {
    this.pattern = pattern;
    socket.on('data', (bytes: Buffer) => this.feed(bytes));
    socket.on('error', () => undefined);
    this.feed(before);
  }

  private feed(bytes: Buffer): void {
    try {
      this.take(this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]));
    } catch (error) {
      this.error ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  private take(all: Buffer): void {
    let at = 0;
    if (this.head === '') {
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return this.keep(all);
      at = end + 4;
      this.head = all.toString('latin1', 0, at);
      this.isChunked = /^transfer-encoding: chunked\r$/im.test(this.head);
    }
    this.keep(Buffer.alloc(0));
    if (!this.isChunked) return this.pattern.check(all.subarray(at));
    while (at < all.length) {
      if (this.left === 0) {
        const end = all.indexOf('\r\n', at + (all[at] === 13 ? 2 : 0));
        if (end < 0) return this.keep(all.subarray(at));
        this.left = Number.parseInt(all.toString('latin1', at, end).trim(), 16);
        at = end + 2;
        if (this.left === 0) {
          this.hasLastChunk = true;
          return;
        }
      }
      const part = all.subarray(at, at + this.left);
      this.pattern.check(part);
      this.left -= part.length;
      at += part.length;
    }
  }

  private keep(rest: Buffer): void {
    this.rest = Buffer.from(rest);
  }
}

/** Pauses and resumes the socket by turns as long as it is open, so that it reads far more slowly than it is written to. */
export function slowDown(socket: Socket): void {
  const timer = setInterval(() => (socket.isPaused() ? socket.resume() : socket.pause()), 3);
  socket.once('close', () => clearInterval(timer));
}

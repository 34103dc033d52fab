// One upstream connection: its socket, whose it is, and the look at each head before it leaves.
// INVARIANT: a head that `expectHead` did not allow is never written (test/wire: the egress rows).
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Framing } from '../http/message.js';
import { AnswerExtent } from './answer-extent.js';
import type { IdleEntry } from './idle-order.js';
import type { Bucket, Maker, Pooled } from './pool.js';

type WriteCallback = (error?: Error | null) => void;
type Chunk = string | Buffer;

/** What looks at a head: true lets it pass. */
export type HeadCheck = (head: Buffer) => boolean;

const BLANK_LINE = '\r\n\r\n';

export class UpstreamConnection implements Pooled {
  readonly kind = 'slow';
  idleOlder: IdleEntry | null = null;
  idleNewer: IdleEntry | null = null;
  bucket: Bucket | null = null;
  readonly socket: Socket;
  readonly address: string;
  readonly bornMs: number;
  /** Requests that it has carried. */
  requests = 0;
  /** The client that alone may use it (NTLM and Negotiate log in the connection); null: anybody's. */
  owner: object | null = null;
  /** Bytes came when none were owed: never used again. */
  isDirty = false;
  idleSinceMs = 0;
  #isAnswerOwed: () => boolean = () => false;
  #extent = new AnswerExtent();
  #check: HeadCheck | null = null;
  #held: Buffer[] = [];

  constructor(socket: Socket, address: string, nowMs: number) {
    this.socket = socket;
    this.address = address;
    this.bornMs = nowMs;
    this.#guardWrites();
    socket.on('data', this.#onData);
    // Errors reach whoever uses the connection; an idle one must not end the process.
    socket.on('error', () => undefined);
  }

  get isUsable(): boolean {
    return !this.isDirty && this.socket.writable && this.socket.readable;
  }

  get isVerifiedTls(): boolean {
    return this.socket instanceof TLSSocket && this.socket.authorized;
  }

  /** The next bytes written are a request head: held until the blank line, looked at, then written or never. */
  expectHead(check: HeadCheck, isAnswerOwed: () => boolean): void {
    this.#check = check;
    this.#isAnswerOwed = isAnswerOwed;
    this.#extent = new AnswerExtent();
    this.requests += 1;
  }

  /** Idle: any byte that comes now makes it dirty. */
  rest(nowMs: number): void {
    this.#isAnswerOwed = () => false;
    this.idleSinceMs = nowMs;
  }

  /** Whether the answer to the last head came with not a byte behind it. */
  isAnswerExact(framing: Framing): boolean {
    return this.#extent.isExact(framing);
  }

  /** The connection becomes a raw tunnel: from here on nobody counts what comes. */
  detach(): Socket {
    this.socket.removeListener('data', this.#onData);
    return this.socket;
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#isAnswerOwed()) return this.#extent.feed(chunk);
    this.isDirty = true;
    this.socket.destroy();
  };

  #guardWrites(): void {
    const socket = this.socket;
    const write = socket._write.bind(socket);
    const writev = socket._writev?.bind(socket);
    socket._write = (chunk: Chunk, encoding: BufferEncoding, done: WriteCallback): void => {
      if (this.#check === null) return write(chunk, encoding, done);
      const bytes = this.#looked([bytesOf(chunk)]);
      if (bytes === 'refused') return done(new Error('egress'));
      if (bytes === 'held') return done();
      write(bytes, 'buffer' as BufferEncoding, done);
    };
    if (writev === undefined) return;
    socket._writev = (chunks: { chunk: Chunk; encoding: BufferEncoding }[], done: WriteCallback): void => {
      if (this.#check === null) return writev(chunks, done);
      const bytes = this.#looked(chunks.map(({ chunk }) => bytesOf(chunk)));
      if (bytes === 'refused') return done(new Error('egress'));
      if (bytes === 'held') return done();
      write(bytes, 'buffer' as BufferEncoding, done);
    };
  }

  /** Everything held so far once the head is whole and allowed. */
  #looked(chunks: readonly Buffer[]): Buffer | 'held' | 'refused' {
    const all = Buffer.concat([...this.#held, ...chunks]);
    const end = all.indexOf(BLANK_LINE);
    if (end < 0) {
      this.#held = [all];
      return 'held';
    }
    this.#held = [];
    const check = this.#check;
    this.#check = null;
    if (check?.(all.subarray(0, end + BLANK_LINE.length)) === true) return all;
    this.isDirty = true;
    return 'refused';
  }
}

/** Of a head: one character a byte, whatever is said of it. Node says UTF-8 of one that leaves before its body (`flushHeaders`). */
function bytesOf(chunk: Chunk): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
}

/** How the slow path makes its connections. */
export const SLOW_CONNECTIONS: Maker<UpstreamConnection> = {
  kind: 'slow',
  isTapped: false,
  make: (socket, address, nowMs) => new UpstreamConnection(socket, address, nowMs),
};

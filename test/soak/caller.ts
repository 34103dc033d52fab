// One client connection: sends bytes, and reads answers strictly and as slowly as it likes, without keeping them.
import { connect, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { resetNow } from '../wire/harness/reset.js';

export interface AnswerHead {
  readonly status: number;
  /** Names in lower case; a name that came twice is a fault. */
  readonly fields: ReadonlyMap<string, string>;
}

const PATIENCE_MS = 60_000;
const NOTHING = Buffer.alloc(0);

export class Caller {
  readonly socket: Socket;
  #held: Buffer = NOTHING;
  #isOver = false;
  #wake: () => void = () => undefined;
  #hasRoom: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('readable', () => this.#wake());
    for (const event of ['end', 'error', 'close']) {
      socket.on(event, () => {
        this.#isOver = true;
        this.#wake();
      });
    }
    for (const event of ['drain', 'error', 'close']) socket.on(event, () => this.#hasRoom());
  }

  /** `readsAhead`: how much is read before it is asked for, in bytes. */
  static async open(port: number, readsAhead = 65_536): Promise<Caller> {
    const socket = connect({
      port,
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
      highWaterMark: readsAhead,
    } as {
      port: number;
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Caller(socket);
  }

  /** The peer closed, or was reset. Bytes may still be there to read. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when the kernel or Node has room again; a connection that is gone takes it and does nothing. */
  async send(bytes: string | Buffer): Promise<void> {
    const { socket } = this;
    if (!socket.writable) return;
    const hasRoom = typeof bytes === 'string' ? socket.write(bytes, 'latin1') : socket.write(bytes);
    if (hasRoom) return;
    await new Promise<void>((resolve) => (this.#hasRoom = resolve));
  }

  /** Half-close. */
  finish(): void {
    if (this.socket.writable) this.socket.end();
  }

  reset(): void {
    resetNow(this.socket);
  }

  close(): void {
    this.socket.destroy();
  }

  /** The next head, 1xx included; null: the connection ended at its end. Throws where the bytes are no head or end in one. */
  async head(): Promise<AnswerHead | null> {
    for (;;) {
      const end = this.#held.indexOf('\r\n\r\n');
      if (end >= 0) {
        const text = this.#held.toString('latin1', 0, end);
        this.#held = this.#held.subarray(end + 4);
        return headOf(text);
      }
      if (!(await this.#more())) {
        if (this.#held.length === 0) return null;
        throw new Error(`the connection ended in a head: ${JSON.stringify(this.#held.toString('latin1', 0, 200))}`);
      }
    }
  }

  /** The body of an answer: true when it is whole, false when the connection ended before. */
  async body({ fields }: AnswerHead, take: (chunk: Buffer) => void | Promise<void>): Promise<boolean> {
    if (fields.get('transfer-encoding') === 'chunked') {
      for (;;) {
        const line = await this.#line();
        if (line === null) return false;
        if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size in an answer: ${JSON.stringify(line)}`);
        const size = Number.parseInt(line, 16);
        if (!(await this.exactly(size, take))) return false;
        const end = await this.#line();
        if (end === null) return false;
        if (end !== '') throw new Error('a chunk of an answer is not ended with CRLF');
        if (size === 0) return true;
      }
    }
    return this.exactly(Number(fields.get('content-length')), take);
  }

  /** That many bytes, in pieces; false: the connection ended before. */
  async exactly(bytes: number, take: (chunk: Buffer) => void | Promise<void>): Promise<boolean> {
    if (!Number.isSafeInteger(bytes)) throw new Error('an answer without a length');
    for (let left = bytes; left > 0;) {
      if (this.#held.length === 0 && !(await this.#more())) return false;
      const piece = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(piece.length);
      left -= piece.length;
      await take(piece);
    }
    return true;
  }

  /** Waits for the end; throws where a byte comes before it. */
  async ends(): Promise<void> {
    if (this.#held.length > 0 || (await this.#more())) {
      throw new Error(`bytes that nobody asked for: ${JSON.stringify(this.#held.toString('latin1', 0, 200))}`);
    }
  }

  async #line(): Promise<string | null> {
    for (;;) {
      const end = this.#held.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#held.toString('latin1', 0, end);
        this.#held = this.#held.subarray(end + 2);
        return line;
      }
      if (!(await this.#more())) return null;
    }
  }

  async #more(): Promise<boolean> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const chunk = this.socket.read() as Buffer | null;
      if (chunk !== null) {
        this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
        return true;
      }
      if (this.#isOver) return false;
      const left = end - performance.now();
      if (left <= 0) throw new Error(`nothing came for ${PATIENCE_MS / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

function headOf(text: string): AnswerHead {
  const [start = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1];
  if (status === undefined) throw new Error(`not a status line: ${JSON.stringify(start.slice(0, 120))}`);
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === '' || fields.has(name.toLowerCase())) {
      throw new Error(`not a field line of its own in an answer: ${JSON.stringify(line.slice(0, 120))}`);
    }
    fields.set(name.toLowerCase(), value);
  }
  return { status: Number(status), fields };
}

/** A pause of up to so many milliseconds. */
export function pauseUpTo(ms: number): Promise<void> {
  return after(Math.random() * ms);
}

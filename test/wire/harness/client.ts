// A raw client: sends exactly the bytes it is given and keeps exactly the bytes that came. It repairs nothing.
import { connect, type Socket } from 'node:net';
import { readAnswers, type Answer, type Answers } from './answer.js';
import { PATIENCE_MS } from './deadline.js';
import { resetNow } from './reset.js';

export class Client {
  readonly socket: Socket;
  /** Everything received so far, latin1. */
  received = '';
  /** The peer sent its FIN: nothing more comes. */
  hasEnded = false;
  /** Both directions are closed, by FIN or by reset. */
  isClosed = false;
  /** The error that ended the connection, if one did (`ECONNRESET`). */
  error: string | null = null;
  private changed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1');
      this.changed();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.changed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message;
      this.changed();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.changed();
    });
  }

  /** `from`: the local address to connect from, where a case needs two peers. */
  static async connect(port: number, host = '127.0.0.1', from?: string): Promise<Client> {
    const socket = connect({ port, host, allowHalfOpen: true, ...(from === undefined ? {} : { localAddress: from }) });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Client(socket);
  }

  send(bytes: string): void {
    if (this.socket.writable) this.socket.write(bytes, 'latin1');
  }

  /** One write a byte, each in its own turn of the event loop; stops when the peer has closed. */
  async sendByteByByte(bytes: string): Promise<void> {
    for (const byte of bytes) {
      if (!this.socket.writable || this.hasEnded) return;
      this.socket.write(byte, 'latin1');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Half-close: the request is all that we have to say. */
  finish(): void {
    if (this.socket.writable) this.socket.end();
  }

  /** Away at once, with a reset. */
  reset(): void {
    resetNow(this.socket);
  }

  /** Closes: a FIN, or a reset where data is unread. The peer cannot tell a FIN from a half-close. */
  abort(): void {
    this.socket.destroy();
  }

  /** The answers so far; `methods` of what was sent, in order. */
  read(methods: readonly string[] = []): Answers {
    return readAnswers(this.received, methods, this.hasEnded || this.isClosed);
  }

  /** Resolves when `isTrue`; asked at every event of the connection. */
  async until(what: string, isTrue: () => boolean, ms: number = PATIENCE_MS): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.changed = () => undefined;
        reject(new Error(`not within ${ms} ms: ${what}; received ${JSON.stringify(this.received.slice(0, 400))}`));
      }, ms);
      this.changed = () => {
        try {
          if (!isTrue()) return;
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        clearTimeout(timer);
        this.changed = () => undefined;
      };
      this.changed();
    });
  }

  /** The first `count` final answers. Rejects when the connection ends before. */
  async answers(count: number, methods: readonly string[] = [], ms: number = PATIENCE_MS): Promise<readonly Answer[]> {
    await this.until(
      `${count} answers`,
      () => this.isClosed || this.hasEnded || this.read(methods).answers.length >= count,
      ms,
    );
    const { answers } = this.read(methods);
    if (answers.length < count) {
      const how = this.error ?? 'the end of the connection';
      throw new Error(
        `${how} after ${answers.length} of ${count} answers: ${JSON.stringify(this.received.slice(0, 400))}`,
      );
    }
    return answers;
  }

  /** The peer's FIN or reset. */
  async end(ms: number = PATIENCE_MS): Promise<void> {
    await this.until('the end of the connection', () => this.hasEnded || this.isClosed, ms);
  }
}

/** Sends `bytes` on a new connection and gives the first final answer; then the connection is closed. */
export async function ask(port: number, bytes: string, method = 'GET', host = '127.0.0.1'): Promise<Answer> {
  const client = await Client.connect(port, host);
  try {
    client.send(bytes);
    const [answer] = await client.answers(1, [method]);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  } finally {
    client.abort();
  }
}

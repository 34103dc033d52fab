// A subscriber's keep-alive connection to the gateway: one request after the other, each with all identity fields, as raw bytes.
import { connect, type Socket } from 'node:net';
import { IDENTITY } from './site.js';

export interface Reached {
  /** 0: no whole answer. */
  readonly status: number;
  /** Names of the identity fields that reached the host, lower case, sorted; values that are not the ones sent are `name!`. */
  readonly names: readonly string[];
  readonly body: string;
  /** From the last byte written to the last byte read. */
  readonly tookMs: number;
}

const FIELDS = Object.entries(IDENTITY)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const SENT = new Map(Object.entries(IDENTITY).map(([name, value]) => [name.toLowerCase(), value]));

export class Subscriber {
  readonly #socket: Socket;
  #waiting: ((answer: Reached) => void) | undefined;
  #rest = '';
  #sentMs = 0;
  /** Answers that it got. */
  answers = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      this.#rest += bytes.toString('latin1');
      this.#read();
    });
    socket.once('close', () => this.#settle(0, ''));
  }

  static async open(port: number): Promise<Subscriber> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Subscriber(socket);
  }

  /** Not to be called again before it has resolved; a connection that ended resolves with status 0. `fields`: whole lines. */
  ask(host: string, fields = FIELDS): Promise<Reached> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#sentMs = performance.now();
      if (this.#socket.destroyed) this.#settle(0, '');
      else this.#socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(): void {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#rest.slice(0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    if (this.#rest.length < end + 4 + length) return;
    const body = this.#rest.slice(end + 4, end + 4 + length);
    this.#rest = this.#rest.slice(end + 4 + length);
    this.answers += 1;
    this.#settle(Number(head.slice(9, 12)), body);
  }

  #settle(status: number, body: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const names = body
      .split(' ')
      .filter((word) => word.includes('='))
      .map((word) => {
        const [name = '', value] = word.split('=');
        return SENT.get(name) === value ? name : `${name}!`;
      });
    waiting?.({ status, names, body, tookMs: performance.now() - this.#sentMs });
  }
}

/** What reaches a host, on a connection of its own; throws where the gateway did not answer with 200. */
export async function reaching(port: number, host: string): Promise<readonly string[]> {
  const subscriber = await Subscriber.open(port);
  const { status, names, body } = await subscriber.ask(host);
  subscriber.close();
  if (status !== 200) throw new Error(`${host} got ${status}: ${body}`);
  return names;
}

// Everything behind the gateway: the hosts of strangers and of partners, which Node's own server reads; hosts that die at every
// stage; and what a tunnel leads to. Each request says in its path what it wants and which one it is.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as listen, type AddressInfo, type Server as RawServer, type Socket } from 'node:net';
import { resetNow } from '../wire/harness/reset.js';
import { acceptOf } from '../wire/harness/websocket.js';
import type { Book } from './book.js';
import { ContentCheck, contentOf } from './content.js';

/** No value of an identity header has letters alone; the numbers of the drama range, its IMSIs, and what a token begins with. */
const IDENTITY = /7700900|00101000|TokenOfNobody/;
/** How long an answer to a put is. */
export const SHORT = 40;

export class Site {
  readonly #book: Book;
  readonly #strangers: Server;
  readonly #partners: Server;
  readonly #dying: RawServer;
  readonly #echo: RawServer;
  readonly #held = new Map<number, () => void>();
  readonly #sockets = new Set<Socket>();

  private constructor(book: Book) {
    this.#book = book;
    this.#strangers = createServer((request, response) => this.#answer(request, response, false));
    this.#partners = createServer((request, response) => this.#answer(request, response, true));
    this.#strangers.on('upgrade', (request, socket, head) => this.#switch(request, socket as Socket, head));
    for (const server of [this.#strangers, this.#partners]) {
      // Never: a host that closes an idle connection while a POST is on its way would owe a 502.
      server.keepAliveTimeout = 0;
      server.requestTimeout = 0;
      server.on('checkContinue', (request, response: ServerResponse) => {
        response.writeContinue();
        server.emit('request', request, response);
      });
      server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'HPE_INVALID_EOF_STATE') {
          book.fail(`a destination could not read what the gateway sent: ${String(error.code)}`);
        }
        socket.destroy();
      });
    }
    this.#dying = listen({ allowHalfOpen: true }, (socket) => this.#die(socket));
    this.#echo = listen({ allowHalfOpen: true }, (socket) => {
      socket.pipe(socket);
    });
    for (const server of this.#servers) {
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.once('close', () => this.#sockets.delete(socket));
      });
    }
  }

  static async open(book: Book): Promise<Site> {
    const site = new Site(book);
    for (const server of site.#servers) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
    }
    return site;
  }

  get #servers(): readonly RawServer[] {
    return [this.#strangers, this.#partners, this.#dying, this.#echo];
  }

  get ports(): Readonly<Record<'strangers' | 'partners' | 'dying' | 'echo', number>> {
    const port = (server: RawServer): number => (server.address() as AddressInfo).port;
    return {
      strangers: port(this.#strangers),
      partners: port(this.#partners),
      dying: port(this.#dying),
      echo: port(this.#echo),
    };
  }

  /** Lets a request that arrived, and waits, have its answer. */
  release(id: number): void {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }

  /** Closes its connections, as hosts that restart. */
  closeConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.closeConnections();
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve));
  }

  /** `/WANT/ID/BYTES`. */
  #answer(request: IncomingMessage, response: ServerResponse, isPartner: boolean): void {
    const { want, id, bytes } = wishOf(request.url ?? '');
    this.#look(request, id, isPartner);
    this.#book.arrived(id);
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const head = { 'X-Mark': String(id), 'Content-Type': 'text/plain' };
    switch (want) {
      case 'get':
        request.resume();
        response.writeHead(200, { ...head, 'Content-Length': bytes });
        return void response.end(request.method === 'HEAD' ? undefined : contentOf(id, 0, bytes));
      case 'chunks': {
        request.resume();
        response.writeHead(200, head);
        for (let at = 0; at < bytes; at += 1 + (bytes >> 3)) {
          response.write(contentOf(id, at, Math.min(bytes, at + 1 + (bytes >> 3))));
        }
        return void response.end();
      }
      case 'close':
        request.resume();
        response.shouldKeepAlive = false;
        response.useChunkedEncodingByDefault = false;
        response.writeHead(200, head);
        return void response.end(contentOf(id, 0, bytes));
      case 'wait':
        request.resume();
        this.#held.set(id, () => {
          response.writeHead(200, { ...head, 'Content-Length': SHORT });
          response.end(contentOf(id, 0, SHORT));
        });
        response.once('close', () => this.#held.delete(id));
        return;
      case 'put': {
        const check = new ContentCheck(id);
        request.on('data', (chunk: Buffer) => {
          this.#attempt(() => check.take(chunk));
          this.#book.arrived(id, check.bytes);
        });
        request.on('end', () => {
          this.#attempt(() => {
            if (check.bytes !== bytes) throw new Error(`a body of ${check.bytes} bytes where ${bytes} were sent`);
          });
          response.writeHead(200, { ...head, 'Content-Length': SHORT });
          response.end(contentOf(id, 0, SHORT));
        });
        return;
      }
      default:
        this.#book.fail(`a destination was asked for what nobody asked: ${JSON.stringify(request.url)}`);
        response.writeHead(404).end();
    }
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#book.fail(`at a destination: ${(error as Error).message}`);
    }
  }

  #look({ rawHeaders, url = '', headers }: IncomingMessage, id: number, isPartner: boolean): void {
    const carries = IDENTITY.test(rawHeaders.join('\n')) || IDENTITY.test(url);
    if (carries && !isPartner) this.#book.fail('a test number reached a stranger');
    if (isPartner && carries) {
      const number = `447700900${String(id % 1000).padStart(3, '0')}`;
      if (headers['x-msisdn'] !== number) this.#book.fail('a partner received another request’s number');
      if (/00101000|TokenOfNobody/.test(rawHeaders.join('\n')))
        this.#book.fail('a partner received what is not released');
      this.#book.sawIdentity(id);
    }
  }

  #switch(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { id } = wishOf(request.url ?? '');
    this.#look(request, id, false);
    this.#book.arrived(id);
    socket.on('error', () => undefined);
    const accept = acceptOf(String(request.headers['sec-websocket-key']));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    if (head.length > 0) socket.write(head);
    socket.pipe(socket);
  }

  /** One request a connection, or several; how it dies stands in the path. */
  #die(socket: Socket): void {
    let text = '';
    socket.on('end', () => socket.end());
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const target = text.split(' ', 2)[1] ?? '';
      if (IDENTITY.test(text)) this.#book.fail('a test number reached a stranger');
      text = text.slice(end + 4);
      const { want, id, bytes: size } = wishOf(target);
      this.#book.arrived(id);
      this.#dieAs(want, id, size, socket);
    });
  }

  #dieAs(want: string, id: number, size: number, socket: Socket): void {
    const head = `HTTP/1.1 200 OK\r\nX-Mark: ${id}\r\nContent-Length: ${size}\r\n\r\n`;
    const body = contentOf(id, 0, size).toString('latin1');
    switch (want) {
      case 'before':
        return void (id % 2 === 0 ? resetNow(socket) : socket.destroy());
      case 'half-head':
        return void socket.end(head.slice(0, 1 + (id % (head.length - 5))), 'latin1');
      case 'in':
        socket.write(head + body.slice(0, size >> 1), 'latin1', () => (id % 2 === 0 ? resetNow(socket) : socket.end()));
        return;
      case 'after':
        socket.write(head + body, 'latin1', () => (id % 2 === 0 ? resetNow(socket) : socket.end()));
        return;
      case 'garbage':
        return void socket.write(GARBAGE[id % GARBAGE.length] ?? '', 'latin1');
      case 'more':
        // A second answer that nobody asked for: the next request on this connection must not get it.
        return void socket.write(
          `${head}${body}HTTP/1.1 200 OK\r\nX-Mark: 0\r\nContent-Length: 5\r\n\r\nalien`,
          'latin1',
        );
      case 'never':
        return;
      default:
        this.#book.fail(`a destination was asked for what nobody asked: ${want}`);
        socket.destroy();
    }
  }
}

/** Each is 502 (docs/life-of-a-request.md). */
const GARBAGE = [
  'SSH-2.0-OpenSSH_9.6\r\n\r\n',
  '\0\0\0\0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  `HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(70_000)}\r\n\r\n`,
  'HTTP/2.0 200 OK\r\n\r\n',
];

function wishOf(target: string): { readonly want: string; readonly id: number; readonly bytes: number } {
  const [, want = '', id = '', bytes = ''] = target.split('/');
  return { want, id: Number(id), bytes: Number(bytes === '' ? 0 : bytes) };
}

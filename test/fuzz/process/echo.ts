// The destination of fuzzed requests: Node's own server, which says in its answer exactly what it read.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Field, Tunnelled } from './lane.js';

export interface Read {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
  /** Latin1. */
  readonly body: string;
}

/** The field of the answer; also of one to HEAD, which has no body. */
export const ECHO = 'X-Echo';

export function readEcho(value: string): Read {
  return JSON.parse(Buffer.from(value, 'base64').toString('utf8')) as Read;
}

/** What Node's parser says of bytes it cannot read. */
interface ParseError extends NodeJS.ErrnoException {
  readonly bytesParsed?: number;
  readonly rawPacket?: Buffer;
}

export class Echo {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `fail`: it could not read what the gateway sent, which came through no tunnel. */
  static async open(fail: (why: string) => void, tunnelled: Tunnelled): Promise<Echo> {
    const before = new WeakMap<Duplex, string[]>();
    const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
      let body = '';
      const heads = before.get(request.socket) ?? [];
      before.set(request.socket, [...heads.slice(-2), `${request.method ?? ''} ${JSON.stringify(request.rawHeaders)}`]);
      request.setEncoding('latin1').on('data', (text: string) => (body += text));
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      request.on('end', () => {
        const { method = '', url: target = '', rawHeaders } = request;
        const fields = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [{ name, value: rawHeaders[i + 1] ?? '' }] : []));
        const read: Read = { method, target, fields, body };
        // No length to HEAD: whoever does not know what was asked, because Node stopped before it, reads on in the right place.
        const said = method === 'HEAD' ? '' : 'ok';
        const echo = Buffer.from(JSON.stringify(read)).toString('base64');
        response.writeHead(200, { [ECHO]: echo, 'Content-Length': said.length });
        response.end(said);
      });
    });
    server.maxHeadersCount = 0;
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    server.on('clientError', (error: ParseError, socket) => {
      // A request that was refused in its body ends in the middle; nothing else may be wrong with it.
      if (!['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'].includes(error.code ?? '')) {
        const { code, bytesParsed = 0, rawPacket = Buffer.alloc(0) } = error;
        const text = rawPacket.toString('latin1');
        if (!before.has(socket) && text !== '' && tunnelled.carries(text)) return void socket.destroy();
        fail(
          `the destination could not read what the gateway sent: ${String(code)} at byte ${String(bytesParsed)} of ` +
            `${JSON.stringify(text)}, behind ${(before.get(socket) ?? []).join(' and ')}; sent with a CONNECT: ` +
            JSON.stringify(tunnelled.textsWith(text).slice(-3)),
        );
      }
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
    return new Echo(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

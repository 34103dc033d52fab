// One named listener: accepts, knows its connections, hands each request to its turn. Who may ask and who is trusted is asked anew
// for each request: the settings may have changed since the connection was made.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createServer as createSocketServer,
  type AddressInfo,
  type Server as SocketServer,
  type Socket,
} from 'node:net';
import type { RefusalCode } from '../http/refusal.js';
import { Client } from './client.js';
import { Exchange } from './exchange.js';
import { refusalAnswer, renderOwnAnswer } from './refusal-answer.js';
import { ProxyLines } from './proxy-lines.js';
import { rewoundHead } from './rewound.js';
import { requestHeadOf } from './head-of.js';
import type { OpenConnections } from './open-connections.js';
import type { FreeSettings } from './settings.js';
import type { Shared } from './shared.js';
import { openTunnel } from './tunnel.js';
import { openWebSocket } from './web-socket.js';

/** Node's parser errors that are not simply syntax. */
const PARSER_CODES: Readonly<Record<string, RefusalCode>> = {
  HPE_HEADER_OVERFLOW: 'head-size',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'chunk-extensions',
  ERR_HTTP_REQUEST_TIMEOUT: 'head-timeout',
  HPE_INVALID_TRANSFER_ENCODING: 'framing',
  HPE_INVALID_CONTENT_LENGTH: 'framing',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'framing',
  HPE_INVALID_CHUNK_SIZE: 'framing',
};

/** The parser calls a bare LF behind the version a version too: only a digit in its place is one. */
function refusalOf(error: NodeJS.ErrnoException & { rawPacket?: Buffer; bytesParsed?: number }): RefusalCode {
  if (error.code === 'HPE_INVALID_VERSION') {
    const offending = error.rawPacket?.[error.bytesParsed ?? 0] ?? 0;
    return offending >= 0x30 && offending <= 0x39 ? 'version' : 'syntax';
  }
  return PARSER_CODES[error.code ?? ''] ?? 'syntax';
}

export class Listener {
  readonly name: string;
  readonly #settings: FreeSettings['listeners'][number];
  readonly #shared: Shared;
  readonly #connections: OpenConnections;
  /** Accepts; what it accepts is given to the HTTP server, behind its line of PROXY protocol where it has one. */
  readonly #accepting: SocketServer;
  readonly #lines: ProxyLines;
  readonly #server: Server;
  readonly #clients = new WeakMap<Socket, Client>();
  readonly #exchanges = new WeakMap<Client, Exchange>();
  /** Its requests are in `Shared.inFlight`. */
  readonly isBusy = false;
  #open = 0;

  constructor(settings: FreeSettings['listeners'][number], shared: Shared, connections: OpenConnections) {
    this.name = settings.name;
    this.#settings = settings;
    this.#shared = shared;
    this.#connections = connections;
    const { limits } = shared.settings;
    this.#lines = new ProxyLines(settings.name, shared, {
      begin: (socket, tap, bytes, to) => {
        tap.handBack();
        this.#serve(socket, Buffer.from(bytes.subarray(0, to)));
        return null;
      },
      left: () => undefined,
    });
    this.#accepting = createSocketServer({ noDelay: true, allowHalfOpen: true });
    this.#accepting.on('connection', (socket) => this.#onAccepted(socket));
    this.#server = createServer({
      maxHeaderSize: limits.headBytes,
      headersTimeout: limits.headTimeoutMs,
      requestTimeout: 0,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: 1000,
      insecureHTTPParser: false,
      requireHostHeader: false,
      noDelay: true,
    });
    // 0: no field is dropped silently while it still frames (CVE-2026-58044); limits.fields is ours to count.
    this.#server.maxHeadersCount = 0;
    // A client that sent its FIN after a whole request still gets its answer (RFC 9112, section 9.6); no type knows the property.
    Reflect.set(this.#server, 'httpAllowHalfOpen', true);
    this.#server.on('connection', (socket: Socket) => this.#onConnection(socket));
    this.#server.on('request', (request, response) => this.#onRequest(request, response));
    this.#server.on('checkContinue', (request, response) => this.#onRequest(request, response));
    this.#server.on('checkExpectation', (request, response) => this.#onRequest(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket as Socket, head));
    this.#server.on('connect', (request, socket, head) => this.#onConnect(request, socket as Socket, head));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      this.#onParserError(error, socket as Socket),
    );
  }

  /** It does not listen: connections come from the fast path, for one request each (`adopt`). */
  serveOthers(): void {
    // A request behind the one that was handed over would be executed, though its answer never leaves.
    this.#server.maxRequestsPerSocket = 1;
    // Without it the server's time limits never run.
    this.#server.emit('listening');
  }

  /** A connection at the start of a request, which begins with `bytes`. Counted and watched by who accepted it. */
  adopt(socket: Socket, bytes: Buffer): void {
    const client = new Client(socket, this.name, this.#shared.running, true);
    this.#clients.set(socket, client);
    socket.once('close', () => this.#shared.pool.dropOwned(client));
    this.#serve(socket, bytes);
  }

  /** A connection that is read already, from `bytes` on. */
  #serve(socket: Socket, bytes: Buffer): void {
    socket.pause();
    if (bytes.length > 0) socket.unshift(bytes);
    this.#server.emit('connection', socket);
    socket.resume();
  }

  /** Rejects with the system's error, for example EADDRINUSE. */
  listen(): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#accepting.once('error', reject);
      this.#accepting.listen({ host: this.#settings.address.host, port: this.#settings.address.port }, () => {
        this.#accepting.removeListener('error', reject);
        // Without it the time limits of the HTTP server never run.
        this.#server.emit('listening');
        this.#accepting.on('error', () =>
          this.#shared.tally.log.error('accept-failed', 'cannot accept connections', {
            cause: 'accept',
            listener: this.name,
          }),
        );
        resolve(this.#accepting.address() as AddressInfo);
      });
    });
  }

  /** Stops accepting and closes connections that carry nothing. */
  stop(): void {
    this.#accepting.close();
    this.#lines.close();
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  #onAccepted(socket: Socket): void {
    const { meter } = this.#shared.tally;
    const connections = this.#connections;
    connections.add(socket);
    this.#open += 1;
    meter.set('headgate_client_connections', [this.name], this.#open);
    socket.once('close', () => {
      connections.delete(socket);
      this.#open -= 1;
      meter.set('headgate_client_connections', [this.name], this.#open);
    });
    const code = connections.areTooMany ? 'connections' : this.#shared.isDraining ? 'draining' : null;
    if (code === null && this.#lines.areExpected) return this.#lines.expect(socket, null);
    this.#server.emit('connection', socket);
    const client = this.#clientOf(socket);
    if (code !== null && client !== undefined) this.#refuseRaw(client, code);
  }

  #onConnection(socket: Socket): void {
    // Handed over, or a request whose Upgrade was declined: it comes back on the connection that is already known.
    if (this.#clients.has(socket)) return;
    const client = new Client(socket, this.name, this.#shared.running);
    this.#clients.set(socket, client);
    socket.once('close', () => this.#shared.pool.dropOwned(client));
  }

  #clientOf(socket: Socket): Client | undefined {
    return this.#clients.get(socket);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const client = this.#clientOf(request.socket);
    if (client === undefined || client.isClosing) return;
    // Until its turn nothing may throw for a request that nobody reads.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    client.enqueue((done) => {
      const exchange = new Exchange(this.#shared, client, request, response);
      this.#exchanges.set(client, exchange);
      exchange.start(() => {
        this.#exchanges.delete(client);
        done();
      });
    });
  }

  #onConnect(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const client = this.#clientOf(socket);
    if (client === undefined || client.isClosing) return;
    socket.on('error', () => undefined);
    client.enqueue(() => openTunnel(this.#shared, client, request, head));
  }

  #onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const client = this.#clientOf(socket);
    if (client === undefined || client.isClosing) return;
    socket.on('error', () => undefined);
    client.enqueue((done) => {
      const plan = client.isAllowed
        ? this.#shared.running.plan(requestHeadOf(request), client.origin)
        : ({ kind: 'refuse', code: 'client-address' } as const);
      if (plan.kind === 'refuse') return this.#refuseRaw(client, plan.code);
      if (plan.kind === 'forward' && plan.webSocketKey !== null) {
        return openWebSocket(this.#shared, client, request, head, plan);
      }
      // Not a WebSocket: the same bytes without the Upgrade, read again from the start.
      socket.unshift(Buffer.concat([rewoundHead(request), head]));
      this.#server.emit('connection', socket);
      socket.resume();
      done();
    });
  }

  /** Malformed, too large or too late: answered in its turn, after what came before it. */
  #onParserError(error: NodeJS.ErrnoException, socket: Socket): void {
    const client = this.#clientOf(socket);
    if (client === undefined || socket.destroyed) return;
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return void socket.destroy();
    if (client.isClosing) return;
    const code = refusalOf(error);
    const exchange = this.#exchanges.get(client);
    if (exchange?.isBodyOpen === true) return exchange.bodyFailed(code === 'head-timeout' ? 'body-timeout' : code);
    client.enqueue(() => this.#refuseRaw(client, code));
  }

  #refuseRaw(client: Client, code: RefusalCode): void {
    const id = this.#shared.requestId();
    this.#shared.tally.refusal(this.name, code, id);
    client.close();
    const { socket } = client;
    if (socket.destroyed) return;
    socket.write(renderOwnAnswer(refusalAnswer(code, id)), 'latin1');
    socket.destroySoon();
  }
}

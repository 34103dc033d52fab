// A scripted origin: it records the exact bytes of each connection and answers what a lenient server would have read.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { eventually } from './deadline.js';
import { readRequests, type SeenRequest } from './lenient.js';

/** One connection as the origin saw it. */
export interface Capture {
  readonly id: number;
  readonly socket: Socket;
  /** Every byte received, latin1. */
  received: string;
  /** Where in `received` the requests that were answered end. */
  answeredTo: number;
  /** Requests answered on this connection. */
  answered: number;
  hasEnded: boolean;
  isClosed: boolean;
  /** From here on the bytes are no HTTP of ours: a tunnel. They are recorded only. */
  isRaw: boolean;
  /** The peer's FIN is not answered with one: the case still writes. */
  keepsHalfOpen: boolean;
}

/** Answers one whole request by writing to the connection. The default answers 200 with the origin's name and the target. */
export type Script = (request: SeenRequest, connection: Capture) => void;

export interface OriginOptions {
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  readonly script?: Script;
  /** Sees every read before the script: `true` means that it took the bytes over (raw, early answers). */
  readonly onBytes?: (connection: Capture) => boolean;
}

/** An answer with a length, as the scripts write it. */
export function answerText(status: string, body: string, ...fields: readonly string[]): string {
  return [`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${body.length}`, '', body].join('\r\n');
}

export class Origin {
  readonly name: string;
  readonly connections: Capture[] = [];
  /** What answers; null is the default. A case that sets it puts null back. */
  script: Script | null;
  onBytes: ((connection: Capture) => boolean) | null;
  private readonly server: Server;
  /** Every socket, also of a TLS handshake that failed. */
  private readonly sockets = new Set<Socket>();
  private marks = new Map<number, number>();

  private constructor(name: string, server: Server, options: OriginOptions) {
    this.name = name;
    this.server = server;
    this.script = options.script ?? null;
    this.onBytes = options.onBytes ?? null;
  }

  static async start(name: string, options: OriginOptions = {}): Promise<Origin> {
    const server =
      options.tls === undefined
        ? createServer({ allowHalfOpen: true, noDelay: true })
        : createTlsServer({ ...options.tls, allowHalfOpen: true, noDelay: true });
    const origin = new Origin(name, server, options);
    server.on('connection', (socket: Socket) => {
      origin.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => origin.sockets.delete(socket));
    });
    server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => origin.accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    return origin;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private accept(socket: Socket): void {
    const connection: Capture = {
      id: this.connections.length,
      socket,
      received: '',
      answeredTo: 0,
      answered: 0,
      hasEnded: false,
      isClosed: false,
      isRaw: false,
      keepsHalfOpen: false,
    };
    this.connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      connection.received += bytes.toString('latin1');
      if (connection.isRaw || this.onBytes?.(connection) === true) return;
      this.answer(connection);
    });
    socket.on('end', () => {
      connection.hasEnded = true;
      if (!connection.keepsHalfOpen) socket.end();
    });
    socket.on('close', () => {
      connection.isClosed = true;
    });
  }

  private answer(connection: Capture): void {
    const { requests } = readRequests(connection.received, 'coding', connection.answeredTo);
    for (const request of requests) {
      connection.answeredTo = request.end;
      connection.answered += 1;
      if (this.script === null) this.greet(request, connection);
      else this.script(request, connection);
    }
  }

  /** The default answer: 200, and a body that says which origin answered which target. */
  greet(request: SeenRequest, connection: Capture): void {
    const body = `${this.name} ${request.target}`;
    const text = answerText('200 OK', body, 'Content-Type: text/plain');
    connection.socket.write(request.method === 'HEAD' ? text.slice(0, text.length - body.length) : text, 'latin1');
  }

  /** From now on `since` gives only what arrives later. */
  mark(): void {
    this.marks = new Map(this.connections.map((connection) => [connection.id, connection.received.length]));
  }

  /** What each connection received since the mark; connections with nothing new are left out. */
  since(): readonly { readonly connection: Capture; readonly bytes: string }[] {
    return this.connections
      .map((connection) => ({ connection, bytes: connection.received.slice(this.marks.get(connection.id) ?? 0) }))
      .filter(({ bytes }) => bytes.length > 0);
  }

  /** Every whole request since the mark, connection by connection, read with chunked before length. */
  requests(): readonly SeenRequest[] {
    return this.since().flatMap(({ bytes }) => readRequests(bytes, 'coding').requests);
  }

  /** Connections that are open now. */
  get open(): readonly Capture[] {
    return this.connections.filter((connection) => !connection.isClosed);
  }

  /** Closes what is open, and what is opened meanwhile, as an origin that restarts; resolves when nothing is open. */
  async closeConnections(): Promise<void> {
    await eventually('the origin’s connections to close', () => {
      for (const { socket } of this.open) socket.destroy();
      return this.open.length === 0;
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

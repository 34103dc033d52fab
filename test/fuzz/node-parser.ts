// What Node's own parser makes of bytes, through its public doors: a server and a client on real sockets.
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as listen, type Server as RawServer, type Socket } from 'node:net';

export interface NodeMessage {
  readonly start: string;
  readonly fields: readonly { name: string; value: string }[];
  body: string;
  /** The message ended where its framing says. */
  isWhole: boolean;
}

function fieldsOf(raw: readonly string[]): { name: string; value: string }[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [{ name, value: raw[i + 1] ?? '' }] : []));
}

const portOf = (server: RawServer): number => (server.address() as AddressInfo).port;

function gather(message: IncomingMessage, told: NodeMessage, done: () => void): void {
  message.setEncoding('latin1');
  message.on('data', (text: string) => (told.body += text));
  message.on('end', () => {
    told.isWhole = message.complete;
  });
  message.on('error', () => undefined);
  message.on('close', done);
}

/** A server as the slow path has it, that writes down every request. */
export class NodeServer {
  readonly #server: Server;
  #told: NodeMessage[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<NodeServer> {
    const server = createServer({ requireHostHeader: false, maxHeaderSize: 65_536, insecureHTTPParser: false });
    server.maxHeadersCount = 0;
    Reflect.set(server, 'httpAllowHalfOpen', true);
    const made = new NodeServer(server);
    const onRequest = (message: IncomingMessage): NodeMessage => {
      const { method = '', url = '', httpVersion, rawHeaders } = message;
      const told = {
        start: `${method} ${url} HTTP/${httpVersion}`,
        fields: fieldsOf(rawHeaders),
        body: '',
        isWhole: false,
      };
      made.#told.push(told);
      return told;
    };
    server.on('request', (message, response) => gather(message, onRequest(message), () => response.end()));
    for (const event of ['checkContinue', 'checkExpectation']) {
      server.on(event, (message: IncomingMessage, response: ServerResponse) =>
        gather(message, onRequest(message), () => response.end()),
      );
    }
    for (const event of ['connect', 'upgrade']) {
      server.on(event, (message: IncomingMessage, socket: Socket) => {
        onRequest(message);
        socket.destroy();
      });
    }
    server.on('clientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  /** Every request that it read in these bytes, behind which the connection ends. */
  async requestsIn(text: string): Promise<readonly NodeMessage[]> {
    this.#told = [];
    const socket = connect(portOf(this.#server), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(text, 'latin1');
    await new Promise((resolve) => socket.on('close', resolve));
    return this.#told;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** A destination that says what it is told, and Node's client asking it. */
export class NodeClient {
  readonly #server: RawServer;
  #text = '';

  private constructor() {
    this.#server = listen((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(this.#text, 'latin1'));
    });
  }

  static async open(): Promise<NodeClient> {
    const made = new NodeClient();
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  /** The final answer in these bytes, behind which the connection ends; undefined: Node takes none. */
  answerIn(text: string, method: string): Promise<NodeMessage | undefined> {
    this.#text = text;
    const port = portOf(this.#server);
    return new Promise((resolve) => {
      const asked = ask({ host: '127.0.0.1', port, method, agent: false, maxHeaderSize: 65_536 });
      asked.maxHeadersCount = 0;
      asked.on('error', () => resolve(undefined));
      asked.on('upgrade', (_answer, socket) => {
        socket.destroy();
        resolve(undefined);
      });
      asked.on('response', (answer) => {
        const { statusCode = 0, statusMessage = '', httpVersion, rawHeaders } = answer;
        const told: NodeMessage = {
          start: `HTTP/${httpVersion} ${statusCode} ${statusMessage}`,
          fields: fieldsOf(rawHeaders),
          body: '',
          isWhole: false,
        };
        gather(answer, told, () => resolve(told));
      });
      asked.end();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

// A wire that can be read: relays bytes between two parts as they are and keeps both directions. It parses nothing.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Conversation {
  /** From whoever connected, latin1. */
  asked: string;
  /** From whoever was connected to, latin1. */
  answered: string;
}

export interface TeeOptions {
  /** Where the bytes go: a port of 127.0.0.1, or the path of a unix socket. */
  readonly to: number | string;
  /** The address to connect from. */
  readonly from?: string;
}

export class Tee {
  readonly conversations: Conversation[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.server = server;
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: TeeOptions): Promise<Tee> {
    const server = createServer({ allowHalfOpen: true });
    const tee = new Tee(server);
    server.on('connection', (near) => {
      const { to, from } = options;
      const place =
        typeof to === 'string'
          ? { path: to }
          : { port: to, host: '127.0.0.1', ...(from ? { localAddress: from } : {}) };
      const far = connect({ ...place, allowHalfOpen: true });
      const conversation: Conversation = { asked: '', answered: '' };
      tee.conversations.push(conversation);
      near.on('data', (bytes: Buffer) => (conversation.asked += bytes.toString('latin1')));
      far.on('data', (bytes: Buffer) => (conversation.answered += bytes.toString('latin1')));
      for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
        tee.sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => tee.sockets.delete(socket));
        socket.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tee;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Forgets what was said, not the connections. */
  clear(): void {
    for (const conversation of this.conversations) Object.assign(conversation, { asked: '', answered: '' });
  }

  /** Everything that was asked since `clear`, connection after connection. */
  get asked(): string {
    return this.conversations.map(({ asked }) => asked).join('');
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

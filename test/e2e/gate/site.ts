// Every host behind the gateway, at one address: it answers a request with the fields that carry identity as they reached it, and
// remembers each that reached a host which may receive none.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Fields that the subscribers of these tests carry; values are test numbers. */
export const IDENTITY = {
  'X-MSISDN': '447700900123',
  'X-IMSI': '001010000000123',
  'X-Acme-Line': '447700900456',
} as const;

const VALUES = /^(x-[a-z-]+): *((?:44|0)7700900\d{3}|00101\d{10})\s*$/gim;

export class Site {
  /** `HOST NAME` of each identity field that reached a host outside `partners`. */
  readonly strays: string[] = [];
  /** Requests that arrived. */
  count = 0;
  readonly #server: Server;
  readonly #partners: ReadonlySet<string>;
  readonly #sockets = new Set<Socket>();

  private constructor(partners: readonly string[]) {
    this.#partners = new Set(partners);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** `partners`: hosts at which identity is no stray. */
  static async start(partners: readonly string[]): Promise<Site> {
    const site = new Site(partners);
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    let rest = '';
    socket.on('data', (bytes: Buffer) => {
      rest += bytes.toString('latin1');
      for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
        const answer = this.#answer(rest.slice(0, end));
        rest = rest.slice(end + 4);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
      }
    });
  }

  /** The names that reached it with their values, sorted, one space between. */
  #answer(head: string): string {
    this.count += 1;
    const host = /^host: *([^\r\n]*)/im.exec(head)?.[1]?.toLowerCase() ?? '';
    const reached = [...head.matchAll(VALUES)].map(([, name = '', value = '']) => [name.toLowerCase(), value] as const);
    if (!this.#partners.has(host)) this.strays.push(...reached.map(([name]) => `${host} ${name}`));
    return `${host} ${reached
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(' ')}`;
  }
}

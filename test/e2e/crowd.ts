// Subscribers who look at sites all day: each from an address of its own, each request on a connection of its own through the network's
// proxy, at an even pace until it is stopped. No two ask for the same path.
import { request } from 'node:http';

export interface CrowdOptions {
  /** Of the network's proxy. */
  readonly port: number;
  /** Source addresses of 127.0.0.0/8. */
  readonly addresses: readonly string[];
  readonly sites: readonly string[];
  readonly perSecond: number;
}

export class Crowd {
  /** Answers, by status; 0: the connection failed. */
  readonly answers = new Map<number, number>();
  readonly #options: CrowdOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();
  #sent = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      const visit = this.#visit();
      this.#open.add(visit);
      void visit.then(() => this.#open.delete(visit));
    }, 1000 / options.perSecond);
  }

  get sent(): number {
    return this.#sent;
  }

  /** Steps that share no factor with the lists, so that each subscriber meets each site. */
  #visit(): Promise<void> {
    const { port, addresses, sites } = this.#options;
    this.#sent += 1;
    const localAddress = addresses[(this.#sent * 7) % addresses.length];
    const host = sites[(this.#sent * 13) % sites.length] ?? '';
    return new Promise((settle) => {
      const count = (status: number): void => {
        this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
        settle();
      };
      const asked = request(
        {
          ...{ host: '127.0.0.1', port, agent: false, path: `http://${host}/${String(this.#sent)}` },
          ...(localAddress === undefined ? {} : { localAddress }),
          headers: { Host: host, 'User-Agent': 'Mozilla/5.0 (Linux; Android 14)', Accept: '*/*' },
        },
        (answer) => answer.resume().on('end', () => count(answer.statusCode ?? 0)),
      );
      asked.on('error', () => count(0));
      asked.end();
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }
}

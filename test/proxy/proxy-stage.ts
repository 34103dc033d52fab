// The proxy itself between raw clients and raw origins, in this process: for rules on what one swap changes.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Lockdown } from '../../src/decision/plan-types.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { RuntimeGated } from '../../src/policy/runtime-gated.js';
import type { Proxy, ProxyValue } from '../../src/proxy/proxy.js';
import type { FreeSettings, Limits } from '../../src/proxy/settings.js';
import { startProxy } from '../../src/proxy/start.js';
import { silentLog } from '../control/fake-workers.js';

const LIMITS: Limits = {
  headBytes: 32_768,
  fields: 128,
  connections: 100,
  headTimeoutMs: 10_000,
  connectTimeoutMs: 2_000,
  responseTimeoutMs: 10_000,
  idleTimeoutMs: 10_000,
  tunnelIdleTimeoutMs: 5_000,
  perDestination: 8,
  waiting: 8,
  waitTimeoutMs: 5_000,
  drainTimeoutMs: 1_000,
};

export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + 4000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Keeps every byte, answers each head with its own name; `hold` keeps answers back until it is lifted. */
export class RawOrigin {
  readonly name: string;
  received = '';
  connections = 0;
  isHolding = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #held: (() => void)[] = [];

  constructor(name: string, tls?: TlsOptions) {
    this.name = name;
    const accept = (socket: Socket): void => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      let rest = '';
      socket.on('data', (bytes) => {
        const text = bytes.toString('latin1');
        this.received += text;
        rest += text;
        while (rest.includes('\r\n\r\n')) {
          rest = rest.slice(rest.indexOf('\r\n\r\n') + 4);
          const answer = (): void =>
            void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${this.name.length}\r\n\r\n${this.name}`);
          if (this.isHolding) this.#held.push(answer);
          else answer();
        }
      });
    };
    this.#server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  release(): void {
    this.isHolding = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One connection that stays open; the answers so far, whole. */
export class KeptClient {
  readonly socket: Socket;
  received = '';
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => (this.received += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
  }

  static async open(port: number): Promise<KeptClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new KeptClient(socket);
  }

  send(...lines: readonly string[]): void {
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }

  /** Status and body of each whole answer. */
  get answers(): readonly string[] {
    const found: string[] = [];
    let rest = this.received;
    for (;;) {
      const head = /^HTTP\/1\.1 (\d{3})[^]*?\r\n\r\n/.exec(rest);
      if (head === null) return found;
      const length = Number(/content-length: (\d+)/i.exec(head[0])?.[1] ?? 0);
      const body = rest.slice(head[0].length, head[0].length + length);
      if (body.length < length) return found;
      found.push(`${head[1]} ${body}`);
      rest = rest.slice(head[0].length + length);
    }
  }

  /** Sends and waits for the answer to it. */
  async ask(...lines: readonly string[]): Promise<string> {
    const before = this.answers.length;
    this.send(...lines);
    await until(`an answer to ${lines[0] ?? ''}`, () => this.answers.length > before || this.isClosed);
    return this.answers[before] ?? 'closed';
  }
}

export interface ProxyStage {
  readonly proxy: Proxy;
  readonly port: number;
  lockdown: Lockdown;
  /** Prepares and swaps at once. */
  swap(changes: { readonly runtime?: Partial<RuntimeGated>; readonly policy?: Policy }): void;
}

export async function openProxy(
  policy: Policy,
  runtime: RuntimeGated,
  { limits = {}, paths = ['slow'] }: Partial<Pick<FreeSettings, 'paths'>> & { readonly limits?: Partial<Limits> } = {},
): Promise<ProxyStage> {
  // A swap of the settings alone keeps the ruleset, so that nothing but the settings says that something changed.
  const first = rulesetOf(policy, 'test');
  const valueOf = (changes: Parameters<ProxyStage['swap']>[0]): ProxyValue => ({
    ruleset: changes.policy === undefined ? first : rulesetOf(changes.policy, 'test'),
    keys: new Map(),
    runtime: { ...runtime, ...changes.runtime },
  });
  const said: { lockdown: Lockdown } = { lockdown: 'off' };
  const proxy = await startProxy({
    settings: {
      listeners: runtime.listeners.map(({ name }) => ({ name, address: { host: '127.0.0.1', port: 0 } })),
      paths,
      limits: { ...LIMITS, ...limits },
      via: false,
    },
    value: valueOf({}),
    lockdown: () => said.lockdown,
    meter: {
      count: () => undefined,
      set: () => undefined,
      observe: () => undefined,
      slot: () => -1,
      add: () => undefined,
      setAt: () => undefined,
      observeAt: () => undefined,
    },
    log: silentLog,
    ownAddresses: [],
    connectionShare: 100,
  });
  return {
    proxy,
    port: proxy.addresses[0]?.port ?? 0,
    get lockdown() {
      return said.lockdown;
    },
    set lockdown(lockdown) {
      said.lockdown = lockdown;
    },
    swap: (changes) => proxy.prepare(valueOf(changes))(),
  };
}

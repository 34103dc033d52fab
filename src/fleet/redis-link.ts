// One Redis for everything that replicas share: connected, asked, listened to, given back. The only importer of ioredis.
// INVARIANT: nothing here throws, rejects or waits for longer than COMMAND_WITHIN_MS: whoever asks goes on without Redis
// (test/fleet/redis-link.test.ts). Not for the way of a request: the primary alone has one.
import { readFileSync } from 'node:fs';
import { Cluster, Redis, SentinelConnector, type ClusterOptions, type RedisOptions } from 'ioredis';
import type { Log } from '../telemetry/log.js';
import { reconnectDelayMs } from './reconnect-delay.js';
import type { RedisSettings } from './redis-settings.js';

/** What Redis answered, of whatever type it has there: whoever asks judges it. `message`: one line, without an argument. */
export type RedisAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

export type RedisWord = string | number | Buffer;

export interface RedisLink {
  /** Whether it can be asked now. */
  readonly isUp: boolean;
  /** Why it cannot, in one line; null: it can. */
  readonly problem: string | null;
  /**
   * The name of a key or channel: `{prefix}:a:b`. All of them are in one slot of a Cluster, so that commands of several keys
   * work there too.
   */
  key(...words: readonly string[]): string;
  /** Bulk answers as texts. Several that are asked in one go travel together; none waits for the one before. */
  ask(command: string, ...words: readonly RedisWord[]): Promise<RedisAnswer>;
  /** The same with bulk answers as Buffers. */
  askBytes(command: string, ...words: readonly RedisWord[]): Promise<RedisAnswer>;
  /** Listens to a channel (named by `key`) from now on, through every loss of the connection. Messages of a loss are lost. */
  hear(channel: string, take: (message: string) => void): void;
  close(): void;
}

/** An answer that takes longer counts as none. */
export const COMMAND_WITHIN_MS = 1000;
/** A connection on which nothing comes back for so long is made anew. */
const SILENT_MS = 5000;
const CONNECT_WITHIN_MS = 2000;
/** Between two subscriptions to the same: that is also how a dead connection shows. */
const SUBSCRIBE_EVERY_MS = 2000;

/** As after a third try: half a second, more or less. */
const AFTER_END = 3;

/** Begins to connect and goes on trying for ever. A file that cannot be read is read again with every try. */
export function openRedis(settings: RedisSettings, { log }: { readonly log: Log }): RedisLink {
  return new Link(settings, log);
}

type Client = Redis | Cluster;

class Link implements RedisLink {
  readonly #settings: RedisSettings;
  readonly #log: Log;
  readonly #listeners = new Map<string, (message: string) => void>();
  readonly #timer: NodeJS.Timeout;
  #client: Client | undefined;
  #subscriber: Client | undefined;
  #opening: NodeJS.Timeout | undefined;
  #problem: string | null = 'it is not connected yet';
  #isSaid = false;
  #isClosed = false;

  constructor(settings: RedisSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.#open(0);
    this.#timer = setInterval(() => this.#subscribe(), SUBSCRIBE_EVERY_MS).unref();
  }

  get isUp(): boolean {
    return this.#client?.status === 'ready';
  }

  get problem(): string | null {
    return this.isUp ? null : this.#problem;
  }

  key(...words: readonly string[]): string {
    return [`{${this.#settings.prefix}}`, ...words].join(':');
  }

  ask(command: string, ...words: readonly RedisWord[]): Promise<RedisAnswer> {
    return this.#answer((client) => client.call(command, [...words]));
  }

  askBytes(command: string, ...words: readonly RedisWord[]): Promise<RedisAnswer> {
    return this.#answer((client) => client.callBuffer(command, [...words]));
  }

  hear(channel: string, take: (message: string) => void): void {
    this.#listeners.set(channel, take);
    this.#subscribe();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#opening);
    this.#client?.disconnect();
    if (this.#subscriber !== this.#client) this.#subscriber?.disconnect();
  }

  async #answer(asked: (client: Client) => Promise<unknown>): Promise<RedisAnswer> {
    const client = this.#client;
    if (client?.status !== 'ready') return { ok: false, message: this.#problem ?? 'it is not connected' };
    try {
      return { ok: true, value: await within(asked(client)) };
    } catch (error) {
      return { ok: false, message: wordsOf(error) };
    }
  }

  #open(attempt: number): void {
    try {
      const client = clientFor(this.#settings);
      this.#client = client;
      this.#watch(client, true);
      // A Cluster keeps a connection for its subscriptions itself.
      if (client instanceof Cluster) this.#subscriber = client;
      else {
        this.#subscriber = client.duplicate();
        this.#watch(this.#subscriber, false);
      }
      for (const each of new Set([client, this.#subscriber])) each.connect().catch(() => undefined);
    } catch (error) {
      this.#lost(wordsOf(error));
      this.#opening = setTimeout(() => this.#open(attempt + 1), reconnectDelayMs(attempt)).unref();
    }
  }

  #watch(client: Client, isAsked: boolean): void {
    client.on('error', (error) => {
      if (isAsked) this.#lost(wordsOf(error));
    });
    if (client instanceof Cluster) client.on('node error', (error: unknown) => this.#lost(wordsOf(error), client));
    client.on('close', () => {
      if (isAsked) this.#lost('the connection was closed');
    });
    client.on('ready', () => {
      if (isAsked) this.#found();
      if (client === this.#subscriber) this.#subscribe();
    });
    // It gave up, which a failover that is told while it connects makes it do, whatever its retry strategy says.
    client.on('end', () => {
      if (this.#isClosed) return;
      setTimeout(() => {
        if (!this.#isClosed) client.connect().catch(() => undefined);
      }, reconnectDelayMs(AFTER_END)).unref();
    });
    client.on('message', (channel: string, message: string) => this.#take(channel, message));
  }

  #take(channel: string, message: string): void {
    try {
      this.#listeners.get(channel)?.(message);
    } catch {
      this.#log.error('fleet-defect', 'a message of Redis was not understood', { cause: 'message' });
    }
  }

  #subscribe(): void {
    const subscriber = this.#subscriber;
    if (this.#isClosed || subscriber?.status !== 'ready' || this.#listeners.size === 0) return;
    // What is subscribed to already stays so.
    subscriber.subscribe(...this.#listeners.keys()).catch(() => undefined);
  }

  #found(): void {
    this.#problem = null;
    this.#isSaid = false;
    this.#log.info('redis-connected', 'Redis answers: what replicas share is exchanged');
  }

  /** Once for each loss. `client`: it may still answer, by another node. */
  #lost(why: string, client?: Client): void {
    if (this.#isClosed || client?.status === 'ready') return;
    // What the server said tells more than that the connection was closed after it.
    if (!this.#isSaid || why !== 'the connection was closed') this.#problem = why;
    if (this.#isSaid) return;
    this.#isSaid = true;
    this.#log.warn('redis-lost', `Redis does not answer, this replica goes on alone: ${why}`, { cause: 'redis' });
  }
}

/** In case that the client never settles. */
function within<T>(asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), COMMAND_WITHIN_MS + 500).unref();
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/**
 * As ioredis has it, but that a Sentinel that cannot be reached, one of three that is down or one that is slow, is no error of anybody:
 * ioredis listens to no error of the connections on which it waits for a failover, and writes their stacks past the log
 * (test/e2e/fleet/ledger-sentinels.test.ts).
 */
class Sentinels extends SentinelConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
    const own = this as unknown as { connectToSentinel: (...words: readonly unknown[]) => Redis };
    const connect = own.connectToSentinel.bind(this);
    own.connectToSentinel = (...words) => connect(...words).on('error', () => undefined);
  }
}

/** Not connected yet. Throws where a file cannot be read. */
function clientFor(settings: RedisSettings): Client {
  const { at, tls, username, passwordFile } = settings;
  const secured =
    tls === null
      ? undefined
      : {
          ...(tls.ca.length === 0 ? {} : { ca: tls.ca.map((file) => readFileSync(file, 'utf8')) }),
          ...(tls.serverName === null ? {} : { servername: tls.serverName }),
        };
  const options = {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_WITHIN_MS,
    connectTimeout: CONNECT_WITHIN_MS,
    socketTimeout: SILENT_MS,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    disableClientInfo: true,
    disconnectTimeout: 200,
    connectionName: 'headgate',
    // A master that was made a replica: the next connection finds the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(username === null ? {} : { username }),
    ...(passwordFile === null ? {} : { password: readFileSync(passwordFile, 'utf8').trim() }),
    ...(secured === undefined ? {} : { tls: secured }),
  } satisfies RedisOptions;
  const retryStrategy = reconnectDelayMs;
  switch (at.kind) {
    case 'one':
      return new Redis({ ...options, ...at.place, db: at.database, retryStrategy });
    case 'sentinels':
      return new Redis({
        ...options,
        sentinels: [...at.sentinels],
        name: at.master,
        retryStrategy,
        sentinelRetryStrategy: reconnectDelayMs,
        sentinelCommandTimeout: COMMAND_WITHIN_MS,
        failoverDetector: true,
        Connector: Sentinels,
        ...(secured === undefined ? {} : { sentinelTLS: secured, enableTLSForSentinelMode: true }),
      });
    case 'cluster': {
      const { enableOfflineQueue, ...redisOptions } = options;
      return new Cluster([...at.nodes], {
        lazyConnect: true,
        enableOfflineQueue,
        redisOptions,
        clusterRetryStrategy: reconnectDelayMs,
        clusterNodeRetryStrategy: reconnectDelayMs,
        maxRedirections: 3,
        slotsRefreshTimeout: CONNECT_WITHIN_MS,
        // Certificates are of names; addresses that a Cluster tells of its nodes are not looked up again.
        dnsLookup: (address, callback) => callback(null, address),
      } satisfies ClusterOptions);
    }
    default:
      return at satisfies never;
  }
}

/** A server's or a system's words, one line, without what was sent. */
function wordsOf(error: unknown): string {
  const { message } = (typeof error === 'object' && error !== null ? error : {}) as { readonly message?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : 'an unexpected error';
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

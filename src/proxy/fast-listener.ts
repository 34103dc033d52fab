// One named listener with the fast path: accepts, knows its connections, hands what the slow path carries over to it.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { RequestReading } from '../http/request-reader.js';
import { acceptHere } from './handle-seam.js';
import type { Waiting } from './deadlines.js';
import { FastClient } from './fast-client.js';
import { type FastDestination, FastDestinations } from './fast-destination.js';
import type { FastHome } from './fast-home.js';
import { type FastShared, FastSlots } from './fast-shared.js';
import { HostMemory } from './host-memory.js';
import type { Listener } from './listener.js';
import type { OpenConnections } from './open-connections.js';
import { ProxyLines } from './proxy-lines.js';
import type { FreeSettings, Limits } from './settings.js';
import type { Stretch } from './stretch.js';
import type { Tap } from './tap.js';

export interface FastListenerParts {
  readonly settings: FreeSettings['listeners'][number];
  readonly fast: FastShared;
  readonly connections: OpenConnections;
  /** Carries what this path does not; null: it is refused. */
  readonly slow: Listener | null;
  /** Accepted connections come from the server's handle (`isSeamSound`). */
  readonly takesOver: boolean;
}

export class FastListener implements FastHome<FastClient> {
  readonly name: string;
  readonly fast: FastShared;
  readonly limits: Limits;
  readonly slots: FastSlots;
  readonly reading: RequestReading<FastDestination>;
  readonly #parts: FastListenerParts;
  readonly #server: Server;
  readonly #clients = new Set<FastClient>();
  readonly #lines: ProxyLines;
  #destinations: FastDestinations;
  /** Of `#destinations`. */
  readonly #hosts = new HostMemory<FastDestination>();

  constructor(parts: FastListenerParts) {
    const { settings, fast } = parts;
    this.#parts = parts;
    this.name = settings.name;
    this.fast = fast;
    this.limits = fast.shared.settings.limits;
    this.slots = new FastSlots(fast.shared.tally, settings.name);
    this.#destinations = this.#destinationsIn(fast.shared.running.stretchAt(fast.turn.wallMs));
    this.reading = {
      pool: fast.requestLines,
      authorityOf: (text) => this.#destinationOf(text),
      authorityAt: (bytes, view, start, end) => this.#destinationAt(bytes, view, start, end),
    };
    this.#lines = new ProxyLines(settings.name, fast.shared, {
      begin: (socket, tap, bytes, to) => {
        const client = this.#serve(socket, tap);
        if (to > 0) client.received(bytes, to);
        return client;
      },
      left: (socket) => this.#left(socket),
    });
    this.#server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true });
    this.#server.on('connection', (socket) => {
      this.#begin(socket, null);
      socket.resume();
    });
  }

  /** Of the stretch that the last request was read in. */
  get destinations(): FastDestinations {
    return this.#destinations;
  }

  get hasSlowPath(): boolean {
    return this.#parts.slow !== null;
  }

  /** Whether any of its connections carries a request. */
  get isBusy(): boolean {
    for (const client of this.#clients) if (client.isBusy) return true;
    return false;
  }

  /** Rejects with the system's error, for example EADDRINUSE. */
  listen(): Promise<AddressInfo> {
    const { address } = this.#parts.settings;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: address.host, port: address.port }, () => {
        this.#server.removeListener('error', reject);
        this.#server.on('error', () =>
          this.fast.shared.tally.log.error('accept-failed', 'cannot accept connections', {
            cause: 'accept',
            listener: this.name,
          }),
        );
        if (this.#parts.takesOver) acceptHere(this.#server, ({ socket, tap }) => this.#begin(socket, tap));
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Stops accepting and closes connections that carry nothing. */
  stop(): void {
    this.#server.close();
    this.#lines.close();
    for (const client of this.#clients) client.closeIfIdle();
    this.#parts.slow?.stop();
  }

  watch(client: Waiting): void {
    this.fast.shared.deadlines.add(client);
  }

  /** `isHandedOver`: the connection goes on elsewhere. */
  forget(client: FastClient, isHandedOver: boolean): void {
    this.fast.shared.deadlines.remove(client);
    if (!this.#clients.delete(client)) return;
    if (isHandedOver) return;
    this.#left(client.socket);
    this.fast.shared.pool.dropOwned(client);
  }

  /** A well-formed head of the closed list, and what came behind it, at the start of a request. */
  handOver(socket: Socket, tap: Tap, bytes: Buffer): void {
    const { slow } = this.#parts;
    if (slow === null) return void socket.destroy();
    socket.once('close', () => this.#left(socket));
    tap.handBack();
    slow.adopt(socket, bytes);
  }

  #left(socket: Socket): void {
    this.#parts.connections.delete(socket);
    this.#count(-1);
  }

  #open = 0;

  #count(by: number): void {
    this.#open += by;
    this.fast.shared.tally.meter.setAt(this.slots.connections, this.#open);
  }

  /** `tap`: through which the socket reads; null: it waits to be read by its events. */
  #begin(socket: Socket, tap: Tap | null): void {
    const { connections } = this.#parts;
    connections.add(socket);
    this.#count(1);
    if (connections.areTooMany) this.#serve(socket, tap).refuseAtOnce('connections');
    else if (this.fast.shared.isDraining) this.#serve(socket, tap).refuseAtOnce('draining');
    else if (this.#lines.areExpected) this.#lines.expect(socket, tap);
    else this.#serve(socket, tap);
  }

  #serve(socket: Socket, tap: Tap | null): FastClient {
    const client = new FastClient(socket, tap, this);
    this.#clients.add(client);
    this.watch(client);
    return client;
  }

  #destinationOf(text: string): FastDestination | undefined {
    const { wallMs } = this.fast.turn;
    return this.#destinationsAt(wallMs).get(text, wallMs);
  }

  #destinationAt(bytes: Buffer, view: DataView, start: number, end: number): FastDestination | undefined {
    const { wallMs } = this.fast.turn;
    const destinations = this.#destinationsAt(wallMs);
    const known = this.#hosts.find(view, start, end);
    if (known !== undefined) return known;
    const found = destinations.get(bytes.toString('latin1', start, end), wallMs);
    if (found !== undefined) this.#hosts.keep(view, start, end, found);
    return found;
  }

  #destinationsAt(wallMs: number): FastDestinations {
    const stretch = this.fast.shared.running.stretchAt(wallMs);
    if (this.#destinations.stretch !== stretch) {
      this.#destinations = this.#destinationsIn(stretch);
      this.#hosts.clear();
    }
    return this.#destinations;
  }

  /** Nothing is in quarantine here: the plan on bytes may decide. */
  get isPlain(): boolean {
    return this.fast.shared.running.quarantined(this.name).size === 0;
  }

  /** Heads that begin from now on are read for this stretch; one that began before is planned on strings. */
  #destinationsIn(stretch: Stretch): FastDestinations {
    const { requestLines, answerLines, shared } = this.fast;
    requestLines.classes = stretch.rules.names;
    answerLines.classes = stretch.rules.answerNames;
    const { name: listener } = this;
    const [as, places] = [stretch.reach.judgedAs(listener), stretch.reach.placesFor(listener)];
    return new FastDestinations({ listener, as, places, stretch, meter: shared.tally.meter });
  }
}

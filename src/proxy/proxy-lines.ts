// The connections of one listener whose line of PROXY protocol has not come yet: awaited, watched, closed and counted.
// INVARIANT: what the line says judges nobody. `clients` and `trust` are asked about the peer that sent it (test/wire/proxy-protocol.test.ts).
import type { Socket } from 'node:net';
import type { RefusalCode } from '../http/refusal.js';
import { monotonicMs } from './deadlines.js';
import { LineFirst, type LineHome } from './line-first.js';
import type { Shared } from './shared.js';
import type { Receiver, Tap } from './tap.js';

export interface Behind {
  /** The line was read; `bytes[0, to)` came behind it, valid during the call. Whoever reads on; null: the tap was handed back. */
  begin(socket: Socket, tap: Tap, bytes: Buffer, to: number): Receiver | null;
  /** A connection is gone of which no line came. */
  left(socket: Socket): void;
}

export class ProxyLines implements LineHome {
  readonly #listener: string;
  readonly #shared: Shared;
  readonly #behind: Behind;
  readonly #waiting = new Set<LineFirst>();

  constructor(listener: string, shared: Shared, behind: Behind) {
    this.#listener = listener;
    this.#shared = shared;
    this.#behind = behind;
  }

  /** Whether connections that are accepted now begin with one: as the settings in force say. */
  get areExpected(): boolean {
    return this.#shared.running.reach.kindOf(this.#listener) === 'proxy-protocol';
  }

  /** `tap`: through which the socket is read already; null: by its events. */
  expect(socket: Socket, tap: Tap | null): void {
    const deadlineMs = monotonicMs() + this.#shared.settings.limits.headTimeoutMs;
    const first = new LineFirst(socket, tap, { home: this, deadlineMs });
    this.#waiting.add(first);
    this.#shared.deadlines.add(first);
  }

  /** The gateway shuts down: they carry nothing. */
  close(): void {
    for (const { socket } of this.#waiting) socket.destroy();
  }

  begin(first: LineFirst, bytes: Buffer, to: number): Receiver | null {
    this.#drop(first);
    return this.#behind.begin(first.socket, first.tap, bytes, to);
  }

  refuse(_: LineFirst, code: RefusalCode): void {
    this.#shared.tally.refusal(this.#listener, code, this.#shared.requestId());
  }

  forget(first: LineFirst): void {
    this.#drop(first);
    this.#behind.left(first.socket);
  }

  #drop(first: LineFirst): void {
    this.#waiting.delete(first);
    this.#shared.deadlines.remove(first);
  }
}

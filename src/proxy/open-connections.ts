// The client connections of this process, of all its listeners.
import type { Socket } from 'node:net';
import type { AcceptTurns } from './accept-turns.js';

export class OpenConnections {
  readonly #sockets = new Set<Socket>();
  readonly #limit: number;
  readonly #turns: AcceptTurns | null;

  /** `limit`: of connections that are served. `turns`: with other workers; null: there are none. */
  constructor(limit: number, turns: AcceptTurns | null) {
    this.#limit = limit;
    this.#turns = turns;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** More than there may be. */
  get areTooMany(): boolean {
    return this.#sockets.size > this.#limit;
  }

  /** It was accepted. Returns when this process may accept the next. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    this.#turns?.accepted(this.#sockets.size);
  }

  delete(socket: Socket): void {
    if (this.#sockets.delete(socket)) this.#turns?.closed(this.#sockets.size);
  }

  /** Nothing more is accepted. */
  stop(): void {
    this.#turns?.leave();
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

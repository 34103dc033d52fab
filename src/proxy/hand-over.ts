// What `http.request` asks of an agent: hand over the one connection that was acquired for this request. Pools nothing itself.
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** A longer answer head is a fault (docs/life-of-a-request.md). */
export const MAX_ANSWER_HEAD_BYTES = 65_536;

/** Stands where `http.request` expects an agent. `started` is called synchronously, before a byte is written. */
export class HandOver {
  readonly keepAlive = true;
  readonly protocol = 'http:';
  readonly defaultPort = 80;
  readonly #socket: Socket;
  readonly #started: (request: ClientRequest) => void;

  constructor(socket: Socket, started: (request: ClientRequest) => void) {
    this.#socket = socket;
    this.#started = started;
  }

  /** Called by ClientRequest; the same seam that `agent-base` stands on. */
  addRequest(request: ClientRequest): void {
    this.#started(request);
    request.onSocket(this.#socket);
  }
}

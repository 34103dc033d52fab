// What the settings in force say of a client's address: asked for each request, for it may differ between two of one
// connection.
import type { Reach } from './reach.js';
import type { Origin, Running } from './running.js';

export class PeerJudgement {
  readonly #running: Running;
  readonly #listener: string;
  readonly #peer: string;
  #by: Reach | null = null;
  #origin: Origin;
  #isAllowed = false;

  constructor(running: Running, listener: string, peer: string) {
    this.#running = running;
    this.#listener = listener;
    this.#peer = peer;
    this.#origin = { listener, trusted: false };
  }

  get origin(): Origin {
    this.#judge();
    return this.#origin;
  }

  /** False: a peer outside the listener's `clients`. */
  get isAllowed(): boolean {
    this.#judge();
    return this.#isAllowed;
  }

  #judge(): void {
    const { reach } = this.#running;
    if (this.#by === reach) return;
    this.#by = reach;
    const { isAllowed, trusted, as } = reach.peer(this.#listener, this.#peer);
    this.#origin = { listener: this.#listener, as, trusted };
    this.#isAllowed = isAllowed;
  }
}

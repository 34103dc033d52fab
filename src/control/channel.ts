// One end of a conversation in messages.

export interface Channel<Sent, Received> {
  send(message: Sent): void;
  /** One listener; what comes before it is set waits for it. */
  listen(listener: (message: Received) => void): void;
}

/** An end that keeps what arrives early. */
export class Inbox<Received> {
  #listener: ((message: Received) => void) | undefined;
  #early: Received[] = [];

  listen(listener: (message: Received) => void): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    early.forEach(listener);
  }

  deliver(message: Received): void {
    if (this.#listener === undefined) this.#early.push(message);
    else this.#listener(message);
  }
}

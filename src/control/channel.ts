// One end of a conversation in messages, and the pair of ends that stays within a process.

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

/** Two ends in one process. A message arrives in a later turn, in order, as between processes; it is not copied. */
export function channelPair<A, B>(): readonly [Channel<A, B>, Channel<B, A>] {
  const first = new Inbox<B>();
  const second = new Inbox<A>();
  return [
    {
      send: (message) => void setImmediate(() => second.deliver(message)),
      listen: (listener) => first.listen(listener),
    },
    {
      send: (message) => void setImmediate(() => first.deliver(message)),
      listen: (listener) => second.listen(listener),
    },
  ];
}

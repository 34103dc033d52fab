// What the clients know of each request, to be held against the gateway's own count. INVARIANT: a request is entered once, when
// there is proof that the gateway read its head whole (its answer began, or a destination saw it) or refused it (its answer came);
// who goes away before there is proof never let the head be whole, and enters nothing. So both counts are equal, not nearly equal.
// A reset beside bytes that nobody has read yet looks to a reader like an end: whoever resets knows that all it sent was read.

/** `partner`: with identity to a partner: `released` or `stripped`, by what is in force. */
export type Entry = 'refused' | 'tunnelled' | 'stripped' | 'untouched' | 'partner';

export class Book {
  readonly failures: string[] = [];
  /** Requests entered, by kind of client. */
  readonly kinds = new Map<string, number>();
  /** Of OPTIONS that the gateway answered itself, which is no refusal. */
  answeredLocally = 0;
  readonly #entries: Record<Entry, number> = {
    refused: 0,
    tunnelled: 0,
    stripped: 0,
    untouched: 0,
    partner: 0,
  };
  /** Requests at whose partner identity arrived. */
  readonly #released = new Set<number>();
  /** Refused, though a destination has or will have their heads. */
  readonly #refused = new Set<number>();
  readonly #arrivals = new Map<number, () => void>();
  readonly #bodies = new Map<number, { readonly bytes: number; readonly resolve: () => void }>();
  #ids = 0;

  /** The number of a new request. */
  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** `id`: of a request that is refused though a destination has its head. */
  enter(kind: string, entry: Entry, id?: number): void {
    this.#entries[entry] += 1;
    if (id !== undefined) {
      this.#refused.add(id);
      this.#released.delete(id);
    }
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
  }

  of(entry: Entry): number {
    return this.#entries[entry];
  }

  get total(): number {
    return Object.values(this.#entries).reduce((sum, count) => sum + count, 0);
  }

  get released(): number {
    return this.#released.size;
  }

  /** A destination may read the head of a request after its client has read the refusal. */
  sawIdentity(id: number): void {
    if (!this.#refused.has(id)) this.#released.add(id);
  }

  /** Resolves when a destination reads the head of request `id`. Asked before it is sent. */
  arrivalOf(id: number): Promise<void> {
    return new Promise((resolve) => this.#arrivals.set(id, resolve));
  }

  /** The same for its head and so many bytes of its body. */
  arrivalOfBody(id: number, bytes: number): Promise<void> {
    const arrives = this.arrivalOf(id);
    if (bytes === 0) return arrives;
    return new Promise((resolve) => this.#bodies.set(id, { bytes, resolve }));
  }

  arrived(id: number, bytes = 0): void {
    this.#arrivals.get(id)?.();
    this.#arrivals.delete(id);
    const body = this.#bodies.get(id);
    if (body === undefined || bytes < body.bytes) return;
    body.resolve();
    this.#bodies.delete(id);
  }

  fail(why: string): void {
    if (this.failures.length < 20) this.failures.push(why);
  }
}

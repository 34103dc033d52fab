// The names that come most often, in bounded memory: SpaceSaving (Metwally, Agrawal, El Abbadi, "Efficient computation of
// frequent and top-k elements in data streams", ICDT 2005). INVARIANT: whatever came more than N / capacity times is there.

/**
 * Slots of fixed number; a slot is an index that a caller may hang more on. The rarest is found through a heap, which is kept from when it
 * is first asked for: while there is room for all, to count one more is no more than that.
 */
export class HeavyHitters {
  readonly capacity: number;
  /** After `offer`: the slot is another name's from now on; what hung on it is over. */
  isFresh = false;
  /** How often anything was offered. */
  offered = 0;
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts: Float64Array;
  readonly #errors: Float64Array;
  /** Slots by count, the rarest first (a binary heap), and where each slot stands in it. */
  readonly #heap: Int32Array;
  readonly #places: Int32Array;
  #isOrdered = false;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#counts = new Float64Array(capacity);
    this.#errors = new Float64Array(capacity);
    this.#heap = new Int32Array(capacity);
    this.#places = new Int32Array(capacity);
  }

  get size(): number {
    return this.#names.length;
  }

  /**
   * Counts the name once more and gives its slot. A new name takes a free slot, else that of the rarest, with its count. `hint`: where it
   * may be, from an earlier call.
   */
  offer(name: string, hint = -1): number {
    this.offered += 1;
    const known = this.#names[hint] === name ? hint : this.#slots.get(name);
    this.isFresh = known === undefined;
    if (known !== undefined) {
      this.#raise(known);
      return known;
    }
    if (this.size < this.capacity) return this.#open(name);
    if (!this.#isOrdered) this.#order();
    const slot = this.#heap[0] ?? 0;
    this.#slots.delete(this.nameOf(slot));
    this.#slots.set(name, slot);
    this.#names[slot] = name;
    this.#errors[slot] = this.#counts[slot] ?? 0;
    this.#raise(slot);
    return slot;
  }

  nameOf(slot: number): string {
    return this.#names[slot] ?? '';
  }

  /** At least as often as the name came, at most `errorOf` more. */
  countOf(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  errorOf(slot: number): number {
    return this.#errors[slot] ?? 0;
  }

  clear(): void {
    this.#slots.clear();
    this.#names.length = 0;
    this.offered = 0;
    this.#isOrdered = false;
  }

  #open(name: string): number {
    const slot = this.size;
    this.#slots.set(name, slot);
    this.#names.push(name);
    this.#counts[slot] = 1;
    this.#errors[slot] = 0;
    return slot;
  }

  #raise(slot: number): void {
    this.#counts[slot] = this.countOf(slot) + 1;
    if (this.#isOrdered) this.#sink(slot, this.#places[slot] ?? 0);
  }

  #order(): void {
    this.#isOrdered = true;
    for (let slot = 0; slot < this.size; slot += 1) this.#put(slot, slot);
    for (let place = (this.size >> 1) - 1; place >= 0; place -= 1) this.#sink(this.#heap[place] ?? 0, place);
  }

  /** From `place` down to where none below is rarer. */
  #sink(slot: number, from: number): void {
    const count = this.countOf(slot);
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.#countAt(child + 1) < this.#countAt(child)) child += 1;
      if (this.#countAt(child) >= count) break;
      this.#put(this.#heap[child] ?? 0, place);
      place = child;
    }
    this.#put(slot, place);
  }

  #countAt(place: number): number {
    return this.#counts[this.#heap[place] ?? 0] ?? 0;
  }

  #put(slot: number, place: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place;
  }
}

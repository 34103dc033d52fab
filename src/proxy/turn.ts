// One turn of the event loop: what its requests and answers write goes out together at its end, and it has one clock. All
// writes of a turn from one place save 1 µs a request (the caches stay warm for one kind of work at a time). Where reads come one by
// one, each is a turn of its own: at 10,000 requests a second half of them are answered 40 µs sooner (docs/performance.md).
// INVARIANT: what one connection is written keeps its order: whoever writes around the queue flushes it first.
import { performance } from 'node:perf_hooks';

/** A connection's writing half. */
export interface Writer {
  /** Writes now. Never throws; a closed connection takes it and does nothing. */
  emit(text: string): void;
}

/** Fewer reads than this in a turn, on average: they come one by one. */
const TOGETHER = 2;
/** How much one turn says of the average. */
const WEIGHT = 1 / 8;
/** Where they come one by one, one read of so many has a turn as ever, which shows how many come with it. */
const WATCHED = 64;

export class Turn {
  readonly #writers: (Writer | null)[] = [];
  /** Anew for each turn: to put what is young into what is old costs the collector a note each time. */
  #texts: string[] = [];
  #count = 0;
  #isArmed = false;
  #nowMs = 0;
  #wallMs = 0;
  #isNowRead = false;
  #isWallRead = false;
  #isReading = false;
  /** Of this turn. */
  #reads = 0;
  /** On average; at the start as if there were many. */
  #readsTogether = 2 * TOGETHER;
  #unwatched = 0;

  /** Milliseconds of the clock that never jumps, read once in a turn. */
  get nowMs(): number {
    if (!this.#isNowRead) {
      this.#nowMs = performance.now();
      this.#isNowRead = true;
      this.#endLater();
    }
    return this.#nowMs;
  }

  /** Milliseconds since the epoch, read once in a turn. */
  get wallMs(): number {
    if (!this.#isWallRead) {
      this.#wallMs = Date.now();
      this.#isWallRead = true;
      this.#endLater();
    }
    return this.#wallMs;
  }

  /** Latin1 text, written at the end of this turn. */
  later(writer: Writer, text: string): void {
    this.#writers[this.#count] = writer;
    this.#texts.push(text);
    this.#count += 1;
    this.#endLater();
  }

  /** Bytes came from a socket; until `readEnded` they are used. */
  readBegan(): void {
    this.#isReading = true;
    this.#reads += 1;
  }

  /** What they bring is written now, or at the end of the turn. */
  readEnded(): void {
    this.#isReading = false;
    if (this.#isArmed) return;
    if (this.#count === 0 && !this.#isNowRead && !this.#isWallRead) {
      // Nothing is owed to anybody, as of a piece of a large body.
      this.#reads -= 1;
      return;
    }
    if (this.#readsTogether >= TOGETHER) return this.#arm();
    this.#unwatched += 1;
    if (this.#unwatched < WATCHED) return this.#settle();
    this.#unwatched = 0;
    this.#arm();
  }

  /** Writes now all that waits. */
  flush(): void {
    for (let i = 0; i < this.#count; i += 1) {
      const writer = this.#writers[i] ?? null;
      const text = this.#texts[i] ?? '';
      this.#writers[i] = null;
      writer?.emit(text);
    }
    if (this.#count > 0) this.#texts = [];
    this.#count = 0;
  }

  #endLater(): void {
    if (!this.#isArmed && !this.#isReading) this.#arm();
  }

  #arm(): void {
    this.#isArmed = true;
    setImmediate(this.#end);
  }

  readonly #end = (): void => {
    this.#isArmed = false;
    if (this.#reads > 0) this.#readsTogether += WEIGHT * (this.#reads - this.#readsTogether);
    this.#settle();
  };

  #settle(): void {
    this.#isNowRead = false;
    this.#isWallRead = false;
    this.#reads = 0;
    this.flush();
  }
}

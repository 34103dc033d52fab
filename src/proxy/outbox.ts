// What one read brings for the other side, put together for as few writes as possible: small things as one latin1 string,
// which Node copies; large ones as views of a private buffer, uncopied.
// INVARIANT: a range of the slab is always copied (test/wire: a slow reader beside a fast one).
import { SLAB } from './slab.js';
import type { DepartingReleases } from './departing-releases.js';
import type { Tap } from './tap.js';
import type { Turn, Writer } from './turn.js';

/** Where large bytes go. */
export interface Sink extends Writer {
  /**
   * Writes now. true: all of it is out, the bytes may be used again. false: they are in use until `source`, which is paused
   * meanwhile, is resumed.
   */
  write(bytes: Buffer, source: Tap, isLent: boolean): void;
}

/** Node writes a string of this size without another allocation. */
const MOST_TEXT = 16_384;

export class Outbox {
  readonly #turn: Turn;
  readonly #departing: DepartingReleases | null;
  #sink: Sink | null = null;
  #source: Tap | null = null;
  #text = '';
  #bytes: Buffer | null = null;
  #from = 0;
  #to = 0;

  /** `departing`: what leaves with the bytes. Default: nothing. */
  constructor(turn: Turn, departing: DepartingReleases | null = null) {
    this.#turn = turn;
    this.#departing = departing;
  }

  /** `source`: where the bytes come from; it is paused while the sink has enough. */
  begin(sink: Sink, source: Tap): void {
    this.#sink = sink;
    this.#source = source;
  }

  text(text: string): void {
    this.#close();
    this.#text += text;
  }

  /** Of the caller's bytes: they stay as they are until `flush`. */
  range(bytes: Buffer, from: number, to: number): void {
    if (this.#bytes === bytes && this.#to === from) {
      this.#to = to;
      return;
    }
    this.#close();
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
  }

  /** Nothing of it is to be written. */
  drop(): void {
    this.#text = '';
    this.#bytes = null;
    this.#departing?.drop();
  }

  /** All that there is for a sink, in one text: nothing else was begun. */
  whole(sink: Writer, text: string): void {
    this.#turn.later(sink, text);
    this.#departing?.left(this.#turn.wallMs);
  }

  flush(): void {
    this.#close();
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    if (this.#sink === null) return;
    this.#turn.later(this.#sink, text);
    this.#departing?.left(this.#turn.wallMs);
  }

  #close(): void {
    const bytes = this.#bytes;
    if (bytes === null) return;
    this.#bytes = null;
    if (this.#to - this.#from > MOST_TEXT) this.#large(bytes);
    else this.#text += bytes.toString('latin1', this.#from, this.#to);
  }

  #large(bytes: Buffer): void {
    const sink = this.#sink;
    const source = this.#source;
    if (sink === null || source === null) return;
    if (this.#text !== '') this.#turn.later(sink, this.#text);
    this.#text = '';
    this.#departing?.left(this.#turn.wallMs);
    this.#turn.flush();
    const isShared = bytes === SLAB;
    const view = bytes.subarray(this.#from, this.#to);
    sink.write(isShared ? Buffer.from(view) : view, source, !isShared);
  }
}

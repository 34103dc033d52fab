// Looks at names that nobody knows, in one process and on one listener, and gives out every few seconds what it saw. Bounded:
// 1,024 names with three sketches each and one table of pairs, 1.5 MB. It decides nothing and keeps no value.
import { PER_FIELD } from '../http/field-store.js';
import type { HeadLines } from '../http/head-lines.js';
import type { Field } from '../http/message.js';
import { keyOf } from '../names/key.js';
import type { Ruleset } from '../policy/ruleset.js';
import { noteDistinct, REGISTERS } from '../sketch/distinct.js';
import { HeavyHitters } from '../sketch/heavy-hitters.js';
import type { KeyedHash } from '../sketch/keyed-hash.js';
import { NameBytes } from './name-bytes.js';
import { type NameSighting, NOTHING_SEEN, type Sightings } from './novelty.js';
import { isOrdinaryName } from './ordinary-names.js';

export interface ObservedRequest {
  /** Canonical, as asked for. */
  readonly host: string;
  /** As they came, as strings or as bytes: what was withheld too, or a quarantine could not be told from an end of the trouble. */
  readonly fields: readonly Field[] | HeadLines;
  /** `subscriberOf`. */
  readonly subscriber: string;
}

const NAMES = 1024;
const SKETCHES = 3;
/** Names that are given out with their sketches; the others with their count alone. */
const SKETCHED = 256;
const PAIRS = 32_768;
const WORDS = 4;
const ONE_IN = 16;
/** Spellings that are remembered; a flood of new ones empties the memory. */
const REMEMBERED = 4096;
const MOST_CHARACTERS = 64;
const NONE = new Uint8Array(0);

export class NameObserver {
  readonly #hash: KeyedHash;
  readonly #names = new HeavyHitters(NAMES);
  readonly #registers = new Uint8Array(NAMES * SKETCHES * REGISTERS);
  readonly #hashes = new Uint32Array(NAMES);
  readonly #pairs = new Uint32Array(NAMES);
  readonly #constant = new Uint32Array(NAMES);
  /** By name and subscriber, direct-mapped: hashes of both, and of the last value and host. It outlives what is given out. */
  readonly #table = new Uint32Array(PAIRS * WORDS);
  #requests = 0;
  #ruleset: Ruleset | undefined;
  /** By spelling: the key of a name that nobody knows, else empty. */
  #spellings = new Map<string, string>();
  /** The same of spellings in bytes, by their number, and the slot that such a name had last. */
  readonly #bytes = new NameBytes();
  readonly #keys = new Array<string>(this.#bytes.size).fill('');
  readonly #slots = new Int32Array(this.#bytes.size).fill(-1);
  /** Hashes of this request's host and subscriber, where a name was met. */
  #isHashed = false;
  #hostHigh = 0;
  #hostLow = 0;
  #whoHigh = 0;
  #whoLow = 0;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Cost: 0.1 µs, and 0.2 µs for each name that nobody knows; of strings 0.4 µs. */
  observe(request: ObservedRequest, ruleset: Ruleset): void {
    if (ruleset !== this.#ruleset) {
      this.#ruleset = ruleset;
      this.#spellings = new Map();
      this.#bytes.clear();
    }
    this.#requests += 1;
    this.#isHashed = false;
    const { fields } = request;
    if ('offsets' in fields) this.#observeBytes(fields, request, ruleset);
    else this.#observeStrings(fields, request, ruleset);
  }

  #observeStrings(fields: readonly Field[], request: ObservedRequest, ruleset: Ruleset): void {
    for (const { name, value } of fields) {
      const key = this.#spellings.get(name) ?? this.#strange(name, ruleset);
      if (key === '') continue;
      if (!this.#isHashed) this.#hashWho(request);
      const slot = this.#slotOf(key, -1);
      this.#hash.of(value);
      this.#note(slot);
    }
  }

  #observeBytes(lines: HeadLines, request: ObservedRequest, ruleset: Ruleset): void {
    const { view, offsets, count } = lines;
    for (let field = 0; field < count; field += 1) {
      const at = PER_FIELD * field;
      const start = offsets[at] ?? 0;
      const end = offsets[at + 1] ?? 0;
      const known = this.#bytes.find(view, start, end);
      const number = known < 0 ? this.#bytes.give(view, start, end) : known;
      const key = known < 0 ? this.#learn(lines.nameAt(field), number, ruleset) : (this.#keys[known] ?? '');
      if (key === '') continue;
      if (!this.#isHashed) this.#hashWho(request);
      const slot = this.#slotOf(key, this.#slots[number] ?? -1);
      if (number >= 0) this.#slots[number] = slot;
      this.#hash.ofBytes(view, offsets[at + 2] ?? 0, offsets[at + 3] ?? 0);
      this.#note(slot);
    }
  }

  /** `number`: of the name in bytes; -1: it has none. */
  #learn(name: string, number: number, ruleset: Ruleset): string {
    const key = this.#spellings.get(name) ?? this.#strange(name, ruleset);
    if (number >= 0) this.#keys[number] = key;
    return key;
  }

  #hashWho({ host, subscriber }: ObservedRequest): void {
    const hash = this.#hash;
    this.#isHashed = true;
    hash.of(host);
    this.#hostHigh = hash.high;
    this.#hostLow = hash.low;
    hash.of(subscriber);
    this.#whoHigh = hash.high;
    this.#whoLow = hash.low;
  }

  /** The name of this slot, with the value that was hashed last. */
  #note(slot: number): void {
    const { high, low } = this.#hash;
    const at = slot * SKETCHES * REGISTERS;
    noteDistinct(this.#registers, at, this.#hostHigh, this.#hostLow);
    noteDistinct(this.#registers, at + REGISTERS, this.#whoHigh, this.#whoLow);
    noteDistinct(this.#registers, at + 2 * REGISTERS, high, low);
    if ((this.#whoHigh >>> 8) % ONE_IN === 0) this.#notePair(slot, low);
  }

  /** What was seen since the last call. */
  take(): Sightings {
    if (this.#requests === 0) return NOTHING_SEEN;
    const requests = this.#requests;
    const slots = Array.from({ length: this.#names.size }, (_, slot) => slot);
    slots.sort((a, b) => this.#certain(b) - this.#certain(a));
    const names = slots.map((slot, rank) => this.#sightingOf(slot, rank < SKETCHED));
    this.#names.clear();
    this.#requests = 0;
    return { requests, names };
  }

  /** The key of a name in no list; empty for any other. A name with a long run of digits may hold a number: it is not kept. */
  #strange(name: string, ruleset: Ruleset): string {
    const key = keyOf(name);
    const isKnown =
      key === '' ||
      key.length > MOST_CHARACTERS ||
      isOrdinaryName(key) ||
      ruleset.identify(name) !== undefined ||
      /\d{8}/.test(key);
    const strange = isKnown ? '' : key;
    if (name.length <= MOST_CHARACTERS) {
      if (this.#spellings.size >= REMEMBERED) this.#spellings = new Map();
      this.#spellings.set(name, strange);
    }
    return strange;
  }

  #slotOf(key: string, hint: number): number {
    const slot = this.#names.offer(key, hint);
    if (this.#names.isFresh) {
      const at = slot * SKETCHES * REGISTERS;
      this.#registers.fill(0, at, at + SKETCHES * REGISTERS);
      this.#pairs[slot] = 0;
      this.#constant[slot] = 0;
      this.#hash.of(key);
      this.#hashes[slot] = this.#hash.low;
    }
    return slot;
  }

  #notePair(slot: number, value: number): void {
    const table = this.#table;
    const whoHigh = this.#whoHigh;
    const host = this.#hostLow;
    const name = this.#hashes[slot] ?? 0;
    const at = ((Math.imul(name, 0x9e3779b1) ^ this.#whoLow) >>> 17) * WORDS;
    if (table[at] === name && table[at + 1] === whoHigh && table[at + 3] !== host) {
      this.#pairs[slot] = (this.#pairs[slot] ?? 0) + 1;
      if (table[at + 2] === value) this.#constant[slot] = (this.#constant[slot] ?? 0) + 1;
    }
    table[at] = name;
    table[at + 1] = whoHigh;
    table[at + 2] = value;
    table[at + 3] = host;
  }

  #certain(slot: number): number {
    return this.#names.countOf(slot) - this.#names.errorOf(slot);
  }

  #sightingOf(slot: number, isSketched: boolean): NameSighting {
    const at = slot * SKETCHES * REGISTERS;
    const sketch = (which: number): Uint8Array =>
      isSketched ? this.#registers.slice(at + which * REGISTERS, at + (which + 1) * REGISTERS) : NONE;
    return {
      name: this.#names.nameOf(slot),
      requests: this.#certain(slot),
      hosts: sketch(0),
      subscribers: sketch(1),
      values: sketch(2),
      pairs: this.#pairs[slot] ?? 0,
      constant: this.#constant[slot] ?? 0,
    };
  }
}

// Which names are identity, for the second look: a reading of the catalogue of its own, on bytes. It shares no code with
// names/ and policy/; test/egress/identity-names.test.ts compares the two on every name and every change of one byte.
import { CATALOGUE } from '../policy/catalogue-data.js';

/** What the policy adds to the catalogue: keys, as the policy's names fold. */
export interface NameRules {
  readonly own: readonly { readonly kind: 'name' | 'prefix'; readonly key: string }[];
  /** Keys of catalogue names that are forwarded now; own names are identity all the same. */
  readonly watched: readonly string[];
  /** Whether names of low trust are identity too, all but Via. Default false. */
  readonly hasLowTrust?: boolean;
}

/** Byte to folded byte: letters in lower case, digits; 0: the byte does not count. */
const FOLDED = new Uint8Array(256);
for (let byte = 0x30; byte <= 0x39; byte += 1) FOLDED[byte] = byte;
for (let byte = 0x61; byte <= 0x7a; byte += 1) {
  FOLDED[byte] = byte;
  FOLDED[byte - 0x20] = byte;
}

const HTTP = [0x68, 0x74, 0x74, 0x70];
const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;
const BITS = 16;

const step = (hash: number, byte: number): number => Math.imul(hash ^ byte, PRIME);
const slotOf = (hash: number): number => (hash ^ (hash >>> BITS)) & ((1 << BITS) - 1);

function hashOf(key: string): number {
  let hash = SEED;
  for (let i = 0; i < key.length; i += 1) hash = step(hash, key.charCodeAt(i));
  return hash;
}

function foldedText(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** One bit per hash: a clear bit is a certain no, and nearly every name of every request ends there. */
class Sieve {
  readonly #bits = new Uint8Array((1 << BITS) >> 3);

  add(key: string): void {
    const slot = slotOf(hashOf(key));
    this.#bits[slot >> 3] = (this.#bits[slot >> 3] ?? 0) | (1 << (slot & 7));
  }

  has(hash: number): boolean {
    const slot = slotOf(hash);
    return ((this.#bits[slot >> 3] ?? 0) & (1 << (slot & 7))) !== 0;
  }
}

export class IdentityNames {
  readonly #names = new Set<string>();
  readonly #prefixes = new Set<string>();
  readonly #nameSieve = new Sieve();
  readonly #prefixSieve = new Sieve();
  readonly #prefixLengths = new Set<number>();
  readonly #longest: number;

  constructor(rules: NameRules) {
    const watched = new Set(rules.watched);
    for (const entry of CATALOGUE) {
      if (entry.grade === 'C' && (rules.hasLowTrust !== true || entry.class === 'address')) continue;
      if (entry.name !== undefined && !watched.has(foldedText(entry.name))) this.#names.add(foldedText(entry.name));
      if (entry.prefix !== undefined) this.#prefixes.add(foldedText(entry.prefix));
    }
    for (const { kind, key } of rules.own) (kind === 'name' ? this.#names : this.#prefixes).add(key);
    for (const key of this.#names) this.#nameSieve.add(key);
    for (const key of this.#prefixes) {
      this.#prefixSieve.add(key);
      this.#prefixLengths.add(key.length);
    }
    this.#longest = Math.max(0, ...this.#prefixLengths);
  }

  /**
   * Every key under which the name in `bytes[start, end)` may be read, if one of them is identity: its letters and digits
   * in lower case, and these without one leading `http`. undefined: no identity.
   */
  keysIfIdentity(bytes: Uint8Array, start: number, end: number): readonly string[] | undefined {
    let whole = SEED;
    let rest = SEED;
    let length = 0;
    let isHttp = true;
    let isCandidate = false;
    for (let i = start; i < end; i += 1) {
      const byte = FOLDED[bytes[i] ?? 0] ?? 0;
      if (byte === 0) continue;
      if (length < 4) isHttp &&= byte === HTTP[length];
      else if (isHttp) {
        rest = step(rest, byte);
        if (length - 4 < this.#longest && this.#prefixSieve.has(rest)) isCandidate = true;
      }
      whole = step(whole, byte);
      length += 1;
      if (length <= this.#longest && this.#prefixSieve.has(whole)) isCandidate = true;
    }
    if (!isCandidate && !this.#nameSieve.has(whole) && !(isHttp && length > 4 && this.#nameSieve.has(rest))) {
      return undefined;
    }
    return this.#verified(bytes, start, end);
  }

  /** The slow and exact answer, for what the sieves let through. */
  #verified(bytes: Uint8Array, start: number, end: number): readonly string[] | undefined {
    let key = '';
    for (let i = start; i < end; i += 1) {
      const byte = FOLDED[bytes[i] ?? 0] ?? 0;
      if (byte !== 0) key += String.fromCharCode(byte);
    }
    const keys = key.length > 4 && key.startsWith('http') ? [key, key.slice(4)] : [key];
    return keys.some((candidate) => this.#isIdentity(candidate)) ? keys : undefined;
  }

  #isIdentity(key: string): boolean {
    if (this.#names.has(key)) return true;
    for (const length of this.#prefixLengths) if (this.#prefixes.has(key.slice(0, length))) return true;
    return false;
  }
}

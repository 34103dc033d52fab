// What may stand in a head, made ready once per destination so that a look makes nothing: names and values as bytes.

/** From the policy by the connection's host, and not from the plan. */
export interface Permitted {
  /** Keys released to this connection's host. */
  readonly released: ReadonlySet<string>;
  /** Of these, the ones whose values are released unchanged: such a value may stand anywhere here. */
  readonly unchanged: ReadonlySet<string>;
  /** Keys that the policy suppresses at this host: no needle is looked for in them. */
  readonly suppressed: ReadonlySet<string>;
}

const HTTP = Buffer.from('http');
/** No name of a field is empty. */
const NO_NAME = new Uint8Array(0);

/** Byte to folded byte: letters in lower case, digits; 0: the byte does not count. */
const FOLDED = new Uint8Array(256);
for (let byte = 0x30; byte <= 0x39; byte += 1) FOLDED[byte] = byte;
for (let byte = 0x61; byte <= 0x7a; byte += 1) {
  FOLDED[byte] = byte;
  FOLDED[byte - 0x20] = byte;
}

/** Where in `bytes[start, end)` the key's letters and digits end, from `start` on; -1: others stand there. */
function endOfKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array): number {
  let at = start;
  for (let i = 0; i < key.length; at += 1) {
    if (at === end) return -1;
    const byte = FOLDED[bytes[at] ?? 0] ?? 0;
    if (byte === 0) continue;
    if (byte !== key[i]) return -1;
    i += 1;
  }
  return at;
}

/** Whether the letters and digits in `bytes[start, end)` are the key, all of them. */
function isKey(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  let at = endOfKey(bytes, start, end, key);
  if (at === -1) return false;
  while (at < end && FOLDED[bytes[at] ?? 0] === 0) at += 1;
  return at === end;
}

function isSpelled(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if (bytes[start + i] !== name[i]) return false;
  return true;
}

/** Made ready once for all hosts to which the same is permitted: one that is asked often stays in the cache for all. */
export class Permission {
  readonly released: readonly Buffer[];
  readonly suppressed: readonly Buffer[];
  readonly unchanged: ReadonlySet<string>;
  /** Which of the released keys the head of this look has had; a look is synchronous, so it may lie here. */
  readonly met: boolean[];
  /** How each of the released keys was spelled last. */
  readonly spelled: Uint8Array[];

  constructor({ released, unchanged, suppressed }: Permitted) {
    this.released = [...released].map((key) => Buffer.from(key, 'latin1'));
    this.suppressed = [...suppressed].map((key) => Buffer.from(key, 'latin1'));
    this.unchanged = unchanged;
    this.met = this.released.map(() => false);
    this.spelled = this.released.map(() => NO_NAME);
  }
}

export class Expectation {
  readonly #authority: Buffer;
  readonly #permission: Permission;

  /** `authority`: the value of Host, canonical, as text or as its bytes. */
  constructor(authority: string | Buffer, permission: Permission) {
    this.#authority = typeof authority === 'string' ? Buffer.from(authority, 'latin1') : authority;
    this.#permission = permission;
  }

  /** Before each head. */
  forget(): void {
    const { met } = this.#permission;
    for (let i = 0; i < met.length; i += 1) met[i] = false;
  }

  /** Whether `bytes[start, end)` are the authority. */
  isAuthority(bytes: Uint8Array, start: number, end: number): boolean {
    const authority = this.#authority;
    if (end - start !== authority.length) return false;
    for (let i = 0; i < authority.length; i += 1) if (bytes[start + i] !== authority[i]) return false;
    return true;
  }

  /** Notes that the head has the identity name in `bytes[start, end)`, which may be spelled with `http` in front. */
  faultOf(bytes: Uint8Array, start: number, end: number): 'identity' | 'repeated' | undefined {
    const { met, spelled } = this.#permission;
    let place = 0;
    while (place < met.length && !isSpelled(bytes, start, end, spelled[place] ?? NO_NAME)) place += 1;
    if (place === met.length) {
      place = this.#keyAt(bytes, start, end);
      if (place === -1) return 'identity';
      spelled[place] = new Uint8Array(bytes.subarray(start, end));
    }
    if (met[place] === true) return 'repeated';
    met[place] = true;
    return undefined;
  }

  /** Which of the released keys; -1: none. */
  #keyAt(bytes: Uint8Array, start: number, end: number): number {
    const place = this.#placeOf(bytes, start, end);
    const behindHttp = place === -1 ? endOfKey(bytes, start, end, HTTP) : -1;
    return behindHttp === -1 ? place : this.#placeOf(bytes, behindHttp, end);
  }

  #placeOf(bytes: Uint8Array, start: number, end: number): number {
    const { released } = this.#permission;
    for (let i = 0; i < released.length; i += 1) if (isKey(bytes, start, end, released[i] ?? HTTP)) return i;
    return -1;
  }

  /** Whether a value of the field with this key may stand anywhere here. */
  mayStand(key: string): boolean {
    const { unchanged } = this.#permission;
    return unchanged.size > 0 && unchanged.has(key);
  }

  /** Whether the name in `bytes[start, end)` is suppressed here. */
  isSuppressed(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#permission.suppressed.some((key) => isKey(bytes, start, end, key));
  }
}

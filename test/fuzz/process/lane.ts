// Cases one after another, many such lanes beside each other, so that bytes of one could come to meet those of another.
import { connect } from 'node:net';
import fc from 'fast-check';
import { piecesOf } from '../messages.js';

const PATIENCE_MS = 60_000;
/** So many pieces are sent one by one; the rest of a case is one piece. */
const MOST_PIECES = 40;
const BATCH = 100;
const MOST_TUNNELLED = 1000;

/** What all lanes share. */
export interface Run {
  readonly seed: number;
  readonly isOver: () => boolean;
  /** The first failure ends the run. */
  readonly fail: (why: string) => void;
  readonly nextId: () => number;
  readonly tunnelled: Tunnelled;
}

/** What was sent with a CONNECT in it: behind one that was answered with 200, anything may reach the destination (RFC 9110, 9.3.6). */
export class Tunnelled {
  readonly #texts: string[] = [];

  note(text: string): void {
    if (!/(?:^|\n)CONNECT /.test(text)) return;
    this.#texts.push(text);
    if (this.#texts.length > MOST_TUNNELLED) this.#texts.shift();
  }

  /** The last texts that have these bytes anywhere. */
  textsWith(bytes: string): readonly string[] {
    return this.#texts.filter((text) => text.includes(bytes));
  }

  /** Whether one of the last texts has these bytes, in one piece, behind the head of its CONNECT. */
  carries(bytes: string): boolean {
    return this.#texts.some((text) => {
      const end = /(?:^|\n)CONNECT [^]*?\n\r?\n/.exec(text);
      return end !== null && text.includes(bytes, end.index + end[0].length);
    });
  }
}

/** Cases without end: the same for the same seed and lane. */
export function* casesOf<T>(arbitrary: fc.Arbitrary<T>, seed: number): Generator<T> {
  for (let batch = 0; ; batch += 1) {
    yield* fc.sample(arbitrary, { numRuns: BATCH, seed: (seed + batch * 7919) | 0 });
  }
}

/** Sends it in these pieces, each in a turn of its own, ends its side, and gives all that comes until the other end closes. */
export function converse(port: number, text: string, sizes: readonly number[]): Promise<string> {
  const pieces = piecesOf(text, sizes);
  const rest = Buffer.concat(pieces.splice(MOST_PIECES));
  if (rest.length > 0) pieces.push(rest);
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    let received = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`a connection did not end within ${PATIENCE_MS / 1000} s; received ${JSON.stringify(received)}`),
      );
    }, PATIENCE_MS);
    socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
    // A reset behind the last answer is an end too: who sends on after a refusal gets one.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    const send = (): void => {
      const piece = pieces.shift();
      if (!socket.writable) return;
      if (piece === undefined) return void socket.end();
      socket.write(piece);
      setImmediate(send);
    };
    socket.once('connect', send);
  });
}

export interface Field {
  readonly name: string;
  readonly value: string;
}

/**
 * What may be left out of what is relayed: hop by hop (RFC 9110, section 7.6.1), named by `Connection`, or meant for a proxy. By what
 * is left of a name without its separators: some servers take `Content_Length` for the real one.
 */
export function mayGo(name: string, fields: readonly Field[]): boolean {
  return mustGo(name, fields) || nominated(fields).some((option) => bareOf(option) === bareOf(name));
}

/** What has to be left out: the same, but of `Connection` only what it names letter by letter, in either case. */
export function mustGo(name: string, fields: readonly Field[]): boolean {
  // Of OPTIONS it is counted down.
  if (name.toLowerCase() === 'max-forwards') return true;
  return (
    HOP_BY_HOP.has(bareOf(name)) || nominated(fields).includes(name.toLowerCase()) || /^proxy[^a-z0-9]/i.test(name)
  );
}

/** The options of `Connection` that have a letter or a digit, in lower case. */
function nominated(fields: readonly Field[]): readonly string[] {
  return fields
    .filter((field) => field.name.toLowerCase() === 'connection')
    .flatMap(({ value }) => value.split(',').map((option) => option.trim().toLowerCase()))
    .filter((option) => bareOf(option) !== '');
}

/** What is left of a name without its separators, in lower case: two such names are one to many servers. */
export function bareOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

const HOP_BY_HOP: ReadonlySet<string> = new Set(
  (
    'connection keepalive proxyconnection te trailer trailers transferencoding upgrade contentlength proxyauthorization ' +
    'proxyauthenticate proxyauthenticationinfo proxy http2settings expect host'
  ).split(' '),
);

/** Those of `sent` that `arrived` lacks, and those of `arrived` that were never sent, names and values byte for byte. */
export function differences(sent: readonly Field[], arrived: readonly Field[]): { lost: Field[]; invented: Field[] } {
  const lost = [...sent];
  const invented = arrived.filter(({ name, value }) => {
    const at = lost.findIndex((field) => field.name === name && field.value === value);
    if (at >= 0) lost.splice(at, 1);
    return at < 0;
  });
  return { lost, invented };
}

// The only place that touches internals of Node. An accepted connection gets a socket that reads to our buffer; what a plain
// connection reads comes from its handle to us, and what we write goes to it, without the streams between: a quarter of the whole request.
// Only `onread` of `new net.Socket` is documented. A probe at the start tells whether the rest is as expected; without it sockets are
// used as streams (both under the whole wire suite).
import { createServer, type Server, Socket } from 'node:net';
import { Tap } from './tap.js';

interface Handle {
  onread: (this: Handle, bytes: unknown) => unknown;
  writeLatin1String(request: object, text: string): number;
  readonly writeQueueSize: number;
  setNoDelay(isOn: boolean): number;
  headgateTap?: Tap;
}

interface Listening {
  onconnection: (this: Listening, status: number, handle?: Handle) => void;
}

interface WithHandle {
  _handle: unknown;
}

interface WriteRequest {
  oncomplete: ((this: WriteRequest, status: number) => void) | null;
  headgateLine: Line | null;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** Who writes through a line. */
export interface LineOwner {
  /** The kernel has taken all that waited. */
  hasRoom(): void;
}

/** Of a process whose probe went well; null: sockets are streams. */
let internals: Internals | null = null;

/** What Node's own modules know of a stream's handle. */
class Internals {
  readonly state: Int32Array;
  readonly readAt: number;
  readonly isAsyncAt: number;
  readonly #WriteWrap: new () => WriteRequest;
  /** For writes that are done at once, as nearly all are. */
  spare: WriteRequest;
  /** What Node reads with. */
  ordinary: Handle['onread'] | null = null;

  constructor({ WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync }: StreamBinding) {
    this.#WriteWrap = WriteWrap;
    this.state = streamBaseState;
    this.readAt = kReadBytesOrError;
    this.isAsyncAt = kLastWriteWasAsync;
    this.spare = this.newRequest();
  }

  newRequest(): WriteRequest {
    const request = new this.#WriteWrap();
    request.oncomplete = null;
    request.headgateLine = null;
    return request;
  }
}

/** An accepted connection, whose socket reads through the tap. */
export interface Taken {
  readonly socket: Socket;
  readonly tap: Tap;
}

/**
 * From now on the connections of a listening server come here, and are not its own: Node would make a socket of each that we need to
 * replace. false: they come as its 'connection' events, as ever.
 */
export function acceptHere(server: Server, accept: (taken: Taken) => void): boolean {
  const listening = (server as unknown as WithHandle)._handle as Listening | null;
  if (internals === null || typeof listening?.onconnection !== 'function') return false;
  const ordinary = listening.onconnection;
  listening.onconnection = function (this: Listening, status, handle): void {
    // Without a connection there is an error, and the server says which.
    if (status !== 0 || handle === undefined) return ordinary.call(this, status, handle);
    handle.setNoDelay(true);
    const tap = new Tap();
    // `handle` is in no type: it is what `net.Server` itself gives.
    const options: object = { handle, allowHalfOpen: true, onread: tap.onread };
    accept({ socket: new Socket(options), tap });
  };
  return true;
}

/** The writing half of a plain connection, on its handle. */
export class Line {
  readonly #internals: Internals;
  readonly #handle: Handle;
  readonly #socket: Socket;
  readonly #owner: LineOwner;
  #pending = 0;

  constructor(inner: Internals, handle: Handle, socket: Socket, owner: LineOwner) {
    this.#internals = inner;
    this.#handle = handle;
    this.#socket = socket;
    this.#owner = owner;
  }

  /** Writes latin1 text now. false: some of it waits for room. A connection that is closed or broken takes it and is destroyed. */
  write(text: string): boolean {
    const inner = this.#internals;
    const request = inner.spare;
    if (this.#handle.writeLatin1String(request, text) !== 0) {
      this.#socket.destroy();
      return true;
    }
    if (inner.state[inner.isAsyncAt] === 0) return true;
    inner.spare = inner.newRequest();
    request.oncomplete = onComplete;
    request.headgateLine = this;
    this.#pending += 1;
    return false;
  }

  /** Bytes that were written here and that the kernel has not taken. */
  get unsent(): number {
    return this.#pending === 0 ? 0 : this.#handle.writeQueueSize;
  }

  completed(status: number): void {
    this.#pending -= 1;
    if (status < 0) this.#socket.destroy();
    else if (this.#pending === 0) this.#owner.hasRoom();
  }
}

function onComplete(this: WriteRequest, status: number): void {
  const line = this.headgateLine;
  this.headgateLine = null;
  line?.completed(status);
}

/**
 * From now on what a connected plain socket reads comes to `tap`, whose `onread` it has, from its handle, and it may be written through
 * the line; null: it is a stream as ever.
 */
export function lineOf(socket: Socket, tap: Tap, owner: LineOwner): Line | null {
  const inner = internals;
  const handle = (socket as unknown as WithHandle)._handle as Handle | null;
  if (inner === null || handle === null || typeof handle.writeLatin1String !== 'function') return null;
  inner.ordinary ??= handle.onread;
  if (typeof inner.ordinary !== 'function' || handle.onread !== inner.ordinary) return null;
  handle.headgateTap = tap;
  handle.onread = readNow;
  return new Line(inner, handle, socket, owner);
}

/** Bytes go to the tap; ends, errors, and what nobody reads here, to Node. The answer is the next buffer, if it is another. */
function readNow(this: Handle, bytes: unknown): unknown {
  const inner = internals;
  const tap = this.headgateTap;
  const length = inner?.state[inner.readAt] ?? 0;
  if (length > 0 && tap !== undefined && tap.receiver !== null) return tap.read(length);
  return inner?.ordinary?.call(this, bytes);
}

/** More than the kernel takes of a connection at once. */
const MUCH = 8_388_608;
const PROBE_MS = 2000;

/**
 * Whether all of it is here as expected: on loopback a connection is accepted, what is sent to it is read from its handle, and what
 * is written to its handle arrives, more than the kernel has room for too. From then on it is used.
 */
export async function isSeamSound(): Promise<boolean> {
  const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true });
  try {
    // An internal of Node that its types do not know, listed among those that may be asked for in this way.
    const node = process as unknown as { binding(name: string): unknown };
    internals = new Internals(node.binding('stream_wrap') as StreamBinding);
    const isSound = await new Promise<boolean>((resolve) => {
      const limit = setTimeout(() => resolve(false), PROBE_MS);
      const settle = (outcome: boolean): void => {
        clearTimeout(limit);
        resolve(outcome);
      };
      server.on('error', () => settle(false));
      server.on('connection', () => settle(false));
      // `exclusive`: in a worker it would else share the port of a listener on port 0, and answer its clients.
      server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') return settle(false);
        if (!acceptHere(server, (taken) => probe(taken, settle))) return settle(false);
        ask(address.port, settle);
      });
    });
    if (!isSound) internals = null;
  } catch {
    internals = null;
  } finally {
    server.close();
  }
  return internals !== null;
}

/** Sends a word and expects it back, and then so much that it cannot have been written at once. */
function ask(port: number, settle: (isSound: boolean) => void): void {
  const asker = new Socket();
  let came = 0;
  let start = '';
  asker.on('error', () => settle(false));
  asker.on('close', () => settle(false));
  asker.on('data', (bytes) => {
    if (start.length < 5) start += bytes.toString('latin1', 0, 5 - start.length);
    came += bytes.length;
    if (came < 5 + MUCH + 1) return;
    settle(start === 'probe' && came === 5 + MUCH + 1);
    asker.destroy();
  });
  asker.connect(port, '127.0.0.1', () => asker.write('probe'));
}

function probe({ socket, tap }: Taken, settle: (isSound: boolean) => void): void {
  try {
    socket.on('error', () => settle(false));
    socket.on('end', () => socket.destroy());
    // The last byte is written when there is room again, so that the sum is right only if all of that is known.
    const line = lineOf(socket, tap, { hasRoom: () => void line?.write('.') });
    if (line === null) return settle(false);
    tap.attach(socket, {
      received: (bytes, to) => {
        const isAtOnce = line.write(bytes.toString('latin1', 0, to));
        const isLater = !line.write('x'.repeat(MUCH)) && line.unsent > 0;
        if (!isAtOnce || !isLater) settle(false);
      },
      takesChunks: () => false,
    });
  } catch {
    settle(false);
  }
}

// Row 149 and the rules on streams: back-pressure both ways, memory that does not follow the body, and no byte of another's answer.
// 64 MiB each way; 1 GiB with HEADGATE_WIRE_FULL=1 (make soak).
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { WAYS } from './harness/paths.js';
import { Pattern } from './harness/pattern.js';
import { policyText } from './harness/policy-text.js';
import { growthSince, residentBytes } from './harness/process-view.js';
import { head, ID, STRANGER } from './harness/values.js';

const MIB = 1_048_576;
const IS_FULL = process.env['HEADGATE_WIRE_FULL'] === '1';
const SIZE = (IS_FULL ? 1024 : 64) * MIB;
/** What a gateway may grow by while a body passes; a small heap grows by itself until it first collects. */
const GROWTH = 32 * MIB;
const LIMIT_MS = IS_FULL ? 600_000 : 100_000;

/** Writes `size` bytes of a pattern as fast as the peer takes them. */
async function pour(socket: Socket, pattern: Pattern, size: number): Promise<void> {
  while (pattern.position < size && !socket.destroyed) {
    const isFree = socket.write(pattern.next(Math.min(65_536, size - pattern.position)));
    if (!isFree) await new Promise((resolve) => socket.once('drain', resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A socket's bytes behind its first blank line, checked against a pattern and counted. */
function drain(socket: Socket, pattern: Pattern): { head: string; error: Error | null } {
  const state: { head: string; error: Error | null } = { head: '', error: null };
  let isBody = false;
  socket.on('data', (bytes: Buffer) => {
    let body = bytes;
    if (!isBody) {
      const end = bytes.indexOf('\r\n\r\n');
      state.head += bytes.toString('latin1', 0, end < 0 ? bytes.length : end + 4);
      if (end < 0) return;
      isBody = true;
      body = bytes.subarray(end + 4);
    }
    try {
      pattern.check(body);
    } catch (error) {
      state.error ??= error instanceof Error ? error : new Error(String(error));
    }
  });
  socket.on('error', () => undefined);
  return state;
}

describe.each(WAYS)('streams on $on', (way) => {
  let gateway: Gateway;
  let server: Server;
  let accept: (socket: Socket) => void = () => undefined;
  const clients: Socket[] = [];
  const upstreams: Socket[] = [];

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      upstreams.push(socket);
      accept(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    gateway = await Gateway.start({
      name: 'streaming',
      ...way,
      policy: policyText([]),
      settings: {
        destinations: { default: `127.0.0.1:${(server.address() as AddressInfo).port}`, permit: ['127.0.0.0/8'] },
      },
    });
  }, 60_000);

  afterEach(async () => {
    for (const socket of [...clients.splice(0), ...upstreams.splice(0)]) socket.destroy();
    await gateway.endsConnections();
  });

  afterAll(async () => {
    await gateway.stop();
    await new Promise((resolve) => server.close(resolve));
  }, 60_000);

  const open = async (): Promise<Socket> => {
    const socket = connect(gateway.port(), '127.0.0.1');
    socket.on('error', () => undefined);
    clients.push(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  /** Serves a pattern of `size` bytes to every request; the seed stands in the target. */
  const serve = (size: number): void => {
    accept = (socket) => {
      socket.on('data', (bytes: Buffer) => {
        const seed = /^GET \/(\d+) /m.exec(bytes.toString('latin1'))?.[1];
        if (seed === undefined) return;
        socket.write(head('HTTP/1.1 200 OK', `Content-Length: ${size}`));
        void pour(socket, new Pattern(Number(seed)), size);
      });
    };
  };

  it(
    `row 149: a download of ${SIZE / MIB} MiB arrives byte for byte, and memory does not follow it`,
    async () => {
      serve(SIZE);
      const client = await open();
      const pattern = new Pattern(1);
      const seen = drain(client, pattern);
      client.write(head('GET /1 HTTP/1.1', ID, `Host: ${STRANGER}`));
      await eventually('the first part', () => pattern.position > SIZE / 8, LIMIT_MS);
      const early = residentBytes(gateway.pid);
      let most = 0;
      await eventually(
        'the whole body',
        () => {
          most = Math.max(most, growthSince(early, gateway.pid));
          return pattern.position >= SIZE || seen.error !== null;
        },
        LIMIT_MS,
      );
      expect(seen.error).toBeNull();
      expect(most).toBeLessThan(GROWTH);
    },
    LIMIT_MS + 20_000,
  );

  it.each([
    ['with a length', [`Content-Length: ${SIZE}`]],
    ['in chunks', ['Transfer-Encoding: chunked']],
  ])(
    `row 149: an upload of ${SIZE / MIB} MiB %s arrives byte for byte, and memory does not follow it`,
    async (_, framing) => {
      const isChunked = framing[0]?.startsWith('Transfer') === true;
      const pattern = new Pattern(2);
      let dechunked: Dechunker | null = null;
      let answered = '';
      accept = (socket) => {
        dechunked = new Dechunker(pattern, isChunked);
        socket.on('data', (bytes: Buffer) => {
          dechunked?.feed(bytes);
          if (pattern.position >= SIZE && answered === '') {
            answered = head('HTTP/1.1 200 OK', 'Content-Length: 0');
            socket.write(answered);
          }
        });
      };
      const client = await open();
      let received = '';
      client.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
      client.write(head('POST /up HTTP/1.1', ID, `Host: ${STRANGER}`, ...framing));
      const source = new Pattern(2);
      const pouring = isChunked ? pourChunks(client, source, SIZE) : pour(client, source, SIZE);
      await eventually('the first part', () => pattern.position > SIZE / 8, LIMIT_MS);
      const early = residentBytes(gateway.pid);
      let most = 0;
      await eventually(
        'the answer',
        () => {
          most = Math.max(most, growthSince(early, gateway.pid));
          return received.startsWith('HTTP/1.1 200');
        },
        LIMIT_MS,
      );
      await pouring;
      expect((dechunked as Dechunker | null)?.error ?? null).toBeNull();
      expect(most).toBeLessThan(GROWTH);
    },
    LIMIT_MS + 20_000,
  );

  it(
    'row 149: a client that does not read stops its origin, and memory does not follow',
    async () => {
      serve(SIZE);
      const reader = await open();
      const warm = new Pattern(3);
      drain(reader, warm);
      reader.write(head('GET /3 HTTP/1.1', ID, `Host: ${STRANGER}`));
      await eventually('a warm start', () => warm.position > 4 * MIB, LIMIT_MS);
      reader.pause();
      let sent = 0;
      const origin = upstreams.at(-1);
      const before = residentBytes(gateway.pid);
      await eventually('the origin to be held', () => {
        const now = origin?.bytesWritten ?? 0;
        const isHeld = now === sent && (origin?.writableLength ?? 0) > 0;
        sent = now;
        return isHeld;
      });
      expect(sent).toBeLessThan(SIZE / 2);
      expect(growthSince(before, gateway.pid)).toBeLessThan(GROWTH);
      reader.resume();
      await eventually('the rest', () => warm.position >= SIZE, LIMIT_MS);
    },
    LIMIT_MS + 20_000,
  );

  it('row 149: an origin that does not read stops its client, and memory does not follow', async () => {
    let origin: Socket | undefined;
    accept = (socket) => {
      origin = socket;
      socket.pause();
    };
    const client = await open();
    const before = residentBytes(gateway.pid);
    client.write(head('POST /up HTTP/1.1', ID, `Host: ${STRANGER}`, `Content-Length: ${SIZE}`));
    void pour(client, new Pattern(4), SIZE);
    await eventually('the upstream', () => origin !== undefined);
    let sent = 0;
    await eventually('the client to be held', () => {
      const isHeld = client.bytesWritten === sent && client.writableLength > 0;
      sent = client.bytesWritten;
      return isHeld;
    });
    expect(sent).toBeLessThan(SIZE / 2);
    expect(growthSince(before, gateway.pid)).toBeLessThan(GROWTH);
  });

  it(
    'no byte of another answer reaches a slow reader beside a fast one',
    async () => {
      const size = 8 * MIB;
      serve(size);
      const slow = await open();
      const fast = await open();
      const [slowly, quickly] = [new Pattern(5), new Pattern(6)];
      const slowSeen = drain(slow, slowly);
      const fastSeen = drain(fast, quickly);
      slow.write(head('GET /5 HTTP/1.1', `Host: ${STRANGER}`));
      fast.write(head('GET /6 HTTP/1.1', 'Host: another.test'));
      // The slow one takes a little, then waits until the fast one got as much again.
      const turn = setInterval(() => (slow.isPaused() ? slow.resume() : slow.pause()), 3);
      await eventually('both', () => slowly.position >= size && quickly.position >= size, LIMIT_MS);
      clearInterval(turn);
      expect([slowSeen.error, fastSeen.error]).toEqual([null, null]);
      expect([slowly.position, quickly.position]).toEqual([size, size]);
    },
    LIMIT_MS,
  );
});

/** As `pour`, each write one chunk. */
async function pourChunks(socket: Socket, pattern: Pattern, size: number): Promise<void> {
  while (pattern.position < size && !socket.destroyed) {
    const bytes = pattern.next(Math.min(65_536, size - pattern.position));
    socket.write(`${bytes.length.toString(16)}\r\n`);
    socket.write(bytes);
    if (!socket.write('\r\n')) await new Promise((resolve) => socket.once('drain', resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }
  socket.write('0\r\n\r\n');
}

/** Checks a body against a pattern behind the head, taking chunk framing off where there is one. */
class Dechunker {
  error: Error | null = null;
  private readonly pattern: Pattern;
  private readonly isChunked: boolean;
  private rest = Buffer.alloc(0);
  private isBody = false;
  private left = 0;

  constructor(pattern: Pattern, isChunked: boolean) {
    this.pattern = pattern;
    this.isChunked = isChunked;
  }

  feed(bytes: Buffer): void {
    try {
      this.take(this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]));
    } catch (error) {
      this.error ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  private take(all: Buffer): void {
    let at = 0;
    if (!this.isBody) {
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return this.keep(all);
      this.isBody = true;
      at = end + 4;
    }
    if (!this.isChunked) {
      this.keep(Buffer.alloc(0));
      return this.pattern.check(all.subarray(at));
    }
    while (at < all.length) {
      if (this.left === 0) {
        const end = all.indexOf('\r\n', at + (all[at] === 13 ? 2 : 0));
        if (end < 0) return this.keep(all.subarray(at));
        this.left = Number.parseInt(all.toString('latin1', at, end).trim(), 16);
        at = end + 2;
        if (this.left === 0) return this.keep(Buffer.alloc(0));
      }
      const part = all.subarray(at, at + this.left);
      this.pattern.check(part);
      this.left -= part.length;
      at += part.length;
    }
    this.keep(Buffer.alloc(0));
  }

  private keep(rest: Buffer): void {
    this.rest = Buffer.from(rest);
  }
}

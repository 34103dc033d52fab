// Row 149 and the rules on streams: back-pressure both ways, memory that does not follow the body, and no byte of another's answer.
// 64 MiB each way; 1 GiB with HEADGATE_WIRE_FULL=1 (make soak-wire).
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { WAYS } from './harness/paths.js';
import { Pattern } from './harness/pattern.js';
import { policyText } from './harness/policy-text.js';
import { growthSince, residentBytes } from './harness/process-view.js';
import { pour, Sink } from './harness/stream.js';
import { head, ID, STRANGER } from './harness/values.js';

const MIB = 1_048_576;
const IS_FULL = process.env['HEADGATE_WIRE_FULL'] === '1';
const SIZE = (IS_FULL ? 1024 : 64) * MIB;
/** What a gateway may grow by while a body passes; a small heap grows by itself until it first collects. */
const GROWTH = 32 * MIB;
const LIMIT_MS = IS_FULL ? 600_000 : 100_000;

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
      const seen = new Sink(client, pattern);
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
      const sinks: Sink[] = [];
      let answered = '';
      accept = (socket) => {
        sinks.push(new Sink(socket, pattern));
        socket.on('data', () => {
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
      const pouring = pour(client, source, SIZE, isChunked);
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
      expect(sinks.map(({ error }) => error)).toEqual([null]);
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
      const seen = new Sink(reader, warm);
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
      await eventually('the rest', () => warm.position >= SIZE || seen.error !== null, LIMIT_MS);
      expect(seen.error).toBeNull();
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
});

// Slow readers beside fast ones, downwards and upwards, in every framing, plain and over TLS: each gets every byte of its own
// answer and none of another's. The bytes say whose they are.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Authority } from './harness/certificate.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { WAYS } from './harness/paths.js';
import { Pattern } from './harness/pattern.js';
import { MSISDN_UNCHANGED, partner, policyText } from './harness/policy-text.js';
import { pour, Sink, slowDown } from './harness/stream.js';
import { head, ID, STRANGER } from './harness/values.js';

const KIB = 1024;
const MIB = 1_048_576;
/** More than the kernel holds for a reader that does not read. */
const SLOW = 12 * MIB;
const FAST = 2 * MIB;
/** Around what one write, one read and a private buffer take. */
const EDGES = [1, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 256 * KIB + 1];
const SECURE = 'tls.test';
const LIMIT_MS = 100_000;

type Framing = 'length' | 'chunked' | 'close';
type Pace = 'fast' | 'slow' | 'stalled';

describe.each(WAYS)('slow beside fast on $on', (way) => {
  const authority = new Authority('headgate wire tests');
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  let gateway: Gateway;
  let seeds = 0;
  /** Of uploads, by seed. */
  const arrived = new Map<number, { readonly pattern: Pattern; readonly sink: Sink }>();
  let stalled: (() => void)[] = [];

  const hold = (socket: Socket, pace: Pace): void => {
    if (pace === 'slow') slowDown(socket);
    if (pace !== 'stalled') return;
    socket.pause();
    stalled.push(() => socket.resume());
  };

  /** `GET /FRAMING/SEED/SIZE` is answered with that pattern; `POST /PACE/SEED/SIZE` is read at that pace and then answered. */
  const serve = (socket: Socket): void => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let text = Buffer.alloc(0);
    const onData = (bytes: Buffer): void => {
      text = Buffer.concat([text, bytes]);
      if (!text.includes('\r\n\r\n')) return;
      const [, method = '', word = '', seed = '', size = ''] =
        /^(GET|POST) \/(\w+)\/(\d+)\/(\d+) /.exec(text.toString('latin1', 0, 200)) ?? [];
      const before = text;
      text = Buffer.alloc(0);
      const pattern = new Pattern(Number(seed));
      if (method === 'POST') {
        socket.removeListener('data', onData);
        const sink = new Sink(socket, pattern, before);
        arrived.set(Number(seed), { pattern, sink });
        hold(socket, word as Pace);
        const done = eventually('an upload', () => pattern.position >= Number(size), LIMIT_MS);
        done.then(
          () => socket.end(head('HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: close')),
          () => socket.destroy(),
        );
        return;
      }
      const framing = { length: [`Content-Length: ${size}`], chunked: ['Transfer-Encoding: chunked'], close: [] };
      socket.write(head('HTTP/1.1 200 OK', ...framing[word as Framing]));
      void pour(socket, pattern, Number(size), word === 'chunked').then(() => word === 'close' && socket.end());
    };
    socket.on('data', onData);
  };

  beforeAll(async () => {
    const plain = createServer({ noDelay: true }, serve);
    const tls = createTlsServer({ ...authority.issue([SECURE]), noDelay: true }, serve);
    servers.push(plain, tls);
    const ports: number[] = [];
    for (const server of servers) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ports.push((server.address() as AddressInfo).port);
    }
    gateway = await Gateway.start({
      name: 'beside',
      ...way,
      policy: policyText([partner({ id: 'tls', hosts: [SECURE], transport: 'tls', release: [MSISDN_UNCHANGED] })]),
      files: { 'ca.pem': authority.certificate },
      settings: {
        destinations: {
          hosts: { [SECURE]: `127.0.0.1:${ports[1]}` },
          default: `127.0.0.1:${ports[0]}`,
          permit: ['127.0.0.0/8'],
          tls: { ca: ['ca.pem'] },
        },
      },
    });
  }, 60_000);

  afterEach(async () => {
    stalled = [];
    for (const socket of sockets.splice(0)) socket.destroy();
    await gateway.endsConnections();
  });

  afterAll(async () => {
    await gateway.stop();
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
    authority.remove();
  }, 60_000);

  const open = async (): Promise<Socket> => {
    const socket = connect(gateway.port(), '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };

  interface Stream {
    readonly says: string;
    readonly pace: Pace;
    readonly size: number;
    readonly seed: number;
    readonly pattern: () => Pattern | undefined;
    readonly sink: () => Sink | undefined;
  }

  /** The fast ones to their end while the stalled ones stand, then all; each must have exactly its own bytes. */
  const settle = async (streams: readonly Stream[]): Promise<void> => {
    const isOver = (stream: Stream): boolean =>
      (stream.pattern()?.position ?? 0) >= stream.size || (stream.sink()?.error ?? null) !== null;
    await eventually('the fast ones', () => streams.every((each) => each.pace !== 'fast' || isOver(each)), LIMIT_MS);
    for (const resume of stalled) resume();
    await eventually('all', () => streams.every(isOver), LIMIT_MS).catch(() => undefined);
    const wrong = streams
      .map((each) => ({ each, error: each.sink()?.error ?? null, got: each.pattern()?.position ?? 0 }))
      .filter(({ each, error, got }) => error !== null || got !== each.size)
      .map(({ each, error, got }) => `${each.says} ${each.pace}: ${got} of ${each.size} bytes, ${String(error)}`);
    expect(wrong).toEqual([]);
  };

  const download = async (host: string, framing: Framing, pace: Pace, size: number): Promise<Stream> => {
    const seed = (seeds += 1);
    const socket = await open();
    const pattern = new Pattern(seed);
    const sink = new Sink(socket, pattern);
    socket.write(head(`GET /${framing}/${seed}/${size} HTTP/1.1`, ID, `Host: ${host}`));
    hold(socket, pace);
    return { says: `${host} ${framing}`, pace, size, seed, pattern: () => pattern, sink: () => sink };
  };

  it.each([STRANGER, SECURE])(
    'answers of %s by length, in chunks and until close reach slow, stalled and fast readers byte for byte',
    async (host) => {
      const streams: Stream[] = [];
      for (const framing of ['length', 'chunked', 'close'] as const) {
        for (const pace of ['slow', 'stalled'] as const) streams.push(await download(host, framing, pace, SLOW));
        for (const size of [FAST, ...EDGES]) streams.push(await download(host, framing, 'fast', size));
      }
      await settle(streams);
    },
    LIMIT_MS * 2,
  );

  it.each([STRANGER, SECURE])(
    'uploads to %s by length and in chunks reach slow, stalled and fast destinations byte for byte',
    async (host) => {
      const streams: Stream[] = [];
      for (const isChunked of [false, true]) {
        const sizes = (pace: Pace): readonly number[] => (pace === 'fast' ? [FAST, ...EDGES] : [SLOW]);
        for (const pace of ['slow', 'stalled', 'fast'] as const) {
          for (const size of sizes(pace)) {
            const seed = (seeds += 1);
            const socket = await open();
            socket.resume();
            const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`;
            socket.write(head(`POST /${pace}/${seed}/${size} HTTP/1.1`, ID, `Host: ${host}`, framing));
            void pour(socket, new Pattern(seed), size, isChunked);
            const at = () => arrived.get(seed);
            const says = `${host} ${isChunked ? 'chunked' : 'length'}`;
            streams.push({ says, pace, size, seed, pattern: () => at()?.pattern, sink: () => at()?.sink });
          }
        }
      }
      await settle(streams);
    },
    LIMIT_MS * 2,
  );

  // Too small for a buffer of its own, too large for a string: these are read to what all connections share.
  it(
    'pipelined answers of 48 KiB reach a reader that stands for a while byte for byte, beside readers that do not',
    async () => {
      const [count, size] = [300, 48 * KIB];
      const conversations: { socket: Socket; first: number; received: Buffer[]; length: number }[] = [];
      for (const pace of ['stalled', 'fast', 'fast'] as const) {
        const socket = await open();
        const conversation = { socket, first: seeds + 1, received: [] as Buffer[], length: 0 };
        seeds += count;
        socket.on('data', (bytes: Buffer) => {
          conversation.received.push(bytes);
          conversation.length += bytes.length;
        });
        hold(socket, pace);
        const asks = Array.from({ length: count }, (_, i) =>
          head(`GET /length/${conversation.first + i}/${size} HTTP/1.1`, `Host: ${STRANGER}`),
        );
        socket.write(asks.join(''));
        conversations.push(conversation);
      }
      const [, ...fast] = conversations;
      const isWhole = ({ length }: { readonly length: number }): boolean => length > count * size;
      await eventually('the fast ones', () => fast.every(isWhole), LIMIT_MS);
      for (const resume of stalled) resume();
      await eventually('all', () => conversations.every(isWhole), LIMIT_MS);
      for (const { received, first } of conversations) {
        const all = Buffer.concat(received);
        let at = 0;
        for (let i = 0; i < count; i += 1) {
          const end = all.indexOf('\r\n\r\n', at) + 4;
          expect(all.toString('latin1', at, at + 15)).toBe('HTTP/1.1 200 OK');
          new Pattern(first + i).check(all.subarray(end, end + size));
          at = end + size;
        }
      }
    },
    LIMIT_MS * 2,
  );
});

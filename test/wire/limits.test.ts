// Rows 139 and 141 and the limits: clients that go away, clients that are slow, and more of them than there may be.
// Small by default; HEADGATE_WIRE_FULL=1 (make soak-wire) takes the rows' own sizes as far as the descriptor limit carries them.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import { answerText } from './harness/origin.js';
import { isFastAlone } from './harness/paths.js';
import { connectionsOf, growthSince, residentBytes } from './harness/process-view.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, STRANGER } from './harness/values.js';
import { handshake, switching } from './harness/websocket.js';

const IS_FULL = process.env['HEADGATE_WIRE_FULL'] === '1';
const ABORTS = IS_FULL ? 200 : 20;
const IDLE = IS_FULL ? 5_000 : 500;
const MIB = 1_048_576;
const TO_STRANGER = `Host: ${STRANGER}`;

describeStage('clients that go away', { name: 'aborts' }, (stage, way) => {
  const upstreams = (): number => stage().stranger.open.length;

  beforeEach(() => {
    stage().stranger.mark();
  });

  afterEach(async () => {
    stage().stranger.script = null;
    stage().stranger.onBytes = null;
    await stage().fence();
  });

  /** Each plays until its stage is reached; then the client goes away. */
  const stages: readonly (readonly [string, (client: Client, id: string) => Promise<void>])[] = [
    [
      'in the middle of the head',
      async (client) => {
        client.send(`GET / HTTP/1.1\r\n${ID}\r\nHos`);
      },
    ],
    [
      'in the middle of an upload',
      async (client, id) => {
        client.send(`${head(`POST ${id} HTTP/1.1`, ID, TO_STRANGER, 'Content-Length: 100000')}hello`);
        await eventually('the head to arrive', () =>
          stage()
            .stranger.since()
            .some(({ bytes }) => bytes.includes(id)),
        );
      },
    ],
    [
      'while it waits for the answer',
      async (client, id) => {
        client.send(head(`GET ${id} HTTP/1.1`, ID, TO_STRANGER));
        await eventually('the head to arrive', () =>
          stage()
            .stranger.since()
            .some(({ bytes }) => bytes.includes(id)),
        );
      },
    ],
    [
      'in the middle of the answer',
      async (client, id) => {
        client.send(head(`GET ${id}-part HTTP/1.1`, ID, TO_STRANGER));
        await client.until('a part of the answer', () => client.received.includes('part of it'));
      },
    ],
    [
      'in a WebSocket',
      async (client, id) => {
        client.send(handshake().replace('/chat', `${id}-chat`));
        await client.answers(1);
      },
    ],
    [
      'in a tunnel',
      async (client) => {
        client.send(head(`CONNECT ${STRANGER}:443 HTTP/1.1`, ID, `Host: ${STRANGER}:443`));
        await client.answers(1, ['CONNECT']);
      },
    ],
  ];

  // The fast path alone carries no WebSocket and no tunnel.
  it.each(isFastAlone(way) ? stages.slice(0, -2) : stages)(
    `row 139: ${ABORTS} clients that go away %s leave no connection behind`,
    async (what, reach) => {
      stage().stranger.script = (request, connection) => {
        if (request.target.endsWith('-part')) {
          connection.socket.write(`${head('HTTP/1.1 200 OK', 'Content-Length: 1000')}part of it`, 'latin1');
        } else if (request.target.endsWith('-chat')) {
          connection.isRaw = true;
          connection.socket.write(switching(request), 'latin1');
        }
      };
      for (let i = 0; i < ABORTS; i += 1) {
        const client = await Client.connect(stage().port);
        await reach(client, `/abort-${what.replaceAll(' ', '-')}-${i}`);
        client.reset();
      }
      await eventually(
        'every upstream to close',
        () =>
          upstreams() === 0 ||
          stage().stranger.open.every((c) => c.answeredTo === c.received.length && c.answered > 0 && !c.isRaw),
      );
      await eventually('every client connection to close', () => {
        const left = connectionsOf(stage().gateway.pid).filter((line) => line.startsWith(`${stage().port} `));
        return left.length === 0;
      });
      await eventually('the gauges to say so', async () => {
        const samples = await stage().gateway.metrics();
        const active =
          total(samples, 'headgate_upstream_connections', 'state="active"') + total(samples, 'headgate_tunnels');
        return active === 0 && total(samples, 'headgate_client_connections') === 0;
      });
      for (const { bytes } of stage().stranger.since()) checkNoValue(bytes, [NUMBER]);
    },
    60_000,
  );

  it(`row 139: memory is flat over ${ABORTS * 10} aborts`, async () => {
    await stage().stranger.closeConnections();
    stage().stranger.script = () => undefined;
    const round = async (): Promise<void> => {
      for (let i = 0; i < ABORTS; i += 1) {
        const client = await Client.connect(stage().port);
        client.send(head(`GET /flat-${i} HTTP/1.1`, ID, TO_STRANGER));
        await eventually('the head to arrive', () => stage().stranger.open.length > 0);
        client.reset();
        await eventually('the upstream to close', () => upstreams() === 0);
      }
    };
    for (let i = 0; i < 3; i += 1) await round();
    const before = residentBytes(stage().gateway.pid);
    for (let i = 0; i < 7; i += 1) await round();
    expect(growthSince(before, stage().gateway.pid)).toBeLessThan(16 * MIB);
  }, 100_000);
});

describeStage(
  'clients that are slow',
  { name: 'slow-clients', settings: { limits: { headTimeout: '1s', idleTimeout: '3s', connections: IDLE + 100 } } },
  (stage) => {
    it.each([
      ['one byte at a time', `GET / HTTP/1.1\r\n${ID}\r\n${TO_STRANGER}\r\nFoo: ${'a'.repeat(10_000)}`],
      ['half a head and then nothing', `GET / HTTP/1.1\r\n${ID}\r\nHos`],
      ['half a start line and then nothing', 'GE'],
    ])('row 141: a head that comes %s is 408 at the limit, whatever still comes', async (what, bytes) => {
      const before = await stage().gateway.metrics();
      const client = await Client.connect(stage().port);
      let at = 0;
      const timer = what.startsWith('one') ? setInterval(() => client.send(bytes[at++] ?? ''), 50) : undefined;
      if (timer === undefined) client.send(bytes);
      await client.end();
      clearInterval(timer);
      client.abort();
      stage().gateway.keep('answers.txt', client.received);
      expect(client.read().answers.map((answer) => answer.status)).toEqual([408]);
      const after = await stage().gateway.metrics();
      const late = (samples: typeof after): number =>
        total(samples, 'headgate_refused_requests_total', 'why="head-timeout"');
      expect(late(after) - late(before)).toBe(1);
      await stage().fence();
    });

    it('a connection that never says anything is closed without a word', async () => {
      const client = await Client.connect(stage().port);
      await client.end();
      expect(
        client
          .read()
          .answers.map((answer) => answer.status)
          .filter((status) => status !== 408),
      ).toEqual([]);
      client.abort();
    });

    it('a connection that rests after an answer is closed at the idle limit', async () => {
      const client = await Client.connect(stage().port);
      client.send(head('GET /rest HTTP/1.1', TO_STRANGER));
      await client.answers(1);
      await client.end();
      expect(client.read().answers).toHaveLength(1);
      client.abort();
    });

    it(`row 141: ${IDLE} idle connections cost bounded memory, and a request beside them is answered`, async () => {
      const before = residentBytes(stage().gateway.pid);
      const clients: Client[] = [];
      for (let i = 0; i < IDLE; i += 1) clients.push(await Client.connect(stage().port));
      await stage().fence();
      expect(growthSince(before, stage().gateway.pid) / IDLE).toBeLessThan(128 * 1024);
      for (const client of clients) client.abort();
      await eventually(
        'all to close',
        () => connectionsOf(stage().gateway.pid).filter((line) => line.startsWith(`${stage().port} `)).length === 0,
      );
    }, 60_000);
  },
);

describeStage('too many clients', { name: 'connections', settings: { limits: { connections: 10 } } }, (stage) => {
  it('a client beyond limits.connections is 503, counted, and those before it are served', async () => {
    const before = await stage().gateway.metrics();
    const clients: Client[] = [];
    for (let i = 0; i < 10; i += 1) {
      const client = await Client.connect(stage().port);
      client.send(head(`GET /crowd-${i} HTTP/1.1`, ID, TO_STRANGER));
      await client.answers(1);
      clients.push(client);
    }
    const more = await Client.connect(stage().port);
    more.send(head('GET /one-more HTTP/1.1', ID, TO_STRANGER));
    await more.end();
    expect(more.read().answers.map((answer) => answer.status)).toEqual([503]);
    stage().gateway.keep('answers.txt', more.received);
    more.abort();
    clients[0]?.send(head('GET /still HTTP/1.1', TO_STRANGER));
    expect((await clients[0]?.answers(2))?.[1]?.body).toBe('stranger /still');
    for (const client of clients) client.abort();
    await eventually('a place to be free', async () => {
      const client = await Client.connect(stage().port).catch(() => undefined);
      client?.send(head('GET /free HTTP/1.1', TO_STRANGER));
      await client?.until('an answer', () => client.hasEnded || client.isClosed || client.read().answers.length > 0);
      const isServed = client?.read().answers[0]?.status === 200;
      client?.abort();
      return isServed;
    });
    const after = await stage().gateway.metrics();
    const refused = (samples: typeof after): number =>
      total(samples, 'headgate_refused_requests_total', 'why="connections"');
    expect(refused(after) - refused(before)).toBeGreaterThanOrEqual(1);
    expect(stage().stranger.connections.some((connection) => connection.received.includes('/one-more'))).toBe(false);
  });

  it('read-ahead is bounded: a client that pipelines megabytes is held, not stored', async () => {
    const client = await Client.connect(stage().port);
    stage().stranger.script = (request, connection) => {
      if (request.target !== '/hold') connection.socket.write(answerText('200 OK', 'x'), 'latin1');
    };
    client.send(head('GET /hold HTTP/1.1', TO_STRANGER));
    await eventually('the first to arrive', () =>
      stage().stranger.connections.some((c) => c.received.includes('/hold')),
    );
    const before = residentBytes(stage().gateway.pid);
    const block = head('GET /ahead HTTP/1.1', TO_STRANGER, `Foo: ${'a'.repeat(1000)}`).repeat(60);
    let sent = 0;
    for (let i = 0; i < 500; i += 1) client.send(block);
    await eventually('the client to be held', () => {
      const isHeld = client.socket.bytesWritten === sent && client.socket.writableLength > 0;
      sent = client.socket.bytesWritten;
      return isHeld;
    });
    expect(growthSince(before, stage().gateway.pid)).toBeLessThan(24 * MIB);
    client.abort();
    stage().stranger.script = null;
    await stage().fence();
  });
});

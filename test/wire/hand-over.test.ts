// From the fast path to the slow one: at the boundary of a request, in its turn, with every byte that was read, and as the last of
// its connection. The fast path alone refuses in the same place. Both readings of sockets hand over in their own way.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import type { Script } from './harness/origin.js';
import { HAND_OVER_WAYS, isFast, isFastAlone } from './harness/paths.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { chunkedBody, head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';
import { handshake, switching } from './harness/websocket.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const TO_PARTNER = `Host: ${PARTNER}`;
const NEVER = head('GET /never HTTP/1.1', ID, TO_PARTNER);

/** What, the bytes, their method, what the slow path answers, and the body that must arrive. */
const HANDED: readonly (readonly [string, string, string, number, string | null])[] = [
  ['a GET with Expect', head('GET /slow HTTP/1.1', ID, 'Expect: 100-continue', TO_STRANGER), 'GET', 200, ''],
  [
    'a POST with Expect whose body is there already',
    `${head('POST /slow HTTP/1.1', ID, 'Expect: 100-continue', TO_STRANGER, 'Content-Length: 5')}hello`,
    'POST',
    200,
    'hello',
  ],
  [
    'a chunked POST with Expect',
    `${head('POST /slow HTTP/1.1', ID, 'Expect: 100-continue', TO_STRANGER, 'Transfer-Encoding: chunked')}${chunkedBody('hello')}`,
    'POST',
    200,
    'hello',
  ],
  ['a GET of HTTP/1.0', head('GET /slow HTTP/1.0', ID, TO_STRANGER), 'GET', 200, ''],
  [
    'a CONNECT that is refused',
    head(`CONNECT ${STRANGER}:25 HTTP/1.1`, ID, `Host: ${STRANGER}:25`),
    'CONNECT',
    403,
    null,
  ],
];

describeStage(
  'hand-over',
  { name: 'hand-over', ways: HAND_OVER_WAYS.filter(isFast), settings: { limits: { idleTimeout: '2s' } } },
  (stage, way) => {
    beforeEach(() => {
      for (const origin of stage().origins) origin.mark();
    });

    afterEach(async () => {
      for (const origin of stage().origins) origin.script = null;
      await stage().fence();
      await eventually('no client to be counted any more', async () => {
        const samples = await stage().gateway.metrics();
        return total(samples, 'headgate_client_connections') === 0;
      });
    });

    const targets = (): readonly string[] =>
      stage()
        .origins.flatMap((origin) => origin.requests())
        .map(({ target }) => target);

    const expectTurns = async (client: Client, method: string, status: number, body: string | null): Promise<void> => {
      await client.end();
      const { answers, rest } = client.read(['GET', 'GET', method]);
      client.abort();
      expect(rest).toBe('');
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, isFastAlone(way) ? 501 : status]);
      expect(answers.slice(0, 2).map((answer) => answer.body)).toEqual(['partner /first', 'stranger /second']);
      const carried = isFastAlone(way) || body === null ? [] : ['/slow'];
      expect([...targets()].sort()).toEqual(['/first', '/second', ...carried].sort());
      const slow = stage()
        .stranger.requests()
        .filter(({ target }) => target === '/slow');
      expect(slow.map((request) => request.body)).toEqual(carried.map(() => body));
      for (const { bytes } of stage().stranger.since()) checkNoValue(bytes, [NUMBER]);
    };

    describe.each(HANDED)('%s between pipelined requests', (_, bytes, method, status, body) => {
      const all =
        head('GET /first HTTP/1.1', ID, TO_PARTNER) + head('GET /second HTTP/1.1', ID, TO_STRANGER) + bytes + NEVER;

      it.each([
        ['in one segment', (client: Client) => Promise.resolve(client.send(all))],
        ['one byte at a time', (client: Client) => client.sendByteByByte(all)],
      ])('%s: those before it are answered first, what is behind it is not executed', async (__, send) => {
        const client = await Client.connect(stage().port);
        await send(client);
        await expectTurns(client, method, status, body);
      });

      it('waits for the answers before it, however slow they are', async () => {
        let release: () => void = () => undefined;
        const hold: Script = (request, connection) => {
          release = () => stage().partner.greet(request, connection);
        };
        stage().partner.script = hold;
        const client = await Client.connect(stage().port);
        client.send(all);
        await eventually('the first to arrive', () => stage().partner.requests().length === 1);
        stage().partner.script = null;
        await stage().fence();
        for (const origin of stage().origins) origin.mark();
        expect([client.received, targets()]).toEqual(['', []]);
        release();
        await client.end();
        const { answers } = client.read(['GET', 'GET', method]);
        client.abort();
        expect(answers.map((answer) => answer.status)).toEqual([200, 200, isFastAlone(way) ? 501 : status]);
        expect(targets()).not.toContain('/never');
      });

      it('is answered though the client has ended its side', async () => {
        const client = await Client.connect(stage().port);
        client.send(bytes);
        client.finish();
        await client.end();
        const { answers } = client.read([method]);
        client.abort();
        expect(answers.map((answer) => answer.status)).toEqual([isFastAlone(way) ? 501 : status]);
      });

      // The bytes cannot be given back to a socket whose end was read: silence would be worse than this.
      it('is refused in its turn where the client ended its side while it waited', async () => {
        let release: () => void = () => undefined;
        stage().partner.script = (request, connection) => {
          release = () => stage().partner.greet(request, connection);
        };
        const client = await Client.connect(stage().port);
        client.send(head('GET /first HTTP/1.1', ID, TO_PARTNER) + bytes);
        client.finish();
        await eventually('the first to arrive', () => stage().partner.requests().length === 1);
        stage().partner.script = null;
        await stage().fence();
        release();
        await client.end();
        const { answers } = client.read(['GET', method]);
        client.abort();
        expect(answers.map((answer) => answer.status)).toEqual([200, 501]);
        expect(targets()).not.toContain('/slow');
      });
    });

    it('a WebSocket between pipelined requests is switched in its turn, and what is behind it is the tunnel’s', async () => {
      stage().stranger.script = (request, connection) => {
        if (request.target !== '/chat') return stage().stranger.greet(request, connection);
        connection.isRaw = true;
        connection.socket.write(switching(request), 'latin1');
      };
      const client = await Client.connect(stage().port);
      client.send(`${head('GET /first HTTP/1.1', ID, TO_PARTNER)}${handshake()}\x81\x05hello`);
      if (isFastAlone(way)) {
        await client.end();
        expect(client.read().answers.map((answer) => answer.status)).toEqual([200, 501]);
      } else {
        expect((await client.answers(2)).map((answer) => answer.status)).toEqual([200, 101]);
        const raw = stage().stranger.open.find((connection) => connection.isRaw);
        await eventually('the frame to arrive', () => raw?.received.endsWith('\r\n\r\n\x81\x05hello') === true);
        raw?.socket.write('\x81\x05world', 'latin1');
        await client.until('the frame back', () => client.received.endsWith('\x81\x05world'));
      }
      client.abort();
      await eventually('the tunnel to close', () => stage().stranger.open.every((connection) => !connection.isRaw));
    });

    // The time limits of a server that does not listen never run unless it is told that it does.
    it('a handed-over request whose body never comes is 408 at the idle limit', async () => {
      const client = await Client.connect(stage().port);
      client.send(`${head('POST /slow HTTP/1.1', ID, 'Expect: 100-continue', TO_STRANGER, 'Content-Length: 10')}hello`);
      await client.end();
      const { answers } = client.read(['POST']);
      client.abort();
      expect(answers.map((answer) => answer.status)).toEqual([isFastAlone(way) ? 501 : 408]);
      expect(stage().stranger.requests()).toHaveLength(0);
    });

    it('a client that goes away after the hand-over takes its upstream with it', async () => {
      stage().stranger.script = () => undefined;
      for (let round = 0; round < 10; round += 1) {
        const client = await Client.connect(stage().port);
        client.send(head(`GET /gone-${round} HTTP/1.0`, ID, TO_STRANGER));
        if (isFastAlone(way)) await client.end();
        else await eventually('it to arrive', () => targets().includes(`/gone-${round}`));
        client.reset();
      }
      stage().stranger.script = null;
      await eventually('the upstreams to close', () =>
        stage().stranger.open.every((connection) => !connection.received.includes('/gone-')),
      );
    });

    it('a body of 1 MiB behind a handed-over head arrives byte for byte', async () => {
      const body = Array.from({ length: 65_536 }, (__, i) => i.toString(16).padStart(16, '0')).join('');
      const client = await Client.connect(stage().port);
      client.send(
        head('POST /large HTTP/1.1', 'Expect: 100-continue', TO_STRANGER, `Content-Length: ${body.length}`) + body,
      );
      await client.end();
      const { answers } = client.read(['POST']);
      client.abort();
      if (isFastAlone(way)) return expect(answers.map((answer) => answer.status)).toEqual([501]);
      expect(answers.map((answer) => answer.status)).toEqual([200]);
      expect(stage().stranger.requests()[0]?.body === body).toBe(true);
    });
  },
);

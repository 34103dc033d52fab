// Row 142: a listener that speaks PROXY protocol. The line is read, whatever the reads cut it into, and no byte behind it is lost; who
// may connect and who is believed is the peer that sent it, never the address in it; a connection without one is closed and counted.
import { binaryLine } from '../http/proxy-lines.js';
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { checkNoValue } from './harness/invariants.js';
import { HAND_OVER_WAYS, isFastAlone, WAYS } from './harness/paths.js';
import { PARTNER0001, policyText } from './harness/policy-text.js';
import { total, type Samples } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { chunkedBody, head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';
import { handshake, switching } from './harness/websocket.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const TO_PARTNER = `Host: ${PARTNER}`;
/** The address that the lines say: it is in no list but where a case is about that. */
const SAID = '192.0.2.1';
const TEXT = `PROXY TCP4 ${SAID} 192.0.2.2 56324 80\r\n`;
const BINARY = binaryLine(0x21, 0x11, 20).toString('latin1');
const LINES: readonly (readonly [string, string])[] = [
  ['version 1', TEXT],
  ['version 1 over IPv6', 'PROXY TCP6 2001:db8::1 2001:db8::2 56324 80\r\n'],
  ['version 1 about nobody', 'PROXY UNKNOWN\r\n'],
  ['version 2', BINARY],
  ['version 2 over IPv6 with TLVs', binaryLine(0x21, 0x21, 500).toString('latin1')],
  ['version 2, the longest', binaryLine(0x21, 0x11, 4080).toString('latin1')],
  ['version 2, a check of the balancer', binaryLine(0x20, 0x00, 0).toString('latin1')],
];

const listener = (name: string, more: object = {}): object => ({
  ...{ name, address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: ['127.0.0.0/8'], kind: 'proxy-protocol' },
  ...more,
});
const LISTENERS = [
  listener('internet', { kind: 'http' }),
  listener('balanced'),
  listener('said-trusted', { trust: [`${SAID}/32`] }),
  listener('said-allowed', { clients: [`${SAID}/32`] }),
];

describeStage(
  'row 142: a listener that speaks PROXY protocol',
  { name: 'proxy-protocol', ways: HAND_OVER_WAYS, settings: { listeners: LISTENERS, limits: { headTimeout: '1s' } } },
  (stage, way) => {
    beforeEach(() => {
      for (const origin of stage().origins) origin.mark();
    });

    afterEach(async () => {
      for (const origin of stage().origins) origin.script = null;
      await stage().fence();
      await eventually('no client to be counted any more', async () => {
        return total(await stage().gateway.metrics(), 'headgate_client_connections') === 0;
      });
    });

    const connect = (name = 'balanced'): Promise<Client> => Client.connect(stage().gateway.port(name));

    /** Sends all at once; what came back when the connection is over, or `count` answers are there. */
    const talk = async (bytes: string, { count = 1, name = 'balanced' } = {}): Promise<Client> => {
      const client = await connect(name);
      client.send(bytes);
      await client.until(
        'the answers',
        () => client.hasEnded || client.isClosed || client.read().answers.length >= count,
      );
      stage().gateway.keep('answers.txt', client.received);
      client.abort();
      return client;
    };
    const statuses = (client: Client): readonly number[] => client.read().answers.map(({ status }) => status);
    const arrived = (): string =>
      stage()
        .origins.flatMap((origin) => origin.since())
        .map(({ bytes }) => bytes)
        .join('');

    describe.each(LINES)('%s', (_, line) => {
      it('is read, and nothing of it goes on; what the peer says of the subscriber is believed', async () => {
        const client = await talk(
          line + head('GET /a HTTP/1.1', ID, TO_PARTNER) + head('GET /b HTTP/1.1', ID, TO_STRANGER),
          { count: 2 },
        );
        expect(client.read().answers.map(({ body }) => body)).toEqual(['partner /a', 'stranger /b']);
        const [partner, stranger] = stage().origins.map((origin) =>
          origin
            .since()
            .map(({ bytes }) => bytes)
            .join(''),
        );
        expect(partner).toMatch(/^GET \/a HTTP\/1\.1\r\n/);
        expect(partner).toContain(ID);
        expect(stranger).toMatch(/^GET \/b HTTP\/1\.1\r\n/);
        checkNoValue(stranger ?? '', [NUMBER]);
        for (const said of [SAID, '2001:db8', 'PROXY', 'QUIT']) expect(arrived()).not.toContain(said);
      });

      it('may come cut at every byte, in two reads', async () => {
        const all = line + head('GET /cut HTTP/1.1', ID, TO_PARTNER);
        // The long ones differ from the short ones in length alone.
        const last = Math.min(line.length, 60);
        const clients: Client[] = [];
        for (let cut = 1; cut <= last; cut += 1) {
          const client = await connect();
          client.send(all.slice(0, cut));
          clients.push(client);
        }
        // Behind it, all of that was read.
        await stage().fence();
        clients.forEach((client, i) => client.send(all.slice(i + 1)));
        for (const client of clients) {
          const [answer] = await client.answers(1);
          expect(answer?.body).toBe('partner /cut');
          client.abort();
        }
        const cuts = stage()
          .partner.requests()
          .filter(({ target }) => target === '/cut');
        expect(cuts.filter(({ head: text }) => text.includes(ID))).toHaveLength(last);
      });

      it('may come byte by byte', async () => {
        const client = await connect();
        await client.sendByteByByte(line.slice(0, 120));
        client.send(line.slice(120));
        await client.sendByteByByte(head('GET /byte HTTP/1.1', ID, TO_STRANGER));
        expect((await client.answers(1))[0]?.body).toBe('stranger /byte');
        client.abort();
      });
    });

    it('every byte behind the line in the same read arrives, bodies and what is pipelined behind them too', async () => {
      const body = Array.from({ length: 20_000 }, (_, i) => String(i).padStart(10, '0')).join('');
      const client = await talk(
        TEXT +
          head('POST /long HTTP/1.1', TO_STRANGER, `Content-Length: ${body.length}`) +
          body +
          head('POST /chunked HTTP/1.1', TO_PARTNER, 'Transfer-Encoding: chunked') +
          chunkedBody(body) +
          head('GET /behind HTTP/1.1', ID, TO_STRANGER),
        { count: 3 },
      );
      expect(client.read().answers.map(({ body: text }) => text)).toEqual([
        'stranger /long',
        'partner /chunked',
        'stranger /behind',
      ]);
      const bodies = stage().origins.flatMap((origin) => origin.requests().map((request) => request.body));
      expect(bodies.filter((text) => text === body)).toHaveLength(2);
    });

    it('a connection goes on after its first answer, and has one line', async () => {
      const client = await connect();
      client.send(TEXT + head('GET /1 HTTP/1.1', TO_STRANGER));
      await client.answers(1);
      client.send(head('GET /2 HTTP/1.1', TO_STRANGER));
      await client.answers(2);
      client.send(TEXT + head('GET /3 HTTP/1.1', ID, TO_STRANGER));
      await client.end();
      client.abort();
      expect([statuses(client), arrived().includes('/3')]).toEqual([[200, 200, expect.any(Number)], false]);
      expect([400, 501, 505]).toContain(statuses(client)[2]);
    });

    it('a second line before the first request is a malformed request', async () => {
      const client = await talk(TEXT + BINARY + head('GET /never HTTP/1.1', ID, TO_STRANGER));
      expect([statuses(client), arrived()]).toEqual([[400], '']);
    });

    it('a client that ends its side behind its request is answered', async () => {
      const client = await connect();
      client.send(BINARY + head('GET /last HTTP/1.1', TO_STRANGER));
      client.finish();
      await client.end();
      client.abort();
      expect(client.read().answers.map(({ body }) => body)).toEqual(['stranger /last']);
    });

    it('what the fast path hands over begins behind the line', async () => {
      stage().stranger.script = (request, connection) => {
        connection.isRaw = true;
        connection.socket.write(switching(request), 'latin1');
      };
      const client = await talk(TEXT + handshake());
      expect(statuses(client)).toEqual([isFastAlone(way) ? 501 : 101]);
      stage().stranger.script = null;
      const old = await talk(BINARY + head('GET /old HTTP/1.0', ID, TO_STRANGER));
      expect(statuses(old)).toEqual([isFastAlone(way) ? 501 : 200]);
    });

    it('an address in the line is not believed, whoever it is: `trust` is asked of the peer', async () => {
      const client = await talk(TEXT + head('GET /said HTTP/1.1', ID, TO_PARTNER), { name: 'said-trusted' });
      expect(statuses(client)).toEqual([200]);
      checkNoValue(arrived(), [NUMBER]);
    });

    it('an address in the line opens nothing: `clients` is asked of the peer', async () => {
      const client = await talk(TEXT + head('GET /said HTTP/1.1', ID, TO_PARTNER), { name: 'said-allowed' });
      expect([statuses(client), arrived()]).toEqual([[403], '']);
    });

    describe('a connection without its line', () => {
      const refusals = (samples: Samples, why: string): number =>
        total(samples, 'headgate_refused_requests_total', 'listener="balanced"', `why="${why}"`);
      const requests = (samples: Samples): number => total(samples, 'headgate_requests_total', 'listener="balanced"');

      const request = head('GET /never HTTP/1.1', ID, TO_PARTNER);
      const absent = 'proxy-line-absent';
      const malformed = 'proxy-line-malformed';
      it.each([
        ['row 142: a request and no line', request, absent],
        ['row 142: a version 1 that is malformed', `PROXY TCP4 ${SAID} 192.0.2.2 56324\r\n${request}`, malformed],
        ['row 142: a version 1 that ends with a bare LF', `${TEXT.trimEnd()}\n${request}`, malformed],
        ['row 142: a version 1 that is too long', `PROXY UNKNOWN ${'x'.repeat(100)}\r\n${request}`, malformed],
        ['row 142: a version 2 of another version', BINARY.replace('\x21', '\x31') + request, malformed],
        ['row 142: a version 2 that is too long', binaryLine(0x21, 0x11, 4081).toString('latin1') + request, malformed],
        ['a ClientHello', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', absent],
        ['an empty line before it', `\r\n${TEXT}${request}`, absent],
      ])('%s is closed without an answer, counted, and nobody is contacted', async (_, bytes, why) => {
        const before = await stage().gateway.metrics();
        const client = await connect();
        client.send(bytes);
        await client.end();
        client.abort();
        expect([client.received, arrived()]).toEqual(['', '']);
        const after = await stage().counted(before, 1);
        expect([refusals(after, why) - refusals(before, why), requests(after) - requests(before)]).toEqual([1, 1]);
      });

      it('a line that is cut short by the end is closed and counted', async () => {
        const before = await stage().gateway.metrics();
        const client = await connect();
        client.send(TEXT.slice(0, 20));
        client.finish();
        await client.end();
        client.abort();
        const after = await stage().counted(before, 1);
        expect([client.received, refusals(after, malformed) - refusals(before, malformed)]).toEqual(['', 1]);
      });

      it('what is not whole within limits.headTimeout is closed without an answer and counted, and the first request has its time anew', async () => {
        const before = await stage().gateway.metrics();
        const clients = await Promise.all(
          ['', TEXT.slice(0, 20), BINARY.slice(0, 20), `${TEXT}GET / HT`].map(async (bytes) => {
            const client = await connect();
            client.send(bytes);
            await client.end();
            client.abort();
            return client;
          }),
        );
        const after = await stage().counted(before, 4);
        expect(clients.slice(0, 3).map(({ received }) => received)).toEqual(['', '', '']);
        expect(clients.slice(3).map(statuses)).toEqual([[408]]);
        expect(refusals(after, 'head-timeout') - refusals(before, 'head-timeout')).toBe(4);
      });

      it.each([
        ['connects and closes', (client: Client) => client.finish()],
        ['connects and resets', (client: Client) => client.reset()],
      ])('a check of the balancer that only %s is counted nowhere', async (_, leave) => {
        const before = await stage().gateway.metrics();
        for (let i = 0; i < 3; i += 1) {
          const client = await connect();
          leave(client);
          await client.until('the end', () => client.hasEnded || client.isClosed);
          client.abort();
        }
        await eventually('them to be gone', async () => {
          return total(await stage().gateway.metrics(), 'headgate_client_connections') === 0;
        });
        expect(requests(await stage().gateway.metrics())).toBe(requests(before));
      });

      it('is a client connection while its line is awaited', async () => {
        const client = await connect();
        await eventually('it to be counted', async () => {
          return total(await stage().gateway.metrics(), 'headgate_client_connections', 'listener="balanced"') === 1;
        });
        client.abort();
      });
    });
  },
);

describe.each(WAYS.filter(({ isPublic }) => !isPublic))('a shutdown on $on', (way) => {
  it('waits for no connection whose line has not come', async () => {
    const gateway = await Gateway.start({
      ...way,
      name: 'proxy-protocol-drain',
      policy: policyText([PARTNER0001]),
      settings: { listeners: [listener('balanced')], limits: { headTimeout: '10m', drainTimeout: '10m' } },
    });
    const client = await Client.connect(gateway.port());
    client.send(TEXT.slice(0, 20));
    await eventually('it to be there', async () => {
      return total(await gateway.metrics(), 'headgate_client_connections') === 1;
    });
    await gateway.stop();
    await client.end();
    expect(client.received).toBe('');
    client.abort();
  }, 60_000);
});

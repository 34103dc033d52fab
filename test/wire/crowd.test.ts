// Rows 131 and 132: many requests to few connections. None crosses, none keeps its identity because it had to wait.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue, checkViews } from './harness/invariants.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';

describeStage(
  'a pool of one connection',
  {
    name: 'pool-of-one',
    settings: { limits: { perDestination: 1, waiting: 150, waitTimeout: '20s' } },
  },
  (stage) => {
    /** 10,000 in the full size: HEADGATE_WIRE_FULL=1 (make soak-wire). */
    const alternations = process.env['HEADGATE_WIRE_FULL'] === '1' ? 10_000 : 500;

    it(`row 131: one client alternating ${alternations} times between partner and stranger: no answer and no identity crosses`, async () => {
      for (const origin of stage().origins) origin.mark();
      const client = await Client.connect(stage().port);
      let read = 0;
      for (let i = 0; i < alternations; i += 1) {
        const [host, name] = i % 2 === 0 ? [PARTNER, 'partner'] : [STRANGER, 'stranger'];
        client.received = '';
        client.send(head(`GET /${i} HTTP/1.1`, ID, `Host: ${host}`));
        const [answer] = await client.answers(1);
        if (answer?.body !== `${name} /${i}`) throw new Error(`request ${i} got ${JSON.stringify(answer)}`);
        read += 1;
      }
      client.abort();
      expect(read).toBe(alternations);
      for (const { bytes } of stage().stranger.since()) checkNoValue(bytes, [NUMBER]);
      const kept = stage()
        .partner.since()
        .flatMap(({ bytes }) => checkViews(bytes));
      expect(kept).toHaveLength(Math.ceil(alternations / 2));
      expect(kept.every((request) => request.head.includes(`\r\n${ID}\r\n`))).toBe(true);
      expect(stage().partner.since()).toHaveLength(1);
      expect(stage().stranger.since()).toHaveLength(1);
    }, 110_000);

    it('row 132: 100 requests that wait for the one connection to a stranger are all stripped', async () => {
      await stage().fence();
      stage().stranger.mark();
      const held: (() => void)[] = [];
      stage().stranger.script = (request, connection) => {
        held.push(() => stage().stranger.greet(request, connection));
        if (held.length > 1) held.at(-1)?.();
      };
      const clients: Client[] = [];
      for (let i = 0; i < 100; i += 1) {
        const client = await Client.connect(stage().port);
        client.send(head(`GET /queued-${i} HTTP/1.1`, ID, `Host: ${STRANGER}`));
        clients.push(client);
      }
      await eventually('the first to arrive', () => held.length === 1);
      const gone = clients[50];
      gone?.abort();
      held[0]?.();
      for (const [i, client] of clients.entries()) {
        if (client === gone) continue;
        expect((await client.answers(1))[0]?.body).toBe(`stranger /queued-${i}`);
        client.abort();
      }
      stage().stranger.script = null;
      const requests = stage().stranger.requests();
      expect(requests.length).toBeGreaterThanOrEqual(99);
      for (const { bytes } of stage().stranger.since()) {
        checkNoValue(bytes, [NUMBER]);
        expect(bytes).not.toMatch(/msisdn/i);
      }
      await stage().fence();
    });
  },
);

describeStage(
  'a full pool',
  { name: 'pool-full', settings: { limits: { perDestination: 1, waiting: 2, waitTimeout: '1s' } } },
  (stage) => {
    it('more requests than may wait are 503 at once, and those that wait too long are 503 too', async () => {
      const before = await stage().gateway.metrics();
      let release: () => void = () => undefined;
      stage().stranger.script = (request, connection) => {
        release = () => stage().stranger.greet(request, connection);
      };
      const send = async (target: string): Promise<Client> => {
        const client = await Client.connect(stage().port);
        client.send(head(`GET ${target} HTTP/1.1`, ID, `Host: ${STRANGER}`));
        return client;
      };
      const first = await send('/holds');
      await eventually('the first to arrive', () => stage().stranger.requests().length === 1);
      const waiting = [await send('/waits-1'), await send('/waits-2')];
      const more = await send('/too-many');
      expect((await more.answers(1))[0]?.status).toBe(503);
      for (const client of waiting) expect((await client.answers(1))[0]?.status).toBe(503);
      stage().stranger.script = null;
      release();
      expect((await first.answers(1))[0]?.status).toBe(200);
      for (const client of [first, more, ...waiting]) {
        stage().gateway.keep('answers.txt', client.received);
        client.abort();
      }
      const after = await stage().gateway.metrics();
      const full = (samples: typeof after): number =>
        total(samples, 'headgate_refused_requests_total', 'why="pool-full"');
      expect(full(after) - full(before)).toBe(3);
      await stage().fence();
    });
  },
);

describeStage(
  'those who wait',
  { name: 'pool-order', settings: { limits: { perDestination: 1, waiting: 3, waitTimeout: '60s' } } },
  (stage) => {
    it('get the connection in their order, and a client that leaves frees its place at once', async () => {
      const arrived: string[] = [];
      let release: () => void = () => undefined;
      stage().stranger.script = (request, connection) => {
        arrived.push(request.target);
        if (request.target === '/holds') release = () => stage().stranger.greet(request, connection);
        else stage().stranger.greet(request, connection);
      };
      const waited = async (): Promise<number> =>
        total(await stage().gateway.metrics(), 'headgate_pool_total', 'event="waited"');
      const connected = async (): Promise<number> =>
        total(await stage().gateway.metrics(), 'headgate_client_connections');
      const send = async (target: string): Promise<Client> => {
        const client = await Client.connect(stage().port);
        client.send(head(`GET ${target} HTTP/1.1`, ID, `Host: ${STRANGER}`));
        return client;
      };
      const first = await send('/holds');
      await eventually('the first to arrive', () => arrived.length === 1);
      const before = await waited();
      const waiting: Client[] = [];
      for (const target of ['/first', '/leaves', '/third']) {
        waiting.push(await send(target));
        await eventually(`${target} to wait`, async () => (await waited()) === before + waiting.length);
      }
      const more = await send('/too-many');
      expect((await more.answers(1))[0]?.status).toBe(503);
      await more.end();
      more.abort();
      await eventually('it to be gone', async () => (await connected()) === 4);
      waiting.splice(1, 1)[0]?.reset();
      await eventually('the one that left to be gone', async () => (await connected()) === 3);
      waiting.push(await send('/last'));
      await eventually('another to wait in its place', async () => (await waited()) === before + 4);
      release();
      for (const client of [first, ...waiting]) {
        expect((await client.answers(1))[0]?.status).toBe(200);
        client.abort();
      }
      expect(arrived).toEqual(['/holds', '/first', '/third', '/last']);
      stage().stranger.script = null;
      await stage().fence();
    });
  },
);

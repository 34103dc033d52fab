// What changes while a request is under way: the policy, a lockdown, the destination's connection. It leaves as the value in
// force says when its head leaves, wholly, and a head may come in any two pieces.
import { request as httpRequest } from 'node:http';
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import type { Capture, Script } from './harness/origin.js';
import { PARTNER0001, policyText } from './harness/policy-text.js';
import { total } from './harness/scrape.js';
import type { Stage } from './harness/stage.js';
import { describeStage } from './harness/suite.js';
import { chunkedBody, head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';

const RELEASING = policyText([PARTNER0001]);
const EMPTY = policyText([]);
const TO_PARTNER = `Host: ${PARTNER}`;
const TO_STRANGER = `Host: ${STRANGER}`;

/** Resolves when every worker obeys. */
async function lockdown({ gateway }: Stage, state: 'on' | 'off'): Promise<void> {
  const port = /:(\d+)$/.exec(String(gateway.find('admin-listening')?.['message']))?.[1];
  const body = JSON.stringify({ state, reason: 'INC-1', by: 'dana' });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
  const status = await new Promise<number>((resolve, reject) => {
    const asked = httpRequest(
      { host: '127.0.0.1', port, path: '/v1/lockdown', method: 'POST', headers, agent: false },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
  if (status !== 200) throw new Error(`lockdown ${state}: ${status}`);
}

describeStage(
  'meanwhile',
  {
    name: 'meanwhile',
    settings: { admin: { address: '127.0.0.1:0' }, limits: { perDestination: 1, waiting: 50, waitTimeout: '30s' } },
  },
  (stage) => {
    beforeEach(async () => {
      expect(await stage().gateway.reload(RELEASING)).toBe('replaced');
      await stage().fence();
      for (const origin of stage().origins) origin.mark();
    });

    afterEach(async () => {
      for (const origin of stage().origins) {
        origin.script = null;
        await origin.closeConnections();
      }
      // 409 where none is on.
      await lockdown(stage(), 'off').catch(() => undefined);
      await stage().fence();
    });

    /** Whether the one request to the partner with this target carried the identity; another than these two is an error. */
    const hadIdentity = (target: string, times = 1): readonly boolean[] => {
      const requests = stage()
        .partner.requests()
        .filter((request) => request.target === target);
      expect(requests).toHaveLength(times);
      return requests.map((request) => {
        if (request.head.includes(`\r\n${ID}\r\n`)) return true;
        checkNoValue(request.head, [NUMBER]);
        return false;
      });
    };

    it.each([
      ['narrowing', RELEASING, EMPTY, false],
      ['widening', EMPTY, RELEASING, true],
    ])(
      'a %s while a head is half read holds for that head, wherever it was cut',
      async (_, first, second, isReleased) => {
        const text = head('GET /half HTTP/1.1', ID, TO_PARTNER, 'Accept: */*');
        const cuts = [text.indexOf('X-MSISDN'), text.indexOf(NUMBER) + 5, text.indexOf(PARTNER) + 3, text.length - 1];
        expect(await stage().gateway.reload(first)).toBe('replaced');
        const clients: Client[] = [];
        for (const cut of cuts) {
          const client = await Client.connect(stage().port);
          client.send(text.slice(0, cut));
          clients.push(client);
        }
        // What was sent before it is read before it.
        await stage().fence();
        expect(await stage().gateway.reload(second)).toBe('replaced');
        for (const [i, client] of clients.entries()) {
          client.send(text.slice(cuts[i]));
          expect((await client.answers(1))[0]?.status).toBe(200);
          client.abort();
        }
        expect(hadIdentity('/half', cuts.length)).toEqual(cuts.map(() => isReleased));
      },
    );

    it('a lockdown while requests wait for a connection holds for them: their heads leave without identity', async () => {
      let release: () => void = () => undefined;
      stage().partner.script = (request, connection) => {
        release = () => stage().partner.greet(request, connection);
      };
      const holder = await Client.connect(stage().port);
      holder.send(head('GET /holds HTTP/1.1', ID, TO_PARTNER));
      await eventually('the first head to leave', () => stage().partner.requests().length === 1);
      stage().partner.script = null;
      const waiting: Client[] = [];
      for (let i = 0; i < 5; i += 1) {
        const client = await Client.connect(stage().port);
        client.send(head('GET /waits HTTP/1.1', ID, TO_PARTNER));
        waiting.push(client);
      }
      await lockdown(stage(), 'on');
      release();
      for (const client of [holder, ...waiting]) {
        expect((await client.answers(1))[0]?.status).toBe(200);
        client.abort();
      }
      expect(hadIdentity('/holds')).toEqual([true]);
      expect(hadIdentity('/waits', 5)).toEqual([false, false, false, false, false]);
    });

    it('a lockdown between two requests of one connection holds for the second', async () => {
      const client = await Client.connect(stage().port);
      client.send(head('GET /open HTTP/1.1', ID, TO_PARTNER));
      await client.answers(1);
      await lockdown(stage(), 'on');
      client.send(head('GET /locked HTTP/1.1', ID, TO_PARTNER));
      await client.answers(2);
      await lockdown(stage(), 'off');
      client.send(head('GET /open-again HTTP/1.1', ID, TO_PARTNER));
      await client.answers(3);
      client.abort();
      expect(['/open', '/locked', '/open-again'].map((target) => hadIdentity(target)[0])).toEqual([true, false, true]);
    });

    it.each([
      ['narrowing', RELEASING, EMPTY, [true, false]],
      ['widening', EMPTY, RELEASING, [false, true]],
    ] as const)(
      'a request that is tried once more after a %s is planned again: the second time it leaves as that says; released once, it counts as released',
      async (_, first, second, released) => {
        const counted = async (): Promise<readonly number[]> => {
          const samples = await stage().gateway.metrics();
          return [
            total(samples, 'headgate_requests_total', 'verdict="released"'),
            total(samples, 'headgate_requests_total', 'verdict="stripped"'),
            total(samples, 'headgate_released_headers_total'),
          ];
        };
        expect(await stage().gateway.reload(first)).toBe('replaced');
        await stage().fence();
        stage().partner.mark();
        const before = await counted();
        let held: Capture | undefined;
        const script: Script = (request, connection) => {
          if (request.target === '/again' && held === undefined) held = connection;
          else stage().partner.greet(request, connection);
        };
        stage().partner.script = script;
        const client = await Client.connect(stage().port);
        client.send(head('GET /again HTTP/1.1', ID, TO_PARTNER));
        await eventually('it to arrive', () => held !== undefined);
        expect(held?.answered).toBeGreaterThan(1);
        expect(await stage().gateway.reload(second)).toBe('replaced');
        held?.socket.destroy();
        expect((await client.answers(1))[0]?.body).toBe('partner /again');
        client.abort();
        expect(hadIdentity('/again', 2)).toEqual(released);
        expect((await counted()).map((count, i) => count - (before[i] ?? 0))).toEqual([1, 0, 1]);
      },
    );
  },
);

describeStage('messages in two pieces', { name: 'pieces' }, (stage) => {
  const rest = `${head('GET /behind HTTP/1.1', ID, TO_STRANGER)}`;
  const MESSAGES: readonly (readonly [string, string, readonly string[]])[] = [
    ['a GET', `${head('GET /cut HTTP/1.1', ID, TO_PARTNER, 'Cookie: a=b; c=d', 'Foo:  x ')}${rest}`, ['GET', 'GET']],
    [
      'a body with a length',
      `${head('POST /cut HTTP/1.1', ID, 'Content-Length: 11', TO_PARTNER)}hello world${rest}`,
      ['POST', 'GET'],
    ],
    [
      'a body in chunks, with an extension and a trailer',
      `${head('POST /cut HTTP/1.1', ID, TO_PARTNER, 'Transfer-Encoding: chunked')}5;a=b\r\nhello\r\n6\r\n world\r\n${chunkedBody('!', ['Foo: 1'])}${rest}`,
      ['POST', 'GET'],
    ],
    [
      'an absolute target',
      `${head(`GET http://${PARTNER}/cut HTTP/1.1`, TO_PARTNER, ID, 'Connection: x', 'x: 1')}${rest}`,
      ['GET', 'GET'],
    ],
  ];

  it.each(MESSAGES)(
    '%s cut over two reads at any byte arrives as if it had come in one',
    async (_, text, methods) => {
      // A connection of its own that keeps the beat: its answer says that what was sent before it has been read.
      const beat = await Client.connect(stage().port);
      const client = await Client.connect(stage().port);
      /** What arrived of one sending: heads and bodies, framing taken off. */
      const arrivals = async (send: () => Promise<void>): Promise<readonly string[]> => {
        for (const origin of stage().origins) origin.mark();
        client.received = '';
        await send();
        await client.answers(2, methods);
        return stage()
          .origins.flatMap((origin) => origin.requests())
          .filter(({ target }) => target !== '/beat')
          .map((request) => request.head + request.body);
      };
      const whole = await arrivals(() => Promise.resolve(client.send(text)));
      expect(whole).toHaveLength(2);
      for (let cut = 1; cut < text.length; cut += 1) {
        const cutAt = await arrivals(async () => {
          client.send(text.slice(0, cut));
          beat.received = '';
          beat.send(head('GET /beat HTTP/1.1', TO_STRANGER));
          await beat.answers(1);
          client.send(text.slice(cut));
        });
        if (cutAt.join('') !== whole.join('')) {
          throw new Error(`cut at ${cut}: ${JSON.stringify(cutAt)} instead of ${JSON.stringify(whole)}`);
        }
      }
      client.abort();
      beat.abort();
    },
    60_000,
  );
});

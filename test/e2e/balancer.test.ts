// Behind Debian's HAProxy as a balancer that speaks PROXY protocol, both versions, relaying TCP and HTTP, with its own checks: who is
// believed is the balancer, and the subscriber's address that it says is neither believed nor sent on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../programs.js';
import { Client } from '../wire/harness/client.js';
import { eventually } from '../wire/harness/deadline.js';
import { Gateway } from '../wire/harness/gateway.js';
import { checkNoValue } from '../wire/harness/invariants.js';
import { Origin } from '../wire/harness/origin.js';
import { HAND_OVER_WAYS } from '../wire/harness/paths.js';
import { PARTNER0001, policyText } from '../wire/harness/policy-text.js';
import { total } from '../wire/harness/scrape.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from '../wire/harness/values.js';
import { startBalancer, type Haproxy } from './haproxy.js';

const SUBSCRIBER = '127.0.0.42';
const BALANCER = '127.0.0.200';
const LINES = [
  { line: 'send-proxy', mode: 'tcp' },
  { line: 'send-proxy-v2', mode: 'tcp' },
  { line: 'send-proxy-v2', mode: 'http' },
] as const;

const listener = (name: string, clients: string, trust: string): object => ({
  ...{ name, address: '127.0.0.1:0', kind: 'proxy-protocol', clients: [clients], trust: [trust] },
});

const LISTENERS = [
  listener('balanced', `${BALANCER}/32`, `${BALANCER}/32`),
  listener('said-trusted', '127.0.0.0/8', `${SUBSCRIBER}/32`),
];
const changing = (kind: string): object => ({
  ...listener('changing', `${BALANCER}/32`, `${BALANCER}/32`),
  kind,
});

describeWith(['haproxy'], 'a balancer in front', () => {
  describe.each(HAND_OVER_WAYS)('on $on', (way) => {
    let folder: string;
    let site: Origin;
    let gateway: Gateway;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'hg-e2e-balancer-'));
      site = await Origin.start('site');
      gateway = await Gateway.start({
        name: 'e2e-balancer',
        ...way,
        policy: policyText([PARTNER0001]),
        settings: {
          listeners: [...LISTENERS, changing('http')],
          destinations: { default: `127.0.0.1:${site.port}`, permit: ['127.0.0.0/8'] },
        },
      });
    }, 60_000);
    afterAll(async () => {
      await gateway?.stop();
      await site?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Runs with a balancer in front of a listener, once its checks have come through. */
    const behind = async (
      balancer: (typeof LINES)[number],
      name: string,
      run: (haproxy: Haproxy) => Promise<void>,
    ): Promise<void> => {
      site.mark();
      const check = new URL(`http://${STRANGER}/check`);
      const haproxy = await startBalancer(folder, { ...balancer, check }, { to: gateway.port(name), from: BALANCER });
      try {
        await eventually('its checks', () => site.requests().filter(({ target }) => target === '/check').length >= 3);
        await run(haproxy);
      } finally {
        await haproxy.stop();
      }
    };
    /** As its subscriber: what is answered to two requests of one connection, and the second's head as it arrived. */
    const asked = async (haproxy: Haproxy, path: string): Promise<readonly string[]> => {
      const client = await Client.connect(haproxy.port, '127.0.0.1', SUBSCRIBER);
      client.send(head(`GET ${path}-1 HTTP/1.1`, ID, `Host: ${STRANGER}`));
      await client.answers(1);
      client.send(head(`GET ${path}-2 HTTP/1.1`, ID, `Host: ${PARTNER}`));
      const answers = await client.answers(2);
      client.abort();
      expect(answers.map(({ body }) => body)).toEqual([`site ${path}-1`, `site ${path}-2`]);
      const heads = [1, 2].map((n) => site.requests().find(({ target }) => target === `${path}-${n}`)?.head ?? '');
      for (const text of heads) expect(text).not.toContain(SUBSCRIBER);
      return heads;
    };

    test.each(LINES)('$line over $mode: is believed, and nothing is refused', async (balancer) => {
      await behind(balancer, 'balanced', async (haproxy) => {
        const [stranger = '', partner] = await asked(haproxy, '/balanced');
        checkNoValue(stranger, [NUMBER]);
        expect(partner?.toLowerCase()).toContain(ID.toLowerCase());
      });
      expect(total(await gateway.metrics(), 'headgate_refused_requests_total')).toBe(0);
    });

    test.each(LINES)('$line over $mode: the address that it says is not believed', async (balancer) => {
      await behind(balancer, 'said-trusted', async (haproxy) => {
        for (const text of await asked(haproxy, '/said')) checkNoValue(text, [NUMBER]);
      });
    });

    test('a reload says what connections begin with that come after it, and those before it go on', async () => {
      const request = (path: string): string => head(`GET ${path} HTTP/1.1`, `Host: ${STRANGER}`);
      const line = `PROXY TCP4 ${SUBSCRIBER} ${BALANCER} 1000 80\r\n`;
      const connect = (): Promise<Client> => Client.connect(gateway.port('changing'), '127.0.0.1', BALANCER);
      const before = await connect();
      before.send(request('/before'));
      await before.answers(1);

      expect(await gateway.resettle({ listeners: [...LISTENERS, changing('proxy-protocol')] })).toBe('replaced');
      const [without, behind] = [await connect(), await connect()];
      without.send(request('/without'));
      await without.end();
      behind.send(line + request('/behind'));
      before.send(request('/still'));
      expect((await behind.answers(1))[0]?.body).toBe('site /behind');
      expect((await before.answers(2))[1]?.body).toBe('site /still');
      expect(without.received).toBe('');
      for (const client of [before, without, behind]) client.abort();
    });

    test('the address that it says stands in nothing that the gateway wrote', async () => {
      expect(gateway.output).not.toContain(SUBSCRIBER);
      expect(JSON.stringify(await gateway.metrics())).not.toContain(SUBSCRIBER);
    });
  });
});

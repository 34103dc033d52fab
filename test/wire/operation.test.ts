// Rows 133 to 135 and 150: the policy changes, ends, or is bad; the gateway is told to go. What runs never releases more by it.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { checkNoValue } from './harness/invariants.js';
import { answerText, Origin } from './harness/origin.js';
import { WAYS } from './harness/paths.js';
import { MSISDN_UNCHANGED, PARTNER0001, partner, policyText } from './harness/policy-text.js';
import { fetchText, total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';

const RELEASING = policyText([PARTNER0001]);
const EMPTY = policyText([]);
const TO_PARTNER = `Host: ${PARTNER}`;
const TO_STRANGER = `Host: ${STRANGER}`;

describeStage(
  'policies that change under requests',
  { name: 'reload', settings: { limits: { perDestination: 1, waiting: 200, waitTimeout: '30s' } } },
  (stage) => {
    /** 100 requests to the partner: one whose head has left and is held, 99 that wait for its connection. */
    const hold = async (): Promise<{ readonly clients: readonly Client[]; readonly release: () => void }> => {
      await stage().fence();
      stage().partner.mark();
      let release: (() => void) | undefined;
      stage().partner.script = (request, connection) => {
        if (release !== undefined) return stage().partner.greet(request, connection);
        release = () => stage().partner.greet(request, connection);
      };
      const clients: Client[] = [];
      for (let i = 0; i < 100; i += 1) {
        const client = await Client.connect(stage().port);
        client.send(head(`GET /held-${i} HTTP/1.1`, ID, TO_PARTNER));
        clients.push(client);
        if (i === 0) await eventually('the first head to leave', () => release !== undefined);
      }
      return { clients, release: () => release?.() };
    };

    it.each([
      ['narrowing', RELEASING, EMPTY, true, false],
      ['widening', EMPTY, RELEASING, false, true],
    ])(
      'row 133: a %s while 100 requests wait: each uses the policy in force when its head leaves, wholly',
      async (_, first, second, isHeldReleased, isWaitingReleased) => {
        expect(await stage().gateway.reload(first)).toBe('replaced');
        const { clients, release } = await hold();
        expect(await stage().gateway.reload(second)).toBe('replaced');
        release();
        for (const client of clients) {
          expect((await client.answers(1))[0]?.status).toBe(200);
          client.abort();
        }
        stage().partner.script = null;
        const requests = stage().partner.requests();
        expect(requests).toHaveLength(100);
        for (const request of requests) {
          const isReleased = request.target === '/held-0' ? isHeldReleased : isWaitingReleased;
          if (isReleased) expect(request.head).toContain(`\r\n${ID}\r\n`);
          else checkNoValue(request.head, [NUMBER]);
        }
      },
    );

    const [partners, more] = [/"partners": \[/, JSON.stringify(PARTNER0001)] as const;
    const bad: readonly (readonly [string, string | Uint8Array])[] = [
      ['is empty', ''],
      ['is cut in the middle', RELEASING.slice(0, -20)],
      ['has a key twice', RELEASING.replace(partners, '"partners": [],\n"partners": [')],
      ['has a partner twice', RELEASING.replace(partners, `"partners": [${more},`)],
      ['is indented with tabs', `version: 1\npartners:\n\t- id: a\n`],
      ['is over the size that is read', `${RELEASING}\n#${'x'.repeat(10 * 1_048_576)}`],
      ['has an anchor', 'version: 1\nreleasesNothing: &a true\n'],
      ['has an alias', 'version: 1\nreleasesNothing: &a true\npartners: *a\n'],
      ['has a merge key', 'version: 1\n<<: { releasesNothing: true }\n'],
      ['has a tag', 'version: 1\nreleasesNothing: !!js/function "function () {}"\n'],
      ['says yes for a boolean', 'version: 1\nreleasesNothing: yes\n'],
      ['has an unknown key', RELEASING.replace('"version"', '"versoin"')],
      ['names an IP address', policyText([partner({ id: 'a', hosts: ['192.0.2.1'], release: [MSISDN_UNCHANGED] })])],
      ['names everyone', policyText([partner({ id: 'a', hosts: ['*'], release: [MSISDN_UNCHANGED] })])],
      [
        'names a public suffix',
        policyText([partner({ id: 'a', hosts: ['*.co.uk'], transport: 'tls', release: [MSISDN_UNCHANGED] })]),
      ],
      ['releases nothing and does not say so', 'version: 1\npartners: []\n'],
      ['is not text', Buffer.from([0xff, 0xfe, 0x00, 0x76])],
    ];
    it.each(bad)('row 134: a policy that %s changes nothing, and that is counted and logged', async (what, text) => {
      expect(await stage().gateway.reload(RELEASING)).toBe('replaced');
      expect(await stage().gateway.offer(text)).toBe(/names/.test(what) ? 'never-set' : 'invalid');
      stage().partner.mark();
      await ask(stage().port, head('GET / HTTP/1.1', ID, TO_PARTNER));
      expect(stage().partner.requests()[0]?.head).toContain(`\r\n${ID}\r\n`);
      await eventually('a log line', () => stage().gateway.find('policy-not-replaced') !== undefined);
      expect((await fetchText(stage().gateway.metricsPort, '/readyz')).status).toBe(200);
    });

    it('row 134: a policy whose file is gone changes nothing', async () => {
      expect(await stage().gateway.reload(RELEASING)).toBe('replaced');
      const file = join(stage().gateway.folder, 'policy.yaml');
      rmSync(file);
      expect(await stage().gateway.hangUp()).toBe('refused');
      mkdirSync(file);
      expect(await stage().gateway.hangUp()).toBe('refused');
      rmSync(file, { recursive: true });
      stage().partner.mark();
      await ask(stage().port, head('GET / HTTP/1.1', ID, TO_PARTNER));
      expect(stage().partner.requests()[0]?.head).toContain(`\r\n${ID}\r\n`);
      expect(await stage().gateway.reload(RELEASING)).toBe('replaced');
    });

    it('row 135: a release that ends at an instant ends there, on connections that are open too', async () => {
      const end = Math.ceil(Date.now() / 1000) * 1000 + 2000;
      const until = new Date(end).toISOString().replace('.000Z', 'Z');
      const ending = policyText([partner({ id: 'partner0001', hosts: [PARTNER], release: [MSISDN_UNCHANGED], until })]);
      expect(await stage().gateway.reload(ending)).toBe('replaced');
      const client = await Client.connect(stage().port);
      const kept: boolean[] = [];
      stage().partner.mark();
      const carriers = (): number => stage().partner.since().length;
      await eventually('the release to end', async () => {
        stage().partner.mark();
        client.received = '';
        const sentMs = Date.now();
        client.send(head(`GET /${kept.length} HTTP/1.1`, ID, TO_PARTNER));
        await client.answers(1);
        const isKept = stage().partner.requests()[0]?.head.includes(ID) === true;
        if (isKept && sentMs > end) throw new Error(`released ${sentMs - end} ms after its end`);
        if (!isKept && Date.now() < end) throw new Error(`withheld ${end - Date.now()} ms before its end`);
        kept.push(isKept);
        return kept.filter((each) => !each).length >= 10;
      });
      client.abort();
      expect(carriers()).toBe(1);
      expect(kept[0]).toBe(true);
      expect(kept.indexOf(false)).toBe(kept.length - 10);
      expect(await stage().gateway.reload(RELEASING)).toBe('replaced');
    });
  },
);

describe.each(WAYS)('starting and stopping on $on', (way) => {
  let origin: Origin;

  beforeAll(async () => {
    origin = await Origin.start('stranger');
  });

  afterEach(async () => {
    origin.script = null;
    await origin.closeConnections();
  });

  afterAll(async () => {
    await origin.stop();
  });

  const settings = (limits: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
    destinations: { default: `127.0.0.1:${origin.port}`, permit: ['127.0.0.0/8'] },
    limits,
  });

  it.each([
    ['is empty', ''],
    ['does not compile', 'version: 1\npartners: yes\n'],
    ['is broken YAML', 'version: 1\npartners: [\n'],
  ])(
    'row 134: with a policy that %s it does not start: one clear line each, exit code 1, nothing listens',
    async (_, policy) => {
      const gateway = Gateway.launch({
        name: 'start-bad',
        ...way,
        policy,
        settings: settings(),
        isApproved: false,
      });
      expect(await gateway.exit()).toBe(1);
      expect(gateway.find('listening')).toBeUndefined();
      expect(gateway.output).toMatch(/policy\.yaml:\d+:\d+: error: /);
    },
  );

  /** `count` downloads of which half was sent. */
  const transfers = async (
    gateway: Gateway,
    count: number,
  ): Promise<{ readonly clients: readonly Client[]; readonly finish: () => void }> => {
    const rest: (() => void)[] = [];
    origin.script = (request, connection) => {
      if (request.target === '/new') return origin.greet(request, connection);
      const { socket } = connection;
      const text = answerText('200 OK', `all of ${request.target}`);
      socket.write(text.slice(0, -5), 'latin1');
      rest.push(() => socket.write(text.slice(-5), 'latin1'));
    };
    const clients: Client[] = [];
    for (let i = 0; i < count; i += 1) {
      const client = await Client.connect(gateway.port());
      client.send(head(`GET /t${i} HTTP/1.1`, ID, TO_STRANGER));
      clients.push(client);
    }
    await eventually(
      'all to be under way',
      () => rest.length === count && clients.every((client) => client.received.includes('all')),
    );
    return {
      clients,
      finish: () => {
        for (const send of rest) send();
      },
    };
  };

  /** Resolves when nobody new is taken: the worker, told a moment after /readyz turned 503, drains too. */
  const turnsAway = (gateway: Gateway, target = '/new'): Promise<void> =>
    eventually('new connections to be turned away', async () => {
      const client = await Client.connect(gateway.port()).catch(() => undefined);
      if (client === undefined) return true;
      client.send(head(`GET ${target} HTTP/1.1`, 'Connection: close', ID, TO_STRANGER));
      await client.end();
      const { answers } = client.read();
      client.abort();
      return answers.every((answer) => answer.status === 503);
    });

  it('row 150: on SIGTERM /readyz turns 503, nobody new is taken, 100 transfers under way finish, and it exits with 0', async () => {
    const gateway = await Gateway.start({ name: 'drain', ...way, policy: EMPTY, settings: settings() });
    const { clients, finish } = await transfers(gateway, 100);
    const idle = await Client.connect(gateway.port());
    gateway.child.kill('SIGTERM');
    await eventually(
      '/readyz to turn 503',
      async () => (await fetchText(gateway.metricsPort, '/readyz')).status === 503,
    );
    expect(gateway.isAlive).toBe(true);
    await turnsAway(gateway);
    await turnsAway(gateway, '/late');
    finish();
    for (const [i, client] of clients.entries()) {
      expect((await client.answers(1))[0]?.body).toBe(`all of /t${i}`);
      await client.end();
      client.abort();
    }
    await idle.end();
    idle.abort();
    expect(await gateway.exit()).toBe(0);
    expect(origin.connections.some((connection) => connection.received.includes('/late'))).toBe(false);
  }, 60_000);

  it('row 150: transfers that never finish are cut at the deadline, visibly, and it exits', async () => {
    const gateway = await Gateway.start({
      name: 'drain-deadline',
      ...way,
      policy: EMPTY,
      settings: settings({ drainTimeout: '1s' }),
    });
    const { clients } = await transfers(gateway, 20);
    gateway.child.kill('SIGTERM');
    for (const client of clients) {
      await client.end();
      expect(client.read().answers).toHaveLength(0);
      client.abort();
    }
    expect(await gateway.exit(10_000)).not.toBeNull();
  }, 60_000);

  it('row 150: an answer that is given while it drains says that the connection ends', async () => {
    const gateway = await Gateway.start({ name: 'drain-close', ...way, policy: EMPTY, settings: settings() });
    let answer: () => void = () => undefined;
    origin.script = (request, connection) => {
      if (request.target === '/new') return origin.greet(request, connection);
      answer = () => origin.greet(request, connection);
    };
    const client = await Client.connect(gateway.port());
    client.send(head('GET /last HTTP/1.1', TO_STRANGER));
    await eventually('the request to arrive', () =>
      origin.open.some((connection) => connection.received.includes('/last')),
    );
    gateway.child.kill('SIGTERM');
    await eventually(
      '/readyz to turn 503',
      async () => (await fetchText(gateway.metricsPort, '/readyz')).status === 503,
    );
    await turnsAway(gateway);
    answer();
    const [last] = await client.answers(1);
    await client.end();
    client.abort();
    expect(last?.body).toBe('stranger /last');
    expect(last?.head).toMatch(/^connection: close\r$/im);
    expect(await gateway.exit()).toBe(0);
  }, 60_000);

  it('row 150: SIGHUP with a bad policy under 50 transfers disturbs none of them', async () => {
    const gateway = await Gateway.start({ name: 'hup', ...way, policy: EMPTY, settings: settings() });
    const { clients, finish } = await transfers(gateway, 50);
    expect(await gateway.offer('version: 1\npartners: no\n')).toBe('invalid');
    finish();
    for (const [i, client] of clients.entries()) {
      expect((await client.answers(1))[0]?.body).toBe(`all of /t${i}`);
      client.abort();
    }
    origin.script = null;
    expect((await ask(gateway.port(), head('GET /after HTTP/1.1', TO_STRANGER))).body).toBe('stranger /after');
    // Once by the signal; that the file is other than it was is seen beside it, and counts as often as it is said.
    await eventually('each refusal to be counted once', async () => {
      const counted = total(await gateway.metrics(), 'headgate_policy_reloads_total', 'outcome="refused"');
      return counted >= 1 && counted === gateway.lines.filter(({ event }) => event === 'policy-not-replaced').length;
    });
    await origin.closeConnections();
    await gateway.stop();
  }, 60_000);
});

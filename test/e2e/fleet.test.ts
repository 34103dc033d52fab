// Three real gateways that share a real Redis: a lockdown is in force on all within a second, by message or by the key alone; a replica that
// refuses or differs is seen. What Redis may suffer is in test/e2e/fleet/faults.test.ts.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FleetAnswer, ListedReplica } from '../../src/control/admin-actions.js';
import { startGateway, writeDemoKey, type Gateway } from '../../src/demo/gateway-process.js';
import { startRedis, type RedisServer } from '../fleet/redis-server.js';
import { until } from '../fleet/until.js';
import { describeWith } from '../programs.js';
import { PATHS } from '../wire/harness/paths.js';

jest.setTimeout(300_000);

const ROOT = resolve(__dirname, '../..');
const MAIN = join(ROOT, 'dist/cli/main.js');
const FROM = '127.0.0.254';
const NUMBER = '447700900042';
const PAY = 'pay.acme.example';

interface Verb {
  readonly code: number;
  readonly out: string;
}

function headgate(...words: readonly string[]): Promise<Verb> {
  return new Promise((settle) => {
    execFile(process.execPath, [MAIN, ...words], (error, stdout, stderr) =>
      settle({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    );
  });
}

describeWith(['redis-server'], 'three gateways and a Redis', () => {
  let folder: string;
  let redis: RedisServer;
  let origin: Server;
  const gateways: Gateway[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-fleet-'));
    redis = await startRedis();
    // Says what it received of the two.
    origin = createServer((asked, answer) => answer.end(String(asked.headers['x-msisdn'] ?? 'nothing')));
    await new Promise<void>((listening) => origin.listen(0, '127.0.0.1', listening));
    const keyFile = join(folder, 'demo.key');
    await writeDemoKey(keyFile);
    for (const name of ['gw-1', 'gw-2', 'gw-3']) {
      const own = join(folder, name);
      mkdirSync(own);
      const policyFile = join(own, 'policy.yaml');
      copyFileSync(join(ROOT, 'config/demo/policy.yaml'), policyFile);
      const gateway = await startGateway({
        main: MAIN,
        folder: own,
        policyFile,
        keyFile,
        mirrorPort: (origin.address() as AddressInfo).port,
        trusted: FROM,
        port: 0,
        metricsPort: 0,
        paths: JSON.stringify(PATHS),
        redis: `{ url: "redis://127.0.0.1:${redis.port}", replica: ${name} }`,
      });
      gateways.push(gateway);
    }
    await until(async () => (await fleet()).replicas.length === 3 && (await fleet()).digests === 1);
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await redis.stop();
    origin.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const config = (index: number): string => gateways[index]?.settingsFile ?? '';
  const fleet = async (asked = 0): Promise<FleetAnswer> =>
    JSON.parse((await headgate('fleet', '--format', 'json', '--config', config(asked))).out) as FleetAnswer;
  const lockdown = (index: number, state: 'on' | 'off', ...words: readonly string[]): Promise<Verb> =>
    headgate('lockdown', state, '--reason', 'a test', '--by', 'dana', '--config', config(index), ...words);

  /** What the site received: a number, a pseudonym or `nothing`; rejects where the request failed. */
  function visit({ port }: Gateway, site: string): Promise<string> {
    return new Promise((settle, reject) => {
      const headers = { host: site, 'x-msisdn': NUMBER };
      const asked = request(
        { host: '127.0.0.1', port, localAddress: FROM, path: `http://${site}/`, headers },
        (answer) => {
          let text = '';
          answer.on('data', (part: Buffer) => (text += part.toString()));
          answer.on('end', () =>
            answer.statusCode === 200 ? settle(text) : reject(new Error(`${answer.statusCode}`)),
          );
          answer.on('error', reject);
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  }
  const visits = (site: string): Promise<string[]> => Promise.all(gateways.map((gateway) => visit(gateway, site)));
  const everywhere = async (site: string, wanted: (received: string) => boolean): Promise<boolean> =>
    (await visits(site)).every(wanted);

  /** Asks again and again; when the first answer without the number was there, by `performance.now()`. */
  async function firstWithheld(gateway: Gateway): Promise<number> {
    while ((await visit(gateway, PAY)) !== 'nothing') await new Promise((go) => setTimeout(go, 1));
    return performance.now();
  }

  /** Through the admin API: no verb that has to start and to end. */
  function order(index: number, state: 'on' | 'off'): Promise<void> {
    const body = JSON.stringify({ state, reason: 'a test', by: 'dana' });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    return new Promise((settle, reject) => {
      const socketPath = join(folder, `gw-${index + 1}`, 'admin.sock');
      const asked = request({ socketPath, path: '/v1/lockdown', method: 'POST', headers }, (answer) => {
        answer.resume();
        if (answer.statusCode === 200) settle();
        else reject(new Error(`${state}: ${answer.statusCode}`));
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  test('a lockdown through one withholds on all, and is ended on each', async () => {
    expect(await everywhere(PAY, (received) => received === NUMBER)).toBe(true);
    const on = await lockdown(0, 'on');
    expect([on.code, on.out]).toEqual([0, expect.stringContaining('the other replicas are told')]);
    await until(() => everywhere(PAY, (received) => received === 'nothing'));
    const history = await headgate('history', '--config', config(2));
    expect(history.out).toMatch(/lockdown-on +everyone, by dana \(redis\): a test/);
    await until(async () => (await fleet()).replicas.every((replica) => replica.lockdown.all));
    const off = await lockdown(0, 'off');
    expect(off.out).toContain('it is still on at gw-2, gw-3: end it on each of them too');
    expect(await visits(PAY)).toEqual([NUMBER, 'nothing', 'nothing']);
    for (const index of [1, 2]) expect((await lockdown(index, 'off')).code).toBe(0);
    expect(await visits(PAY)).toEqual([NUMBER, NUMBER, NUMBER]);
  });

  /** What may be lost on the way of an order, each by itself. */
  const losses: readonly (readonly [name: string, lose: () => Promise<unknown>, mend: () => Promise<unknown>])[] = [
    ['nothing lost', () => Promise.resolve(), () => Promise.resolve()],
    [
      'every message lost, by the key alone',
      () => redis.client.call('ACL', ['SETUSER', 'default', 'resetchannels']),
      () => redis.client.call('ACL', ['SETUSER', 'default', 'allchannels']),
    ],
    [
      'nothing written, by message alone',
      () => redis.client.config('SET', 'maxmemory', '1'),
      () => redis.client.config('SET', 'maxmemory', '0'),
    ],
  ];

  test.each(losses)(
    'with %s a lockdown is in force on the last replica within a second of the answer',
    async (name, lose, mend) => {
      const listeners = (): Promise<unknown> => redis.client.call('PUBSUB', ['NUMSUB', '{headgate}:lockdown']);
      await until(async () => JSON.stringify(await listeners()).endsWith(',3]'));
      await lose();
      try {
        if (name.startsWith('every')) await until(async () => JSON.stringify(await listeners()).endsWith(',0]'));
        for (let round = 0; round < 5; round += 1) {
          const withheld = Promise.all(gateways.map((gateway) => firstWithheld(gateway)));
          await order(round % 3, 'on');
          const answeredMs = performance.now();
          expect(Math.max(...(await withheld)) - answeredMs).toBeLessThan(1000);
          expect(await visits(PAY)).toEqual(['nothing', 'nothing', 'nothing']);
          for (const index of [0, 1, 2]) await order(index, 'off');
          expect(await visits(PAY)).toEqual([NUMBER, NUMBER, NUMBER]);
        }
      } finally {
        await mend();
      }
    },
  );

  test('a replica that refuses, and one that runs something else, are seen within a minute', async () => {
    const policyOf = (index: number): string => join(folder, `gw-${index + 1}`, 'policy.yaml');
    const text = readFileSync(policyOf(2), 'utf8');
    const drift = async (name: string): Promise<ListedReplica | undefined> =>
      (await fleet()).replicas.find((replica) => replica.name === name);
    // Wider, and nobody approved it.
    writeFileSync(policyOf(2), text.replace(`hosts: [${PAY}]`, `hosts: [${PAY}, new.acme.example]`));
    await until(async () => (await drift('gw-3'))?.drift === 'refused');
    expect(await drift('gw-3')).toMatchObject({ refused: 'not-approved', refusals: 1 });
    // Narrower: in force at once, on this one alone.
    writeFileSync(policyOf(1), text.replace('until: 2028-12-31', 'until: 2028-12-30'));
    await until(async () => (await drift('gw-2'))?.drift === 'digest');
    const { digest } = await fleet();
    const waited = await headgate(
      'status',
      '--wait',
      (digest ?? '').slice(0, 7),
      '--fleet',
      '--timeout',
      '1s',
      '--config',
      config(0),
    );
    expect([waited.code, waited.out]).toEqual([1, expect.stringMatching(/^error: gw-2 runs [0-9a-f]{7}$/m)]);
    const metrics = await new Promise<string>((settle, reject) => {
      request({ host: '127.0.0.1', port: gateways[0]?.metricsPort, path: '/metrics' }, (answer) => {
        let said = '';
        answer.on('data', (part: Buffer) => (said += part.toString()));
        answer.on('end', () => settle(said));
      })
        .on('error', reject)
        .end();
    });
    expect(metrics).toMatch(/^headgate_fleet_digests 2$/m);
    expect(metrics).toMatch(/^headgate_fleet_replicas\{state="heard"\} 3$/m);
    expect(metrics).toMatch(/^headgate_fleet_connected 1$/m);
  });
});

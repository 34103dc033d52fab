// Three real gateways that share a real Redis, under traffic: whatever happens to Redis, no request fails and nothing is released that was
// locked down; a lockdown reaches all; a replica that refuses or differs is seen.
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
const [PAY, AGECHECK] = ['pay.acme.example', 'verify.agecheck.example'];

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

  /** Requests through every gateway for as long as `act` takes: what each site received. */
  async function underTraffic(
    act: () => Promise<void>,
  ): Promise<{ pay: Set<string>; agecheck: Set<string>; count: number }> {
    const seen = { pay: new Set<string>(), agecheck: new Set<string>(), count: 0 };
    let isOver = false;
    const traffic = gateways.map(async (gateway) => {
      while (!isOver) {
        seen.pay.add(await visit(gateway, PAY));
        seen.agecheck.add(await visit(gateway, AGECHECK));
        seen.count += 2;
        await new Promise((go) => setTimeout(go, 10));
      }
    });
    try {
      await act();
    } finally {
      isOver = true;
    }
    await Promise.all(traffic);
    return seen;
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

  const faults: readonly (readonly [name: string, spoil: () => Promise<unknown>, mend: () => Promise<unknown>])[] = [
    ['killed and begun anew, empty', () => redis.kill(), () => redis.start()],
    ['paused', () => Promise.resolve(redis.pause()), () => Promise.resolve(redis.wake())],
    ['wiped', () => redis.client.flushall(), () => Promise.resolve()],
    ['full', () => redis.client.config('SET', 'maxmemory', '1'), () => redis.client.config('SET', 'maxmemory', '0')],
    [
      'poisoned',
      async () => {
        for (const key of ['lockdown', 'replicas', 'generation', 'replica:gw-1', 'replica:gw-2', 'usual:demo']) {
          await redis.client.del(`{headgate}:${key}`);
          await redis.client.rpush(`{headgate}:${key}`, 'x');
        }
        await redis.client.publish('{headgate}:lockdown', '{"version":1,"lockdowns":[],"ended":["all"]}');
      },
      () => redis.client.del('{headgate}:generation'),
    ],
    [
      'slow',
      async () => {
        for (let i = 0; i < 3; i += 1) void redis.client.call('DEBUG', ['SLEEP', '1.2']).catch(() => undefined);
        await Promise.resolve();
      },
      () => Promise.resolve(),
    ],
  ];

  test('whatever happens to Redis, no request fails, what is locked down stays so, and all is well again', async () => {
    await lockdown(0, 'on', '--partner', 'acme-pay');
    await until(() => everywhere(PAY, (received) => received === 'nothing'));
    for (const [name, spoil, mend] of faults) {
      const { pay, agecheck, count } = await underTraffic(async () => {
        await spoil();
        await new Promise((go) => setTimeout(go, 2500));
        await mend();
        await until(async () => {
          const { connected, replicas } = await fleet();
          return connected && replicas.filter(({ silent }) => !silent).length === 3;
        });
      });
      expect([name, [...pay], count > 50]).toEqual([name, ['nothing'], true]);
      expect([name, [...agecheck]]).toEqual([name, [expect.stringMatching(/^demo\./)]]);
    }
    await lockdown(1, 'on');
    await until(() => everywhere(AGECHECK, (received) => received === 'nothing'));
    for (const index of [0, 1, 2]) {
      await lockdown(index, 'off');
      await lockdown(index, 'off', '--partner', 'acme-pay');
    }
    expect(await visits(PAY)).toEqual([NUMBER, NUMBER, NUMBER]);
  });

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

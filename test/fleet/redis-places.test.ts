// Redis as operators have it: with TLS and a user of its own, behind Sentinels, as a Cluster. A lockdown reaches all, and a failover ends none.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisSettings } from '../../src/fleet/redis-settings.js';
import { describeWith, programPath } from '../programs.js';
import { freePort, startRedis, type RedisServer } from './redis-server.js';
import { startReplica, type Replica } from './replica.js';
import { until } from './until.js';

jest.setTimeout(240_000);

const ALICE = { by: 'alice@operator.example', reason: 'numbers at a stranger' };
const HOST = '127.0.0.1';
const running: Replica[] = [];
const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) each.kill();
  for (const stop of stopping.splice(0).reverse()) await stop();
});

const redis = async (...words: readonly string[]): Promise<RedisServer> => {
  const server = await startRedis(words);
  stopping.push(() => server.stop());
  return server;
};
const replica = async (
  name: string,
  settings: Partial<RedisSettings> & Pick<RedisSettings, 'at'>,
): Promise<Replica> => {
  const started = await startReplica({ name, redis: settings });
  running.push(started);
  return started;
};
const isOn = (each: Replica): boolean => each.lockdown.current === 'all';
const heard = ({ fleet }: Replica): number => fleet.view.replicas.filter(({ isSilent }) => !isSilent).length;

describeWith(['redis-server', 'openssl'], 'with TLS and a user of its own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-tls-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const openssl = (...words: readonly string[]): void =>
    void execFileSync(programPath('openssl'), [...words], { cwd: folder, stdio: 'ignore' });
  const makeCertificates = (): void => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test authority');
    writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:redis.example,IP:127.0.0.1\n');
    openssl('req', ...key, '-keyout', 'redis.key', '-out', 'redis.csr', '-subj', '/CN=redis.example');
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', 'redis.csr', ...signed, '-out', 'redis.pem');
  };
  const secured = async (): Promise<{ server: RedisServer; port: number }> => {
    makeCertificates();
    const port = await freePort();
    const file = (name: string): string => join(folder, name);
    const tls = ['--tls-cert-file', file('redis.pem'), '--tls-key-file', file('redis.key')];
    const ca = ['--tls-ca-cert-file', file('ca.pem'), '--tls-auth-clients', 'no'];
    return { server: await redis('--tls-port', String(port), ...tls, ...ca), port };
  };
  /** The line of docs/fleet.md, word for word but for the prefix and the password. */
  const aclOf = (prefix: string): readonly string[] => {
    const page = readFileSync(join(__dirname, '../../docs/fleet.md'), 'utf8');
    const line = /^ACL (SETUSER .*)$/m.exec(page)?.[1] ?? '';
    return line.replaceAll('edge-lon', prefix).replace('>PASSWORD', '>a-long-password').split(' ');
  };

  test('the user of docs/fleet.md can do all that is needed, and nothing else', async () => {
    const { server, port } = await secured();
    await server.client.call('ACL', [...aclOf('test')]);
    await server.client.call('ACL', ['SETUSER', 'default', 'off']).catch(() => undefined);
    writeFileSync(join(folder, 'password'), 'a-long-password\n');
    const settings = {
      at: { kind: 'one', place: { host: HOST, port }, database: 0 },
      tls: { ca: [join(folder, 'ca.pem')], serverName: null },
      username: 'gateway',
      passwordFile: join(folder, 'password'),
    } as const;
    const [first, second] = [await replica('gw-1', settings), await replica('gw-2', settings)];
    await until(() => heard(first) === 2 && heard(second) === 2);
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => isOn(second));
    expect(first.fleet.view.problems).toEqual([]);
    expect(await first.link.ask('GET', 'elsewhere')).toMatchObject({ ok: false });
    expect(await first.link.ask('FLUSHALL')).toMatchObject({ ok: false });
  });

  test('a server whose certificate another authority signed, or of another name, is none', async () => {
    const { port } = await secured();
    const at = { kind: 'one', place: { host: HOST, port }, database: 0 } as const;
    const [strange, misnamed, right] = await Promise.all([
      replica('gw-1', { at, tls: { ca: [], serverName: null } }),
      replica('gw-2', { at, tls: { ca: [join(folder, 'ca.pem')], serverName: 'other.example' } }),
      replica('gw-3', { at, tls: { ca: [join(folder, 'ca.pem')], serverName: 'redis.example' } }),
    ]);
    await until(() => right.fleet.view.isConnected);
    expect([strange.link.isUp, misnamed.link.isUp]).toEqual([false, false]);
    expect(strange.fleet.view.problems.join()).toMatch(/certificate/);
    expect(misnamed.fleet.view.problems.join()).toMatch(/other\.example|altnames/);
  });

  test('a wrong password is said, and never written', async () => {
    const server = await redis('--requirepass', 'the-right-password');
    writeFileSync(join(folder, 'password'), 'the-wrong-password\n');
    const at = { kind: 'one', place: { host: HOST, port: server.port }, database: 0 } as const;
    const only = await replica('gw-1', { at, passwordFile: join(folder, 'password') });
    await until(() => only.fleet.view.problems.join().includes('WRONGPASS'));
    expect(JSON.stringify([only.said, only.fleet.view])).not.toContain('the-wrong-password');
  });
});

describeWith(['redis-server'], 'behind a Sentinel', () => {
  test('a failover ends no lockdown, and the replicas find each other and the next lockdown on the new master', async () => {
    const master = await redis();
    const second = await redis('--replicaof', `${HOST} ${master.port}`);
    const folder = mkdtempSync(join(tmpdir(), 'headgate-sentinel-'));
    const file = join(folder, 'sentinel.conf');
    writeFileSync(
      file,
      `sentinel monitor edge ${HOST} ${master.port} 1\nsentinel down-after-milliseconds edge 600\nsentinel failover-timeout edge 3000\n`,
    );
    const sentinel = await startRedis([], file);
    stopping.push(async () => {
      await sentinel.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await until(async () => /master_link_status:up/.test(await second.client.info('replication')));
    const at = { kind: 'sentinels', sentinels: [{ host: HOST, port: sentinel.port }], master: 'edge' } as const;
    const all = await Promise.all(['gw-1', 'gw-2'].map((name) => replica(name, { at })));
    const [first] = all as [Replica];
    await until(() => all.every((each) => heard(each) === 2));
    await first.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await until(() => all.every(({ lockdown }) => lockdown.isOnForPartners));
    // The Sentinel must know the second one before it can choose it.
    const asked = new Redis({ host: HOST, port: sentinel.port });
    await until(async () =>
      JSON.stringify(await asked.call('SENTINEL', 'REPLICAS', 'edge')).includes(String(second.port)),
    );
    asked.disconnect();
    await master.kill();
    await until(async () => /role:master/.test(await second.client.info('replication')), 120_000);
    expect(all.every(({ lockdown }) => lockdown.isOnForPartners)).toBe(true);
    await until(() => all.every(({ fleet }) => fleet.view.isConnected), 120_000);
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await until(() => all.every((each) => heard(each) === 2));
  });
});

describeWith(['redis-server'], 'as a Cluster of three', () => {
  test('a lockdown reaches all; without the node of our keys each goes on alone, and with it they are one again', async () => {
    const nodes = await Promise.all(
      [0, 1, 2].map(async () => {
        const bus = await freePort();
        const server = await redis(
          '--cluster-enabled',
          'yes',
          '--cluster-port',
          String(bus),
          '--cluster-node-timeout',
          '1000',
        );
        return { server, bus };
      }),
    );
    const [first] = nodes as [(typeof nodes)[number]];
    const ranges = [
      [0, 5460],
      [5461, 10922],
      [10923, 16383],
    ];
    for (const [index, { server }] of nodes.entries()) {
      await server.client.call('CLUSTER', ['ADDSLOTSRANGE', ...(ranges[index] ?? [])]);
    }
    for (const { server, bus } of nodes.slice(1)) {
      await first.server.client.call('CLUSTER', ['MEET', HOST, server.port, bus]);
    }
    const isWhole = async (): Promise<boolean> =>
      (await Promise.all(nodes.map(({ server }) => server.client.call('CLUSTER', ['INFO'])))).every((info) =>
        /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(info)),
      );
    await until(isWhole);
    const at = { kind: 'cluster', nodes: [{ host: HOST, port: first.server.port }] } as const;
    const all = await Promise.all(['gw-1', 'gw-2', 'gw-3'].map((name) => replica(name, { at })));
    await until(() => all.every((each) => heard(each) === 3));
    await all[0]?.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await until(() => all.every(({ lockdown }) => lockdown.isOnForPartners));

    const slot = Number(await first.server.client.call('CLUSTER', ['KEYSLOT', '{test}:lockdown']));
    const owner = nodes.find((_, index) => slot >= (ranges[index]?.[0] ?? 0) && slot <= (ranges[index]?.[1] ?? 0));
    await owner?.server.kill();
    await until(() => all.every(({ fleet }) => !fleet.view.isConnected));
    await all[1]?.lockdown.on({ ...ALICE, via: 'api' });
    await owner?.server.start();
    await until(() => all.every(isOn), 120_000);
    await until(() => all.every(({ fleet }) => fleet.view.isConnected), 120_000);
  });
});

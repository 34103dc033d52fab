// Redis as operators have it: with TLS and a user of its own, behind Sentinels, as a Cluster. A lockdown reaches all, and a failover ends none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisSettings } from '../../src/fleet/redis-settings.js';
import { describeWith } from '../programs.js';
import { startCluster } from './redis-cluster.js';
import { startSecured, type SecuredRedis, userOfThePage } from './redis-secured.js';
import { startSentinels } from './redis-sentinels.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { startReplica, type Replica } from './replica.js';
import { until } from './until.js';
import { startWire } from './wire-between.js';

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

/** Of each name of a command that Redis knows: the version that had it first. */
async function sinceOf(server: RedisServer, names: readonly string[]): Promise<readonly string[]> {
  const replies = await Promise.all(
    names.map(
      (name) => server.client.call('COMMAND', ['DOCS', name]) as Promise<readonly [string, readonly unknown[]]>,
    ),
  );
  return replies.map(([, told], i) => {
    const at = told.indexOf('since');
    return `${names[i] ?? ''} ${at < 0 ? 'never' : String(told[at + 1])}`;
  });
}

describeWith(['redis-server'], 'an older Redis', () => {
  const isNewer = (line: string): boolean => {
    const [, major = NaN, minor = NaN] = / (\d+)\.(\d+)\./.exec(line)?.map(Number) ?? [];
    return !(major < 6 || (major === 6 && minor <= 2));
  };

  test('every command that a gateway may use is one that Redis 6.2 has, by Redis’s own word', async () => {
    const server = await redis();
    const names = userOfThePage('test').flatMap((word) => /^\+([a-z|]+)$/.exec(word)?.[1] ?? []);
    const told = await sinceOf(server, names);
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter(isNewer)).toEqual([]);
    // One that came later is told apart.
    expect((await sinceOf(server, ['function'])).filter(isNewer)).toEqual(['function 7.0.0']);
  });
});

describeWith(['redis-server', 'openssl'], 'with TLS and a user of its own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-tls-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const secured = async (): Promise<SecuredRedis> => {
    const redisOfThePage = await startSecured(folder, 'test');
    stopping.push(() => redisOfThePage.server.stop());
    return redisOfThePage;
  };

  test('the user of docs/fleet.md can do all that is needed, and nothing else', async () => {
    const { server, port, ca, passwordFile } = await secured();
    await server.client.call('ACL', ['SETUSER', 'default', 'off']).catch(() => undefined);
    const settings = {
      at: { kind: 'one', place: { host: HOST, port }, database: 0 },
      tls: { ca: [ca], serverName: null },
      username: 'gateway',
      passwordFile,
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

describeWith(['redis-server'], 'behind three Sentinels', () => {
  test('a failover ends no lockdown, and the replicas find each other and the next lockdown on the new master', async () => {
    const sentinels = await startSentinels();
    stopping.push(() => sentinels.stop());
    const { at } = sentinels;
    const all = await Promise.all(['gw-1', 'gw-2'].map((name) => replica(name, { at })));
    const [first] = all as [Replica];
    await until(() => all.every((each) => heard(each) === 2));
    await first.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await until(() => all.every(({ lockdown }) => lockdown.isOnForPartners));
    await (await sentinels.reigning()).kill();
    await until(() => all.every(({ fleet }) => !fleet.view.isConnected));
    await sentinels.reigning();
    expect(all.every(({ lockdown }) => lockdown.isOnForPartners)).toBe(true);
    await until(() => all.every(({ fleet }) => fleet.view.isConnected), 120_000);
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await until(() => all.every((each) => heard(each) === 2));
  });
});

describeWith(['redis-server'], 'behind three Sentinels of which the first is slow', () => {
  test('who hears of a failover while it is connecting is connected in the end', async () => {
    const sentinels = await startSentinels();
    stopping.push(() => sentinels.stop());
    const [{ port = 0 } = {}, ...others] = sentinels.at.sentinels;
    const wire = await startWire(port);
    stopping.push(() => Promise.resolve(wire.close()));
    const at = { ...sentinels.at, sentinels: [{ host: HOST, port: wire.port }, ...others] };
    const only = await replica('gw-1', { at });
    await until(() => only.fleet.view.isConnected);
    // Nearly all the time it waits for the slow one to say where the master is, while the others tell it that this has changed.
    wire.delayMs = 200;
    const before = await sentinels.reigning();
    let isBegun = false;
    await until(async () => {
      // A Sentinel of a machine that stood still may think no replica fit, and gives up what it began: it is asked again then.
      isBegun = (await sentinels.failover()) || isBegun;
      await before.client.call('CLIENT', ['KILL', 'TYPE', 'normal']).catch(() => undefined);
      const now = await sentinels.master();
      return isBegun && now !== undefined && now !== before;
    }, 120_000);
    await until(() => only.link.isUp && only.fleet.view.isConnected, 30_000);
  });
});

describeWith(['redis-server'], 'as a Cluster of three', () => {
  test('a lockdown reaches all; without the node of our keys each goes on alone, and with it they are one again', async () => {
    const cluster = await startCluster();
    stopping.push(() => cluster.stop());
    const { at } = cluster;
    const all = await Promise.all(['gw-1', 'gw-2', 'gw-3'].map((name) => replica(name, { at })));
    await until(() => all.every((each) => heard(each) === 3));
    await all[0]?.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await until(() => all.every(({ lockdown }) => lockdown.isOnForPartners));

    const owner = await cluster.ownerOf('{test}:lockdown');
    await owner.kill();
    await until(() => all.every(({ fleet }) => !fleet.view.isConnected));
    await all[1]?.lockdown.on({ ...ALICE, via: 'api' });
    await owner.start();
    await until(() => all.every(isOn), 120_000);
    await until(() => all.every(({ fleet }) => fleet.view.isConnected), 120_000);
  });
});

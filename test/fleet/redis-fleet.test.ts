// Replicas that share through a real Redis: a lockdown reaches all, and nothing that happens to Redis ends one or opens anything.
import { describeWith } from '../programs.js';
import { GARBAGE } from './garbage.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { DIGEST, startReplica, type Replica, type ReplicaOptions } from './replica.js';
import { until } from './until.js';
import { startWire, type Wire } from './wire-between.js';

jest.setTimeout(180_000);

const ALICE = { by: 'alice@operator.example', reason: 'numbers at a stranger' };
const KEYS = ['{test}:lockdown', '{test}:replicas', '{test}:replica:gw-1', '{test}:replica:gw-2', '{test}:generation'];

describeWith(['redis-server'], 'a fleet', () => {
  let server: RedisServer;
  const running: Replica[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const each of running.splice(0)) each.kill();
    await server.client.flushall();
  });

  const start = async (name: string, over: Partial<ReplicaOptions> = {}): Promise<Replica> => {
    const at = { kind: 'one', place: { host: '127.0.0.1', port: server.port }, database: 0 } as const;
    const replica = await startReplica({ name, redis: { at }, ...over });
    running.push(replica);
    return replica;
  };
  const three = (): Promise<Replica[]> => Promise.all(['gw-1', 'gw-2', 'gw-3'].map((name) => start(name)));
  const isOn = (replica: Replica): boolean => replica.lockdown.current === 'all';
  const shared = async (): Promise<unknown> => JSON.parse((await server.client.get('{test}:lockdown')) ?? 'null');

  test('a lockdown of one is in force on all, as the own one of each', async () => {
    const all = await three();
    const [first, second] = all as [Replica, Replica];
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    expect(second.lockdown.state.lockdowns).toMatchObject([{ ...ALICE, partner: null, via: 'redis' }]);
    expect(second.kept).toEqual(second.lockdown.state);
    expect(second.events).toMatchObject([{ ...ALICE, state: 'on', partner: null, via: 'redis' }]);
    expect(first.events).toHaveLength(1);
  });

  test('one of a partner is of that partner alone', async () => {
    const all = await three();
    await all[2]?.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await until(() => all.every(({ lockdown: { current } }) => typeof current !== 'string' && current.has('pay')));
    expect(all.some(isOn)).toBe(false);
  });

  test('a wiped Redis ends none, and has it again', async () => {
    const all = await three();
    await all[0]?.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await server.client.flushall();
    await until(async () => (await server.client.get('{test}:lockdown')) !== null);
    expect(all.every(isOn)).toBe(true);
    const late = await start('gw-4');
    expect(isOn(late)).toBe(true);
  });

  test('without a message it comes by the key, and is in force before a newcomer serves', async () => {
    const [first] = await three();
    await first?.lockdown.on({ ...ALICE, via: 'api' });
    await until(async () => (await shared()) !== null);
    const late = await start('gw-4');
    expect(isOn(late)).toBe(true);
    await server.client.set('{test}:lockdown', JSON.stringify({ version: 1, lockdowns: [{ partner: 'mms' }] }));
    await until(() => late.lockdown.isOnForPartners);
  });

  test('a person ends it where they are; elsewhere it stays, and it does not come back', async () => {
    const all = await three();
    const [first, second, third] = all as [Replica, Replica, Replica];
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await until(() => first.fleet.view.replicas.filter(({ status }) => status.lockdowns.length > 0).length === 3);
    expect(await first.lockdown.off(ALICE)).toMatchObject({ isDone: true });
    await until(() =>
      second.fleet.view.replicas.some(({ status }) => status.name === 'gw-1' && status.lockdowns.length === 0),
    );
    // Whoever is new is locked down as long as anybody is.
    const late = await start('gw-4');
    expect([first, second, third, late].map(isOn)).toEqual([false, true, true, true]);
    for (const each of [second, third, late]) await each.lockdown.off(ALICE);
    await until(async () => JSON.stringify(await shared()) === '{"version":1,"lockdowns":[]}');
    expect([first, second, third, late].map(isOn)).toEqual([false, false, false, false]);
  });

  test('what was ended stays ended over a restart, though others hold it still', async () => {
    const all = await three();
    const [first, second] = all as [Replica, Replica];
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await first.lockdown.off(ALICE);
    first.kill();
    const again = await start('gw-1', { kept: first.kept });
    await until(() => again.fleet.view.replicas.length === 3);
    expect(isOn(again)).toBe(false);
    expect(isOn(second)).toBe(true);
  });

  test('where one ended it, another order locks it down again, from a replica that never ended it too', async () => {
    const all = await three();
    const [first, second] = all as [Replica, Replica];
    await first.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await first.lockdown.off(ALICE);
    expect(isOn(first)).toBe(false);
    await second.lockdown.on({ by: 'bob@operator.example', reason: 'it is leaking again', via: 'api' });
    await until(() => isOn(first));
  });

  test('two that set one each are ended once', async () => {
    const all = await three();
    const [first, second] = all as [Replica, Replica];
    await Promise.all([first, second].map((each) => each.lockdown.on({ ...ALICE, via: 'api' })));
    await until(() => all.every(isOn));
    await until(() => first.lockdown.ordersOf(null).length === 2 && second.lockdown.ordersOf(null).length === 2);
    await first.lockdown.off(ALICE);
    const looks = first.fleet.view.lastExchangeMs;
    await until(() => first.fleet.view.lastExchangeMs !== looks);
    expect(isOn(first)).toBe(false);
  });

  test('garbage of every type in every key throws nothing, ends nothing and stops no lockdown', async () => {
    const all = await three();
    const [first, second, third] = all as [Replica, Replica, Replica];
    await first.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await until(() => all.every(({ lockdown }) => lockdown.isOnForPartners));
    for (const [index, [, spoil]] of GARBAGE.entries()) {
      for (const key of KEYS) await spoil(server.client, key);
      for (const message of ['', 'x', '{"lockdowns":7}', '\u0000', '['.repeat(50_000)]) {
        await server.client.publish('{test}:lockdown', message);
      }
      const before = third.fleet.view.lastExchangeMs;
      if (index % 4 === 0) await until(() => third.fleet.view.lastExchangeMs !== before);
    }
    expect(all.every(({ lockdown }) => lockdown.isOnForPartners)).toBe(true);
    expect(all.flatMap(({ said }) => said).filter((line) => line.startsWith('fleet-defect'))).toEqual([]);
    await second.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await until(async () => (await server.client.type('{test}:lockdown')) === 'string');
    await until(() => third.fleet.view.replicas.filter(({ isSilent }) => !isSilent).length === 3);
  });

  test('a flood of lockdowns of partners that nobody knows is taken up to a bound; those of the policy always are', async () => {
    const first = await start('gw-1');
    const lockdowns = Array.from({ length: 900 }, (_, i) => ({ partner: `stranger-${i}` }));
    await server.client.set(
      '{test}:lockdown',
      JSON.stringify({ version: 1, lockdowns: [...lockdowns, { partner: 'pay' }] }),
    );
    await until(() => first.lockdown.isOnForPartners);
    expect(first.lockdown.state.lockdowns.map(({ partner }) => partner)).toContain('pay');
    expect(first.lockdown.state.lockdowns).toHaveLength(101);
  });

  test('a lockdown that flaps in Redis is one lockdown, and stays', async () => {
    const first = await start('gw-1');
    for (let i = 0; i < 300; i += 1) {
      await server.client.publish(
        '{test}:lockdown',
        JSON.stringify({ version: 1, lockdowns: [{ partner: null, reason: String(i) }] }),
      );
      await server.client.del('{test}:lockdown');
    }
    await until(() => isOn(first));
    expect(first.events).toHaveLength(1);
  });

  test('a full Redis still carries a lockdown, by message', async () => {
    const all = await three();
    await until(() => all.every(({ fleet }) => fleet.view.replicas.length === 3));
    await server.client.config('SET', 'maxmemory', '1');
    try {
      await all[0]?.lockdown.on({ ...ALICE, via: 'api' });
      await until(() => all.every(isOn));
    } finally {
      await server.client.config('SET', 'maxmemory', '0');
    }
    await until(async () => (await server.client.get('{test}:lockdown')) !== null);
  });

  test('killed and empty again: each goes on alone and locked down, then they find each other', async () => {
    const all = await three();
    await all[0]?.lockdown.on({ ...ALICE, via: 'api' });
    await until(() => all.every(isOn));
    await server.kill();
    await until(() => all.every(({ fleet }) => !fleet.view.isConnected));
    expect(all.every(isOn)).toBe(true);
    await all[1]?.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await server.start();
    await until(() => all.every(({ lockdown }) => lockdown.isOnForPartners && lockdown.current === 'all'));
    await until(() => all.every(({ fleet }) => fleet.view.replicas.filter(({ isSilent }) => !isSilent).length === 3));
  });

  test('paused: an announcement does not wait for it, and comes through when it wakes', async () => {
    const all = await three();
    const [first] = all as [Replica];
    await until(() => all.every(({ fleet }) => fleet.view.replicas.length === 3));
    server.pause();
    try {
      await first.lockdown.on({ ...ALICE, via: 'api' });
      expect(isOn(first)).toBe(true);
      expect(await first.fleet.announce()).toBe(false);
    } finally {
      server.wake();
    }
    await until(() => all.every(isOn));
  });

  const behind = async (name: string, wire: Wire): Promise<Replica> =>
    start(name, { redis: { at: { kind: 'one', place: { host: '127.0.0.1', port: wire.port }, database: 0 } } });

  test('split in two: each side goes on and locks down its own, and the other one when they are one again', async () => {
    const wire = await startWire(server.port);
    try {
      const [first, second] = [await start('gw-1'), await behind('gw-2', wire)];
      await until(() => first.fleet.view.replicas.length === 2 && second.fleet.view.isConnected);
      wire.cut(true);
      await until(() => !second.fleet.view.isConnected);
      await first.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
      await second.lockdown.on({ ...ALICE, partner: 'mms', via: 'api' });
      await until(() => first.fleet.view.replicas[1]?.isSilent === true);
      expect([first, second].map(({ lockdown }) => [...(lockdown.current as Set<string>)])).toEqual([['pay'], ['mms']]);
      wire.cut(false);
      const isBoth = ({ lockdown: { current } }: Replica): boolean =>
        current instanceof Set && current.has('pay') && current.has('mms');
      await until(() => isBoth(first) && isBoth(second));
    } finally {
      wire.close();
    }
  });

  test('slow, a third of a second each way: a lockdown arrives all the same', async () => {
    const wire = await startWire(server.port);
    try {
      const [first, second] = [await start('gw-1'), await behind('gw-2', wire)];
      await until(() => second.fleet.view.isConnected);
      wire.delayMs = 333;
      await first.lockdown.on({ ...ALICE, via: 'api' });
      await until(() => isOn(second));
      await second.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
      await until(() => first.lockdown.isOnForPartners);
    } finally {
      wire.close();
    }
  });

  describe('the table of replicas', () => {
    const names = ({ fleet }: Replica): readonly string[] => fleet.view.replicas.map(({ status }) => status.name);

    test('has each by name with what it says; whoever leaves is gone, whoever is killed is silent', async () => {
      const all = await three();
      const [first, second, third] = all as [Replica, Replica, Replica];
      await until(() => all.every((each) => names(each).join() === 'gw-1,gw-2,gw-3'));
      second.digest = null;
      await until(() => first.fleet.view.replicas[1]?.status.digest === null);
      expect(first.fleet.view.replicas[2]?.status.digest).toBe(DIGEST);
      expect(first.fleet.view.replicas.map(({ isThis }) => isThis)).toEqual([true, false, false]);
      third.close();
      await until(() => names(first).join() === 'gw-1,gw-2');
      second.kill();
      await until(() => first.fleet.view.replicas[1]?.isSilent === true);
      expect(names(first)).toEqual(['gw-1', 'gw-2']);
    });

    test('two with one name are said', async () => {
      const [first] = await Promise.all([start('gw-1'), start('gw-1')]);
      await until(() =>
        first.fleet.view.problems.some((problem) => problem.includes('another replica is called `gw-1`')),
      );
    });

    test('the highest generation informs, and one that is made up goes with its key', async () => {
      const [first, second] = (await three()) as [Replica, Replica];
      second.generation = 7;
      await until(() => first.fleet.view.highestGeneration === 7);
      await until(async () => (await server.client.get('{test}:generation')) === '7');
      second.generation = 6;
      await server.client.set('{test}:generation', '999999999');
      await until(() => first.fleet.view.highestGeneration === 999_999_999);
      await server.client.del('{test}:generation');
      await until(() => first.fleet.view.highestGeneration === 6);
    });
  });
});

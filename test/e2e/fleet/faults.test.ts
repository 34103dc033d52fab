// Three gateways under traffic while their Redis is killed, paused, slow, full, wiped and split from one of them, again and again: no request
// fails, none is released that is locked down, and none takes longer than it took while Redis was well, a moment before.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, type RedisServer } from '../../fleet/redis-server.js';
import { startWire, type Wire } from '../../fleet/wire-between.js';
import { until } from '../../fleet/until.js';
import { describeWith } from '../../programs.js';
import { BANK, PAY } from '../gate/operator.js';
import { Site } from '../gate/site.js';
import { Subscriber, type Reached } from '../gate/subscriber.js';
import { Member } from './member.js';

const ROUNDS = 3;
const PERIOD_MS = 500;
const LINES_OF_EACH = 2;
/** A request that waited for Redis would wait a period long, or what the slow one takes. */
const SLOW_EACH_WAY_MS = 300;

/** What a period of requests took, milliseconds: the middle one, and the one that 1 of 100 is above. */
interface Pace {
  readonly median: number;
  readonly p99: number;
}

const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Infinity;
const middle = (values: readonly number[]): number => at(values, 0.5);
/** Of several periods the middle one: a machine that stood still for one of them says nothing. */
const paceOf = (periods: readonly Pace[]): Pace => ({
  median: middle(periods.map(({ median }) => median)),
  p99: middle(periods.map(({ p99 }) => p99)),
});

describeWith(['redis-server'], 'three gateways whose Redis fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-faults-'));
  const members: Member[] = [];
  const wires: Wire[] = [];
  let redis: RedisServer;
  let site: Site;

  beforeAll(async () => {
    redis = await startRedis();
    site = await Site.start([BANK]);
    for (const name of ['gw-1', 'gw-2', 'gw-3']) {
      const wire = await startWire(redis.port);
      wires.push(wire);
      const to = { url: `redis://127.0.0.1:${wire.port}` };
      members.push(await Member.make({ folder, name, redis: to, sitePort: site.port }));
    }
    await Promise.all(members.map((member) => member.begin()));
    await until(areOne);
  }, 120_000);
  afterAll(async () => {
    for (const member of members) await member.dispose();
    for (const wire of wires) wire.close();
    await redis.stop();
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const areOne = async (): Promise<boolean> =>
    (await Promise.all(members.map((member) => member.fleet()))).every(
      ({ isConnected, heard }) => isConnected && heard === 3,
    );
  const nothing = (): Promise<void> => Promise.resolve();
  const slow = (ms: number): Promise<void> => {
    for (const wire of wires) wire.delayMs = ms;
    return Promise.resolve();
  };
  const faults: readonly (readonly [name: string, spoil: () => Promise<unknown>, mend: () => Promise<unknown>])[] = [
    ['killed', () => redis.kill(), () => redis.start()],
    ['paused', () => Promise.resolve(redis.pause()), () => Promise.resolve(redis.wake())],
    ['slow', () => slow(SLOW_EACH_WAY_MS), () => slow(0)],
    ['full', () => redis.client.config('SET', 'maxmemory', '1'), () => redis.client.config('SET', 'maxmemory', '0')],
    ['wiped', () => redis.client.flushall(), nothing],
    ['split', () => Promise.resolve(wires[2]?.cut(true)), () => Promise.resolve(wires[2]?.cut(false))],
  ];

  test('no request fails, what is locked down stays so, and none takes longer than before', async () => {
    await members[0]?.program.api('/v1/lockdown', { state: 'on', partner: 'pay', reason: 'a test', by: 'dana' });
    const lines = await Promise.all(
      members.flatMap(({ program }) => Array.from({ length: LINES_OF_EACH }, () => Subscriber.open(program.port))),
    );
    await until(async () => (await Promise.all(lines.map((line) => line.ask(PAY)))).every(isWithheld));
    const wrong: string[] = [];
    let took: number[] = [];
    let isOver = false;
    // Of each line the request that waits for its answer, and since when.
    const sentMs = new Map<Subscriber, number>();
    const traffic = lines.map(async (line) => {
      for (let n = 0; !isOver; n += 1) {
        sentMs.set(line, performance.now());
        const reached = await line.ask(n % 2 === 0 ? PAY : BANK);
        const isRight = n % 2 === 0 ? isWithheld(reached) : reached.names.join() === 'x-imsi';
        if (reached.status !== 200 || !isRight) wrong.push(`${reached.status} ${reached.names.join()}`);
        sentMs.delete(line);
        took.push(reached.tookMs);
        await new Promise((go) => setTimeout(go, 1));
      }
    });
    const period = async (): Promise<Pace> => {
      took = [];
      await new Promise((go) => setTimeout(go, PERIOD_MS));
      const now = performance.now();
      const all = [...took, ...[...sentMs.values()].map((sent) => now - sent)];
      return { median: middle(all), p99: at(all, 0.99) };
    };

    const well: Pace[] = [];
    const ill = new Map<string, Pace[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, spoil, mend] of faults) {
        await until(areOne);
        well.push(await period());
        await spoil();
        ill.set(name, [...(ill.get(name) ?? []), await period()]);
        await mend();
      }
    }
    await until(areOne);
    isOver = true;
    await Promise.all(traffic);
    for (const line of lines) line.close();

    expect(wrong).toEqual([]);
    const usual = paceOf(well);
    for (const [name, periods] of ill) {
      const { median, p99 } = paceOf(periods);
      const isAsUsual = median <= 3 * usual.median + 2 && p99 <= 3 * usual.p99 + 2;
      expect({ name, median, p99, usual, isAsUsual }).toMatchObject({ isAsUsual: true });
    }
    // And all is well again: an order reaches everyone.
    await members[1]?.program.api('/v1/lockdown', { state: 'on', reason: 'a test', by: 'dana' });
    await until(async () => {
      const reached = await Promise.all(members.map(({ program }) => once(program.port)));
      return reached.every(isWithheld);
    });
  }, 240_000);
});

const isWithheld = ({ status, names }: Reached): boolean => status === 200 && names.length === 0;

async function once(port: number): Promise<Reached> {
  const line = await Subscriber.open(port);
  const reached = await line.ask(BANK);
  line.close();
  return reached;
}

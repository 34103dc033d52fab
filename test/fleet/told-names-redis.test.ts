// Replicas that tell each other through a real Redis which names are usual: one that learns has learned with the first that has; and nothing
// that happens to Redis makes any of them let more through.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NoveltyState } from '../../src/change/gate-state.js';
import type { Quarantined } from '../../src/control/messages.js';
import { NoveltyDesk } from '../../src/control/novelty-desk.js';
import { NoveltyShare } from '../../src/control/novelty-share.js';
import { NameObserver } from '../../src/decision/name-observer.js';
import { openRedis, type RedisLink } from '../../src/fleet/redis-link.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import type { Log } from '../../src/telemetry/log.js';
import { POLICY, RULESET } from '../decision/ruleset-fixture.js';
import { describeWith } from '../programs.js';
import { GARBAGE } from './garbage.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { until } from './until.js';

jest.setTimeout(180_000);

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 20, 3);
const TODAY = Math.floor(NOW / DAY);
const LISTENERS = ['internet', 'roaming'];
const KEYS = LISTENERS.map((listener) => `{test}:usual:${listener}`);

/** As a replica that began a month ago keeps it, with these names on every request of both listeners. */
const learned = (...usual: readonly string[]): NoveltyState => ({
  version: 1,
  listeners: LISTENERS.map((listener) => ({
    listener,
    since: NOW - 30 * DAY,
    days: [1, 2, 3, 4].map((ago) => ({ day: TODAY - ago, requests: 9000, names: usual.map((name) => [name, 9000]) })),
    quarantined: [],
  })),
});

/** A minute of 300 people at 61 sites, each with the same value everywhere. */
const following = (...names: readonly string[]) => {
  const observer = new NameObserver(new KeyedHash(new Uint8Array(8).fill(9)));
  for (let i = 0; i < 1500; i += 1) {
    const who = (i * 7) % 300;
    const fields = names.map((name) => ({ name, value: `value-of-${String(who)}` }));
    observer.observe({ host: `site${String((i * 13) % 61)}.example`, subscriber: String(who), fields }, RULESET);
  }
  return observer.take();
};

interface Replica {
  readonly link: RedisLink;
  readonly desk: NoveltyDesk;
  readonly share: NoveltyShare;
  readonly said: string[];
  kept: NoveltyState | null;
  /** Names in quarantine on `internet` after a minute in which these followed the subscriber. */
  held(...names: readonly string[]): readonly string[];
  /** Of `internet`. */
  source(): string | undefined;
}

describeWith(['redis-server'], 'usual names in a fleet', () => {
  let server: RedisServer;
  let now: number;
  const running: Replica[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    now = NOW;
  });
  afterEach(async () => {
    for (const { link } of running.splice(0)) link.close();
    await server.client.flushall();
  });

  const start = async (kept: NoveltyState | null = null): Promise<Replica> => {
    const said: string[] = [];
    const say = (event: string, message: string): void => void said.push(`${event}: ${message}`);
    const log: Log = { debug: say, info: say, warn: say, error: say };
    const at = { kind: 'one', place: { host: '127.0.0.1', port: server.port }, database: 0 } as const;
    const plain = { tls: null, username: null, passwordFile: null, prefix: 'test', replica: null };
    const link = openRedis({ at, ...plain }, { log });
    const clock = (): number => now;
    let told: Quarantined = new Map();
    const replica = { kept };
    const desk = new NoveltyDesk({
      listeners: LISTENERS,
      store: {
        readNovelty: () => ({ ok: true, value: replica.kept }),
        writeNovelty: (state) => {
          replica.kept = structuredClone(state);
          return { ok: true };
        },
      },
      policy: () => POLICY,
      quarantine: (quarantined) => void (told = quarantined),
      log,
      clock,
    });
    const share = new NoveltyShare({ link, desk, listeners: LISTENERS, log, clock });
    const whole: Replica = Object.assign(replica, {
      ...{ link, desk, share, said },
      held: (...names: readonly string[]) => {
        desk.take([{ listener: 'internet', sightings: following(...names) }]);
        return [...(told.get('internet') ?? [])].sort();
      },
      source: () => desk.answer.listeners.find(({ listener }) => listener === 'internet')?.usual.from,
    });
    running.push(whole);
    await until(() => link.isUp);
    return whole;
  };
  const turn = async (...replicas: readonly Replica[]): Promise<void> => {
    now += 60_000;
    for (const { share } of replicas) await share.turn();
  };
  const shared = async (key = KEYS[0] ?? ''): Promise<unknown> => JSON.parse((await server.client.get(key)) ?? 'null');

  test('a fresh replica has learned with what one that has learned told: what is unknown to it is quarantined at once', async () => {
    const [old, fresh] = [await start(learned('xusual')), await start()];
    await turn(old, fresh);
    expect([old.source(), fresh.source()]).toEqual(['own', 'fleet']);
    expect(fresh.held('X-Usual', 'X-Net-Line')).toEqual(['xnetline']);
    expect(fresh.said).toContain('names-told: the other replicas have told which names are usual: learning is over');
    expect(await shared()).toEqual({ version: 1, listener: 'internet', day: TODAY, names: [['xusual', TODAY]] });
    expect(await server.client.pttl(KEYS[0] ?? '')).toBeGreaterThan(29 * DAY);
  });

  test('where all are learning nothing is told, and all go on learning', async () => {
    const all = [await start(), await start()];
    for (const each of all) expect(each.held('X-Net-Line')).toEqual([]);
    await turn(...all);
    await turn(...all);
    expect(all.map((each) => each.source())).toEqual(['learning', 'learning']);
    expect(await server.client.dbsize()).toBe(0);
  });

  test('several that have learned tell the union, and none of them takes a name from it', async () => {
    const [first, second] = [await start(learned('xusual')), await start(learned('xother'))];
    await turn(first, second);
    await turn(first, second);
    const fresh = await start();
    await turn(fresh);
    expect(fresh.held('X-Usual', 'X-Other', 'X-Net-Line')).toEqual(['xnetline']);
    expect(first.held('X-Usual', 'X-Other')).toEqual(['xother']);
    expect(second.held('X-Usual', 'X-Other')).toEqual(['xusual']);
  });

  test('one that was told tells nobody, and what it was told outlives its restart without Redis', async () => {
    const [old, fresh] = [await start(learned('xusual')), await start()];
    await turn(old, fresh);
    fresh.held('X-Usual');
    await server.client.flushall();
    await turn(fresh);
    expect(await server.client.dbsize()).toBe(0);
    const again = await start(fresh.kept);
    await turn(again);
    expect(again.source()).toBe('fleet');
    expect(again.held('X-Usual', 'X-Net-Line')).toEqual(['xnetline']);
  });

  test('a listener takes what is told of it, and nothing that is told of another', async () => {
    const [old, fresh] = [await start(learned('xusual')), await start()];
    await turn(old);
    await server.client.del(KEYS[0] ?? '');
    await server.client.rename(KEYS[1] ?? '', KEYS[0] ?? '');
    await turn(fresh);
    expect(fresh.source()).toBe('learning');
    expect(fresh.said.filter((line) => line.startsWith('fleet-odd'))).toHaveLength(1);
  });

  test('a wiped Redis changes nothing, and has it again within the minute', async () => {
    const [old, fresh] = [await start(learned('xusual')), await start()];
    await turn(old, fresh);
    await server.client.flushall();
    await turn(old, fresh);
    expect(fresh.source()).toBe('fleet');
    expect(await shared()).toMatchObject({ names: [['xusual', TODAY]] });
  });

  test('a lost Redis changes nothing: who has learned goes on, who learns goes on learning', async () => {
    const [old, fresh, told] = [await start(learned('xusual')), await start(), await start()];
    await turn(old, told);
    await server.kill();
    try {
      await until(() => [old, fresh, told].every(({ link }) => !link.isUp));
      await turn(old, fresh, told);
      expect([old, fresh, told].map((each) => each.source())).toEqual(['own', 'learning', 'fleet']);
    } finally {
      await server.start();
    }
    await until(() => [old, fresh].every(({ link }) => link.isUp));
    await turn(old, fresh);
    expect(fresh.source()).toBe('fleet');
  });

  test.each(GARBAGE)('%s ends no learning, is said once and counted, and is written anew', async (_, spoil) => {
    const [old, fresh] = [await start(learned('xusual')), await start()];
    for (const key of KEYS) await spoil(server.client, key);
    await turn(fresh);
    await turn(fresh);
    expect([fresh.source(), fresh.held('X-Net-Line')]).toEqual(['learning', []]);
    const lines = KEYS.map((key) => `fleet-odd: the key \`${key}\` holds no usual names: it is not read`);
    expect(fresh.said.filter((line) => line.startsWith('fleet-'))).toEqual(lines);
    expect(fresh.share.gauges).toMatchObject([{ name: 'headgate_fleet_odd_usual_names', value: KEYS.length }]);
    await turn(old, fresh);
    expect([old.source(), fresh.source()]).toEqual(['own', 'fleet']);
    expect(fresh.share.gauges).toMatchObject([{ value: 0 }]);
    expect(fresh.held('X-Usual', 'X-Net-Line')).toEqual(['xnetline']);
  });

  test('names that somebody made up let no more through than learning does, and that until the own week is over', async () => {
    const poison = { version: 1, listener: 'internet', day: TODAY, names: [['xnetline', TODAY]] };
    await server.client.set(KEYS[0] ?? '', JSON.stringify(poison));
    const [old, fresh, plain] = [await start(learned('xusual')), await start(), await start()];
    await turn(old, fresh);
    expect(old.held('X-Net-Line')).toEqual(['xnetline']);
    expect([fresh.held('X-Net-Line'), plain.held('X-Net-Line')]).toEqual([[], []]);
    expect(fresh.held('X-Other-Line')).toEqual(['xotherline']);
    now += 7 * DAY;
    expect(fresh.held('X-Net-Line')).toEqual(['xnetline', 'xotherline']);
    expect(plain.held('X-Net-Line')).toEqual(['xnetline']);
  });

  test('an empty list of one that has learned is an answer: nothing is usual there', async () => {
    const [old, fresh] = [await start(learned()), await start()];
    await turn(old, fresh);
    expect([fresh.source(), fresh.held('X-Net-Line')]).toEqual(['fleet', ['xnetline']]);
  });

  test('a full Redis is told again once it has room', async () => {
    const old = await start(learned('xusual'));
    await server.client.config('SET', 'maxmemory', '1');
    try {
      await turn(old);
      expect(await shared()).toBeNull();
    } finally {
      await server.client.config('SET', 'maxmemory', '0');
    }
    await turn(old);
    expect(await shared()).toMatchObject({ names: [['xusual', TODAY]] });
  });

  test('no key and no value of Redis holds a value of a field, a host or a subscriber', async () => {
    const old = await start(learned('xusual'));
    old.held('X-Usual', 'X-447700900042', 'X-Net-Line');
    for (let day = 0; day < 4; day += 1) {
      now += DAY;
      old.held('X-Usual', 'X-447700900042', 'X-New');
    }
    await turn(old);
    expect(await shared()).toMatchObject({ names: [['xusual', TODAY + 4]] });
    await server.client.config('SET', 'rdbcompression', 'no');
    await server.client.save();
    const dump = readFileSync(join(server.folder, 'dump.rdb')).toString('latin1');
    expect(dump).toContain('xusual');
    expect(dump).not.toMatch(/value-of|site\d|447700900|xnetline/);
  });
});

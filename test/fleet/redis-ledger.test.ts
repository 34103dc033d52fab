// The ledger of several replicas in a real Redis: what each has on its disk is there, once, whatever happened to Redis meanwhile; and no
// number is in any of its keys.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerDesk } from '../../src/control/ledger-desk.js';
import { LedgerFiles } from '../../src/control/ledger-files.js';
import { LedgerShare } from '../../src/control/ledger-share.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { RedisLedger } from '../../src/fleet/redis-ledger.js';
import { openRedis, type RedisLink } from '../../src/fleet/redis-link.js';
import { ReleaseSpot } from '../../src/ledger/release-notes.js';
import { recipientsOf } from '../../src/ledger/recipients.js';
import type { Policy } from '../../src/policy/policy.js';
import { Lookout } from '../../src/proxy/lookout.js';
import type { Log } from '../../src/telemetry/log.js';
import { describeWith } from '../programs.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { until } from './until.js';

jest.setTimeout(120_000);

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1, 9);
const DIGEST = 'a'.repeat(64);
const POLICY = {
  partners: [{ id: 'acme-pay', hosts: [{ kind: 'exact', host: 'pay.acme.example' }] }],
} as unknown as Policy;
const numberOf = (n: number): string => `447700900${String(n).padStart(3, '0')}`;

let now = START;
let said: string[] = [];
const say = (event: string): void => void said.push(event);
const LOG: Log = { debug: say, info: say, warn: say, error: say };

class Replica {
  readonly link: RedisLink;
  readonly desk: LedgerDesk;
  readonly share: LedgerShare;
  readonly lookout: Lookout;
  readonly #folder: StateFolder;

  private constructor(folder: StateFolder, name: string, port: number) {
    this.#folder = folder;
    const files = new LedgerFiles(folder);
    const clock = (): number => now;
    this.desk = new LedgerDesk({ files, log: LOG, clock, renew: (key) => this.lookout.renew(key) });
    this.lookout = new Lookout({ sketch: new Uint8Array(8), fingerprint: new Uint8Array(32), ledger: this.desk.key });
    this.desk.know(DIGEST, POLICY);
    this.link = openRedis(
      {
        at: { kind: 'one', place: { host: '127.0.0.1', port }, database: 0 },
        tls: null,
        username: null,
        passwordFile: null,
        prefix: 'ledger-test',
        replica: name,
      },
      { log: LOG },
    );
    this.share = new LedgerShare({
      link: this.link,
      name,
      files,
      folder: folder.path,
      key: () => this.desk.key,
      adopt: (key) => this.desk.adopt(key),
      log: LOG,
      clock,
    });
  }

  static async make(path: string, name: string, port: number): Promise<Replica> {
    const opened = await openStateFolder(join(path, name));
    if (!opened.ok) throw new Error('no folder');
    const replica = new Replica(opened.value, name, port);
    await until(() => replica.link.isUp);
    return replica;
  }

  release(from: number, to: number): void {
    const kind = {
      digest: DIGEST,
      listener: 'internet',
      partner: 'acme-pay',
      host: 'pay.acme.example',
      header: 'X-MSISDN',
      form: 'unchanged',
    };
    const spot = new ReleaseSpot(kind);
    for (let n = from; n < to; n += 1) {
      this.lookout.whose(numberOf(n));
      this.lookout.released(spot, now);
    }
    this.desk.takeReleases(this.lookout.epoch, this.lookout.takeReleases());
  }

  /** A minute later. */
  async turn(): Promise<void> {
    this.desk.turn();
    await this.desk.tidy();
    await this.share.turn();
  }

  /** As a gateway ends that is told to. */
  async end(): Promise<void> {
    this.desk.close();
    await this.share.close();
    this.kill();
  }

  /** As a process that is killed: nothing more is written or told. */
  kill(): void {
    this.link.close();
    this.#folder.close();
  }
}

describeWith(['redis-server'], 'the ledger in Redis', () => {
  let server: RedisServer;
  let path: string;
  let replicas: Replica[] = [];

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    now = START;
    said = [];
    path = mkdtempSync(join(tmpdir(), 'headgate-shared-'));
    await server.client.flushall();
    replicas = [];
    for (const name of ['one', 'two', 'three']) replicas.push(await Replica.make(path, name, server.port));
  });
  afterEach(() => {
    for (const replica of replicas) replica.kill();
    rmSync(path, { recursive: true, force: true });
  });

  const turnAll = async (): Promise<void> => {
    now += 60_000;
    for (const replica of replicas) await replica.turn();
  };
  const total = async (): Promise<{ requests: number; people: number | null; epochs: number }> => {
    const [link] = replicas.map((replica) => replica.link);
    if (link === undefined) throw new Error('no replica');
    const reading = await new RedisLedger(link).read({ from: START - DAY, until: START + 30 * DAY });
    expect(reading.gaps).toEqual([]);
    const [row] = recipientsOf(reading);
    return {
      requests: row?.requests.least ?? 0,
      people: row?.people.estimate ?? null,
      epochs: row?.people.epochs ?? 0,
    };
  };

  test('one key for all: a subscriber of two replicas counts once, and requests add up', async () => {
    await turnAll();
    for (const [at, replica] of replicas.entries()) replica.release(at * 50, at * 50 + 100);
    await turnAll();
    await turnAll();
    const { requests, people, epochs } = await total();
    expect([requests, epochs]).toEqual([300, 1]);
    expect(Math.abs((people ?? 0) - 200)).toBeLessThan(6);
    expect(new Set(replicas.map(({ desk }) => Buffer.from(desk.key.key).toString('hex'))).size).toBe(1);
  });

  test('told again and again, nothing counts twice; days that are over stay', async () => {
    await turnAll();
    for (let day = 0; day < 3; day += 1) {
      for (const replica of replicas) replica.release(0, 40);
      for (let n = 0; n < 4; n += 1) await turnAll();
      now += DAY;
    }
    await turnAll();
    expect((await total()).requests).toBe(360);
  });

  test('a Redis that lost everything has it back, days that are over too, and the same key', async () => {
    await turnAll();
    const { key } = replicas[0]?.desk ?? { key: null };
    replicas[1]?.release(0, 40);
    await turnAll();
    now += DAY;
    await turnAll();
    await server.kill();
    await until(() => replicas.every(({ link }) => !link.isUp));
    replicas[2]?.release(40, 60);
    await turnAll();
    await server.start();
    await until(() => replicas.every(({ link }) => link.isUp));
    expect(await server.client.dbsize()).toBe(0);
    await turnAll();
    await turnAll();
    expect((await total()).requests).toBe(60);
    expect(replicas.map(({ desk }) => desk.key)).toEqual([key, key, key]);
  });

  test('a Redis that is wiped while everybody is connected has the days before back too', async () => {
    await turnAll();
    replicas[1]?.release(0, 40);
    await turnAll();
    now += DAY;
    for (let n = 0; n < 3; n += 1) await turnAll();
    await server.client.flushall();
    for (let n = 0; n < 2; n += 1) await turnAll();
    expect(replicas.every(({ link }) => link.isUp)).toBe(true);
    expect((await total()).requests).toBe(40);
  });

  test('a new replica counts under the key of the others from its first release on', async () => {
    await turnAll();
    const late = await Replica.make(path, 'four', server.port);
    replicas.push(late);
    await late.share.begin();
    expect(late.desk.key).toEqual(replicas[0]?.desk.key);
    for (const replica of replicas) replica.release(0, 40);
    await turnAll();
    expect(await total()).toMatchObject({ requests: 160, epochs: 1 });
  });

  test('one that ends in order has told its last minute, and leaves no gap', async () => {
    await turnAll();
    const [, second] = replicas as [Replica, Replica];
    second.release(0, 40);
    now += 1000;
    await second.end();
    replicas.splice(1, 1);
    for (let n = 0; n < 10; n += 1) await turnAll();
    expect((await total()).requests).toBe(40);
  });

  test('one that is killed and does not come back is a gap from what it told last, and holds up nobody', async () => {
    await turnAll();
    const toldMs = now;
    const [first, second] = replicas as [Replica, Replica];
    second.release(0, 40);
    second.kill();
    replicas.splice(1, 1);
    for (let n = 0; n < 10; n += 1) await turnAll();
    const reading = await new RedisLedger(first.link).read({ from: START - DAY, until: START + DAY });
    expect(reading.gaps).toEqual([{ from: toldMs, until: now, cause: 'untold', replica: 'two' }]);
    expect(reading.keptUntil).toBe(now);
  });

  test('a Redis that hangs holds up nothing: what was counted meanwhile is there afterwards', async () => {
    await turnAll();
    server.pause();
    replicas[0]?.release(0, 10);
    await turnAll();
    server.wake();
    await until(() => replicas.every(({ link }) => link.isUp));
    await turnAll();
    await turnAll();
    expect((await total()).requests).toBe(10);
  });

  test('garbage of every type is said to be unreadable, takes no key over, and never throws', async () => {
    await turnAll();
    const before = replicas[0]?.desk.key;
    replicas[0]?.release(0, 10);
    await turnAll();
    const keys = await server.client.keys('*');
    const day = keys.find((key) => key.endsWith('2026-06-01')) ?? '';
    await server.client.hset(
      day,
      'one\nabout',
      'garbage',
      'evil',
      'x',
      'two\n00112233445566778899aabb',
      '0'.repeat(20),
    );
    for (const text of [
      'garbage',
      '2026-06-01-9f3c 00',
      '1999-01-01-9f3c 0011223344556677',
      '2999-01-01-9f3c 0011223344556677',
    ]) {
      await server.client.set('{ledger-test}:ledger:epoch', text);
      await turnAll();
      expect(replicas[0]?.desk.key).toEqual(before);
    }
    expect(said).toContain('ledger-apart');
    await server.client.del('{ledger-test}:ledger:epoch');
    await server.client.rpush('{ledger-test}:ledger:epoch', 'list');
    await turnAll();
    await server.client.hset(day, 'evil', 'x');
    const [link] = replicas.map((replica) => replica.link);
    if (link === undefined) throw new Error('no replica');
    const reading = await new RedisLedger(link).read({ from: START - DAY, until: START + DAY });
    expect(reading.gaps).toMatchObject([{ cause: 'unreadable', replica: 'Redis' }]);
    expect(recipientsOf(reading)[0]?.requests.least).toBe(10);
    await server.client.del(day);
    await server.client.set(day, 'text');
    expect((await new RedisLedger(link).read({ from: START - DAY, until: START + DAY })).gaps).toHaveLength(1);
  });

  test('no key, no value and no file of Redis holds a number', async () => {
    await turnAll();
    for (const replica of replicas) replica.release(0, 200);
    await turnAll();
    await server.client.config('SET', 'rdbcompression', 'no');
    await server.client.save();
    const dump = readFileSync(join(server.folder, 'dump.rdb')).toString('latin1');
    const keys = await server.client.keys('*');
    expect(keys.length).toBe(2);
    for (const digits of [
      '447700900',
      '7700900',
      Buffer.from('447700900').toString('hex'),
      Buffer.from('447700900').toString('base64'),
    ]) {
      expect(dump.includes(digits)).toBe(false);
      expect(keys.join(' ')).not.toContain(digits);
    }
    const day = keys.find((key) => key.includes('day')) ?? '';
    expect(JSON.stringify(await server.client.hgetall(day))).not.toMatch(/(?:44)?7700900\d/);
    expect(await server.client.pttl(day)).toBeGreaterThan(0);
  });
});

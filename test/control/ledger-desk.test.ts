import { readdirSync, readFileSync, rmSync, appendFileSync, mkdtempSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerDesk } from '../../src/control/ledger-desk.js';
import { LedgerFiles } from '../../src/control/ledger-files.js';
import { FolderLedger } from '../../src/control/ledger-reader.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { LeakNotes } from '../../src/ledger/leak-notes.js';
import { figuresOf } from '../../src/ledger/figures.js';
import type { LedgerReading } from '../../src/ledger/ledger-reading.js';
import { recipientsOf } from '../../src/ledger/recipients.js';
import { ReleaseNotes, ReleaseSpot } from '../../src/ledger/release-notes.js';
import type { LedgerKey } from '../../src/proxy/lookout.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { POLICY } from '../change/admitted-fixture.js';
import { memoryLog } from './admin-memory.js';
import { failure, faultyFiles } from './faulty-files.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
const START = Date.UTC(2026, 5, 1, 9);
const DIGEST = 'a'.repeat(64);
const [PARTNER] = POLICY.partners;
if (PARTNER === undefined) throw new Error('the policy of the fixture has no partner');
const POLICY_OF_TEST = {
  ...POLICY,
  partners: [
    {
      ...PARTNER,
      id: 'acme-pay',
      hosts: [
        { kind: 'exact', host: 'pay.acme.example' },
        { kind: 'one', host: 'shop.acme.example' },
      ],
    } as const,
  ],
};

let path: string;
let folder: StateFolder;
let now = START;
let log = memoryLog();
let renewed: LedgerKey[] = [];

const openFolder = async (): Promise<StateFolder> => {
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error('no folder');
  return opened.value;
};
const openDesk = (files = new LedgerFiles(folder)): LedgerDesk => {
  const desk = new LedgerDesk({ files, log, clock: () => now, renew: (key) => renewed.push(key) });
  desk.know(DIGEST, POLICY_OF_TEST);
  return desk;
};
const read = (from = START - DAY, until = START + 500 * DAY): Promise<LedgerReading> =>
  new FolderLedger(path).read({ from, until });

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'headgate-ledger-'));
  folder = await openFolder();
  // One key for every run: estimates are the same each time.
  new LedgerFiles(folder).writeEpoch({ version: 1, epoch: '2026-06-01-9f3c', key: '00112233445566aa' });
  now = START;
  log = memoryLog();
  renewed = [];
});
afterEach(() => {
  folder.close();
  rmSync(path, { recursive: true, force: true });
});

/** One process: people `from` to `until`, one release each, at the time of the test. */
const tell = (desk: LedgerDesk, from: number, until: number, host = 'pay.acme.example', header = 'X-MSISDN'): void => {
  const notes = new ReleaseNotes();
  const hash = new KeyedHash(desk.key.key);
  const spot = new ReleaseSpot({
    digest: DIGEST,
    listener: 'internet',
    partner: 'acme-pay',
    host,
    header,
    form: 'unchanged',
  });
  for (let n = from; n < until; n += 1) {
    hash.of(`person ${String(n)}`);
    notes.note(spot, hash.high, hash.low, now);
  }
  desk.takeReleases(desk.key.epoch, notes.take());
};
const pass = async (desk: LedgerDesk, ms: number): Promise<void> => {
  now += ms;
  desk.turn();
  await desk.tidy();
};
const total = ({ releases }: LedgerReading): { requests: number; people: number | null } => {
  const { requests, people } = figuresOf(releases);
  expect(requests.least).toBe(requests.most);
  return { requests: requests.least, people: people.estimate };
};

describe('what is kept', () => {
  test('who received what, in lines of the day, under the host of the policy', async () => {
    const desk = openDesk();
    tell(desk, 0, 20);
    now += 5000;
    tell(desk, 10, 30, '447700900123.shop.acme.example', 'X-IMSI');
    desk.close();
    const reading = await read();
    expect(reading).toMatchObject({ gaps: [], epochs: [{ began: Date.UTC(2026, 5, 1) }] });
    expect(recipientsOf(reading)).toMatchObject([
      {
        domain: 'acme.example',
        partners: ['acme-pay'],
        hosts: ['*.shop.acme.example', 'pay.acme.example'],
        digests: [DIGEST],
        requests: { least: 40, most: 40 },
        people: { estimate: 30 },
        first: START,
        last: START + 5000,
        released: [
          { header: 'X-IMSI', requests: { least: 20 } },
          { header: 'X-MSISDN', requests: { least: 20 } },
        ],
      },
    ]);
    expect(readdirSync(join(path, 'ledger')).sort()).toEqual(['2026-06-01.minutes', 'epoch.json']);
    for (const name of readdirSync(join(path, 'ledger'))) {
      expect(statSync(join(path, 'ledger', name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(path, 'ledger', name), 'utf8')).not.toContain('447700900123');
    }
  });

  test('leaks, by registrable domain, never with a number in it', async () => {
    const desk = openDesk();
    const notes = new LeakNotes();
    const kind = {
      listener: 'internet',
      field: 'X-447700900123',
      detector: 'exact',
      outcome: 'contained',
      partner: null,
    };
    for (const place of ['www.news.example', 'img.news.example', '447700900123.example', '192.0.2.77']) {
      notes.note({ ...kind, place }, { high: place.length, low: 5 }, now);
    }
    desk.takeLeaks(desk.key.epoch, notes.take());
    desk.close();
    const { leaks } = await read();
    expect(leaks.map(({ place, requests, field }) => `${place} ${String(requests)} ${field}`).sort()).toEqual([
      '192.0.2.77 1 x-[digits]',
      '[digits].example 1 x-[digits]',
      'news.example 2 x-[digits]',
    ]);
  });

  test('a minute is told apart from the next, a day that is folded says the same as its minutes', async () => {
    const desk = openDesk();
    for (let n = 0; n < 90; n += 1) {
      tell(desk, n, n + 5);
      await pass(desk, MINUTE);
    }
    expect(total(await read(START, START + 10 * MINUTE)).requests).toBe(50);
    expect(total(await read(START + 10 * MINUTE, START + 90 * MINUTE)).requests).toBe(400);
    const before = await read(Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 2));
    now = Date.UTC(2026, 5, 2, 0, 6);
    await pass(desk, 0);
    expect(readdirSync(join(path, 'ledger')).sort()).toContain('2026-06-01.day');
    rmSync(join(path, 'ledger/2026-06-01.minutes'));
    const folded = await read(Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 2));
    expect(folded.releases).toEqual(before.releases);
    expect(total(folded)).toEqual({ requests: 450, people: 94 });
    // A day that lies partly outside is still whole where all that was counted lies within.
    expect(total(await read(START - MINUTE, START + 2 * 3_600_000)).requests).toBe(450);
    for (const [from, until] of [
      [START + 10 * MINUTE, now],
      [START - MINUTE, START + 10 * MINUTE],
    ] as const) {
      expect(figuresOf((await read(from, until)).releases).requests).toEqual({ least: 0, most: 450 });
    }
    expect((await read(START - DAY, START)).releases).toEqual([]);
    expect((await read(START + 89 * MINUTE + 1, now)).releases).toEqual([]);
    desk.close();
  });

  test('what is told late of a day that is folded is in it', async () => {
    const desk = openDesk();
    tell(desk, 0, 5);
    await pass(desk, MINUTE);
    const yesterday = now;
    now = Date.UTC(2026, 5, 2, 0, 6);
    await pass(desk, 0);
    const at = now;
    now = yesterday;
    tell(desk, 5, 9);
    now = at;
    await pass(desk, MINUTE);
    await pass(desk, MINUTE);
    expect(total(await read(Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 2)))).toEqual({ requests: 9, people: 9 });
    desk.close();
  });
});

describe('gaps', () => {
  test('a gateway that ended well leaves none', async () => {
    const first = openDesk();
    tell(first, 0, 3);
    now += 20_000;
    first.close();
    now += 3_600_000;
    openDesk().close();
    expect((await read()).gaps).toEqual([]);
  });

  test('one that was killed over midnight leaves one in the day before too, whatever came after', async () => {
    now = Date.UTC(2026, 5, 1, 23, 59, 30);
    openDesk();
    const [killed, midnight] = [now, Date.UTC(2026, 5, 2)];
    folder.close();
    folder = await openFolder();
    for (const hours of [1, 30, 60]) {
      now = killed + hours * 3_600_000;
      const next = openDesk();
      await next.tidy();
      next.close();
    }
    const { gaps } = await read(START, midnight);
    expect(gaps).toEqual([{ from: killed, until: killed + 3_600_000, cause: 'killed', replica: '' }]);
  });

  test('one that was killed leaves one, from the last it wrote until the next one ran, and loses nothing from before', async () => {
    const first = openDesk();
    tell(first, 0, 3);
    await pass(first, MINUTE);
    const written = now;
    now += 10_000;
    tell(first, 3, 9);
    now += 3_600_000;
    const next = openDesk();
    tell(next, 9, 11);
    next.close();
    const reading = await read();
    expect(reading.gaps).toEqual([{ from: written, until: now, cause: 'killed', replica: '' }]);
    expect(total(reading)).toEqual({ requests: 5, people: 5 });
  });

  // The last line has no cells; before it stands one of four requests.
  test.each([
    [1, 9],
    [7, 9],
    [100, 5],
  ])(
    'a line that was torn %i bytes from its end is part of that gap, and what follows is read',
    async (bytes, requests) => {
      const first = openDesk();
      tell(first, 0, 3);
      await pass(first, MINUTE);
      tell(first, 0, 4);
      await pass(first, MINUTE);
      const file = join(path, 'ledger/2026-06-01.minutes');
      truncateSync(file, statSync(file).size - bytes);
      now += MINUTE;
      const next = openDesk();
      tell(next, 5, 7);
      next.close();
      const reading = await read();
      expect(reading.gaps).toMatchObject([{ cause: 'killed', until: now }]);
      expect(reading.gaps[0]?.from).toBeLessThanOrEqual(START + 2 * MINUTE);
      expect(total(reading).requests).toBe(requests);
    },
  );

  test('a line that somebody changed is none, and is a gap', async () => {
    const desk = openDesk();
    for (let n = 0; n < 3; n += 1) {
      tell(desk, n, n + 4);
      await pass(desk, MINUTE);
    }
    desk.close();
    const file = join(path, 'ledger/2026-06-01.minutes');
    const lines = readFileSync(file, 'utf8').split('\n');
    const at = lines.findLastIndex((line) => line.includes('"releases"'));
    lines[at] = (lines[at] ?? '').replace(',4,', ',5,');
    rmSync(file);
    appendFileSync(file, lines.join('\n'));
    const reading = await read();
    expect(total(reading).requests).toBe(8);
    expect(reading.gaps).toMatchObject([{ cause: 'unreadable' }]);
    expect(reading.gaps[0]?.from).toBeGreaterThan(START);
    expect(reading.gaps[0]?.until).toBeLessThanOrEqual(now + 1);
  });

  test('of a worker that does not tell any more nothing is said to be written', async () => {
    const first = openDesk();
    first.hear(1, 'told');
    const told = now;
    now += 50_000;
    first.hear(2, 'told');
    first.turn();
    now += MINUTE;
    openDesk().close();
    expect((await read()).gaps).toEqual([{ from: told - 1000, until: now, cause: 'killed', replica: '' }]);
  });

  test('a worker that ended without telling leaves one from when it last told, one that drained leaves none', async () => {
    const desk = openDesk();
    desk.hear(1, 'told');
    desk.hear(2, 'told');
    now += 700;
    desk.hear(1, 'ended');
    desk.hear(2, 'drained');
    desk.close();
    expect((await read()).gaps).toEqual([
      { from: START - 1000, until: START + 701, cause: 'worker-ended', replica: '' },
    ]);
  });
});

describe('a disk', () => {
  test('that takes nothing for an hour costs nothing: it is said once, and written when there is room', async () => {
    let isFull = true;
    const files = faultyFiles({
      before: (_, name) => {
        if (isFull && name === 'writeSync') throw failure('ENOSPC');
      },
    });
    folder.close();
    const opened = await openStateFolder(path, files);
    if (!opened.ok) throw new Error('no folder');
    folder = opened.value;
    const desk = openDesk(new LedgerFiles(folder));
    for (let n = 0; n < 60; n += 1) {
      tell(desk, n, n + 2);
      await pass(desk, MINUTE);
    }
    expect(log.said.filter(({ event }) => event === 'ledger').length).toBeLessThanOrEqual(2);
    expect(await read()).toMatchObject({ releases: [], keptUntil: null });
    isFull = false;
    await pass(desk, MINUTE);
    desk.close();
    expect(total(await read())).toEqual({ requests: 120, people: 61 });
    expect((await read()).gaps).toEqual([]);
  });

  test('that takes half a line has no half line', async () => {
    let left = 3;
    folder.close();
    const opened = await openStateFolder(
      path,
      faultyFiles({
        writeBytes: 40,
        before: (_, name) => {
          if (name === 'writeSync' && (left -= 1) < 0 && left > -3) throw failure('ENOSPC');
        },
      }),
    );
    if (!opened.ok) throw new Error('no folder');
    folder = opened.value;
    const desk = openDesk(new LedgerFiles(folder));
    for (let n = 0; n < 5; n += 1) {
      tell(desk, n, n + 2);
      await pass(desk, MINUTE);
    }
    desk.close();
    expect(total(await read()).requests).toBe(10);
    expect((await read()).gaps).toEqual([]);
  });

  test('is bounded: the day that runs is folded before its time, and says the same', async () => {
    const files = new LedgerFiles(folder);
    const desk = openDesk(files);
    const { LedgerDays } = await import('../../src/control/ledger-days.js');
    const days = new LedgerDays(files, { onFold: () => undefined, runningBytes: 20_000 });
    for (let n = 0; n < 200; n += 1) {
      tell(desk, n, n + 10);
      now += MINUTE;
      desk.turn();
      await days.tidy(now);
      expect(files.size('2026-06-01', 'minutes')).toBeLessThan(22_000);
    }
    desk.close();
    const { requests, people } = total(await read());
    expect(requests).toBe(2000);
    expect(Math.abs((people ?? 0) - 209)).toBeLessThan(4);
    expect((await read()).gaps).toEqual([]);
  });

  test('keeps minutes for 31 days and days for 400', async () => {
    const desk = openDesk();
    const stay = async (days: number): Promise<readonly string[]> => {
      tell(desk, 0, 1);
      now += days * DAY;
      desk.turn();
      await desk.tidy();
      return readdirSync(join(path, 'ledger'));
    };
    let names: readonly string[] = [];
    for (let day = 0; day < 40; day += 1) names = await stay(1);
    expect(names.filter((name) => name.endsWith('.day'))).toHaveLength(40);
    const minutes = names.filter((name) => name.endsWith('.minutes'));
    expect(minutes).toHaveLength(32);
    expect(minutes.sort()[0]).toBe('2026-06-10.minutes');
    now += 359 * DAY;
    names = await stay(0);
    expect(names).toContain('2026-06-01.day');
    names = await stay(1);
    expect(names).not.toContain('2026-06-01.day');
    expect(names).toContain('2026-06-02.day');
    desk.close();
    expect((await read()).keptFrom).toBeGreaterThanOrEqual(Date.UTC(2026, 5, 2));
  });
});

describe('epochs', () => {
  test('last 400 days and over restarts; then another key is in force, and the one before is nowhere', async () => {
    const first = openDesk();
    const before = first.key;
    tell(first, 0, 10);
    first.close();
    now += 399 * DAY;
    const next = openDesk();
    expect(next.key).toEqual(before);
    tell(next, 0, 10);
    now = Date.UTC(2026, 5, 1) + 400 * DAY;
    next.turn();
    expect(renewed).toEqual([next.key]);
    expect(next.key.epoch.slice(0, 10)).toBe('2027-07-06');
    expect(next.key.key).not.toEqual(before.key);
    tell(next, 0, 10);
    next.close();
    const texts = readdirSync(join(path, 'ledger')).map((name) => readFileSync(join(path, 'ledger', name), 'utf8'));
    expect(texts.join('')).not.toContain(Buffer.from(before.key).toString('hex'));
    expect(texts.join('')).toContain(Buffer.from(next.key.key).toString('hex'));
    const { people, requests } = figuresOf((await read()).releases);
    expect(requests).toEqual({ least: 20, most: 20 });
    // The second key is random: of ten people two may fall together, once in 300 runs.
    expect(people).toMatchObject({ epochs: 2, estimate: null });
    expect(people.least).toBe(10);
    expect([19, 20]).toContain(people.most);
  });

  test('a key that cannot be read begins another epoch, and what was set aside of it goes', async () => {
    const first = openDesk();
    first.close();
    truncateSync(join(path, 'ledger/epoch.json'), 30);
    const next = openDesk();
    expect(next.key.epoch).not.toBe(first.key.epoch);
    expect(readdirSync(join(path, 'ledger')).filter((name) => name.includes('corrupt'))).toEqual([]);
    next.close();
  });
});

test('without a state folder nothing is written, it is said, and nothing fails', () => {
  const desk = new LedgerDesk({ files: null, log, clock: () => now, renew: () => undefined });
  tell(desk, 0, 5);
  now += MINUTE;
  desk.turn();
  desk.close();
  expect(log.said.filter(({ event }) => event === 'ledger')).toHaveLength(1);
});

// What the ledger says against what was released, to the last request: several replicas, some of them killed while they write, over a
// 15-day incident. `make ledger-truth` runs 5,000,000 requests over 8 replicas with 3 kills; by default it is a smaller one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerFiles } from '../../src/control/ledger-files.js';
import { FolderLedger } from '../../src/control/ledger-reader.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { figuresOf } from '../../src/ledger/figures.js';
import type { Gap, LedgerReading } from '../../src/ledger/ledger-reading.js';
import { SpanSum } from '../../src/ledger/read-spans.js';
import { recipientsOf } from '../../src/ledger/recipients.js';
import { compileInto } from '../cli/product.js';
import { minutesOf, RECIPIENTS, releasesOf, type Schedule } from './ledger-schedule.js';

const ROOT = join(import.meta.dirname, '../..');
const BUILD = join(ROOT, 'build', `ledger-truth-${String(process.pid)}`);
const isFull = process.env['HEADGATE_LEDGER_TRUTH'] === '1';
const START = Date.UTC(2026, 2, 1);
const FULL: Schedule = { start: START, days: 15, minutesADay: 20, requestsAMinute: 2084, subscribers: 400_000 };
const SMALL: Schedule = { start: START, days: 15, minutesADay: 2, requestsAMinute: 700, subscribers: 20_000 };
const schedule = isFull ? FULL : SMALL;
const REPLICAS = isFull ? 8 : 3;
/** Replica and the day at which it is killed. */
const KILLS = new Map(
  isFull
    ? [
        [1, 3],
        [4, 8],
        [6, 12],
      ]
    : [[1, 6]],
);
const KEY = '00112233445566aa';
const EPOCH = '2026-03-01-9f3c';
const ALL = { from: START, until: START + 100 * 86_400_000 };
let folder: string;

beforeAll(() => {
  for (const name of ['src', 'test/control']) compileInto(join(ROOT, name), join(BUILD, name));
  mkdirSync(BUILD, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(BUILD, 'package.json'));
  folder = mkdtempSync(join(tmpdir(), 'headgate-truth-'));
}, 120_000);
afterAll(() => {
  rmSync(BUILD, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** To its end, or to its death in that day; the most memory that it said. */
async function run(path: string, replica: number, killAtDay: number, by: Schedule): Promise<number> {
  const words = [join(BUILD, 'test/control/ledger-replica.js'), path, String(replica), JSON.stringify(by)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    // Somewhere in the day that it has just begun.
    if (out.includes(`day ${String(killAtDay)}\n`)) setTimeout(() => child.kill('SIGKILL'), Math.random() * 30);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(err).toBe('');
  if (signal === null) expect(code).toBe(0);
  return Number(/memory (\d+)/.exec(out)?.[1] ?? 0);
}

async function prepare(replica: number, epoch = EPOCH): Promise<string> {
  const path = join(folder, `replica-${String(replica)}-${epoch}`);
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error('no folder');
  new LedgerFiles(opened.value).writeEpoch({ version: 1, epoch, key: KEY });
  opened.value.close();
  return path;
}

const isIn = (gaps: readonly Gap[], at: number): boolean => gaps.some(({ from, until }) => at >= from && at < until);

/** By recipient: requests and subscribers that are certain, and those that fell into a gap; of `within` alone. */
function truthOf(replica: number, gaps: readonly Gap[], by: Schedule, within = { from: 0, until: Infinity }) {
  const truth = new Map(
    RECIPIENTS.map(({ domain }) => [
      domain,
      { sure: 0, doubtful: 0, subscribers: new Set<number>(), more: new Set<number>() },
    ]),
  );
  for (const minute of minutesOf(by)) {
    if (minute < within.from || minute >= within.until) continue;
    for (const { host, subscriber, at } of releasesOf(by, replica, minute)) {
      const of = truth.get(RECIPIENTS.find((each) => each.host === host)?.domain ?? '');
      if (of === undefined) continue;
      const isDoubtful = isIn(gaps, at);
      of[isDoubtful ? 'doubtful' : 'sure'] += 1;
      of[isDoubtful ? 'more' : 'subscribers'].add(subscriber);
    }
  }
  return truth;
}

const sizeOf = (path: string): number =>
  readdirSync(join(path, 'ledger')).reduce((sum, name) => sum + statSync(join(path, 'ledger', name)).size, 0);

test(
  'over a 15-day incident counts are exact but for the gaps of what was killed, and subscribers are within 2 %',
  async () => {
    const sum = new SpanSum(ALL);
    const all = new Map(
      RECIPIENTS.map(({ domain }) => [domain, { subscribers: new Set<number>(), requests: 0, doubtful: 0 }]),
    );
    let [disk, memory] = [0, 0];
    for (let replica = 0; replica < REPLICAS; replica += 1) {
      const path = await prepare(replica);
      const killAt = KILLS.get(replica);
      if (killAt !== undefined) await run(path, replica, killAt, schedule);
      memory = Math.max(memory, await run(path, replica, -1, schedule));
      disk = Math.max(disk, sizeOf(path));
      const reading: LedgerReading = await new FolderLedger(path).read(ALL);
      expect(reading.gaps.map(({ cause }) => cause)).toEqual(killAt === undefined ? [] : ['killed']);
      // What is in doubt is short: what was not written, and until it ran again.
      for (const gap of reading.gaps) expect(gap.until - gap.from).toBeLessThanOrEqual(12 * 60_000);
      const truth = truthOf(replica, reading.gaps, schedule);
      for (const { domain, requests } of recipientsOf(reading)) {
        const of = truth.get(domain);
        if (of === undefined) throw new Error(`nothing was released to ${domain}`);
        expect(requests.least).toBe(requests.most);
        expect(requests.least).toBeGreaterThanOrEqual(of.sure);
        expect(requests.least).toBeLessThanOrEqual(of.sure + of.doubtful);
        if (killAt === undefined) expect(requests.least).toBe(of.sure);
        const whole = all.get(domain);
        for (const subscriber of [...of.subscribers, ...of.more]) whole?.subscribers.add(subscriber);
        if (whole !== undefined)
          [whole.requests, whole.doubtful] = [whole.requests + of.sure, whole.doubtful + of.doubtful];
      }
      // Without the gap exactly: what was counted in it is between its ends.
      for (const gap of reading.gaps) {
        const [before, after] = await Promise.all([
          new FolderLedger(path).read({ from: START, until: Math.floor(gap.from / 60_000) * 60_000 }),
          new FolderLedger(path).read({ from: Math.ceil(gap.until / 60_000) * 60_000, until: ALL.until }),
        ]);
        for (const part of [before, after]) {
          const gone = [
            { from: 0, until: part.from },
            { from: part.until, until: Infinity },
          ];
          const outside = gone.map((each) => ({ ...each, cause: 'killed' as const, replica: '' }));
          const due = [...truthOf(replica, outside, schedule).values()].reduce((total, { sure }) => total + sure, 0);
          expect(figuresOf(part.releases).requests).toEqual({ least: due, most: due });
        }
      }
      sum.add({ ...reading, mark: null });
    }
    const lines: string[] = [];
    for (const { domain, requests, people } of recipientsOf(sum.reading())) {
      const of = all.get(domain);
      const distinct = of?.subscribers.size ?? 0;
      const error = (people.estimate ?? 0) / distinct - 1;
      expect(Math.abs(error)).toBeLessThan(0.02);
      expect(people.least).toBeLessThanOrEqual(distinct);
      expect(people.most).toBeGreaterThanOrEqual(distinct);
      lines.push(
        `${domain}: ${String(requests.least)} requests, ${String(of?.requests)} sure and ${String(of?.doubtful)} in gaps; ` +
          `${String(people.estimate)} subscribers, ${String(distinct)} in truth (${(100 * error).toFixed(2)} %)`,
      );
    }
    const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    process.stderr.write(
      `${lines.join('\n')}\n${String(REPLICAS)} replicas, ${String(KILLS.size)} killed; disk of one ${mib(disk)}, memory of one ${mib(memory)}\n`,
    );
  },
  isFull ? 1_800_000 : 240_000,
);

test(
  'one that crosses an epoch says the same requests; of each side subscribers within 2 %, across an interval whose ends are that near to the truth',
  async () => {
    const by = isFull ? FULL : { ...SMALL, minutesADay: 1 };
    // It ends in the middle of the incident.
    const turn = START + 8 * 86_400_000;
    const began = new Date(turn - 400 * 86_400_000).toISOString().slice(0, 10);
    const path = await prepare(9, `${began}-9f3c`);
    await run(path, 9, -1, by);
    const reading = await new FolderLedger(path).read(ALL);
    expect(reading.epochs).toHaveLength(2);
    const truth = truthOf(9, [], by);
    const sides = await Promise.all(
      [
        { from: START, until: turn },
        { from: turn, until: ALL.until },
      ].map(async (side) => ({
        recipients: recipientsOf(await new FolderLedger(path).read(side)),
        truth: truthOf(9, [], by, side),
      })),
    );
    for (const { domain, requests, people } of recipientsOf(reading)) {
      const of = truth.get(domain);
      expect(requests).toEqual({ least: of?.sure, most: of?.sure });
      // Inside one epoch it is one figure.
      const distincts = sides.map((side) => {
        const distinct = side.truth.get(domain)?.subscribers.size ?? 0;
        const { people: those } = side.recipients.find((each) => each.domain === domain) ?? {};
        expect([domain, those?.epochs, distinct > 100]).toEqual([domain, 1, true]);
        expect(Math.abs((those?.estimate ?? 0) / distinct - 1)).toBeLessThan(0.02);
        return distinct;
      });
      // Across, its ends are those of the larger and those of both; each stands off by the error that is said.
      expect(people).toMatchObject({ epochs: 2, estimate: null });
      const distinct = of?.subscribers.size ?? 0;
      expect(people.least).toBeLessThanOrEqual(distinct);
      expect(people.most).toBeGreaterThanOrEqual(distinct);
      const [larger, both] = [Math.max(...distincts), distincts.reduce((sum, each) => sum + each, 0)];
      expect(Math.abs(people.least / (1 - people.error) / larger - 1)).toBeLessThan(0.02);
      expect(Math.abs(people.most / (1 + people.error) / both - 1)).toBeLessThan(0.02);
    }
    const text = readdirSync(join(path, 'ledger')).map((name) => readFileSync(join(path, 'ledger', name), 'latin1'));
    expect(text.join('')).not.toContain(KEY);
  },
  isFull ? 600_000 : 120_000,
);

test('no file holds a number, in any encoding', async () => {
  const path = await prepare(0);
  writeFileSync(join(folder, 'there'), '');
  const texts = readdirSync(join(path, 'ledger')).map((name) => readFileSync(join(path, 'ledger', name)));
  expect(texts.length).toBeGreaterThan(10);
  const digits = ['4477009000', '7700900', '07700900'];
  const needles = digits.flatMap((each) => {
    const bytes = Buffer.from(each, 'latin1');
    const pairs = each.length % 2 === 0 ? each : `${each}0`;
    const bcd = Buffer.from(pairs, 'hex');
    const tbcd = Buffer.from(pairs.replace(/(.)(.)/g, '$2$1'), 'hex');
    const base64 = [0, 1, 2].map((at) => Buffer.from(bytes.subarray(at, at + 6)).toString('base64'));
    return [
      bytes,
      bcd,
      tbcd,
      ...[bytes.toString('hex'), ...base64, [...each].reverse().join('')].map((text) => Buffer.from(text, 'latin1')),
    ];
  });
  for (const text of texts) {
    for (const needle of needles) expect(text.includes(needle)).toBe(false);
    // What stands in base64 there, decoded.
    for (const [, sketch] of text.toString('latin1').matchAll(/,"([A-Za-z0-9+/=]{8,})"\]/g)) {
      const bytes = Buffer.from(sketch ?? '', 'base64');
      for (const each of digits) expect(bytes.includes(Buffer.from(each, 'latin1'))).toBe(false);
    }
  }
});

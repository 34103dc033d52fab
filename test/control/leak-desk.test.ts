import { LeakDesk } from '../../src/control/leak-desk.js';
import type { LeakCell } from '../../src/ledger/leak-cell.js';
import { LeakNotes } from '../../src/ledger/leak-notes.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { memoryLog } from './admin-memory.js';

const START = Date.UTC(2026, 5, 1, 3);
const MINUTE = 60_000;
const HASH = new KeyedHash(new Uint8Array(8).fill(4));
let now = START;
let log = memoryLog();
let desk: LeakDesk;
beforeEach(() => {
  now = START;
  log = memoryLog();
  desk = new LeakDesk({ log, clock: () => now });
});

const KIND = { listener: 'internet', field: 'X-Net', detector: 'exact', outcome: 'contained', partner: null };
const cells = (people: number, placeOf: (n: number) => string): readonly LeakCell[] => {
  const notes = new LeakNotes();
  for (let n = 0; n < people; n += 1) {
    HASH.of(`447700900${String(n).padStart(3, '0')}`);
    notes.note({ ...KIND, place: placeOf(n) }, { high: HASH.high, low: HASH.low }, now);
  }
  return notes.take();
};

test('hosts are told by their registrable domain; what has none is itself', () => {
  const hosts = ['a.b.shop.co.uk', 'www.shop.co.uk', 'mms', '192.0.2.7', 'one.blogspot.com', 'two.blogspot.com'];
  desk.take(cells(hosts.length, (n) => hosts[n] ?? ''));
  expect(
    desk
      .answer(60)
      .leaks.map(({ domain, leaks }) => `${domain} ${String(leaks)}`)
      .sort(),
  ).toEqual(['192.0.2.7 1', 'mms 1', 'one.blogspot.com 1', 'shop.co.uk 2', 'two.blogspot.com 1']);
});

test('an answer has times as text, estimates as whole numbers, and since when it is whole', () => {
  now = START + 10 * MINUTE;
  desk.take(cells(3, () => 'news.example'));
  expect(desk.answer(900)).toEqual({
    since: '2026-06-01T02:55:00.000Z',
    wholeSince: '2026-06-01T03:00:00.000Z',
    proven: [],
    leaks: [
      {
        listener: 'internet',
        domain: 'news.example',
        field: 'x-net',
        detector: 'exact',
        outcome: 'contained',
        partner: null,
        leaks: 3,
        subscribers: 3,
        first: '2026-06-01T03:10:00.000Z',
        last: '2026-06-01T03:10:00.000Z',
      },
    ],
    more: 0,
  });
});

test('a name that the network sends is counted while it lasts, and said once', () => {
  for (let second = 0; second < 5; second += 1) {
    now += 2000;
    desk.take(cells(60, (n) => `www.site${String(n % 9)}.example`));
  }
  expect(desk.provenCount).toBe(1);
  expect(log.said.map(({ level, event, fields }) => [level, event, fields['field'], fields['domains']])).toEqual([
    ['error', 'network-leak', 'x-net', 9],
  ]);
  now += 10 * MINUTE;
  expect(desk.provenCount).toBe(0);
  now += MINUTE;
  desk.take(cells(60, (n) => `www.site${String(n % 9)}.example`));
  expect(log.said).toHaveLength(2);
});

test('many people at few domains are said by nobody', () => {
  desk.take(cells(60, (n) => `www${String(n)}.site${String(n % 5)}.example`));
  expect([desk.provenCount, log.said]).toEqual([0, []]);
});

test('of very many rows the first thousand are given', () => {
  for (let i = 0; i < 12; i += 1) {
    now += MINUTE;
    desk.take(cells(200, (n) => `h${String(i * 200 + n)}.example`));
  }
  const { leaks, more } = desk.answer(3600);
  expect([leaks.length, more]).toEqual([1000, 1400]);
});

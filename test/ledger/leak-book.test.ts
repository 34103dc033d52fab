import fc from 'fast-check';
import { LeakBook } from '../../src/ledger/leak-book.js';
import { ELSEWHERE, type LeakCell, type LeakKind } from '../../src/ledger/leak-cell.js';
import { LeakNotes } from '../../src/ledger/leak-notes.js';
import { distinctIn } from '../../src/sketch/distinct.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { holds } from '../fuzz/property.js';

const NOW = Date.UTC(2026, 5, 1, 3);
const MINUTE = 60_000;
const HASH = new KeyedHash(Uint8Array.of(2, 7, 1, 8, 2, 8, 1, 8));
const whose = (subscriber: string): { high: number; low: number } => {
  HASH.of(subscriber);
  return { high: HASH.high, low: HASH.low };
};
const KIND: LeakKind = {
  listener: 'internet',
  place: 'www.news.example',
  field: 'X-New-Line',
  detector: 'exact',
  outcome: 'contained',
  partner: null,
};
const numberOf = (n: number): string => `447700900${String(n).padStart(3, '0')}`;
/** The last two labels: enough of a registrable domain for these hosts. */
const domainOf = (host: string): string => host.split('.').slice(-2).join('.');
const cellsOf = (
  count: number,
  kindOf: (n: number) => Partial<LeakKind>,
  at = NOW,
  people = count,
): readonly LeakCell[] => {
  const notes = new LeakNotes();
  for (let n = 0; n < count; n += 1) notes.note({ ...KIND, ...kindOf(n) }, whose(numberOf(n % people)), at);
  return notes.take();
};
/** `count` subscribers, one leak each, over so many domains. */
const spread = (count: number, domains: number, at = NOW): readonly LeakCell[] =>
  cellsOf(count, (n) => ({ place: `www.site${String(n % domains)}.example` }), at);
const bookWith = (...cells: readonly (readonly LeakCell[])[]): LeakBook => {
  const book = new LeakBook((host) => host.replace(/^www\./, ''), NOW - 600 * MINUTE);
  for (const each of cells) book.add(each, each[0]?.last ?? NOW);
  return book;
};

describe('what is said of a leak', () => {
  test('how often, where, under which name, of how many, from when to when', () => {
    const book = new LeakBook(domainOf, NOW);
    book.add(
      cellsOf(30, () => ({}), NOW, 10),
      NOW,
    );
    book.add(
      cellsOf(5, () => ({ place: 'img.news.example' }), NOW + 2 * MINUTE),
      NOW + 2 * MINUTE,
    );
    const [cell, ...others] = book.since(NOW);
    expect(others).toEqual([]);
    expect(cell).toMatchObject({
      listener: 'internet',
      place: 'news.example',
      field: 'x-new-line',
      detector: 'exact',
      outcome: 'contained',
      partner: null,
      leaks: 35,
      first: NOW,
      last: NOW + 2 * MINUTE,
    });
    expect(Math.round(distinctIn(cell?.subscribers ?? new Uint8Array(0)))).toBe(10);
  });

  test('only what happened since', () => {
    const book = bookWith(
      cellsOf(3, () => ({ field: 'old' }), NOW - 20 * MINUTE),
      cellsOf(2, () => ({ field: 'new' }), NOW),
    );
    expect(book.since(NOW - 15 * MINUTE).map(({ field, leaks }) => [field, leaks])).toEqual([['new', 2]]);
    expect(book.since(NOW - 25 * MINUTE)).toHaveLength(2);
  });

  test('proofs stand before counts, and what reaches most people first', () => {
    const book = bookWith(
      cellsOf(40, () => ({ field: 'hinted', detector: 'hint', outcome: 'counted' })),
      cellsOf(3, () => ({ field: 'few' })),
      cellsOf(20, () => ({ field: 'many' })),
    );
    expect(book.since(0).map(({ field }) => field)).toEqual(['many', 'few', 'hinted']);
  });

  test.each<[string, Partial<LeakKind>]>([
    ['the listener', { listener: 'roaming' }],
    ['the name', { field: 'X-Other' }],
    ['the detector', { detector: 'novelty' }],
    ['the outcome', { outcome: 'counted' }],
    ['the partner', { partner: 'bank' }],
    ['the domain', { place: 'www.other.example' }],
  ])('%s tells two cells apart', (_, other) => {
    expect(
      bookWith(
        cellsOf(1, () => ({})),
        cellsOf(1, () => other),
      ).since(0),
    ).toHaveLength(2);
  });

  test('a name that holds a number itself is not kept', () => {
    const [cell] = bookWith(cellsOf(1, () => ({ field: 'X-447700900123' }))).since(0);
    expect(cell?.field).toBe('x-[digits]');
  });

  test('no value and no subscriber is in it', () => {
    expect(JSON.stringify(bookWith(spread(50, 9)).since(0))).not.toMatch(/4477009/);
  });
});

describe('a name is proven to be the network’s doing', () => {
  const isProven = (...cells: readonly (readonly LeakCell[])[]): boolean => bookWith(...cells).proven(NOW).length > 0;

  test('for more than 20 subscribers on more than 5 domains in 5 minutes', () => {
    const [proven, ...others] = bookWith(spread(40, 8)).proven(NOW);
    expect(others).toEqual([]);
    expect(proven).toMatchObject({ field: 'x-new-line', domains: 8 });
    expect(Math.abs((proven?.subscribers ?? 0) - 40)).toBeLessThanOrEqual(4 * 0.065 * 40);
  });
  test.each<[string, boolean, readonly (readonly LeakCell[])[]]>([
    ['24 people on 6 domains', true, [spread(24, 6)]],
    ['16 people', false, [spread(16, 8)]],
    ['5 domains', false, [spread(40, 5)]],
    [
      'one person, often, on many domains',
      false,
      [cellsOf(200, (n) => ({ place: `s${String(n % 30)}.example` }), NOW, 1)],
    ],
    ['many hosts of one domain: one app', false, [spread(40, 1)]],
    [
      'a number of ours by its shape',
      false,
      [cellsOf(40, (n) => ({ place: `s${String(n % 9)}.example`, detector: 'number' }))],
    ],
    [
      'a name of which it is counted and not withheld',
      true,
      [spread(40, 8).map((cell) => ({ ...cell, outcome: 'counted' }))],
    ],
    ['half on each listener', true, [spread(12, 6), spread(24, 6).map((cell) => ({ ...cell, listener: 'roaming' }))]],
    ['half in each of two workers', true, [spread(40, 4), spread(40, 8)]],
    ['half now and half four minutes ago', true, [spread(12, 6, NOW - 4 * MINUTE), spread(40, 8)]],
    ['seven minutes ago', false, [spread(40, 8, NOW - 7 * MINUTE)]],
    ['two names with half each', false, [spread(16, 8), spread(16, 8).map((cell) => ({ ...cell, field: 'other' }))]],
  ])('%s: %p', (_, is, cells) => {
    expect(isProven(...cells)).toBe(is);
  });
});

describe('memory is bounded', () => {
  test('of a process: a flood of hosts and names is counted elsewhere, and nothing is lost', () => {
    const cells = cellsOf(5000, (n) => ({ place: `h${String(n)}.example`, field: `x-${String(n)}` }));
    expect(cells.length).toBeLessThanOrEqual(3 * 256);
    expect(cells.reduce((sum, { leaks }) => sum + leaks, 0)).toBe(5000);
    expect(cells.some(({ place, field }) => place === ELSEWHERE && field !== ELSEWHERE)).toBe(true);
  });

  test('of a flood of hosts the name is kept', () => {
    const cells = cellsOf(5000, (n) => ({ place: `h${String(n)}.example` }));
    expect(cells.length).toBe(256 + 1);
    expect(new Set(cells.map(({ field }) => field))).toEqual(new Set(['x-new-line']));
  });

  test('of the book: the oldest minutes go first, and it says since when it is whole', () => {
    const book = new LeakBook((host) => host, NOW);
    const minutes = 60;
    for (let minute = 0; minute < minutes; minute += 1) {
      const at = NOW + minute * MINUTE;
      for (let i = 0; i < 8; i += 1)
        book.add(
          cellsOf(200, (n) => ({ place: `h${String(i * 1000 + n)}.example`, field: `x-${String(n)}` }), at),
          at,
        );
    }
    const now = NOW + (minutes - 1) * MINUTE;
    expect(book.since(0).length).toBeLessThanOrEqual(16_384);
    expect(book.wholeSince(now)).toBeGreaterThan(NOW);
    expect(book.wholeSince(now)).toBeLessThanOrEqual(now);
    expect(book.since(0).every(({ first }) => first >= book.wholeSince(now))).toBe(true);
  });

  test('of the book: what only counts takes no room of a proof', () => {
    const book = bookWith(
      ...Array.from({ length: 20 }, (_, i) =>
        cellsOf(200, (n) => ({ place: `h${String(i * 200 + n)}.example`, detector: 'number', outcome: 'counted' })),
      ),
      cellsOf(1, () => ({ place: 'www.news.example' })),
    );
    expect(book.since(0)[0]).toMatchObject({ place: 'news.example', detector: 'exact' });
  });

  test('a day is kept', () => {
    const book = bookWith(cellsOf(1, () => ({}), NOW - 100 * MINUTE));
    const later = NOW + 24 * 60 * MINUTE;
    book.add(
      cellsOf(1, () => ({ field: 'new' }), later),
      later,
    );
    expect(book.since(0).map(({ field }) => field)).toEqual(['new']);
    expect(book.wholeSince(later)).toBe(later - 24 * 60 * MINUTE);
  });
});

test('in whatever order and grouping the cells of processes come, the book says the same', () => {
  const kind = fc.record({
    place: fc.constantFrom('www.a.example', 'a.example', 'b.example'),
    field: fc.constantFrom('x', 'y'),
  });
  const some = fc.array(fc.tuple(kind, fc.nat(40)), { maxLength: 20 });
  const plain = (book: LeakBook) =>
    book
      .since(0)
      .map(({ subscribers, ...cell }) => ({ ...cell, subscribers: Buffer.from(subscribers).toString('hex') }))
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  holds(fc.tuple(some, some), ([a, b]) => {
    const noted = (leaks: typeof a): readonly LeakCell[] => {
      const notes = new LeakNotes();
      for (const [part, who] of leaks) notes.note({ ...KIND, ...part }, whose(numberOf(who)), NOW);
      return notes.take();
    };
    expect(plain(bookWith(noted(a), noted(b)))).toEqual(plain(bookWith(noted([...b, ...a]))));
  });
});

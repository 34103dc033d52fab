import type { Within } from '../../src/ledger/ledger-reading.js';
import type { ReleaseCell } from '../../src/ledger/ledger-cell.js';
import { figuresOf } from '../../src/ledger/figures.js';
import { peopleOf, peopleWords } from '../../src/ledger/people.js';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { recipientsOf } from '../../src/ledger/recipients.js';
import { NOON, peopleFrom, releaseCell } from './cells.js';

const LATER = '2027-07-06-bbbb';
const cell = (from: number, until: number, more: Partial<Within<ReleaseCell>> = {}): Within<ReleaseCell> => {
  const { isWhole = true, ...given } = more;
  return { ...releaseCell({ subscribers: peopleFrom(from, until, given.epoch), ...given }), isWhole };
};

describe('how many people', () => {
  test('of one epoch one figure with its error: each person once, whatever recipient, day or replica', () => {
    const people = peopleOf([cell(0, 8000), cell(4000, 12_000, { domain: 'bank.example' }), cell(0, 100)]);
    expect(people).toMatchObject({ epochs: 1, isCut: false, error: 0.01625 });
    expect(Math.abs((people.estimate ?? 0) / 12_000 - 1)).toBeLessThan(0.02);
    expect(people.least).toBeLessThan(12_000);
    expect(people.most).toBeGreaterThan(12_000);
  });

  test.each([
    [14, 12],
    [14, 300],
    [14, 4000],
    [14, 10_000],
    [8, 12],
    [8, 60],
    [8, 300],
    [8, 4000],
  ])('the bounds of 2 to the power of %i registers hold %i people in 19 of 20 cases', (precision, count) => {
    const cases = 300;
    const held = Array.from({ length: cases }, (_, n) => {
      const hash = new KeyedHash(Uint8Array.of(n, n >> 8, 2, 7, 1, 8, 2, 8));
      const sketch = new DistinctSketch(precision);
      for (let person = 0; person < count; person += 1) {
        hash.of(`person ${String(person)}`);
        sketch.note(hash.high, hash.low);
      }
      const { least, most } = peopleOf([cell(0, 1, { subscribers: sketch.toBytes() })]);
      return least <= count && count <= most;
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual((19 / 20) * cases);
  });

  test('over two epochs an interval: at least as many as in the larger one, at most those of both', () => {
    const people = peopleOf([cell(0, 5000), cell(0, 3000, { epoch: LATER })]);
    expect(people).toMatchObject({ epochs: 2, estimate: null });
    expect(people.least).toBeGreaterThan(4800);
    expect(people.least).toBeLessThanOrEqual(5050);
    expect(people.most).toBeGreaterThan(8000);
    expect(people.most).toBeLessThan(8400);
  });

  test('of a cell that lies only partly within the period nobody is sure, and everybody possible', () => {
    const people = peopleOf([cell(0, 50), cell(50, 90, { isWhole: false })]);
    expect(people).toMatchObject({ estimate: null, isCut: true });
    expect(people.least).toBeGreaterThan(46);
    expect(people.least).toBeLessThanOrEqual(50);
    expect(people.most).toBeGreaterThanOrEqual(90);
    expect(people.most).toBeLessThan(94);
  });

  test('of nothing there is nobody', () => {
    expect(peopleOf([])).toMatchObject({ least: 0, most: 0, estimate: 0, epochs: 0 });
  });

  test('in words: few are never told exactly, and an interval is never one figure', () => {
    expect(peopleWords(peopleOf([]))).toBe('fewer than 10');
    expect(peopleWords(peopleOf([cell(0, 9)]))).toBe('fewer than 10');
    const said = { least: 1214, most: 1254, estimate: 1234, error: 0.016, epochs: 1, isCut: false };
    expect(peopleWords(said)).toBe('1234 (1214 to 1254)');
    expect(peopleWords({ ...said, estimate: null })).toBe('1214 to 1254');
    expect(peopleWords({ ...said, least: 3, estimate: null })).toBe('fewer than 10 to 1254');
  });
});

describe('figures', () => {
  test('requests are exact, and an interval where a cell lies only partly within the period', () => {
    expect(figuresOf([cell(0, 1, { requests: 7 }), cell(0, 1, { requests: 2, first: NOON - 9 })])).toMatchObject({
      requests: { least: 9, most: 9 },
      first: NOON - 9,
      last: NOON + 1000,
    });
    expect(figuresOf([cell(0, 1, { requests: 7 }), cell(0, 1, { requests: 2, isWhole: false })]).requests).toEqual({
      least: 7,
      most: 9,
    });
    expect(figuresOf([])).toMatchObject({ requests: { least: 0, most: 0 }, first: null, last: null });
  });

  test('recipients are registrable domains, each with its headers and forms, the one with the most people first', () => {
    const rows = recipientsOf({
      releases: [
        cell(0, 20, { requests: 20 }),
        cell(10, 30, { requests: 25, host: '*.acme.example', header: 'X-IMSI', form: 'pseudonym' }),
        cell(0, 500, { domain: 'bank.example', host: 'bank.example', partner: 'bank', requests: 900 }),
      ],
    });
    expect(rows.map(({ domain }) => domain)).toEqual(['bank.example', 'acme.example']);
    expect(rows[1]).toMatchObject({
      partners: ['acme-pay'],
      hosts: ['*.acme.example', 'pay.acme.example'],
      requests: { least: 45, most: 45 },
      people: { estimate: 30 },
      released: [
        { header: 'X-IMSI', form: 'pseudonym', requests: { least: 25 }, people: { estimate: 20 } },
        { header: 'X-MSISDN', form: 'unchanged', requests: { least: 20 }, people: { estimate: 20 } },
      ],
    });
  });
});

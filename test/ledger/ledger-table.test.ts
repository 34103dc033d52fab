import fc from 'fast-check';
import { ELSEWHERE } from '../../src/ledger/leak-cell.js';
import type { Cells, LeakEntry, ReleaseCell } from '../../src/ledger/ledger-cell.js';
import { LedgerTable } from '../../src/ledger/ledger-table.js';
import { holds } from '../fuzz/property.js';
import { leakEntry, NOON, peopleFrom, releaseCell } from './cells.js';

const tableOf = (...cells: readonly Partial<Cells>[]): Cells => {
  const table = new LedgerTable();
  for (const each of cells) table.add({ releases: [], leaks: [], ...each });
  return table.cells();
};

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const tallied = fc
  .record({
    requests: fc.integer({ min: 1, max: 900 }),
    first: fc.integer({ min: NOON, max: NOON + 60_000 }),
    lasts: fc.integer({ min: 0, max: 60_000 }),
    from: fc.integer({ min: 0, max: 40 }),
    people: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ requests, first, lasts, from, people }) => ({
    requests,
    first,
    last: first + lasts,
    subscribers: peopleFrom(from, from + people),
  }));
const releases: fc.Arbitrary<ReleaseCell> = fc
  .record({
    kind: fc.record({
      epoch: of('2026-06-01-aaaa', '2027-07-06-bbbb'),
      digest: of('a'.repeat(64), 'b'.repeat(64)),
      partner: of('acme-pay', 'bank'),
      host: of('pay.acme.example', '*.acme.example'),
      header: of('X-MSISDN', 'X-IMSI'),
      form: of('unchanged', 'pseudonym'),
    }),
    tallied,
  })
  .map(({ kind, tallied: counts }) => releaseCell({ ...kind, ...counts }));
const leaks: fc.Arbitrary<LeakEntry> = fc
  .record({ kind: fc.record({ place: of('a.example', 'b.example'), detector: of('exact', 'hint') }), tallied })
  .map(({ kind, tallied: counts }) => leakEntry({ ...kind, ...counts }));
const cells = fc.record({ releases: fc.array(releases, { maxLength: 12 }), leaks: fc.array(leaks, { maxLength: 6 }) });

describe('adding up', () => {
  test('cells of one kind become one: requests add up, the first is the earliest, the last the latest, each person counts once', () => {
    const { releases: sums } = tableOf(
      { releases: [releaseCell({ subscribers: peopleFrom(0, 20) })] },
      { releases: [releaseCell({ requests: 4, first: NOON - 5, last: NOON, subscribers: peopleFrom(10, 30) })] },
    );
    expect(sums).toEqual([
      releaseCell({ requests: 7, first: NOON - 5, last: NOON + 1000, subscribers: peopleFrom(0, 30) }),
    ]);
  });

  test('whatever tells two kinds apart keeps them apart', () => {
    const others = (['epoch', 'digest', 'listener', 'partner', 'host', 'domain', 'header', 'form'] as const).map(
      (name) => releaseCell({ [name]: 'another' }),
    );
    expect(tableOf({ releases: [releaseCell(), ...others] }).releases).toHaveLength(9);
    const leaked = (['epoch', 'listener', 'place', 'field', 'detector', 'outcome', 'partner'] as const).map((name) =>
      leakEntry({ [name]: 'another' }),
    );
    expect(tableOf({ leaks: [leakEntry(), ...leaked] }).leaks).toHaveLength(8);
  });

  test('is exact in any order, any grouping, over any number of processes', () => {
    holds(
      fc.tuple(cells, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 18, maxLength: 18 })),
      ([all, parts]) => {
        const whole = tableOf(all);
        const reversed = tableOf({ releases: [...all.releases].reverse(), leaks: [...all.leaks].reverse() });
        const processes = [0, 1, 2, 3].map((part) =>
          tableOf({
            releases: all.releases.filter((_, at) => parts[at] === part),
            leaks: all.leaks.filter((_, at) => parts[at] === part),
          }),
        );
        expect(reversed).toEqual(whole);
        expect(tableOf(...processes)).toEqual(whole);
        expect(tableOf(...processes.reverse())).toEqual(whole);
      },
    );
  });
});

describe('room', () => {
  test('more kinds than there is room for are counted elsewhere, first without the host, then without anything; none is lost', () => {
    const table = new LedgerTable(4);
    const many = Array.from({ length: 50 }, (_, n) =>
      releaseCell({
        host: `h${String(n)}.example`,
        domain: `h${String(n)}.example`,
        partner: n < 25 ? 'acme-pay' : `p${String(n)}`,
        requests: 1,
        subscribers: peopleFrom(n, n + 1),
      }),
    );
    table.add({ releases: many, leaks: [] });
    const { releases: kept } = table.cells();
    expect(kept.length).toBeLessThanOrEqual(9);
    expect(kept.reduce((sum, { requests }) => sum + requests, 0)).toBe(50);
    expect(kept.find(({ partner, host }) => partner === 'acme-pay' && host === ELSEWHERE)?.requests).toBe(21);
    expect(kept.find(({ partner }) => partner === ELSEWHERE)).toBeDefined();
  });

  test('a leak without room keeps its detector and its outcome', () => {
    const table = new LedgerTable(2);
    table.add({
      releases: [],
      leaks: Array.from({ length: 30 }, (_, n) => leakEntry({ place: `s${String(n)}.example` })),
    });
    expect(table.cells().leaks.find(({ place }) => place === ELSEWHERE)).toMatchObject({
      detector: 'exact',
      outcome: 'contained',
      requests: 28 * 5,
    });
  });
});

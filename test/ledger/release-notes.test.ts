import { LeakNotes } from '../../src/ledger/leak-notes.js';
import { ReleaseNotes, ReleaseSpot } from '../../src/ledger/release-notes.js';
import { SpanReader, SpanWriter } from '../../src/ledger/span.js';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { leakEntry, NOON, releaseCell } from './cells.js';

const MINUTE = 60_000;
const KIND = {
  digest: 'd1',
  listener: 'internet',
  partner: 'pay',
  host: 'pay.example',
  header: 'X-MSISDN',
  form: 'unchanged',
};

describe('what one process noted', () => {
  test('no cell lies in two minutes, whichever way the clock goes', () => {
    const notes = new ReleaseNotes();
    const spot = new ReleaseSpot(KIND);
    const times = [NOON - 2, NOON - 1, NOON, NOON + MINUTE - 1, NOON + MINUTE, NOON - 5 * MINUTE, NOON + 1];
    for (const [n, at] of times.entries()) notes.note(spot, n, 1, at);
    expect(notes.take().map(({ requests, first, last }) => [requests, first, last])).toEqual([
      [2, NOON - 2, NOON - 1],
      [2, NOON, NOON + MINUTE - 1],
      [1, NOON + MINUTE, NOON + MINUTE],
      [1, NOON - 5 * MINUTE, NOON - 5 * MINUTE],
      [1, NOON + 1, NOON + 1],
    ]);
    expect(notes.take()).toEqual([]);
  });

  test('each cell has the people of its own minute', () => {
    const notes = new ReleaseNotes();
    const spot = new ReleaseSpot(KIND);
    for (let n = 0; n < 7; n += 1) notes.note(spot, n, 1, NOON);
    notes.note(spot, 100, 1, NOON + MINUTE);
    const people = notes.take().map(({ subscribers }) => DistinctSketch.fromBytes(subscribers)?.estimate() ?? -1);
    expect(people.map(Math.round)).toEqual([7, 1]);
  });

  test('what is released together has a cell for each header, and where there is no room for the host too', () => {
    const notes = new ReleaseNotes();
    const both = [KIND, { ...KIND, header: 'X-IMSI' }];
    const spots = Array.from({ length: 1030 }, (_, n) =>
      both.map((kind) => ({ ...kind, host: `h${String(n)}.example` })),
    );
    for (const [n, kinds] of spots.entries()) {
      const spot = new ReleaseSpot(...kinds);
      for (let who = 0; who <= n % 3; who += 1) notes.note(spot, 7 * n + who, 1, NOON + who);
    }
    const cells = notes.take();
    const ofHeader = (name: string) =>
      cells
        .filter(({ header }) => header === name)
        .map(({ host, requests, subscribers }) => [host, requests, subscribers]);
    expect(ofHeader('X-MSISDN')).toHaveLength(1025);
    expect(ofHeader('X-IMSI')).toEqual(ofHeader('X-MSISDN'));
    const requests = cells.reduce((sum, cell) => sum + cell.requests, 0);
    expect(requests).toBe(2 * spots.reduce((sum, _, n) => sum + (n % 3) + 1, 0));
  });

  test('of leaks it is the same', () => {
    const notes = new LeakNotes();
    const kind = {
      listener: 'internet',
      place: 'a.example',
      field: 'X-A',
      detector: 'exact',
      outcome: 'contained',
      partner: null,
    };
    for (const at of [NOON - 1, NOON, NOON + 5]) notes.note(kind, { high: 1, low: 1 }, at);
    expect(notes.take().map(({ leaks, first, last }) => [leaks, first, last])).toEqual([
      [1, NOON - 1, NOON - 1],
      [2, NOON, NOON + 5],
    ]);
    expect(notes.take()).toEqual([]);
  });
});

describe('lines', () => {
  const span = {
    from: NOON,
    until: NOON + MINUTE,
    mark: null,
    gaps: [],
    releases: [releaseCell()],
    leaks: [leakEntry()],
  };

  test('are read back exactly, and a kind that was said is not said again', () => {
    const writer = new SpanWriter();
    const [first, second] = [writer.lineOf(span), writer.lineOf({ ...span, mark: 'ended' })];
    expect(second.length).toBeLessThan(first.length / 1.5);
    const reader = new SpanReader(NOON);
    const plain = (line: string): unknown => {
      const read = reader.spanOf(line.trimEnd());
      const cells = [...(read?.releases ?? []), ...(read?.leaks ?? [])];
      return { ...read, subscribers: cells.map(({ subscribers }) => [...subscribers]) };
    };
    const subscribers = [...span.releases, ...span.leaks].map((cell) => [...cell.subscribers]);
    expect(plain(first)).toMatchObject({ from: NOON, until: NOON + MINUTE, mark: null, gaps: [], subscribers });
    expect(plain(second)).toMatchObject({
      mark: 'ended',
      releases: [{ requests: 3, header: 'X-MSISDN' }],
      subscribers,
    });
  });

  test.each([
    ['one character changed', (line: string) => line.replace('"X-MSISDN"', '"X-MSISDM"')],
    ['another sum', (line: string) => `0${line.slice(1)}`],
    ['half of it', (line: string) => line.slice(0, line.length / 2)],
    ['something else', () => 'hello'],
  ])('%s is no line, and the next one says so', (_, spoil) => {
    const writer = new SpanWriter();
    const reader = new SpanReader(NOON - MINUTE);
    const line = writer.lineOf(span).trimEnd();
    writer.forget();
    const next = writer.lineOf({ ...span, from: NOON + MINUTE, until: NOON + 2 * MINUTE }).trimEnd();
    expect(reader.spanOf(spoil(line))).toBeUndefined();
    expect(reader.gapAtEnd).toMatchObject({ from: NOON - MINUTE, cause: 'unreadable' });
    expect(reader.spanOf(next)?.gaps).toEqual([
      { from: NOON - MINUTE, until: NOON + MINUTE + 1, cause: 'unreadable', replica: '' },
    ]);
    expect(reader.gapAtEnd).toBeUndefined();
  });

  test('a line whose kinds were lost is none', () => {
    const writer = new SpanWriter();
    writer.lineOf(span);
    expect(new SpanReader(NOON).spanOf(writer.lineOf(span).trimEnd())).toBeUndefined();
  });
});

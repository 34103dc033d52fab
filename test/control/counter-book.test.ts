// The book of all counts: no counter falls, whatever becomes of the workers.
import { CounterBook } from '../../src/control/counter-book.js';
import { SlotMeter } from '../../src/telemetry/slot-meter.js';
import { slotTableOf, type SlotTable } from '../../src/telemetry/slots.js';
import type { MetricName } from '../../src/telemetry/metrics.js';
import type { Vocabulary } from '../../src/telemetry/vocabulary.js';

const words: Vocabulary = { listeners: ['internet'], headers: [], releases: [], refusals: [], upstreamErrors: [] };
const table = slotTableOf(words);

function bookOf(slots: SlotTable = table) {
  const book = new CounterBook();
  book.extend(slots);
  const total = (metric: MetricName, ...labels: string[]): number => {
    const slot = book.table.slots.find((each) => each.metric === metric && each.labels.join() === labels.join());
    return book.totals()[slot?.at ?? -1] ?? NaN;
  };
  return { book, total };
}

function workerOf(slots: SlotTable = table): SlotMeter {
  const meter = new SlotMeter(() => undefined);
  meter.extend(slots);
  return meter;
}

const untouched = ['internet', 'untouched'];

describe('the counter book', () => {
  test('the counts of all workers are added up', () => {
    const { book, total } = bookOf();
    const [first, second] = [workerOf(), workerOf()];
    first.count('headgate_requests_total', untouched, 3);
    second.count('headgate_requests_total', untouched, 4);
    book.report(1, first.snapshot());
    book.report(2, second.snapshot());
    expect(total('headgate_requests_total', ...untouched)).toBe(7);
  });

  test('a dead worker’s counts stay, and its successor counts on top of them', () => {
    const { book, total } = bookOf();
    const first = workerOf();
    first.count('headgate_requests_total', untouched, 3);
    first.observe('headgate_request_duration_seconds', ['internet'], 0.2);
    book.report(1, first.snapshot());
    book.retire(1);
    expect(total('headgate_requests_total', ...untouched)).toBe(3);
    const second = workerOf();
    second.count('headgate_requests_total', untouched, 1);
    book.report(2, second.snapshot());
    book.retire(2);
    expect(total('headgate_requests_total', ...untouched)).toBe(4);
  });

  test('a dead worker’s gauges do not stay', () => {
    const { book, total } = bookOf();
    const [first, second] = [workerOf(), workerOf()];
    first.set('headgate_client_connections', ['internet'], 5);
    second.set('headgate_client_connections', ['internet'], 2);
    book.report(1, first.snapshot());
    book.report(2, second.snapshot());
    book.retire(1);
    expect(total('headgate_client_connections', 'internet')).toBe(2);
  });

  test('a report that arrives after the death is not added a second time', () => {
    const { book, total } = bookOf();
    const worker = workerOf();
    worker.count('headgate_requests_total', untouched, 3);
    book.report(1, worker.snapshot());
    book.retire(1);
    book.report(1, worker.snapshot());
    expect(total('headgate_requests_total', ...untouched)).toBe(3);
  });

  test('a report that counts less than the one before is not believed', () => {
    const { book, total } = bookOf();
    const worker = workerOf();
    worker.count('headgate_requests_total', untouched, 3);
    const older = workerOf().snapshot();
    book.report(1, worker.snapshot());
    book.report(1, older);
    expect(total('headgate_requests_total', ...untouched)).toBe(3);
  });

  test('a gauge may fall', () => {
    const { book, total } = bookOf();
    const worker = workerOf();
    worker.set('headgate_client_connections', ['internet'], 5);
    book.report(1, worker.snapshot());
    worker.set('headgate_client_connections', ['internet'], 1);
    book.report(1, worker.snapshot());
    expect(total('headgate_client_connections', 'internet')).toBe(1);
  });

  test('arrays of an older, shorter table are added where they belong', () => {
    const grown = slotTableOf({ ...words, listeners: ['internet', 'mms'] }, table);
    const { book, total } = bookOf(grown);
    const [older, newer] = [workerOf(table), workerOf(grown)];
    older.count('headgate_requests_total', untouched);
    newer.count('headgate_requests_total', untouched);
    newer.count('headgate_requests_total', ['mms', 'untouched']);
    book.report(1, older.snapshot());
    book.retire(1);
    book.report(2, newer.snapshot());
    book.retire(2);
    expect(total('headgate_requests_total', ...untouched)).toBe(2);
    expect(total('headgate_requests_total', 'mms', 'untouched')).toBe(1);
  });

  test('a worker that never reported leaves nothing behind', () => {
    const { book, total } = bookOf();
    book.retire(1);
    expect(total('headgate_requests_total', ...untouched)).toBe(0);
  });
});

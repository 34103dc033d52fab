// Slots: every known series exists before traffic, a slot never changes its meaning, and no call is lost.
import { BUCKETS } from '../../src/telemetry/buckets.js';
import { METRICS, type MetricName } from '../../src/telemetry/metrics.js';
import { PARTNER_SERIES_LIMIT } from '../../src/telemetry/series.js';
import { SlotMeter } from '../../src/telemetry/slot-meter.js';
import { slotTableOf, widthOf, type SlotTable } from '../../src/telemetry/slots.js';
import type { Vocabulary } from '../../src/telemetry/vocabulary.js';

const words = (partners: readonly string[] = ['pay']): Vocabulary => ({
  listeners: ['internet', 'mms'],
  headers: [
    { label: 'x-msisdn', class: 'msisdn' },
    { label: 'x-imsi', class: 'imsi_imei' },
  ],
  releases: partners.map((partner) => ({ listener: 'internet', partner, header: 'x-msisdn', form: 'unchanged' })),
  refusals: ['syntax', 'host'],
  upstreamErrors: ['refused', 'timeout'],
});

const find = (table: SlotTable, metric: MetricName, ...labels: string[]) =>
  table.slots.find((slot) => slot.metric === metric && slot.labels.join() === labels.join());

const meterOf = (table: SlotTable, leaked: () => void = () => {}) => {
  const meter = new SlotMeter(leaked);
  meter.extend(table);
  const read = (metric: MetricName, ...labels: string[]) => meter.snapshot()[find(table, metric, ...labels)?.at ?? -1];
  return { meter, read };
};

describe('the table of slots', () => {
  test('no two series share a number, and none lies outside the array', () => {
    const table = slotTableOf(words());
    const used = table.slots.flatMap((slot) => Array.from({ length: widthOf(slot.metric) }, (_, i) => slot.at + i));
    expect(new Set(used).size).toBe(used.length);
    expect(used.length).toBe(table.size);
    expect(Math.max(...used)).toBe(table.size - 1);
  });

  test('every metric has a series whose labels are all `other`', () => {
    const table = slotTableOf(words());
    for (const [metric, { labels }] of Object.entries(METRICS)) {
      expect([metric, find(table, metric as MetricName, ...labels.map(() => 'other')) !== undefined]).toEqual([
        metric,
        true,
      ]);
    }
  });

  test('every leak that a listener can count has its series before it happens', () => {
    const table = slotTableOf(words());
    for (const detector of ['exact', 'number', 'hint', 'canary', 'egress']) {
      for (const outcome of ['contained', 'counted']) {
        expect(find(table, 'headgate_leaked_headers_total', 'mms', 'msisdn', detector, outcome)).toBeDefined();
        expect(find(table, 'headgate_leaked_headers_total', 'internet', 'unknown', detector, outcome)).toBeDefined();
      }
    }
  });

  test('every refusal, upstream error and release has its series before it happens', () => {
    const table = slotTableOf(words());
    expect(find(table, 'headgate_refused_requests_total', 'mms', 'host')).toBeDefined();
    expect(find(table, 'headgate_upstream_errors_total', 'timeout')).toBeDefined();
    expect(find(table, 'headgate_released_headers_total', 'internet', 'pay', 'x-msisdn', 'unchanged')).toBeDefined();
    expect(find(table, 'headgate_released_headers_total', 'mms', 'pay', 'x-msisdn', 'unchanged')).toBeUndefined();
  });

  test('a new policy adds slots at the end; a partner that is gone keeps its own', () => {
    const before = slotTableOf(words(['pay', 'age']));
    const after = slotTableOf(words(['pay', 'care']), before);
    expect(after.slots.slice(0, before.slots.length)).toEqual(before.slots);
    const added = after.slots.slice(before.slots.length);
    expect(added).toEqual([
      {
        metric: 'headgate_released_headers_total',
        labels: ['internet', 'care', 'x-msisdn', 'unchanged'],
        at: before.size,
      },
    ]);
  });

  test('the same words twice add nothing', () => {
    const table = slotTableOf(words());
    expect(slotTableOf(words(), table)).toEqual(table);
  });

  test('at most 2,000 series carry a partner, whatever policies came; the rest is counted as partner `other`', () => {
    const many = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    const first = slotTableOf(words(many('a', 1500)));
    const table = slotTableOf(words(many('b', 1500)), first);
    const named = table.slots.filter(
      (slot) => slot.metric === 'headgate_released_headers_total' && slot.labels[1] !== 'other',
    );
    expect(named).toHaveLength(PARTNER_SERIES_LIMIT);
    expect(PARTNER_SERIES_LIMIT).toBe(2000);
    const { meter, read } = meterOf(table);
    meter.count('headgate_released_headers_total', ['internet', 'b1499', 'x-msisdn', 'unchanged']);
    expect(read('headgate_released_headers_total', 'internet', 'other', 'x-msisdn', 'unchanged')).toBe(1);
  });
});

describe('the meter', () => {
  test('a counter counts where its labels say, by one or by what is given', () => {
    const { meter, read } = meterOf(slotTableOf(words()));
    meter.count('headgate_requests_total', ['internet', 'released']);
    meter.count('headgate_requests_total', ['internet', 'released'], 4);
    expect(read('headgate_requests_total', 'internet', 'released')).toBe(5);
    expect(read('headgate_requests_total', 'mms', 'released')).toBe(0);
  });

  test.each<[string, string[], string[]]>([
    [
      'an unknown header is `other`, with its listener and class kept',
      ['mms', 'x-new', 'token'],
      ['mms', 'other', 'token'],
    ],
    [
      'an unknown listener takes the whole series to `other`',
      ['lab', 'x-msisdn', 'msisdn'],
      ['other', 'other', 'other'],
    ],
    [
      'a class that the header does not have is `other` of that listener',
      ['mms', 'x-imsi', 'token'],
      ['mms', 'other', 'token'],
    ],
    ['too few labels are still counted', ['mms'], ['other', 'other', 'other']],
    ['too many labels are still counted', ['mms', 'x-imsi', 'imsi_imei', 'more'], ['other', 'other', 'other']],
  ])('%s', (_, given, counted) => {
    const table = slotTableOf(words());
    const { meter, read } = meterOf(table);
    meter.count('headgate_stripped_headers_total', given);
    expect(read('headgate_stripped_headers_total', ...counted)).toBe(1);
    expect(meter.snapshot().reduce((a, b) => a + b)).toBe(1);
  });

  test('no call of any metric is lost, whatever its labels', () => {
    const { meter } = meterOf(slotTableOf(words()));
    let calls = 0;
    for (const [metric, { type, labels }] of Object.entries(METRICS)) {
      if (type !== 'counter') continue;
      meter.count(
        metric as 'headgate_requests_total',
        labels.map(() => 'nobody-knows-this'),
      );
      calls += 1;
    }
    expect(meter.snapshot().reduce((a, b) => a + b)).toBe(calls);
  });

  test('a counter cannot be made to fall', () => {
    const { meter, read } = meterOf(slotTableOf(words()));
    meter.count('headgate_requests_total', ['internet', 'released'], 3);
    meter.count('headgate_requests_total', ['internet', 'released'], -2);
    meter.count('headgate_requests_total', ['internet', 'released'], NaN);
    expect(read('headgate_requests_total', 'internet', 'released')).toBe(3);
  });

  test('a table that grew keeps what was counted, and an older table changes nothing', () => {
    const before = slotTableOf(words());
    const { meter, read } = meterOf(before);
    meter.count('headgate_requests_total', ['internet', 'released'], 7);
    const after = slotTableOf(words(['pay', 'care']), before);
    meter.extend(after);
    meter.extend(before);
    meter.count('headgate_released_headers_total', ['internet', 'care', 'x-msisdn', 'unchanged']);
    expect(read('headgate_requests_total', 'internet', 'released')).toBe(7);
    expect(meter.snapshot()[before.size]).toBe(1);
  });

  test('a snapshot does not change afterwards', () => {
    const { meter } = meterOf(slotTableOf(words()));
    const snapshot = meter.snapshot();
    meter.count('headgate_requests_total', ['internet', 'released']);
    expect(snapshot.reduce((a, b) => a + b)).toBe(0);
  });

  test('a leak is told of at once, other counts are not', () => {
    let told = 0;
    const { meter } = meterOf(slotTableOf(words()), () => (told += 1));
    meter.count('headgate_requests_total', ['internet', 'released']);
    expect(told).toBe(0);
    meter.count('headgate_leaked_headers_total', ['internet', 'msisdn', 'exact', 'contained']);
    expect(told).toBe(1);
  });

  test('a duration on a bound falls into the bucket of that bound, one over all bounds into the last', () => {
    const table = slotTableOf(words());
    const { meter } = meterOf(table);
    const metric = 'headgate_request_duration_seconds';
    meter.observe(metric, ['internet'], 0.001);
    meter.observe(metric, ['internet'], 0.002);
    meter.observe(metric, ['internet'], 1e6);
    meter.observe(metric, ['internet'], NaN);
    const at = find(table, metric, 'internet')?.at ?? -1;
    const last = BUCKETS[metric].length;
    const numbers = [...meter.snapshot().slice(at, at + last + 2)];
    expect([numbers[0], numbers[1], numbers[last]]).toEqual([1, 1, 1]);
    expect(numbers.slice(0, last + 1).reduce((a, b) => a + b)).toBe(3);
    expect(numbers[last + 1]).toBeCloseTo(1e6 + 0.003, 6);
  });

  test('a gauge takes the last value', () => {
    const { meter, read } = meterOf(slotTableOf(words()));
    meter.set('headgate_client_connections', ['internet'], 5);
    meter.set('headgate_client_connections', ['internet'], 2);
    expect(read('headgate_client_connections', 'internet')).toBe(2);
  });
});

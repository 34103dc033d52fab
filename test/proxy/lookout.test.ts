import { NeedleRows, NONE } from '../../src/decision/needle-rows.js';
import { subscriberReleased } from '../../src/decision/subscriber.js';
import { ReleaseSpot } from '../../src/ledger/release-notes.js';
import { Lookout } from '../../src/proxy/lookout.js';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { POLICY, RULESET } from '../decision/ruleset-fixture.js';

const KEYS = {
  sketch: new Uint8Array(8).fill(5),
  fingerprint: new Uint8Array(32).fill(6),
  ledger: { epoch: '2026-06-01-aaaa', key: new Uint8Array(8).fill(4) },
};
const KIND = {
  listener: 'internet',
  place: 'news.example',
  field: 'X-New-Line',
  detector: 'exact',
  outcome: 'contained',
  partner: null,
};
const request = (name: string) => ({
  host: 'news.example',
  fields: [{ name, value: 'v' }],
  subscriber: '447700900123',
});

test('what was told of names is taken once, by listener', () => {
  const lookout = new Lookout(KEYS);
  lookout.observe('internet', request('X-One'), RULESET);
  lookout.observe('roaming', request('X-Two'), RULESET);
  lookout.observe('roaming', request('X-Two'), RULESET);
  const taken = lookout.takeNames();
  expect(
    taken.map(({ listener, sightings }) => [
      listener,
      sightings.requests,
      sightings.names.map(({ name, requests }) => [name, requests]),
    ]),
  ).toEqual([
    ['internet', 1, [['xone', 1]]],
    ['roaming', 2, [['xtwo', 2]]],
  ]);
  expect(lookout.takeNames()).toEqual([]);
});

test('what was told of leaks is taken once, and one subscriber has one fingerprint in every process of a gateway', () => {
  const [one, two] = [new Lookout(KEYS), new Lookout(KEYS)];
  const print = one.leak(KIND, '447700900123');
  expect(print).toMatch(/^[a-p]{12}$/);
  expect(two.leak(KIND, '447700900123')).toBe(print);
  expect(two.leak(KIND, '447700900124')).not.toBe(print);
  expect(two.takeLeaks()).toMatchObject([{ place: 'news.example', field: 'x-new-line', leaks: 2 }]);
  expect(two.takeLeaks()).toEqual([]);
});

test('another start gives another fingerprint', () => {
  const other = new Lookout({ ...KEYS, fingerprint: new Uint8Array(32).fill(7) });
  expect(other.leak(KIND, '447700900123')).not.toBe(new Lookout(KEYS).leak(KIND, '447700900123'));
});

const MSISDN = { known: 1, class: 'msisdn', key: 'xmsisdn', isOwnKey: false } as const;
const IMSI = { known: 2, class: 'imsi_imei', key: 'ximsi', isOwnKey: false } as const;
/** More than are kept, so that rows become another's. */
const VALUES = Array.from(
  { length: 12_000 },
  (_, n) => `447700900${String(n % 1000).padStart(3, '0')}${'0'.repeat(Math.floor(n / 1000))}`,
);

describe('releases', () => {
  const kindOf = (header: string) => ({
    digest: 'd1',
    listener: 'internet',
    partner: 'acme-pay',
    host: 'pay.acme.example',
    header,
    form: 'unchanged',
  });
  const spotFor = (header: string): ReleaseSpot => new ReleaseSpot(kindOf(header));
  const estimate = (bytes: Uint8Array): number => Math.round(DistinctSketch.fromBytes(bytes)?.estimate() ?? -1);

  test('are counted at their spot, each subscriber once, and taken once', () => {
    const lookout = new Lookout(KEYS);
    const [number, imsi] = [spotFor('X-MSISDN'), spotFor('X-IMSI')];
    for (const [n, subscriber] of ['447700900123', '447700900124', '447700900123'].entries()) {
      lookout.whose(subscriber);
      lookout.released(number, 1000 + n);
      if (n === 0) lookout.released(imsi, 1000);
    }
    const taken = lookout.takeReleases();
    expect(
      taken.map(({ header, requests, first, last, subscribers }) => ({
        header,
        requests,
        first,
        last,
        people: estimate(subscribers),
      })),
    ).toEqual([
      { header: 'X-MSISDN', requests: 3, first: 1000, last: 1002, people: 2 },
      { header: 'X-IMSI', requests: 1, first: 1000, last: 1000, people: 1 },
    ]);
    expect(lookout.takeReleases()).toEqual([]);
    lookout.released(number, 2000);
    expect(lookout.takeReleases()).toMatchObject([{ requests: 1, first: 2000, last: 2000 }]);
  });

  test('people add up over processes under one key, and not under another', () => {
    const noted = (lookout: Lookout): DistinctSketch => {
      for (let n = 0; n < 50; n += 1) {
        lookout.whose(`4477009001${String(n).padStart(2, '0')}`);
        lookout.released(spotFor('X-MSISDN'), 1);
      }
      const sum = new DistinctSketch();
      for (const { subscribers } of lookout.takeReleases()) sum.merge(DistinctSketch.fromBytes(subscribers) ?? sum);
      return sum;
    };
    const [one, two] = [new Lookout(KEYS), new Lookout(KEYS)];
    const sum = noted(one);
    sum.merge(noted(two));
    expect(Math.round(sum.estimate())).toBe(50);
    two.renew({ epoch: '2027-07-06-bbbb', key: new Uint8Array(8).fill(9) });
    expect(two.epoch).toBe('2027-07-06-bbbb');
    sum.merge(noted(two));
    expect(Math.round(sum.estimate())).toBe(100);
  });

  test('one by needles is the one by text, of which class it is, and under a renewed key another', () => {
    const lookout = new Lookout(KEYS);
    const rows = new NeedleRows(POLICY.numbers);
    const spans = VALUES.map((value) => {
      const bytes = Buffer.from(value, 'latin1');
      return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start: 0, end: bytes.length };
    });
    const told = (row: number): readonly number[] => {
      lookout.whoseNeedles(rows, row);
      return [lookout.high, lookout.low];
    };
    const wanted = (text: string): readonly number[] => {
      lookout.whose(text);
      return [lookout.high, lookout.low];
    };
    for (let round = 0; round < 3; round += 1) {
      const before = wanted('447700900123');
      for (const [i, span] of spans.entries()) {
        const imsi = rows.with(NONE, IMSI, span);
        const both = rows.with(imsi, MSISDN, spans[(i * 7) % spans.length] ?? span);
        for (const row of [both, imsi, both]) {
          const text = subscriberReleased({ needles: rows.setOf(row).needles, fields: [], peer: '', trusted: true });
          expect(told(row)).toEqual(wanted(text));
        }
      }
      lookout.renew({ epoch: `2027-07-0${round}-bbbb`, key: new Uint8Array(8).fill(9 + round) });
      expect(wanted('447700900123')).not.toEqual(before);
    }
  });

  test('of more hosts than there is room for none is lost: the rest are counted without their hosts', () => {
    const lookout = new Lookout(KEYS);
    lookout.whose('447700900123');
    for (let n = 0; n < 3000; n += 1) {
      const kind = { ...kindOf('X-MSISDN'), host: `h${String(n)}.acme.example` };
      lookout.released(new ReleaseSpot(kind), 5);
    }
    const taken = lookout.takeReleases();
    expect(taken.length).toBe(1025);
    expect(taken.reduce((sum, { requests }) => sum + requests, 0)).toBe(3000);
    expect(taken.at(-1)).toMatchObject({ host: 'elsewhere', requests: 1976 });
  });
});

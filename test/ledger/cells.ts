// Cells for tests: of known people under a known key.
import type { LeakEntry, ReleaseCell } from '../../src/ledger/ledger-cell.js';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';

export const NOON = Date.UTC(2026, 5, 1, 12);
export const EPOCH = '2026-06-01-aaaa';

const key = (epoch: string): Uint8Array => Uint8Array.from(epoch.slice(-8).padEnd(8), (letter) => letter.charCodeAt(0));

/** The sketch of the people `from` to `until`, as bytes. */
export function peopleFrom(from: number, until: number, epoch = EPOCH): Uint8Array {
  const hash = new KeyedHash(key(epoch));
  const sketch = new DistinctSketch();
  for (let n = from; n < until; n += 1) {
    hash.of(`person ${String(n)}`);
    sketch.note(hash.high, hash.low);
  }
  return sketch.toBytes();
}

export function releaseCell(given: Partial<ReleaseCell> = {}): ReleaseCell {
  const { epoch = EPOCH } = given;
  return {
    epoch,
    digest: 'd'.repeat(64),
    listener: 'internet',
    partner: 'acme-pay',
    host: 'pay.acme.example',
    domain: 'acme.example',
    header: 'X-MSISDN',
    form: 'unchanged',
    requests: 3,
    first: NOON,
    last: NOON + 1000,
    subscribers: peopleFrom(0, 2, epoch),
    ...given,
  };
}

export function leakEntry(given: Partial<LeakEntry> = {}): LeakEntry {
  const { epoch = EPOCH } = given;
  return {
    epoch,
    listener: 'internet',
    place: 'news.example',
    field: 'x-new-line',
    detector: 'exact',
    outcome: 'contained',
    partner: null,
    requests: 5,
    first: NOON,
    last: NOON + 2000,
    subscribers: peopleFrom(0, 5, epoch),
    ...given,
  };
}

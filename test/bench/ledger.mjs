// What a release costs the ledger: hash and note of a worker, the take of a second, the merge and the line of the primary. After `make
// build`: node test/bench/ledger.mjs. Alone and warm: in place it costs two to three times as much.
import { LedgerTable } from '../../dist/ledger/ledger-table.js';
import { ReleaseSpot } from '../../dist/ledger/release-notes.js';
import { SpanWriter } from '../../dist/ledger/span.js';
import { Lookout } from '../../dist/proxy/lookout.js';
import { spreadOf } from './statistics.mjs';

const ROUNDS = 400;
const REQUESTS = 20_000;
const NUMBERS = Array.from({ length: 1000 }, (_, i) => `447700900${String(i).padStart(3, '0')}`);
const KEYS = {
  sketch: new Uint8Array(8),
  fingerprint: new Uint8Array(32),
  ledger: { epoch: '2026-06-01-aaaa', key: new Uint8Array(8).fill(3) },
};
const spots = Array.from(
  { length: 16 },
  (_, i) =>
    new ReleaseSpot({
      digest: 'd'.repeat(64),
      listener: 'internet',
      partner: 'acme-pay',
      host: `h${String(i)}.acme.example`,
      header: 'X-MSISDN',
      form: 'unchanged',
    }),
);

const lookout = new Lookout(KEYS);
const notes = [];
const takes = [];
const merges = [];
const table = new LedgerTable();
let now = Date.UTC(2026, 5, 1);
for (let round = 0; round < ROUNDS; round += 1) {
  let began = performance.now();
  for (let i = 0; i < REQUESTS; i += 1) {
    lookout.whose(NUMBERS[(i * 37) % 1000]);
    lookout.released(spots[i & 15], now);
  }
  notes.push(((performance.now() - began) * 1e6) / REQUESTS);
  began = performance.now();
  const taken = lookout.takeReleases();
  takes.push(((performance.now() - began) * 1000) / taken.length);
  began = performance.now();
  const cells = taken.map((cell) => ({ ...cell, epoch: 'e', domain: 'acme.example' }));
  table.add({ releases: cells, leaks: [] });
  merges.push(((performance.now() - began) * 1000) / taken.length);
  now += 1000;
}
const writer = new SpanWriter();
const began = performance.now();
const line = writer.lineOf({ from: 0, until: 1, mark: null, gaps: [], ...table.cells() });
const lineMs = performance.now() - began;
const say = (what, values, unit) => {
  const { lower, median } = spreadOf(values);
  console.log(
    `${what.padEnd(44)} quarter ${lower.toFixed(2).padStart(8)}  median ${median.toFixed(2).padStart(8)}  ${unit}`,
  );
};
say('a release: hash of the subscriber and note', notes, 'ns');
say('a take, for each kind in use', takes, 'us');
say('a merge in the primary, for each kind', merges, 'us');
console.log(`a line of 16 kinds of 1,000 people              ${lineMs.toFixed(2)} ms, ${String(line.length)} bytes`);

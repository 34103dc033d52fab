// The demo's table: aligned, complete, and no number in it whole.
import { alignRows, renderTable } from '../../src/demo/table.js';
import { sumOf } from '../../src/demo/counts.js';
import { addedFields } from '../../src/demo/enricher.js';
import { subscriberOf } from '../../src/demo/subscriber.js';
import type { Sighting } from '../../src/canary/sighting.js';

const sighting = (fields: Readonly<Record<string, string>>): Sighting => ({
  host: 'a.example',
  method: 'GET',
  target: '/',
  version: '1.1',
  gravity: 'none',
  fields: Object.entries(fields).map(([name, value]) => ({ name, value, class: null, words: '', standing: null })),
});

test('columns are as wide as their widest cell and no line ends in space', () => {
  expect(
    alignRows([
      ['a', 'bb'],
      ['ccc', 'd'],
      ['e', ''],
    ]),
  ).toEqual(['a    bb', '───  ──', 'ccc  d', 'e']);
});

test('each site has a row, masked, and a number under another name is named', () => {
  const added = addedFields(subscriberOf('127.0.0.42'), null);
  const pseudonym = `demo.${'A'.repeat(43)}`;
  const lines = renderTable(
    [
      { site: 'a.example', is: 'partner', sighting: sighting({ 'X-Msisdn': '447700900042' }) },
      { site: 'b.example', is: 'partner', sighting: sighting({ 'X-MSISDN': pseudonym }) },
      { site: 'c.example', is: 'stranger', sighting: sighting({ 'X-Line-Ref': 'n=447700900042' }) },
      { site: 'd.example', is: 'stranger', sighting: sighting({ Accept: '*/*' }) },
    ],
    added,
  ).map((line) => line.split(/ {2,}/));
  expect(lines.slice(2)).toEqual([
    ['every request', 'as the network sends it', '4477009…042', '4477009…042', '0010100…042', '100.64.…', '-'],
    ['a.example', 'partner', '4477009…042', '-', '-', '-', '-'],
    ['b.example', 'partner', 'demo.AAAAAA…', '-', '-', '-', '-'],
    ['c.example', 'stranger', '-', '-', '-', '-', 'X-Line-Ref'],
    ['d.example', 'stranger', '-', '-', '-', '-', '-'],
  ]);
  expect(lines.flat().join(' ')).not.toMatch(/\d{8}/);
});

test('samples of one metric are added up, by a part of their labels', () => {
  const text = 'a_total{x="1"} 2\na_total{x="2"} 3\na_total_more{x="1"} 100\n# HELP a_total {x="1"} 7\n';
  expect(sumOf(text, 'a_total')).toBe(5);
  expect(sumOf(text, 'a_total', 'x="2"')).toBe(3);
  expect(sumOf(text, 'b_total')).toBe(0);
});

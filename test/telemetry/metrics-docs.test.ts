// docs/metrics.md and the tables of metrics say the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABEL_VALUES } from '../../src/telemetry/label-values.js';
import { METRICS } from '../../src/telemetry/metrics.js';
import { CANARY_METRICS, MIRROR_METRICS } from '../../src/telemetry/outside-metrics.js';
import { PRIMARY_GAUGES } from '../../src/telemetry/primary-gauges.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
const rows = (start: string): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(2).split(' | '));
const words = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

test('every metric has its row with type, labels and meaning, and no row is of a metric that does not exist', () => {
  const documented = rows('| `headgate_').map(([name = '', type, labels = '', help]) => [
    words(name)[0],
    type,
    words(labels),
    help,
  ]);
  const counted = Object.entries(METRICS).map(([name, { type, labels, help }]) => [name, type, [...labels], help]);
  const gauges = Object.entries(PRIMARY_GAUGES).map(([name, { labels, help }]) => [name, 'gauge', [...labels], help]);
  const outside = Object.entries({ ...MIRROR_METRICS, ...CANARY_METRICS }).map(([name, { type, labels, help }]) => [
    name,
    type,
    [...labels],
    help,
  ]);
  expect(documented).toEqual([...counted, ...gauges, ...outside]);
});

test('every closed list of label values is on the page, word for word', () => {
  const listed = Object.fromEntries(
    rows('| `')
      .filter(([label = '']) => !label.includes('headgate_') || label.includes(' of '))
      .map(([label = '', values = '']) => [words(label).reverse().join(' '), words(values)]),
  );
  expect(listed).toMatchObject(LABEL_VALUES);
  expect(
    Object.keys(listed)
      .filter((label) => !(label in LABEL_VALUES))
      .sort(),
  ).toEqual(['headgate_refused_requests_total why', 'headgate_upstream_errors_total why']);
});

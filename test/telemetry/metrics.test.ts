// The tables of metrics keep the naming rules of Prometheus and the rule on labels.
import { METRICS } from '../../src/telemetry/metrics.js';
import { CANARY_METRICS, MIRROR_METRICS } from '../../src/telemetry/outside-metrics.js';
import { PRIMARY_GAUGES } from '../../src/telemetry/primary-gauges.js';

const all = [
  ...Object.entries(METRICS).map(([name, { type, help, labels }]) => ({
    name,
    type: type,
    help: help,
    labels: labels,
  })),
  ...Object.entries({ ...MIRROR_METRICS, ...CANARY_METRICS }).map(([name, { type, help, labels }]) => ({
    ...{ name, type, help },
    labels: [...labels] as readonly string[],
  })),
  ...Object.entries(PRIMARY_GAUGES).map(([name, { help, labels }]) => ({
    name,
    type: 'gauge',
    help: help,
    labels: labels,
  })),
];

/** Every label that may be exported; a new one is added here after asking whether it could be a host, a path, an address or a value. */
const LABELS = [
  'class',
  'code',
  'detector',
  'digest',
  'event',
  'form',
  'gate',
  'header',
  'kind',
  'listener',
  'node',
  'outcome',
  'partner',
  'path',
  'pattern',
  'place',
  'probe',
  'scope',
  'state',
  'verdict',
  'version',
  'what',
  'why',
];

describe('the tables of metrics', () => {
  test('a label is never a host, a path, an address or an identity value', () => {
    expect([...new Set(all.flatMap((metric) => metric.labels))].sort()).toEqual(LABELS);
  });

  test.each(all)('$name is named and helped as Prometheus asks', ({ name, type, help }) => {
    expect(name).toMatch(/^headgate_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
  });

  test('no name stands in both tables', () => {
    expect(new Set(all.map((metric) => metric.name)).size).toBe(all.length);
  });
});

// Every metric, label and label value that the rules and the dashboard name is one that is exported.
import { REFUSALS } from '../../src/http/refusal.js';
import { LABEL_VALUES } from '../../src/telemetry/label-values.js';
import { METRICS } from '../../src/telemetry/metrics.js';
import { CANARY_METRICS, MIRROR_METRICS } from '../../src/telemetry/outside-metrics.js';
import { PRIMARY_GAUGES } from '../../src/telemetry/primary-gauges.js';
import { ALERTS, DASHBOARD_EXPRESSIONS, RECORDED } from './shipped.js';

/** Of Prometheus and of prom-client. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  ALERTS_FOR_STATE: ['alertname', 'severity', 'listener', 'scope'],
  process_start_time_seconds: [],
  up: [],
};
const BESIDE_VALUES: Readonly<Record<string, readonly string[]>> = {
  'headgate_policy_info gate': ['admitted', 'break-glass', 'withholding'],
  'headgate_lockdown scope': ['all', 'partner'],
  'headgate_policy_candidate_refused code': LABEL_VALUES['headgate_policy_refusals_total code'],
  'headgate_refused_requests_total why': Object.keys(REFUSALS),
  job: ['headgate', 'headgate-canary', 'headgate-mirror'],
  partner: ['other'],
};
/** From the scrape configuration, and of buckets. */
const SCRAPED = ['job', 'site', 'instance'];

const labelsOfMetric = (name: string): readonly string[] | undefined => {
  const tables: Readonly<Record<string, { readonly labels: readonly string[] }>> = {
    ...METRICS,
    ...PRIMARY_GAUGES,
    ...MIRROR_METRICS,
    ...CANARY_METRICS,
  };
  const own = tables[name]?.labels ?? BESIDE[name];
  const histogram = /^(.*)_(?:bucket|sum|count)$/.exec(name)?.[1] ?? '';
  const base = histogram in METRICS ? tables[histogram]?.labels : undefined;
  if (own !== undefined) return [...own, ...SCRAPED];
  return base === undefined ? undefined : [...base, ...SCRAPED, 'le'];
};
const LISTS: Readonly<Record<string, readonly string[]>> = { ...LABEL_VALUES, ...BESIDE_VALUES };
const valuesOf = (metric: string, label: string): readonly string[] | undefined =>
  LISTS[`${metric} ${label}`] ?? LISTS[label];

/** What a recording rule leaves of labels: those of its `by`, else all of what it reads. */
const recordedLabels = new Map<string, readonly string[]>();

interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
}

/** Every series that an expression selects; strings in it are values, never names. */
function selectorsOf(expr: string): readonly Selector[] {
  const found = expr.matchAll(
    /(?<![\w:"%.])((?:headgate_|instance:|partner:|listener:|process_|ALERTS)[\w:]*|up)\b(?:\{([^}]*)\})?/g,
  );
  return [...found].map(([, metric = '', inside = '']) => ({
    metric,
    matchers: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*(?:"([^"]*)"|%q)/g)].map(([, label = '', value]) => ({
      label,
      values: value === undefined || value.includes('*') ? [] : value.split('|'),
    })),
  }));
}

const wordsIn = (list: string): string[] => list.split(',').map((word) => word.trim());
/** The labels of every `by`, `on` and `group_left`. */
const groupedBy = (expr: string): string[] =>
  [...expr.matchAll(/\b(?:by|on|group_left|without|ignoring) \(([^)]*)\)/g)].flatMap(([, list = '']) => wordsIn(list));

for (const { record, expr } of RECORDED) {
  const read = selectorsOf(expr).flatMap(({ metric }) => labelsOfMetric(metric) ?? []);
  const aggregated = /^sum by \(([^)]*)\)/.exec(expr)?.[1];
  recordedLabels.set(record, aggregated === undefined ? [...new Set(read)] : wordsIn(aggregated));
}

/** What is wrong with one expression, in words. */
function faultsOf(expr: string): readonly string[] {
  const selectors = selectorsOf(expr);
  const known = (metric: string): readonly string[] | undefined => recordedLabels.get(metric) ?? labelsOfMetric(metric);
  const everyLabel = new Set(selectors.flatMap(({ metric }) => known(metric) ?? []));
  return [
    ...selectors.flatMap(({ metric, matchers }) => {
      const labels = known(metric);
      if (labels === undefined) return [`no metric ${metric}`];
      return matchers.flatMap(({ label, values }) => {
        if (!labels.includes(label)) return [`${metric} has no label ${label}`];
        const base = metric.startsWith('instance:headgate_leaked') ? 'headgate_leaked_headers_total' : metric;
        const list = valuesOf(base, label);
        return values
          .filter((value) => list !== undefined && !list.includes(value))
          .map((value) => `${metric} has no ${label}="${value}"`);
      });
    }),
    ...groupedBy(expr)
      .filter((label) => !everyLabel.has(label))
      .map((label) => `nothing here has the label ${label}`),
  ];
}

/** The queries within the words of an alert, as the template writes them. */
const queriesOf = (text: string): string[] =>
  [...text.matchAll(/query (?:\(printf )?"((?:[^"\\]|\\.)*)"/g)].map(([, query = '']) => query.replaceAll('\\"', '"'));

test('the reader of expressions finds what is wrong', () => {
  expect(faultsOf('sum by (listner) (headgate_leaked_headers_total{outcme="escaped"})')).toEqual([
    'headgate_leaked_headers_total has no label outcme',
    'nothing here has the label listner',
  ]);
  expect(faultsOf('headgate_leaked_headers_total{outcome=~"escaped|gone"} > headgate_nothing')).toEqual([
    'headgate_leaked_headers_total has no outcome="gone"',
    'no metric headgate_nothing',
  ]);
  expect(faultsOf('rate(headgate_request_duration_seconds_bucket{le="1"}[5m])')).toEqual([]);
});

test.each(RECORDED.map(({ record, expr }) => [record, expr] as const))('%s', (_, expr) => {
  expect(faultsOf(expr)).toEqual([]);
});

test.each(ALERTS.map((rule) => [rule.alert, rule] as const))('%s', (_, { expr, annotations }) => {
  expect(faultsOf(expr)).toEqual([]);
  const queries = queriesOf(annotations.description);
  expect(queries.length).toBe(annotations.description.split(/\bquery\b/).length - 1);
  expect(queries.flatMap(faultsOf)).toEqual([]);
});

test.each(DASHBOARD_EXPRESSIONS)('%s', (expr) => {
  expect(selectorsOf(expr)).not.toEqual([]);
  expect(faultsOf(expr)).toEqual([]);
});

test('what is told of a recorded series is recorded', () => {
  const read = [...ALERTS, ...RECORDED].flatMap(({ expr }) => selectorsOf(expr)).map(({ metric }) => metric);
  expect(RECORDED.filter(({ record }) => !read.includes(record) && !isQueried(record))).toEqual([]);
});

function isQueried(record: string): boolean {
  return ALERTS.some(({ annotations }) => annotations.description.includes(record));
}

// The Prometheus text of everything that is counted. The only importer of prom-client, which is about to be renamed.
// Nothing is counted here: the numbers are copied from the slots while a scrape is answered.
import { collectDefaultMetrics, Counter, Gauge, Registry, type Histogram } from 'prom-client';
import { BUCKETS } from '../telemetry/buckets.js';
import { OTHER } from '../telemetry/label-values.js';
import { METRICS, type HistogramName, type MetricName } from '../telemetry/metrics.js';
import { PRIMARY_GAUGES, type PrimaryGauge, type PrimaryGaugeName } from '../telemetry/primary-gauges.js';
import type { SlotTable } from '../telemetry/slots.js';

/** What a scrape copies from; asked once per scrape and metric. */
export interface MetricsSource {
  table(): SlotTable;
  /** By slot. */
  totals(): Float64Array;
  gauges(): readonly PrimaryGauge[];
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** prom-client's own that `promtool check metrics` finds fault with (a gauge must not end in `_total`). */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** One series per identity header: exported once it has counted, or a scrape would carry hundreds of lines of 0. */
const SPARSE: ReadonlySet<MetricName> = new Set([
  'headgate_stripped_headers_total',
  'headgate_spoofed_headers_total',
  'headgate_ambiguous_headers_total',
]);

/** The primary's event loop wakes so often to be looked at; it carries no traffic. */
const LAG_PRECISION_MS = 200;

type Labels = Record<string, string>;

const labelsOf = (names: readonly string[], values: readonly string[]): Labels =>
  Object.fromEntries(names.map((name, i) => [name, values[i] ?? OTHER]));

interface Shown {
  readonly labels: Labels;
  readonly at: number;
  /** Exported though it is 0. */
  readonly isAlways: boolean;
}

/** The slots of each metric with their labels as prom-client wants them: made once per table, which only grows. */
function shownSlots(table: SlotTable): ReadonlyMap<MetricName, readonly Shown[]> {
  const shown = new Map<MetricName, Shown[]>();
  for (const { metric, labels, at } of table.slots) {
    const isAlways = !SPARSE.has(metric) || labels.includes(OTHER);
    const series = { labels: labelsOf(METRICS[metric].labels, labels), at, isAlways };
    const others = shown.get(metric);
    if (others === undefined) shown.set(metric, [series]);
    else others.push(series);
  }
  return shown;
}

/** Makes the function that answers a scrape. Process metrics of Node are those of the process that calls. */
export function metricsText(source: MetricsSource): () => Promise<MetricsText> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  let table: SlotTable | undefined;
  let slots: ReadonlyMap<MetricName, readonly Shown[]> = new Map();
  let totals: Float64Array = new Float64Array(0);
  let gauges: readonly PrimaryGauge[] = [];
  const shown = (metric: MetricName): { labels: Labels; at: number; value: number }[] =>
    (slots.get(metric) ?? []).flatMap(({ labels, at, isAlways }) => {
      const value = totals[at] ?? 0;
      return value !== 0 || isAlways ? [{ labels, at, value }] : [];
    });

  for (const [name, { type, help, labels }] of Object.entries(METRICS)) {
    const metric = name as MetricName;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') {
      new Counter<string>({
        ...options,
        collect() {
          this.reset();
          for (const series of shown(metric)) this.inc(series.labels, series.value);
        },
      });
    } else if (type === 'gauge') {
      new Gauge<string>({
        ...options,
        collect() {
          this.reset();
          for (const series of shown(metric)) this.set(series.labels, series.value);
        },
      });
    } else {
      // prom-client's Histogram has no way to be given counts; a registry asks no more of a metric than this.
      const histogram = {
        name,
        help,
        type: 'histogram',
        get: () =>
          Promise.resolve({
            name,
            help,
            type: 'histogram',
            values: shown(metric).flatMap((s) => rowsOf(metric as HistogramName, s)),
          }),
      };
      registry.registerMetric(histogram as unknown as Histogram);
    }
  }
  const rowsOf = (metric: HistogramName, { labels, at }: { labels: Labels; at: number }) => {
    let count = 0;
    const rows = [...BUCKETS[metric], Infinity].map((bound, i) => {
      count += totals[at + i] ?? 0;
      return {
        metricName: `${metric}_bucket`,
        labels: { ...labels, le: bound === Infinity ? '+Inf' : String(bound) },
        value: count,
      };
    });
    const sum = totals[at + BUCKETS[metric].length + 1] ?? 0;
    return [
      ...rows,
      { metricName: `${metric}_sum`, labels, value: sum },
      { metricName: `${metric}_count`, labels, value: count },
    ];
  };
  for (const [name, { help, labels }] of Object.entries(PRIMARY_GAUGES)) {
    new Gauge<string>({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect() {
        this.reset();
        for (const gauge of gauges.filter((g) => g.name === (name as PrimaryGaugeName))) {
          this.set(labelsOf(labels, gauge.labels), gauge.value);
        }
      },
    });
  }

  return async () => {
    if (source.table() !== table) {
      table = source.table();
      slots = shownSlots(table);
    }
    totals = source.totals();
    gauges = source.gauges();
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

/** One series of a metric and its value now. */
export interface Sample {
  readonly metric: string;
  /** In the order of the definition's labels. */
  readonly labels: readonly string[];
  readonly value: number;
}

interface PlainDefinition {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
}

/** The same for a process that has no slots: `samples` is asked once per scrape and metric. */
export function plainMetricsText(
  definitions: Readonly<Record<string, PlainDefinition>>,
  samples: () => readonly Sample[],
): () => Promise<MetricsText> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  for (const [name, { type, help, labels }] of Object.entries(definitions)) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    const own = (): { labels: Labels; value: number }[] =>
      samples()
        .filter(({ metric }) => metric === name)
        .map((sample) => ({ labels: labelsOf(labels, sample.labels), value: sample.value }));
    if (type === 'counter') {
      new Counter<string>({
        ...options,
        collect() {
          this.reset();
          for (const { labels: values, value } of own()) this.inc(values, value);
        },
      });
    } else {
      new Gauge<string>({
        ...options,
        collect() {
          this.reset();
          for (const { labels: values, value } of own()) this.set(values, value);
        },
      });
    }
  }
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}

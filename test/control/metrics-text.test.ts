// The text of a scrape: every series in its place, and nothing that promtool finds fault with.
import { spawnSync } from 'node:child_process';
import { metricsText } from '../../src/control/metrics-registry.js';
import { BUCKETS } from '../../src/telemetry/buckets.js';
import { METRICS } from '../../src/telemetry/metrics.js';
import { describeWith, programPath } from '../programs.js';
import type { PrimaryGauge } from '../../src/telemetry/primary-gauges.js';
import { PRIMARY_GAUGES } from '../../src/telemetry/primary-gauges.js';
import { SlotMeter } from '../../src/telemetry/slot-meter.js';
import { slotTableOf } from '../../src/telemetry/slots.js';

const table = slotTableOf({
  listeners: ['internet'],
  headers: [{ label: 'x-msisdn', class: 'msisdn' }],
  releases: [{ listener: 'internet', partner: 'pay', header: 'x-msisdn', form: 'unchanged' }],
  refusals: ['host'],
  upstreamErrors: ['dns'],
});
const gauges: PrimaryGauge[] = [
  { name: 'headgate_policy_info', labels: ['8c1f', 'none'], value: 1 },
  { name: 'headgate_build_info', labels: ['0.1.0', 'v20'], value: 1 },
  { name: 'headgate_policy_in_force_timestamp_seconds', labels: [], value: 1.5 },
  { name: 'headgate_policy_partners', labels: [], value: 1 },
  { name: 'headgate_ready', labels: [], value: 1 },
  { name: 'headgate_workers', labels: [], value: 1 },
];
const meter = new SlotMeter(() => undefined);
meter.extend(table);
const scrape = metricsText({ table: () => table, totals: () => meter.snapshot(), gauges: () => gauges });
const linesOf = async (): Promise<string[]> => (await scrape()).text.split('\n');

describe('the text of a scrape', () => {
  test('a counter stands with all its labels, and counts on from scrape to scrape', async () => {
    meter.count('headgate_requests_total', ['internet', 'released'], 2);
    expect(await linesOf()).toContain('headgate_requests_total{listener="internet",verdict="released"} 2');
    meter.count('headgate_requests_total', ['internet', 'released']);
    expect(await linesOf()).toContain('headgate_requests_total{listener="internet",verdict="released"} 3');
  });

  test('every leak and every release is there at 0 before the first one', async () => {
    const lines = await linesOf();
    for (const outcome of ['contained', 'counted']) {
      const series = `listener="internet",class="msisdn",detector="exact",outcome="${outcome}"`;
      expect(lines).toContain(`headgate_leaked_headers_total{${series}} 0`);
    }
    expect(lines).toContain(
      'headgate_released_headers_total{listener="internet",partner="pay",header="x-msisdn",form="unchanged"} 0',
    );
    expect(lines).toContain('headgate_refused_requests_total{listener="internet",why="host"} 0');
    expect(lines).toContain('headgate_upstream_errors_total{why="dns"} 0');
    expect(lines).toContain('headgate_worker_restarts_total 0');
  });

  test('a stripped header’s series comes with its first count; `other` is always there', async () => {
    const name = 'headgate_stripped_headers_total';
    const series = `${name}{listener="internet",header="x-msisdn",class="msisdn"}`;
    expect((await linesOf()).filter((line) => line.startsWith(series))).toEqual([]);
    expect(await linesOf()).toContain(`${name}{listener="internet",header="other",class="msisdn"} 0`);
    meter.count(name, ['internet', 'x-msisdn', 'msisdn']);
    expect(await linesOf()).toContain(`${series} 1`);
  });

  test('a histogram’s buckets count everything up to their bound, and its sum and count are those of its observations', async () => {
    const name = 'headgate_request_duration_seconds';
    for (const seconds of [0.0005, 0.03, 0.03, 1000]) meter.observe(name, ['internet'], seconds);
    const lines = await linesOf();
    const at = (le: string) =>
      lines.find((line) => line.startsWith(`${name}_bucket{listener="internet",le="${le}"}`))?.split(' ')[1];
    expect([at('0.001'), at('0.025'), at('0.05'), at('60'), at('+Inf')]).toEqual(['1', '1', '3', '3', '4']);
    expect(lines).toContain(`${name}_count{listener="internet"} 4`);
    expect(lines).toContain(`${name}_sum{listener="internet"} 1000.0605`);
    expect(lines.filter((line) => line.startsWith(`${name}_bucket{listener="internet"`))).toHaveLength(
      BUCKETS[name].length + 1,
    );
  });

  test('a gauge with an open label keeps no series of yesterday', async () => {
    expect(await linesOf()).toContain('headgate_policy_info{digest="8c1f",gate="none"} 1');
    gauges[0] = { name: 'headgate_policy_info', labels: ['9d20', 'none'], value: 1 };
    const info = (await linesOf()).filter((line) => line.startsWith('headgate_policy_info{'));
    expect(info).toEqual(['headgate_policy_info{digest="9d20",gate="none"} 1']);
  });

  test('every metric of the tables is exported with its help and type', async () => {
    const lines = await linesOf();
    for (const [name, { help }] of [...Object.entries(METRICS), ...Object.entries(PRIMARY_GAUGES)]) {
      expect(lines).toContain(`# HELP ${name} ${help}`);
      expect(lines.some((line) => line.startsWith(`# TYPE ${name} `))).toBe(true);
    }
  });
});

describeWith(['promtool'], 'promtool', () => {
  test('finds no fault with a scrape', async () => {
    const { text } = await scrape();
    const { status, stdout, stderr } = spawnSync(programPath('promtool'), ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

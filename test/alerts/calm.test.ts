// Quiet otherwise: in thirty days of ordinary traffic, restarts and changes no alert rings, and the same month with one leak rings.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith, programPath } from '../programs.js';
import { calmMonth, type Month } from './calm-month.js';
import { RULES_FILE } from './shipped.js';

const run = promisify(execFile);
const SEED = 20_120_110;

describeWith(['promtool'], `a month on which nothing happens (seed ${SEED})`, () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'headgate-calm-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Ends well where the expressions at the end of the month give these samples. */
  async function judged(
    { stepMinutes, series }: Month,
    {
      days,
      evaluated,
      wanted,
    }: { days: number; evaluated: string; wanted: Readonly<Record<string, readonly object[]>> },
  ): Promise<string> {
    const file = join(folder, `${days}-days.yaml`);
    const promql_expr_test = Object.entries(wanted).map(([expr, exp_samples]) => ({
      expr,
      eval_time: `${Math.round((days * 24 * 60 - stepMinutes) * 60)}s`,
      exp_samples,
    }));
    const tests = [{ interval: `${stepMinutes * 60}s`, input_series: series, promql_expr_test }];
    writeFileSync(file, JSON.stringify({ rule_files: [RULES_FILE], evaluation_interval: evaluated, tests }));
    const { stdout } = await run(programPath('promtool'), ['test', 'rules', file], { maxBuffer: 1 << 26 }).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    return stdout;
  }
  const RUNG = (days: number): string =>
    `count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${days * 24}h]))`;

  test('rings nothing in thirty days', async () => {
    const days = 30;
    const month = calmMonth({ seed: SEED, days });
    const wanted = {
      [RUNG(days)]: [],
      // The rules did look: what they record is there, a month long and of both gateways.
      'count(count_over_time(partner:headgate_released_headers:increase1h[30d]) > 1000)': [{ labels: '{}', value: 2 }],
    };
    expect(await judged(month, { days, evaluated: '20m', wanted })).toContain('SUCCESS');
  }, 600_000);

  test('rings nothing in two days, looked at every two minutes', async () => {
    const days = 2;
    const wanted = { [RUNG(days)]: [] };
    expect(await judged(calmMonth({ seed: SEED, days }), { days, evaluated: '2m', wanted })).toContain('SUCCESS');
  }, 300_000);

  /** Six hours of 15 seconds, in which one gateway after the other is upgraded. */
  const upgrade = (missed: number): Promise<string> => {
    const days = 0.25;
    const month = calmMonth({ seed: SEED, days, stepMinutes: 0.25, upgrades: [120], missed });
    const wanted = {
      [RUNG(days)]: missed === 1 ? [] : [{ labels: '{alertname="HeadgateDown"}', value: 2 }],
      'count(count_over_time(up{job="headgate"}[6h]))': [{ labels: '{}', value: 2 }],
    };
    return judged(month, { days, evaluated: '15s', wanted });
  };

  test('rings nothing while each gateway is upgraded and misses one look, looked at every 15 seconds', async () => {
    expect(await upgrade(1)).toContain('SUCCESS');
  }, 300_000);

  test('rings for the gateways, and for nothing else, where an upgrade takes a minute', async () => {
    expect(await upgrade(4)).toContain('SUCCESS');
  }, 300_000);

  test('rings for the one leak of the same days, and for nothing else', async () => {
    const days = 2;
    const month = calmMonth({ seed: SEED, days, leakAtDay: 1 });
    const wanted = { [RUNG(days)]: [{ labels: '{alertname="HeadgateLeakEscaped"}', value: 1 }] };
    expect(await judged(month, { days, evaluated: '2m', wanted })).toContain('SUCCESS');
  }, 300_000);
});

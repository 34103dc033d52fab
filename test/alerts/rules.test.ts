// The shipped rules: Prometheus and Alertmanager take them, each alert has a case in which it rings and one in which it stays quiet,
// and the words of a page say what matters first.
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { describeWith, programPath } from '../programs.js';
import {
  ALERTMANAGER_FILE,
  ALERT_NAMES,
  ALERTS,
  CASES,
  DASHBOARD_EXPRESSIONS,
  PANELS,
  RULES_FILE,
  SCRAPE_FILE,
  asSent,
} from './shipped.js';

const run = promisify(execFile);
const FILES = readdirSync(CASES).sort();

interface Case {
  readonly name: string;
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly {
      readonly exp_labels: Readonly<Record<string, string>>;
      readonly exp_annotations?: { readonly description: string; readonly runbook_url: string };
    }[];
  }[];
}

const CHECKS = FILES.flatMap((file) => {
  const { tests } = parse(readFileSync(join(CASES, file), 'utf8')) as { readonly tests: readonly Case[] };
  return tests.flatMap(({ name, alert_rule_test }) => alert_rule_test.map((check) => ({ file, name, ...check })));
});

/** As docs/alerts.md lists them: what wakes somebody, what waits, what is for the record. */
const SEVERITIES: Readonly<Record<string, readonly string[]>> = {
  page: [
    'HeadgateLeakEscaped',
    'HeadgateMirrorSawIdentity',
    'HeadgateEgressHit',
    'HeadgateNetworkLeak',
    'HeadgateNoveltyFollows',
    'HeadgateCanaryLeak',
    'HeadgateSpoofBelieved',
    'HeadgateDown',
    'HeadgateNotScraped',
    'HeadgateWithholding',
    'HeadgateBreakGlass',
    'HeadgateBreakGlassEnds',
  ],
  ticket: [
    'HeadgateLeakContained',
    'HeadgateLeakCounted',
    'HeadgateNoveltyEverywhere',
    'HeadgatePolicyRefused',
    'HeadgateReloadFailed',
    'HeadgateNarrowingHeldUp',
    'HeadgateDigestsDiverge',
    'HeadgateCanaryStale',
    'HeadgateCanaryBroken',
    'HeadgateCanaryAbsent',
    'HeadgatePartnerSilent',
    'HeadgatePartnerEnds',
    'HeadgateApprovalNeededSoon',
    'HeadgateUnsigned',
    'HeadgateHistoryBroken',
    'HeadgateStateUnwritable',
    'HeadgateFleetAlone',
    'HeadgateSaturated',
    'HeadgateWorkerRestarts',
    'HeadgateSpoofingRises',
  ],
  info: ['HeadgateExposureGrew', 'HeadgateLockdownOn'],
};

test.each(Object.keys(SEVERITIES))('these are of severity %s', (severity) => {
  const names = ALERTS.filter(({ labels }) => labels.severity === severity).map(({ alert }) => alert);
  expect([...new Set(names)]).toEqual(SEVERITIES[severity]);
});

test('no alert reads what is seen and left alone, what merely looks like identity, or what a canary means to be found', () => {
  const exprs = ALERTS.map(({ expr }) => expr).join('\n');
  expect(exprs).not.toContain('headgate_identity_seen_total');
  expect(exprs.match(/outcome="counted"[^}]*/g)).toEqual(Array<string>(2).fill('outcome="counted", detector="exact"'));
});

test('no page waits for anything but a gateway that is being restarted', () => {
  const waits = ALERTS.filter((rule) => rule.labels.severity === 'page' && rule.for !== undefined);
  expect(waits.map((rule) => [rule.alert, rule.for])).toEqual([
    ['HeadgateDown', '30s'],
    ['HeadgateNotScraped', '5m'],
    ['HeadgateWithholding', '30s'],
  ]);
});

test('Alertmanager’s example sends a page at once and by itself', () => {
  const { route } = parse(readFileSync(ALERTMANAGER_FILE, 'utf8')) as {
    readonly route: { readonly routes: readonly Readonly<Record<string, unknown>>[] };
  };
  expect(route.routes[0]).toMatchObject({ matchers: ['severity="page"'], group_wait: '0s', group_by: ['...'] });
});

describe('each alert has', () => {
  test.each(ALERT_NAMES)(
    '%s: a case in which it rings, one in which it does not, in the file of its runbook',
    (name) => {
      const own = CHECKS.filter(({ alertname }) => alertname === name);
      const page = ALERTS.find(({ alert }) => alert === name)?.annotations.runbook_url ?? '';
      expect([...new Set(own.map(({ file }) => file))]).toEqual([page.replace(/^.*\/(.*)\.md$/, '$1.yaml')]);
      expect(own.filter(({ exp_alerts }) => exp_alerts.length > 0)).not.toEqual([]);
      expect(own.filter(({ exp_alerts }) => exp_alerts.length === 0)).not.toEqual([]);
    },
  );

  test('a case for each rule, where a name has several', () => {
    const rung = (name: string): number =>
      new Set(
        CHECKS.filter(({ alertname }) => alertname === name).flatMap(({ exp_alerts }) =>
          exp_alerts.map(({ exp_labels }) => exp_labels['what'] ?? exp_labels['days'] ?? ''),
        ),
      ).size;
    const rules = (name: string): number => ALERTS.filter(({ alert }) => alert === name).length;
    expect(ALERT_NAMES.filter((name) => rung(name) !== rules(name))).toEqual([]);
  });

  test('words that are compared whole, wherever it rings', () => {
    const silent = CHECKS.flatMap(({ file, exp_alerts }) =>
      exp_alerts.some(({ exp_annotations }) => exp_annotations === undefined) ? [file] : [],
    );
    expect(silent).toEqual([]);
  });
});

describe('a page answers in its first 400 characters', () => {
  const pages = CHECKS.flatMap(({ name, alertname, exp_alerts }) =>
    exp_alerts.flatMap(({ exp_labels, exp_annotations }) =>
      exp_labels['severity'] === 'page'
        ? [{ name: `${alertname}: ${name}`, text: exp_annotations?.description ?? '' }]
        : [],
    ),
  );
  const INSTANT = String.raw`(?:19|20)\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC`;

  test.each(pages)('$name', ({ text }) => {
    const first = text.slice(0, 400);
    expect(first).toMatch(
      new RegExp(
        `^Leaving now: (yes|no|unknown)\\b.* What: .* Where: .*(listener|site).* Since: ${INSTANT}\\. ` +
          `Last change: (policy [0-9a-z]{4,7} \\([a-z-]+\\) ${INSTANT}|unknown)\\..* Type(, [a-z ]+)?: (headgate|systemctl) `,
      ),
    );
    // The whole text, so that nothing is left behind where a pager cuts.
    expect(text.length).toBeLessThanOrEqual(400);
  });

  test('none was left out', () => {
    const told = new Set(pages.map(({ name }) => name.split(':')[0]));
    expect([...told].sort()).toEqual([...(SEVERITIES['page'] ?? [])].sort());
  });
});

describeWith(['promtool'], 'promtool', () => {
  const promtool = (...words: readonly string[]) => run(programPath('promtool'), [...words], { maxBuffer: 1 << 26 });

  test('takes the rules', async () => {
    expect((await promtool('check', 'rules', RULES_FILE)).stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('takes the scrape example, with the rules beside it', async () => {
    expect((await promtool('check', 'config', SCRAPE_FILE)).stdout).toMatch(/1 rule files found\n.*is valid/);
  });

  test('takes every expression of the dashboard', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-dashboard-'));
    const rules = DASHBOARD_EXPRESSIONS.map((expr, index) => ({ record: `dashboard:${index}`, expr }));
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { stdout } = await promtool('check', 'rules', join(folder, 'rules.yaml'));
    rmSync(folder, { recursive: true });
    expect(stdout).toContain(`SUCCESS: ${DASHBOARD_EXPRESSIONS.length} rules found`);
  });

  /** What somebody counts, and whether it has left: what the head of the dashboard then says. */
  const OUTSIDE: readonly (readonly [series: string, isLeak: boolean])[] = [
    ['headgate_leaked_headers_total{job="headgate", site="lon-1", detector="exact", outcome="escaped"}', true],
    ['headgate_leaked_headers_total{job="headgate", site="lon-1", detector="exact", outcome="contained"}', false],
    ['headgate_mirror_headers_total{job="headgate-mirror", site="lon-1", class="msisdn", outcome="escaped"}', true],
    ['headgate_mirror_headers_total{job="headgate-mirror", site="lon-1", class="address", outcome="escaped"}', false],
    ['headgate_mirror_headers_total{job="headgate-mirror", site="lon-1", class="msisdn", outcome="expected"}', false],
    ['headgate_canary_leaks_total{job="headgate-canary", site="lon-1", probe="negative"}', true],
    ['headgate_canary_leaks_total{job="headgate-canary", site="lon-1", probe="spoof"}', false],
  ];
  const AT_REST = 'headgate_leaked_headers_total{job="headgate", site="man-1", detector="exact", outcome="escaped"}';
  test.each(OUTSIDE)('the first number of the dashboard, of %s: above 0 is %s', async (series, isLeak) => {
    const expr = asSent(PANELS[0]?.targets[0]?.expr ?? '');
    const test = {
      interval: '15s',
      // Another one that is at rest: a sum of nothing would be no 0.
      input_series: [
        { series, values: '0x20 3x20' },
        { series: AT_REST, values: '0x40' },
      ],
      promql_expr_test: [
        { expr: `(${expr}) > bool 0`, eval_time: '4m', exp_samples: [{ labels: '{}', value: 0 }] },
        { expr: `(${expr}) > bool 0`, eval_time: '7m', exp_samples: [{ labels: '{}', value: isLeak ? 1 : 0 }] },
      ],
    };
    const folder = mkdtempSync(join(tmpdir(), 'headgate-dashboard-'));
    writeFileSync(join(folder, 'case.yaml'), JSON.stringify({ rule_files: [RULES_FILE], tests: [test] }));
    const said = await promtool('test', 'rules', join(folder, 'case.yaml')).catch(
      (error: unknown) => error as { stdout: string },
    );
    rmSync(folder, { recursive: true });
    expect(PANELS[0]?.title).toBe('Left that must not');
    expect(said.stdout).toContain('SUCCESS');
  });

  test.each(FILES)(
    '%s',
    async (file) => {
      expect((await promtool('test', 'rules', join(CASES, file))).stdout).toContain('SUCCESS');
    },
    120_000,
  );
});

describeWith(['amtool'], 'amtool', () => {
  test('takes the example of Alertmanager', async () => {
    const { stdout } = await run(programPath('amtool'), ['check-config', ALERTMANAGER_FILE]);
    expect(stdout).toContain('SUCCESS');
  });
});

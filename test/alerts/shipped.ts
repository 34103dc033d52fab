// The shipped rules, dashboard and their expressions as values, for the tests of this folder and the one with real programs.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '../..');
export const RULES_FILE = join(ROOT, 'config/prometheus/headgate.rules.yaml');
export const SCRAPE_FILE = join(ROOT, 'config/prometheus/scrape.example.yaml');
export const ALERTMANAGER_FILE = join(ROOT, 'config/alertmanager/alertmanager.example.yaml');
export const RUNBOOKS = join(ROOT, 'docs/runbooks');
export const CASES = join(__dirname, 'cases');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly (AlertRule | RecordingRule)[] }[];
};
const rules = groups.flatMap((group) => group.rules);

export const ALERTS: readonly AlertRule[] = rules.flatMap((rule) => ('alert' in rule ? [rule] : []));
export const RECORDED: readonly RecordingRule[] = rules.flatMap((rule) => ('record' in rule ? [rule] : []));
export const ALERT_NAMES: readonly string[] = [...new Set(ALERTS.map(({ alert }) => alert))];

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly (Omit<Panel, 'targets'> & { readonly targets?: Panel['targets'] })[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const dashboard = JSON.parse(readFileSync(join(ROOT, 'config/grafana/headgate.json'), 'utf8')) as Dashboard;

/** Without the rows that only divide. */
export const PANELS: readonly Panel[] = dashboard.panels.flatMap(({ type, title, targets }) =>
  type === 'row' ? [] : [{ type, title, targets: targets ?? [] }],
);

/** An expression of the dashboard as Grafana sends it where every site is chosen. */
export function asSent(expr: string, rateInterval = '1m'): string {
  return expr.replaceAll('$__rate_interval', rateInterval).replaceAll('$site', '.*');
}

export const DASHBOARD_EXPRESSIONS: readonly string[] = [
  ...PANELS.flatMap(({ targets }) => targets.map(({ expr }) => asSent(expr))),
  ...dashboard.annotations.list.map(({ expr }) => asSent(expr)),
];

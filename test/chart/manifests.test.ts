// What the chart makes of five sets of values: the same as the files in test/chart/golden, valid for Kubernetes, and read by our own readers.
// Written anew with HEADGATE_GOLDEN=1.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { parse, stringify } from 'yaml';
import { readCanarySettings } from '../../src/canary/canary-settings.js';
import { readSettings } from '../../src/control/settings-file.js';
import { describeWith, findProgram, programPath } from '../programs.js';
import { CHART, mustRender, podsOf, ROOT, textIn, valueSet, VALUE_SETS, type Manifest } from './chart.js';

/** Where the types of a kind are. */
const TYPES: Readonly<Record<string, string>> = {
  ConfigMap: 'core/v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  NetworkPolicy: 'networking/v1',
  PodDisruptionBudget: 'policy/v1',
  Secret: 'core/v1',
  Service: 'core/v1',
  ServiceAccount: 'core/v1',
  StatefulSet: 'apps/v1',
};
/** Kinds of the Prometheus operator: below, by what is asked of each. */
const OPERATORS = ['ServiceMonitor', 'PrometheusRule'];

const judged = (manifests: readonly Manifest[]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [join(__dirname, 'judge.mjs')], { input: JSON.stringify(manifests) }).toString(),
  );

/** The words of the compiler about keys and values that Kubernetes does not know. */
function typeProblems(sets: Readonly<Record<string, readonly Manifest[]>>): readonly string[] {
  const folder = join(ROOT, 'build/chart');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `manifests-${process.pid}.ts`);
  const lines = Object.entries(sets).flatMap(([set, manifests]) =>
    manifests
      .filter(({ kind }) => TYPES[kind] !== undefined)
      .map(
        (manifest, index) =>
          `export const ${set}${index}: import('kubernetes-types/${TYPES[manifest.kind] ?? ''}.js').${manifest.kind} = ${JSON.stringify(manifest)};`,
      ),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file: at, start }) => {
    const line = at?.text.slice(0, start ?? 0).split('\n').length ?? 0;
    return `${/const (\w+)/.exec(lines[line - 1] ?? '')?.[1] ?? '?'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** As it lies in the golden file: the rules of the alerts are long, and held by a test of their own. */
const golden = (manifests: readonly Manifest[], notes: string): string =>
  [
    ...manifests.map((manifest) =>
      stringify(
        manifest.kind === 'PrometheusRule'
          ? { ...manifest, spec: '(config/prometheus/headgate.rules.yaml)' }
          : manifest,
        { lineWidth: 0 },
      ),
    ),
    stringify({ notes }, { lineWidth: 0 }),
  ].join('---\n');

describeWith(['go'], 'the chart', () => {
  test('there are five value sets', () => {
    expect(VALUE_SETS).toEqual(['baseline', 'everything', 'large', 'references', 'volume']);
  });

  test.each(VALUE_SETS)('renders value set %s as its golden file says', (name) => {
    const { manifests, notes } = mustRender(valueSet(name));
    const text = golden(manifests, notes);
    const file = join(__dirname, 'golden', `${name}.yaml`);
    if (process.env['HEADGATE_GOLDEN'] === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  test.each(VALUE_SETS)('makes manifests of value set %s whose values Kubernetes takes', (name) => {
    const { manifests } = mustRender(valueSet(name));
    expect(manifests.map(({ kind }) => kind).filter((kind) => !(kind in TYPES) && !OPERATORS.includes(kind))).toEqual(
      [],
    );
    expect(judged(manifests)).toEqual([]);
  });

  test('makes manifests without a key that Kubernetes does not know', () => {
    const sets = VALUE_SETS.map((name) => [name, mustRender(valueSet(name)).manifests] as const);
    expect(typeProblems(Object.fromEntries(sets))).toEqual([]);
  }, 60_000);

  test('a wrong value and an unknown key are found', () => {
    const [service] = mustRender(valueSet('volume')).manifests.filter(({ kind }) => kind === 'Service');
    if (service === undefined) throw new Error('no Service');
    const broken = { ...service, spec: { ...service.spec, externalTraficPolicy: 'Local' } };
    expect(typeProblems({ broken: [broken] })).toEqual([expect.stringContaining('externalTraficPolicy')]);
    const wrong = { ...service, spec: { ...service.spec, ports: [{ port: '80' }] } };
    expect(judged([wrong])).toEqual([
      { manifest: 'Service/edge-headgate', problem: expect.stringMatching(/must be integer/) as string },
    ]);
  }, 60_000);

  test.each(VALUE_SETS)('gives value set %s a headgate.yaml that the gateway reads', (name) => {
    const text = textIn(mustRender(valueSet(name)).manifests, '-settings', 'headgate.yaml');
    const machine = { processors: 4, descriptors: null };
    const { problems } = readSettings({ file: '/etc/headgate/headgate.yaml', text }, machine);
    expect(problems).toEqual([]);
  });

  test.each(['everything', 'references'])('gives value set %s a canary.yaml that the canary reads', (name) => {
    const text = textIn(mustRender(valueSet(name)).manifests, '-canary', 'canary.yaml');
    expect(readCanarySettings({ file: '/etc/headgate/canary.yaml', text }).problems).toEqual([]);
  });

  test('asks one signature beside the proposer’s where nothing else is said', () => {
    const text = textIn(mustRender(valueSet('volume')).manifests, '-settings', 'headgate.yaml');
    expect((parse(text) as { approval: { required: number } }).approval.required).toBe(1);
  });

  test('keeps numbers whole: a million connections are no `1e+06`', () => {
    const text = textIn(mustRender(valueSet('everything')).manifests, '-settings', 'headgate.yaml');
    expect(text).toMatch(/^ {2}connections: 1000000$/m);
  });

  test('its rules are those of config/prometheus, with the place of the runbooks put in', () => {
    const rules = readFileSync(join(ROOT, 'config/prometheus/headgate.rules.yaml'), 'utf8');
    const rule = mustRender(valueSet('everything')).manifests.find(({ kind }) => kind === 'PrometheusRule');
    expect(rule?.apiVersion).toBe('monitoring.coreos.com/v1');
    expect(rule?.spec).toEqual(
      parse(rules.replaceAll('docs/runbooks', 'https://docs.operator.example/headgate/runbooks')),
    );
  });

  test('its monitors name the jobs and the site that the rules ask for, and find their Service and port', () => {
    const { manifests } = mustRender(valueSet('everything'));
    const monitors = manifests.filter(({ kind }) => kind === 'ServiceMonitor');
    const jobs = monitors.map(({ spec }) => {
      const { selector, endpoints, ...rest } = spec as {
        selector: { matchLabels: Record<string, string> };
        endpoints: { port: string; path: string; interval: string; relabelings: { replacement: string }[] }[];
      };
      expect(rest).toEqual({});
      const services = manifests.filter(
        ({ kind, metadata }) =>
          kind === 'Service' &&
          Object.entries(selector.matchLabels).every(([key, value]) => metadata.labels[key] === value),
      );
      expect(services).toHaveLength(1);
      const ports = (services[0]?.spec['ports'] as { name: string }[]).map(({ name }) => name);
      expect(endpoints.map(({ port }) => port).filter((port) => !ports.includes(port))).toEqual([]);
      return endpoints.flatMap(({ relabelings }) => relabelings.map(({ replacement }) => replacement));
    });
    expect(jobs).toEqual([
      ['headgate', 'lon-1'],
      ['headgate-canary', 'lon-1'],
      ['headgate-mirror', 'lon-1'],
    ]);
  });

  test('no value of a Secret stands in a ConfigMap or a pod', () => {
    const { manifests } = mustRender(valueSet('everything'));
    const secrets = manifests
      .filter(({ kind }) => kind === 'Secret')
      .flatMap(({ stringData }) => Object.values(stringData ?? {}));
    expect(secrets).toHaveLength(1);
    const rest = JSON.stringify([...manifests.filter(({ kind }) => kind !== 'Secret'), podsOf(manifests)]);
    expect(secrets.filter((secret) => rest.includes(secret))).toEqual([]);
  });

  // Helm is in no archive of Debian: where it is not there, the program above has rendered the same, and nothing is skipped.
  for (const name of findProgram('helm') === undefined ? [] : VALUE_SETS) {
    test(`\`helm lint --strict\` and \`helm template\` take value set ${name}`, () => {
      const values = join(CHART, 'ci', `${name}-values.yaml`);
      for (const words of [
        ['lint', '--strict', CHART],
        ['template', 'edge', CHART],
      ]) {
        const { status, stdout, stderr } = spawnSync(programPath('helm'), [...words, '-f', values], {
          encoding: 'utf8',
        });
        expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
      }
    });
  }
});

describeWith(['go', 'promtool'], 'the chart’s rules', () => {
  test('promtool takes them', () => {
    const rule = mustRender(valueSet('everything')).manifests.find(({ kind }) => kind === 'PrometheusRule');
    const file = join(ROOT, 'build/chart', `rules-${process.pid}.yaml`);
    writeFileSync(file, stringify(rule?.spec));
    const { status, stdout, stderr } = spawnSync(programPath('promtool'), ['check', 'rules', file], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('SUCCESS');
  });
});

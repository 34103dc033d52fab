// The chart rendered for tests: by test/chart/render, a Go program that is built once, with values as a file or as data.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export const ROOT = resolve(__dirname, '../..');
export const CHART = join(ROOT, 'charts/headgate');
const SOURCE = join(ROOT, 'test/chart/render/main.go');
/** Of one source one program, however many tests run at once. */
const RENDERER = join(
  ROOT,
  'build/chart',
  `render-${createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 12)}`,
);

export interface Container {
  readonly name: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [key: string]: unknown;
}

export interface Pod {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly volumes?: readonly { readonly name: string; readonly [key: string]: unknown }[];
    readonly terminationGracePeriodSeconds?: number;
    readonly [key: string]: unknown;
  };
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>> & { readonly template?: Pod };
}

export type Values = Readonly<Record<string, unknown>>;
/** The chart's own values with those given, the manifests in the order of the templates, and the notes; or why it refused. */
export type Rendered =
  | { readonly ok: true; readonly values: Values; readonly manifests: readonly Manifest[]; readonly notes: string }
  | { readonly ok: false; readonly message: string };

/** The names of the value sets in charts/headgate/ci. */
export const VALUE_SETS = readdirSync(join(CHART, 'ci'))
  .map((file) => file.replace(/-values\.yaml$/, ''))
  .sort();

export function valueSet(name: string): Values {
  return parse(readFileSync(join(CHART, 'ci', `${name}-values.yaml`), 'utf8')) as Values;
}

/** Takes about four seconds the first time. */
export function render(values: Values, chart = CHART): Rendered {
  if (!existsSync(RENDERER)) {
    mkdirSync(join(ROOT, 'build/chart'), { recursive: true });
    const draft = `${RENDERER}.${process.pid}`;
    execFileSync('go', ['build', '-o', draft, './test/chart/render'], {
      cwd: ROOT,
      env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' },
    });
    renameSync(draft, RENDERER);
  }
  const { status, stdout, stderr } = spawnSync(RENDERER, [chart], {
    input: JSON.stringify(values),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) return { ok: false, message: stderr };
  const out = JSON.parse(stdout) as { values: Values; rendered: Record<string, string> };
  const manifests = Object.entries(out.rendered)
    .filter(([name]) => name.endsWith('.yaml'))
    .flatMap(([name, text]) => manifestsOf(name, text));
  return { ok: true, values: out.values, manifests, notes: out.rendered['NOTES.txt'] ?? '' };
}

/** As `render`; throws where the chart refuses. */
export function mustRender(values: Values, chart = CHART): Rendered & { readonly ok: true } {
  const rendered = render(values, chart);
  if (!rendered.ok) throw new Error(rendered.message);
  return rendered;
}

function manifestsOf(name: string, text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${name}: ${document.errors[0]?.message ?? ''}`);
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** Pods of all manifests, each with the workload that makes it. */
export function podsOf(manifests: readonly Manifest[]): readonly { readonly workload: Manifest; readonly pod: Pod }[] {
  return manifests.flatMap((workload) =>
    workload.spec?.template === undefined ? [] : [{ workload, pod: workload.spec.template }],
  );
}

/** The text of a file in a ConfigMap whose name ends so. */
export function textIn(manifests: readonly Manifest[], suffix: string, file: string): string {
  const text = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith(suffix))?.data?.[
    file
  ];
  if (text === undefined) throw new Error(`no ConfigMap *${suffix} with ${file}`);
  return text;
}

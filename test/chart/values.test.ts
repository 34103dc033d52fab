// The values of the chart: the schema, the README and the shipped values say the same, and what is wrong is refused, by the schema where a
// schema can say it, else by the templates with what to do instead.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describeWith } from '../programs.js';
import { CHART, mustRender, render, ROOT, valueSet, VALUE_SETS, type Values } from './chart.js';

const OWN = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Values;
const SCHEMA_TEXT = readFileSync(join(CHART, 'values.schema.json'), 'utf8');
const SCHEMA = JSON.parse(SCHEMA_TEXT) as { properties: Record<string, unknown> };
const README = readFileSync(join(CHART, 'README.md'), 'utf8');
const judge = new Ajv({ allErrors: true }).compile(SCHEMA);

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the README has a row for: a value that is no map, an empty map, or the resources of a container. */
const leavesOf = (values: Values, above = ''): readonly (readonly [path: string, value: unknown])[] =>
  Object.entries(values).flatMap(([key, value]) =>
    isMap(value) && Object.keys(value).length > 0 && key !== 'resources'
      ? leavesOf(value, `${above}${key}.`)
      : [[`${above}${key}`, value] as const],
  );

test('the schema is what `make schemas` writes of headgate.yaml’s', () => {
  const wanted = execFileSync(process.execPath, ['test/chart/values-schema.mjs'], { cwd: ROOT, encoding: 'utf8' });
  expect(SCHEMA_TEXT).toBe(wanted);
});

test('the schema has each value, and no other but Helm’s own', () => {
  const names = (schema: unknown): readonly string[] =>
    Object.keys((schema as { properties?: object }).properties ?? {});
  expect(
    names(SCHEMA)
      .filter((name) => name !== 'global')
      .sort(),
  ).toEqual(Object.keys(OWN).sort());
  for (const [name, value] of Object.entries(OWN)) {
    const known = names(SCHEMA.properties[name]);
    if (isMap(value) && Object.keys(value).length > 0 && name !== 'resources') {
      expect([name, ...[...known].sort()]).toEqual([name, ...Object.keys(value).sort()]);
    }
  }
});

test('the schema uses no pattern that Helm’s engine cannot read', () => {
  expect(SCHEMA_TEXT).not.toMatch(/\(\?[=!<]/);
});

test('the README has each value with its default, and no other', () => {
  const rows = [...README.matchAll(/^\| `([A-Za-z.]+)` \| `(.*?)` \| .+ \|$/gm)].map(([, path, value]) => [
    path,
    value,
  ]);
  expect(rows).toEqual(leavesOf(OWN).map(([path, value]) => [path, JSON.stringify(value)]));
});

test('the README’s links lead to files', () => {
  const links = [...README.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((link) => !existsSync(join(CHART, link)))).toEqual([]);
});

test('the chart, the program and the image are of one version', () => {
  const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as { version: string; appVersion: string };
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect([chart.version, chart.appVersion]).toEqual([version, version]);
});

const listener = { name: 'internet', port: 8080, clients: ['10.0.0.0/8'], trust: ['10.20.0.0/16'] };
const AGE = { text: '0123456789abcdef0123456789abcdef' };

/** By rule: the change of a value set that breaks it, and where the schema says so. */
const REFUSED: readonly (readonly [rule: string, change: Values, place: string])[] = [
  ['an unknown value is none of the chart', { replicaCount: 3 }, ''],
  ['there is a listener', { listeners: [] }, '/listeners'],
  ['a listener has clients', { listeners: [{ ...listener, clients: [] }] }, '/listeners/0/clients'],
  ['a listener says whom it trusts', { listeners: [{ ...listener, trust: undefined }] }, '/listeners/0'],
  ['trust is prefixes, path or none', { listeners: [{ ...listener, trust: 'all' }] }, '/listeners/0/trust'],
  ['a port is one that no privilege is needed for', { listeners: [{ ...listener, port: 80 }] }, '/listeners/0/port'],
  ['the chart writes the address', { listeners: [{ ...listener, address: '0.0.0.0:1' }] }, '/listeners/0'],
  [
    'a listener is exposed in a way that exists',
    { listeners: [{ ...listener, expose: 'all' }] },
    '/listeners/0/expose',
  ],
  ['a name of a listener is a word', { listeners: [{ ...listener, name: 'Internet' }] }, '/listeners/0/name'],
  ['state is a volume or a baseline', { state: { kind: 'none' } }, '/state/kind'],
  ['a size has a unit of Kubernetes', { state: { size: '1 GB' } }, '/state/size'],
  ['replicas are one or more', { replicas: 0 }, '/replicas'],
  ['replicas are a number', { replicas: '3' }, '/replicas'],
  ['a digest is a whole SHA-256', { image: { digest: 'sha256:abc' } }, '/image/digest'],
  ['signatures that are asked are a number', { approval: { required: '1' } }, '/approval/required'],
  ['signatures that are asked are not under 0', { approval: { required: -1 } }, '/approval/required'],
  ['a group asks for one at least', { approval: { groups: { privacy: 0 } } }, '/approval/groups/privacy'],
  ['an approval is called NAME.approval.yaml', { approvals: { files: { 'a.yaml': 'x' } } }, '/approvals/files'],
  ['a key has 32 characters or more', { keys: { age: { text: 'short' } } }, '/keys/age'],
  ['a key is a Secret’s or a text, not both', { keys: { age: { ...AGE, secret: 'a' } } }, '/keys/age'],
  ['a key’s id is a word', { keys: { 'Age 2026': AGE } }, '/keys'],
  ['the admin API is in the pod, on a port or off', { admin: { kind: 'on' } }, '/admin/kind'],
  ['a role of the admin API exists', { admin: { tokens: ['root'] } }, '/admin/tokens/0'],
  ['a setting that the chart decides is not set beside it', { settings: { state: '/tmp' } }, '/settings'],
  ['a Redis’s password is a Secret’s', { redis: { url: 'redis://r:6379/0', passwordFile: '/p' } }, '/redis'],
  ['an unknown setting is none', { settings: { worker: 2 } }, '/settings'],
  ['a duration has a unit', { settings: { skew: '30' } }, '/settings/skew'],
  ['a limit is one of headgate.yaml', { settings: { limits: { connection: 1 } } }, '/settings/limits'],
  ['draining is said under drain', { settings: { limits: { drainTimeout: '1s' } } }, '/settings/limits'],
  ['CONNECT names ports', { settings: { connect: { ports: ['https'] } } }, '/settings/connect/ports/0'],
  [
    'static hosts lead to an address and port',
    { settings: { destinations: { hosts: { 'a.example': 'b' } } } },
    '/settings/destinations/hosts/a.example',
  ],
  ['a type of Service exists', { service: { type: 'ExternalName' } }, '/service/type'],
  ['the peer’s address is no choice', { service: { externalTrafficPolicy: 'Cluster' } }, '/service'],
  ['security is no choice', { securityContext: { privileged: true } }, ''],
  ['a share of CPU is from 10 to 95', { autoscaling: { targetCpu: 200 } }, '/autoscaling/targetCpu'],
  ['a budget lets one go at least', { disruption: { maxUnavailable: 0 } }, '/disruption/maxUnavailable'],
  ['a family is ipv4 or ipv6', { networkPolicy: { families: ['both'] } }, '/networkPolicy/families/0'],
  [
    'an interval is in seconds',
    { metrics: { serviceMonitor: { interval: '1m' } } },
    '/metrics/serviceMonitor/interval',
  ],
  ['a flag is true or false', { mirror: { enabled: 'yes' } }, '/mirror/enabled'],
];

const over = (values: Values, change: Values): Values => ({
  ...values,
  ...Object.fromEntries(
    Object.entries(change).map(([key, value]) => {
      const old = values[key];
      return [key, isMap(value) && isMap(old) ? over(old, value) : value];
    }),
  ),
});

describe('the schema', () => {
  test.each(VALUE_SETS)('takes value set %s', (name) => {
    judge(over(OWN, valueSet(name)));
    expect(judge.errors).toBeNull();
  });

  test('does not take the chart’s own values alone: a listener is needed', () => {
    expect(judge(OWN)).toBe(false);
    expect(judge.errors?.map(({ instancePath }) => instancePath)).toEqual(['/listeners']);
  });

  test.each(REFUSED)('refuses what breaks the rule: %s', (_, change, place) => {
    const values = JSON.parse(JSON.stringify(over(over(OWN, valueSet('volume')), change))) as Values;
    expect(judge(values)).toBe(false);
    const places = (judge.errors ?? []).map(({ instancePath }) => instancePath);
    expect(places).toContain(place);
    // Nothing else is wrong with them: all that is said is of that place, or of the ways to be it.
    expect(places.filter((each) => !each.startsWith(place))).toEqual([]);
  });
});

const KIB = 1024;
/** By rule: the change, and what the refusal says. */
const CONTRADICTIONS: readonly (readonly [rule: string, change: Values, says: RegExp])[] = [
  ['the policy is given', { policy: { text: '' } }, /policy: exactly one of .*: 0 are given/],
  ['the policy is given once', { policy: { existingConfigMap: 'p' } }, /policy: exactly one of .*: 2 are given/],
  [
    'tests stand beside the policy',
    { policy: { text: '', path: '/p/policy.yaml', tests: 'x' } },
    /policy\.tests stands without policy\.text/,
  ],
  [
    'a policy over 900 KiB is refused with the ways to have it',
    { policy: { text: 'x'.repeat(900 * KIB + 1) } },
    /have 921601 bytes: .*900 KiB.*persistentVolumeClaim.*git.*image of yours/,
  ],
  [
    'approvals over 900 KiB are refused with the ways to have them',
    { approvals: { files: { 'a.approval.yaml': 'x'.repeat(500 * KIB), 'b.approval.yaml': 'x'.repeat(401 * KIB) } } },
    /approvals\.files have 922624 bytes: .*900 KiB.*baseline.*persistentVolumeClaim.*git/,
  ],
  [
    'approvals come one way',
    { approvals: { existingConfigMap: 'a', volume: { emptyDir: {} } } },
    /approvals: at most one of/,
  ],
  [
    'where signatures are asked there are signers',
    { approval: { signers: '' } },
    /approval\.required is 1 and approval\.signers is empty/,
  ],
  [
    'a replica without a state has a baseline',
    { state: { kind: 'baseline' } },
    /state\.kind is baseline and there are no approvals/,
  ],
  ['the admin API on the network has tokens', { admin: { kind: 'port' } }, /admin\.tokensSecret is empty/],
  ['authorities have a ConfigMap', { authorities: { files: ['a.pem'] } }, /authorities\.files stand without/],
  ['a port is given once', { metrics: { port: 8080 } }, /two of the ports/],
  [
    'the least replicas are not more than the most',
    { autoscaling: { enabled: true, minReplicas: 9, maxReplicas: 3 } },
    /minReplicas is 9 and maxReplicas 3/,
  ],
  ['a canary has settings', { canary: { enabled: true } }, /canary\.settings is empty/],
];

describeWith(['go'], 'the templates', () => {
  test.each(CONTRADICTIONS)('refuse what breaks the rule: %s', (_, change, says) => {
    const rendered = render(over(valueSet('volume'), change));
    expect(rendered.ok ? 'it was taken' : rendered.message.replaceAll('\n', ' ')).toMatch(says);
  });

  test('take a policy of 900 KiB', () => {
    expect(render(over(valueSet('volume'), { policy: { text: 'x'.repeat(900 * KIB) } })).ok).toBe(true);
  });

  test('the notes warn of what is weak', () => {
    expect(mustRender(valueSet('large')).notes).toMatch(/approval\.required is 0/);
    expect(mustRender(valueSet('large')).notes).toMatch(/no NetworkPolicy/);
    expect(mustRender(valueSet('baseline')).notes).toMatch(/listener internet believes identity from every peer/);
    expect(mustRender(valueSet('volume')).notes).not.toMatch(/WARNING/);
  });
});

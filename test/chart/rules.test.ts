// The rules of test/chart/rules.ts, on every value set; and each of them on a chart whose template was broken, so that a rule that never
// speaks is found. Then what a change of a value rolls, and what it does not.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS } from '../../src/control/settings-table.js';
import { describeWith } from '../programs.js';
import { CHART, mustRender, podsOf, valueSet, VALUE_SETS, type Values } from './chart.js';
import { RULES } from './rules.js';

/** Of each rule: a template, what is replaced in it, and by what. */
const BREAKS: Readonly<Record<string, readonly [file: string, from: string, to: string]>> = {
  'nothing is mounted with subPath: what is swapped must be seen': [
    '_pod.tpl',
    'mountPath: /srv/headgate/policy, readOnly: true',
    'mountPath: /srv/headgate/policy, subPath: policy.yaml',
  ],
  'what is mounted is a volume of the pod, and each volume of ours is mounted': [
    '_pod.tpl',
    '- name: tmp\n      emptyDir',
    '- name: temporary\n      emptyDir',
  ],
  'each path of headgate.yaml lies in a volume, and what is written lies in one that can be written': [
    '_settings.tpl',
    '"/var/lib/headgate/state"',
    '"/var/lib/state"',
  ],
  'no container runs as root, gains a privilege, or writes its root file system': [
    '_names.tpl',
    'readOnlyRootFilesystem: true',
    'readOnlyRootFilesystem: false',
  ],
  'no pod holds a token of the cluster': ['_names.tpl', 'automountServiceAccountToken: false', ''],
  'a Service that takes traffic from outside keeps the address of the peer': [
    'services.yaml',
    'externalTrafficPolicy: Local',
    'externalTrafficPolicy: Cluster',
  ],
  'each Service, budget and NetworkPolicy selects the pods of one workload, and Services name ports that they have': [
    'services.yaml',
    'targetPort: {{ int .port }}',
    'targetPort: {{ int (default .port .servicePort) }}',
  ],
  'the gateway is asked at /livez and /readyz': ['_pod.tpl', 'path: /readyz', 'path: /livez'],
  'before SIGTERM there is time for load balancers, and after it time to drain, all within the grace period': [
    '_pod.tpl',
    '(int $v.drain.timeoutSeconds) 10',
    '0',
  ],
  'replicas spread over zones and nodes': ['_pod.tpl', 'topologyKey: kubernetes.io/hostname', 'topologyKey: rack'],
  'a StatefulSet has a volume for its state, a Deployment none': ['gateway.yaml', 'name: state', 'name: data'],
  'a NetworkPolicy lets in to a listener its clients alone': [
    'network.yaml',
    '{{- range .clients }}',
    '{{- range list }}',
  ],
};

function brokenChart([file, from, to]: readonly [string, string, string]): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-chart-'));
  cpSync(CHART, folder, { recursive: true });
  const path = join(folder, 'templates', file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  writeFileSync(path, text.replaceAll(from, to));
  return folder;
}

describeWith(['go'], 'every rendering', () => {
  test('each rule has a break', () => {
    expect(Object.keys(BREAKS)).toEqual(Object.keys(RULES));
  });

  describe.each(Object.entries(RULES))('%s', (name, rule) => {
    test.each(VALUE_SETS)('in value set %s', (set) => {
      expect(rule(mustRender(valueSet(set)).manifests)).toEqual([]);
    });

    test('and a chart that breaks it is found', () => {
      const folder = brokenChart(BREAKS[name] ?? ['', '', '']);
      try {
        const { manifests } = mustRender(valueSet('everything'), folder);
        const { manifests: least } = mustRender(valueSet('volume'), folder);
        expect([...rule(manifests), ...rule(least)]).not.toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});

/** Another value for a setting, as values of the chart. */
const CHANGES: Readonly<Partial<Record<keyof typeof SETTINGS, Values>>> = {
  'listeners[].name': { listeners: [{ ...first(), name: 'other-name' }] },
  'listeners[].address': { listeners: [{ ...first(), port: 8099 }] },
  'listeners[].kind': { listeners: [{ ...first(), kind: 'proxy-protocol' }] },
  'listeners[].clients': { listeners: [{ ...first(), clients: ['10.0.0.0/9'] }] },
  'listeners[].trust': { listeners: [{ ...first(), trust: 'none' }] },
  'listeners[].mirror': { listeners: [{ ...first(), mirror: '192.0.2.1:80' }] },
  'listeners[].as': { listeners: [{ ...first(), as: 'x' }] },
  'canary.numbers': { settings: { canary: { numbers: ['447700900990'] } } },
  'destinations.hosts': { settings: { destinations: { hosts: { 'a.example': '192.0.2.1:80' } } } },
  'destinations.default': { settings: { destinations: { default: '192.0.2.1:80' } } },
  'destinations.permit': { settings: { destinations: { permit: ['10.1.0.0/16'] } } },
  'destinations.refusedPorts': { settings: { destinations: { refusedPorts: [22] } } },
  'destinations.resolvers': { settings: { destinations: { resolvers: ['192.0.2.53'] } } },
  'connect.ports': { settings: { connect: { ports: [443] } } },
  'approval.required': { approval: { required: 2 } },
  'approval.groups': { approval: { groups: { privacy: 1 } } },
  'approval.audience': { approval: { audience: 'lon' } },
  maxYears: { settings: { maxYears: 1 } },
  skew: { settings: { skew: '5s' } },
  'limits.connections': { settings: { limits: { connections: 5 } } },
  'limits.idleTimeout': { settings: { limits: { idleTimeout: '5s' } } },
  'limits.drainTimeout': { drain: { timeoutSeconds: 5 } },
  metrics: { metrics: { port: 9999 } },
  admin: { admin: { kind: 'off' } },
  workers: { settings: { workers: 3 } },
  'redis.url': { redis: { url: 'redis://redis:6379/0' } },
  paths: { settings: { paths: ['slow'] } },
  via: { settings: { via: 'on' } },
  'log.level': { settings: { log: { level: 'debug' } } },
};

function first(): Record<string, unknown> {
  return (valueSet('volume') as { listeners: Record<string, unknown>[] }).listeners[0] ?? {};
}

const merged = (values: Values, change: Values): Values => {
  const isMap = (value: unknown): value is Values =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return {
    ...values,
    ...Object.fromEntries(
      Object.entries(change).map(([key, value]) => {
        const old = values[key];
        return [key, isMap(value) && isMap(old) ? merged(old, value) : value];
      }),
    ),
  };
};

const podOf = (values: Values): unknown => podsOf(mustRender(values).manifests)[0]?.pod.metadata.annotations;

describeWith(['go'], 'a change of a value', () => {
  const changed = Object.entries(CHANGES) as [keyof typeof SETTINGS, Values][];

  // What the chart writes itself, from values that are no setting: it mounts them, and names where.
  const ITS_OWN = ['tests', 'ceiling', 'destinations.tls.ca', 'keys', 'approval.signers', 'approval.revoked'];

  test('each setting that a reload takes is tried below', () => {
    const hot = (Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]).filter((path) => SETTINGS[path].reload === 'hot');
    expect(hot.filter((path) => CHANGES[path] === undefined)).toEqual(ITS_OWN);
  });

  test.each(changed)('of %s rolls the replicas just where a reload does not take it', (setting, change) => {
    const before = valueSet('volume');
    const isRolled = JSON.stringify(podOf(merged(before, change))) !== JSON.stringify(podOf(before));
    expect(isRolled).toBe(SETTINGS[setting].reload === 'restart');
  });

  test('of the policy and the approvals rolls nothing', () => {
    const before = valueSet('baseline');
    const after = merged(before, {
      policy: { text: 'version: 1\nreleasesNothing: true\n# more\n' },
      approvals: { files: { 'b.approval.yaml': 'version: 1\n' } },
    });
    expect(podOf(after)).toEqual(podOf(before));
  });
});

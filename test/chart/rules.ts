// What every rendering of the chart keeps, whatever the values: each rule says what breaks it, in a line that names the manifest.
import { parse } from 'yaml';
import { podsOf, textIn, type Container, type Manifest, type Pod } from './chart.js';

type Rule = (manifests: readonly Manifest[]) => readonly string[];

interface ServicePort {
  readonly name: string;
  readonly targetPort: number | string;
}

const containersOf = (pod: Pod): readonly Container[] => pod.spec.containers.filter(({ name }) => OURS.has(name));
/** Containers of the operator’s own are the operator’s matter. */
const OURS = new Set(['gateway', 'canary', 'mirror']);

const eachPod = (say: (pod: Pod, workload: Manifest) => readonly string[]): Rule => {
  return (manifests) =>
    podsOf(manifests).flatMap(({ workload, pod }) =>
      say(pod, workload).map((line) => `${workload.kind}/${workload.metadata.name}: ${line}`),
    );
};

const eachContainer = (say: (container: Container, pod: Pod) => readonly string[]): Rule =>
  eachPod((pod) => containersOf(pod).flatMap((each) => say(each, pod).map((line) => `${each.name}: ${line}`)));

const gatewayOf = (manifests: readonly Manifest[]): { container: Container; pod: Pod } => {
  for (const { pod } of podsOf(manifests)) {
    const container = pod.spec.containers.find(({ name }) => name === 'gateway');
    if (container !== undefined) return { container, pod };
  }
  throw new Error('no gateway');
};

const differs = (what: string, value: unknown, wanted: unknown): readonly string[] =>
  JSON.stringify(value) === JSON.stringify(wanted)
    ? []
    : [`${what} is ${JSON.stringify(value) ?? 'not there'}, not ${JSON.stringify(wanted)}`];

const isWithin = (labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** By what is kept, as a sentence. */
export const RULES: Readonly<Record<string, Rule>> = {
  'nothing is mounted with subPath: what is swapped must be seen': eachContainer(({ volumeMounts = [] }) =>
    volumeMounts.flatMap(({ name, subPath }) => (subPath === undefined ? [] : [`${name} has subPath ${subPath}`])),
  ),

  'what is mounted is a volume of the pod, and each volume of ours is mounted': (manifests) =>
    podsOf(manifests).flatMap(({ workload, pod }) => {
      const claims = (workload.spec['volumeClaimTemplates'] ?? []) as readonly Manifest[];
      const volumes = [...(pod.spec.volumes ?? []), ...claims.map(({ metadata }) => metadata)].map(({ name }) => name);
      const mounts = pod.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
      return [
        ...mounts.filter((name) => !volumes.includes(name)).map((name) => `${name} is mounted and no volume`),
        ...volumes.filter((name) => !mounts.includes(name)).map((name) => `${name} is a volume and not mounted`),
      ];
    }),

  'each path of headgate.yaml lies in a volume, and what is written lies in one that can be written': (manifests) => {
    const { container } = gatewayOf(manifests);
    const mounts = (container.volumeMounts ?? []) as readonly { mountPath: string; readOnly?: boolean }[];
    const settings = parse(textIn(manifests, '-settings', 'headgate.yaml')) as Record<string, unknown>;
    const paths = pathsOf(settings);
    const written = paths.filter((path) => path.startsWith('/var/lib/') || path.startsWith('/run/'));
    const within = (path: string) =>
      mounts.filter(({ mountPath }) => path.startsWith(`${mountPath}/`) || path === mountPath);
    return [
      ...paths
        .filter((path) => within(path).length === 0 && !isOptional(path))
        .map((path) => `${path} is in no volume`),
      ...written.filter((path) => within(path).some(({ readOnly }) => readOnly)).map((path) => `${path} is read-only`),
    ];
  },

  'no container runs as root, gains a privilege, or writes its root file system': eachContainer(
    ({ securityContext }, pod) => {
      const own = (securityContext ?? {}) as Record<string, unknown>;
      const shared = (pod.spec['securityContext'] ?? {}) as Record<string, unknown>;
      return [
        ...differs('runAsNonRoot', shared['runAsNonRoot'], true),
        ...differs('runAsUser', shared['runAsUser'], 65532),
        ...differs('seccompProfile', shared['seccompProfile'], { type: 'RuntimeDefault' }),
        ...differs('readOnlyRootFilesystem', own['readOnlyRootFilesystem'], true),
        ...differs('allowPrivilegeEscalation', own['allowPrivilegeEscalation'], false),
        ...differs('capabilities', own['capabilities'], { drop: ['ALL'] }),
      ];
    },
  ),

  'no pod holds a token of the cluster': eachPod((pod) =>
    differs('automountServiceAccountToken', pod.spec['automountServiceAccountToken'], false),
  ),

  'a Service that takes traffic from outside keeps the address of the peer': (manifests) =>
    manifests
      .filter(({ kind, spec }) => kind === 'Service' && ['LoadBalancer', 'NodePort'].includes(spec['type'] as string))
      .flatMap(({ metadata, spec }) =>
        differs(`externalTrafficPolicy of ${metadata.name}`, spec['externalTrafficPolicy'], 'Local'),
      ),

  'each Service, budget and NetworkPolicy selects the pods of one workload, and Services name ports that they have': (
    manifests,
  ) => {
    const pods = podsOf(manifests).map(({ pod }) => pod);
    return manifests.flatMap(({ kind, metadata, spec }) => {
      const selector =
        kind === 'Service'
          ? (spec['selector'] as Record<string, string>)
          : kind === 'NetworkPolicy'
            ? (spec['podSelector'] as { matchLabels: Record<string, string> }).matchLabels
            : kind === 'PodDisruptionBudget' || spec?.template !== undefined
              ? (spec['selector'] as { matchLabels: Record<string, string> }).matchLabels
              : undefined;
      if (selector === undefined) return [];
      const chosen = pods.filter((pod) => isWithin(pod.metadata.labels, selector));
      const ports = chosen.flatMap((pod) => containersOf(pod).flatMap((each) => each.ports ?? []));
      const targets = kind === 'Service' ? (spec['ports'] as readonly ServicePort[]) : [];
      return [
        ...(chosen.length === 1 ? [] : [`${kind}/${metadata.name} selects ${chosen.length} workloads`]),
        ...targets
          .filter(({ targetPort }) => !ports.some((each) => [each.name, each.containerPort].includes(targetPort)))
          .map(({ name }) => `${kind}/${metadata.name}: port ${name} leads to none of the pod`),
      ];
    });
  },

  'the gateway is asked at /livez and /readyz': (manifests) => {
    const { container } = gatewayOf(manifests);
    const path = (name: string) => (container[name] as { httpGet?: { path?: string } } | undefined)?.httpGet?.path;
    return [
      ...differs('livenessProbe', path('livenessProbe'), '/livez'),
      ...differs('startupProbe', path('startupProbe'), '/livez'),
      ...differs('readinessProbe', path('readinessProbe'), '/readyz'),
    ];
  },

  'before SIGTERM there is time for load balancers, and after it time to drain, all within the grace period': (
    manifests,
  ) => {
    const { container, pod } = gatewayOf(manifests);
    const lifecycle = container['lifecycle'] as { preStop?: { exec?: { command: string[] } } } | undefined;
    const beforeMs = Number(/\}, (\d+)\)$/.exec(lifecycle?.preStop?.exec?.command.at(-1) ?? '')?.[1]);
    const settings = parse(textIn(manifests, '-settings', 'headgate.yaml')) as { limits: { drainTimeout: string } };
    const drainS = Number(/^(\d+)s$/.exec(settings.limits.drainTimeout)?.[1]);
    const grace = pod.spec.terminationGracePeriodSeconds ?? 0;
    return grace > beforeMs / 1000 + drainS ? [] : [`${grace} s for ${beforeMs} ms and ${drainS} s`];
  },

  'replicas spread over zones and nodes': (manifests) => {
    const { pod } = gatewayOf(manifests);
    const keys = (pod.spec['topologySpreadConstraints'] as readonly { topologyKey: string }[] | undefined) ?? [];
    return differs(
      'topology keys',
      keys.map(({ topologyKey }) => topologyKey),
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'],
    );
  },

  'a StatefulSet has a volume for its state, a Deployment none': (manifests) =>
    podsOf(manifests)
      .filter(({ pod }) => pod.spec.containers.some(({ name }) => name === 'gateway'))
      .flatMap(({ workload }) =>
        differs(
          'volumeClaimTemplates',
          ((workload.spec['volumeClaimTemplates'] ?? []) as readonly Manifest[]).map(({ metadata }) => metadata.name),
          workload.kind === 'StatefulSet' ? ['state'] : [],
        ),
      ),

  'a NetworkPolicy lets in to a listener its clients alone': (manifests) => {
    const settings = parse(textIn(manifests, '-settings', 'headgate.yaml')) as {
      listeners: readonly { address: string; clients: readonly string[] }[];
    };
    const rules = manifests
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.labels[COMPONENT] === 'gateway')
      .flatMap(({ spec }) => spec['ingress'] as readonly { from?: readonly unknown[]; ports: { port: number }[] }[]);
    return settings.listeners.flatMap(({ address, clients }) => {
      const port = Number(/:(\d+)$/.exec(address)?.[1]);
      const wanted = clients.map((each) => ({ ipBlock: { cidr: each.includes('/') ? each : `${each}/32` } }));
      return rules
        .filter(({ ports }) => ports?.some((each) => each.port === port) === true)
        .flatMap(({ from }) => differs(`clients at port ${port}`, from, wanted));
    });
  },
};

const COMPONENT = 'app.kubernetes.io/component';

/** Every text that is a path, `unix:` taken off. */
function pathsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^(unix:)?\/[a-z]/.test(value) ? [value.replace(/^unix:/, '')] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsOf) : [];
}

/** A folder of approvals that is not there holds none. */
function isOptional(path: string): boolean {
  return path === '/srv/headgate/approvals';
}

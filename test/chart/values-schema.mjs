// Writes charts/headgate/values.schema.json anew: the chart's own values from here, what the values hand on to headgate.yaml from
// config/headgate.schema.json, so that a setting is refused by the chart exactly as by the gateway. `make schemas` runs it.
import { readFileSync } from 'node:fs';

/** What the chart decides itself; everything else of headgate.yaml is taken under `settings`. */
const OWN = [
  'listeners',
  'metrics',
  'admin',
  'policy',
  'tests',
  'ceiling',
  'approvals',
  'state',
  'keys',
  'approval',
  'redis',
];

const text = { type: 'string' };
const flag = { type: 'boolean' };
const map = { type: 'object', additionalProperties: { type: 'string' } };
const free = { type: 'object' };
const list = { type: 'array', items: { type: 'object' } };
const name = { type: 'string', pattern: '^$|^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$' };
const id = { type: 'string', pattern: '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$' };
const word = (...words) => ({ type: 'string', enum: words });
const count = (minimum, maximum) => ({ type: 'integer', minimum, maximum });
const port = count(1024, 65_535);
const quantity = { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti)?$' };
const address = { type: 'string', pattern: '^$|^[0-9A-Fa-f:.]+$' };
const resources = closed({ requests: free, limits: free, claims: list });

function closed(properties, more = {}) {
  return { type: 'object', properties, additionalProperties: false, ...more };
}

/** Without defaults: those of the gateway hold, and a default in a schema changes nothing. */
function plain(schema) {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'default')
      .map(([key, value]) => [key, plain(value)]),
  );
}

function without(schema, ...keys) {
  const properties = Object.fromEntries(Object.entries(schema.properties).filter(([key]) => !keys.includes(key)));
  const required = (schema.required ?? []).filter((key) => !keys.includes(key));
  const { required: _, ...rest } = schema;
  return { ...rest, properties, ...(required.length > 0 ? { required } : {}) };
}

/** The text of the file, from the schema of headgate.yaml. */
function valuesSchema(settingsSchema) {
  const { properties } = plain(settingsSchema);
  const settings = Object.fromEntries(Object.entries(properties).filter(([key]) => !OWN.includes(key)));
  settings.destinations = without(settings.destinations, 'tls');
  settings.limits = without(settings.limits, 'drainTimeout');
  const listener = without(properties.listeners.items, 'address');
  const approval = properties.approval.properties;
  const redis = properties.redis ?? free;
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'values of the chart headgate',
    ...closed(
      {
        nameOverride: name,
        fullnameOverride: name,
        global: free,
        image: closed({
          repository: { type: 'string', minLength: 1 },
          tag: text,
          digest: { type: 'string', pattern: '^$|^sha256:[0-9a-f]{64}$' },
          pullPolicy: word('Always', 'IfNotPresent', 'Never'),
        }),
        imagePullSecrets: list,
        site: text,
        replicas: count(1, 500),
        state: closed({ kind: word('volume', 'baseline'), size: quantity, storageClass: name }),
        listeners: {
          ...properties.listeners,
          items: {
            ...listener,
            properties: {
              ...listener.properties,
              port,
              servicePort: count(1, 65_535),
              expose: word('service', 'cluster', 'none'),
            },
            required: [...listener.required, 'port'],
          },
        },
        bindAddress: word('0.0.0.0', '[::]'),
        policy: closed({
          text,
          tests: text,
          existingConfigMap: name,
          volume: free,
          path: { type: 'string', pattern: '^$|^/' },
          hasTests: flag,
        }),
        approvals: closed({
          files: {
            type: 'object',
            additionalProperties: text,
            propertyNames: { pattern: '^[A-Za-z0-9._-]+\\.approval\\.yaml(\\.sig[A-Za-z0-9._-]*)?$' },
          },
          existingConfigMap: name,
          volume: free,
        }),
        approval: closed({
          required: approval.required,
          groups: approval.groups,
          audience: { type: 'string', maxLength: 128 },
          signers: text,
          revoked: text,
          ceiling: text,
          existingConfigMap: name,
          existingFiles: {
            type: 'array',
            items: word('allowed_signers', 'revoked', 'ceiling.yaml'),
            uniqueItems: true,
          },
        }),
        keys: {
          type: 'object',
          propertyNames: { pattern: id.pattern },
          additionalProperties: {
            oneOf: [
              closed({ secret: { ...name, minLength: 1 }, key: text }, { required: ['secret'] }),
              closed({ text: { type: 'string', minLength: 32, maxLength: 4096 } }, { required: ['text'] }),
            ],
          },
        },
        authorities: closed({
          existingConfigMap: name,
          files: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
        }),
        admin: closed({
          kind: word('socket', 'port', 'off'),
          port,
          tokensSecret: name,
          tokens: { type: 'array', items: word('read', 'lockdown', 'operate'), uniqueItems: true, minItems: 1 },
        }),
        // Nothing, or what headgate.yaml takes.
        redis: {
          anyOf: [closed({}), redis.properties === undefined ? redis : without(redis, 'passwordFile', 'replica')],
        },
        redisPassword: closed({ secret: name, key: { type: 'string', minLength: 1 } }),
        settings: closed(settings),
        drain: closed({ beforeSeconds: count(0, 600), timeoutSeconds: count(0, 3600) }),
        service: closed({
          type: word('LoadBalancer', 'NodePort', 'ClusterIP'),
          annotations: map,
          loadBalancerClass: text,
          clusterIP: address,
          ipFamilyPolicy: word('', 'SingleStack', 'PreferDualStack', 'RequireDualStack'),
          onlyClients: flag,
        }),
        internalService: closed({ clusterIP: address }),
        resources,
        nodeSelector: map,
        tolerations: list,
        affinity: free,
        topologySpread: closed({
          zone: word('ScheduleAnyway', 'DoNotSchedule'),
          node: word('ScheduleAnyway', 'DoNotSchedule'),
        }),
        priorityClassName: name,
        runtimeClassName: name,
        podAnnotations: map,
        podLabels: map,
        extraEnv: list,
        extraVolumes: list,
        extraVolumeMounts: list,
        extraContainers: list,
        extraInitContainers: list,
        serviceAccount: closed({ create: flag, name, annotations: map }),
        autoscaling: closed({
          enabled: flag,
          minReplicas: count(1, 500),
          maxReplicas: count(1, 500),
          targetCpu: count(10, 95),
        }),
        disruption: closed({ enabled: flag, maxUnavailable: count(1, 500) }),
        networkPolicy: closed({
          enabled: flag,
          families: { type: 'array', items: word('ipv4', 'ipv6'), uniqueItems: true, minItems: 1 },
          metricsFrom: list,
          adminFrom: list,
          dnsTo: list,
          redisTo: list,
          redisPorts: { type: 'array', items: count(1, 65_535), minItems: 1 },
          extraIngress: list,
          extraEgress: list,
        }),
        metrics: closed({
          port,
          serviceMonitor: closed({ enabled: flag, interval: { type: 'string', pattern: '^[0-9]+s$' }, labels: map }),
          prometheusRule: closed({ enabled: flag, labels: map, runbooks: { type: 'string', minLength: 1 } }),
        }),
        canary: closed({ enabled: flag, settings: free, tokenSecret: name, resources }),
        mirror: closed({
          enabled: flag,
          replicas: count(1, 50),
          service: closed({
            type: word('LoadBalancer', 'NodePort', 'ClusterIP'),
            port: count(1, 65_535),
            annotations: map,
            clusterIP: address,
          }),
          from: list,
          resources,
        }),
      },
      { required: ['listeners', 'policy', 'approval'] },
    ),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

process.stdout.write(valuesSchema(JSON.parse(readFileSync('config/headgate.schema.json', 'utf8'))));

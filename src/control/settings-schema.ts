// The shape of headgate.yaml, written once: the value, the messages and the JSON Schema come from here. Reads no file and resolves no path.
import { z } from 'zod';
import {
  adminAddress,
  duration,
  fixedAddress,
  listenAddress,
  path,
  port,
  prefix,
  redisUrl,
  remotePlace,
  resolver,
  size,
  staticHost,
} from './setting-scalars.js';
import { SETTINGS, type SettingPath } from './settings-table.js';

/** Names of listeners, keys and groups; the policy and the metrics use them. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const NAME_RULE = 'it takes 1 to 40 small letters, digits and inner hyphens';

/** Gives a setting its meaning from the table. */
function said<T extends z.ZodType>(setting: SettingPath, schema: T): T {
  const { meaning, default: fallback } = SETTINGS[setting];
  return schema.describe(fallback === 'required' ? meaning : `${meaning} Default: ${fallback}.`);
}

const listener = z.strictObject({
  name: said(
    'listeners[].name',
    z
      .string()
      .regex(NAME, NAME_RULE)
      .refine((name) => name !== 'other', {
        error: '`other` is what the metrics call every unknown listener: take another name',
      }),
  ),
  address: said('listeners[].address', listenAddress),
  clients: said('listeners[].clients', z.array(prefix).min(1)),
  trust: said('listeners[].trust', z.union([z.array(prefix).min(1), z.enum(['path', 'none'])])),
  kind: said('listeners[].kind', z.enum(['http', 'proxy-protocol'])).default('http'),
  mirror: said('listeners[].mirror', fixedAddress).optional(),
  as: said('listeners[].as', z.string().regex(NAME, NAME_RULE)).optional(),
});

const destinations = z.strictObject({
  hosts: said('destinations.hosts', z.record(staticHost, fixedAddress)).default({}),
  default: said('destinations.default', fixedAddress).optional(),
  permit: said('destinations.permit', z.array(prefix)).default([]),
  refusedPorts: said('destinations.refusedPorts', z.array(port)).default([22, 23, 25, 445, 465, 587]),
  resolvers: said('destinations.resolvers', z.array(resolver).min(1)).optional(),
  tls: z.strictObject({ ca: said('destinations.tls.ca', z.array(path)).default([]) }).prefault({}),
});

const limits = z.strictObject({
  headBytes: said('limits.headBytes', size('4KiB', '1MiB')).prefault('32KiB'),
  fields: said('limits.fields', z.int().min(16).max(1000)).default(128),
  connections: said('limits.connections', z.int().min(1).max(1_000_000)).optional(),
  headTimeout: said('limits.headTimeout', duration('100ms', '10m')).prefault('10s'),
  connectTimeout: said('limits.connectTimeout', duration('100ms', '5m')).prefault('10s'),
  responseTimeout: said('limits.responseTimeout', duration('100ms', '1d')).prefault('300s'),
  idleTimeout: said('limits.idleTimeout', duration('100ms', '1d')).prefault('60s'),
  tunnelIdleTimeout: said('limits.tunnelIdleTimeout', duration('100ms', '7d')).prefault('2h4m'),
  perDestination: said('limits.perDestination', z.int().min(1).max(100_000)).default(1024),
  waiting: said('limits.waiting', z.int().min(0).max(1_000_000)).default(4096),
  waitTimeout: said('limits.waitTimeout', duration('10ms', '5m')).prefault('10s'),
  drainTimeout: said('limits.drainTimeout', duration('0s', '1h')).prefault('30s'),
});

const off = z.literal('off');

const line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'it takes letters, digits and signs without a space');

const redis = z.strictObject({
  url: said('redis.url', redisUrl).optional(),
  sentinels: said('redis.sentinels', z.array(remotePlace).min(1).max(20)).optional(),
  master: said('redis.master', line).default('mymaster'),
  cluster: said('redis.cluster', z.array(remotePlace).min(1).max(100)).optional(),
  tls: said(
    'redis.tls',
    z.union([
      z.strictObject({
        ca: said('redis.tls.ca', z.array(path)).default([]),
        serverName: said('redis.tls.serverName', line).optional(),
      }),
      z.enum(['on', 'off']),
    ]),
  ).optional(),
  username: said('redis.username', line).optional(),
  passwordFile: said('redis.passwordFile', path).optional(),
  prefix: said('redis.prefix', z.string().regex(NAME, NAME_RULE)).default('headgate'),
  replica: said(
    'redis.replica',
    z
      .string()
      .regex(
        /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/,
        'it takes 1 to 64 letters, digits and inner `.`, `_`, `-`',
      ),
  ).optional(),
});

/** The whole file. Output: durations in milliseconds, sizes in bytes, addresses as `{ host, port }`, paths as written. */
export const settingsSchema = z.strictObject({
  listeners: z.array(listener).min(1).max(64),
  canary: z
    .strictObject({
      numbers: said(
        'canary.numbers',
        z
          .array(
            z
              .string()
              .regex(/^[0-9]{8,16}$/, 'it takes 8 to 16 digits: an international number without `+`, or an IMSI'),
          )
          .max(100),
      ).default([]),
    })
    .prefault({}),
  metrics: said(
    'metrics',
    z.union([z.strictObject({ address: said('metrics.address', listenAddress) }), off]),
  ).prefault({
    address: '127.0.0.1:9464',
  }),
  admin: said(
    'admin',
    z.union([
      z.strictObject({
        address: said('admin.address', adminAddress),
        tokens: said(
          'admin.tokens',
          z.strictObject({ read: path.optional(), lockdown: path.optional(), operate: path.optional() }),
        ).default({}),
      }),
      off,
    ]),
  ).default('off'),
  policy: said('policy', path),
  tests: said('tests', path).optional(),
  ceiling: said('ceiling', path).optional(),
  approvals: said('approvals', path).default('approvals'),
  state: said('state', path).default('/var/lib/headgate'),
  workers: said('workers', z.union([z.int().min(1).max(256), z.literal('auto')])).default(1),
  paths: said(
    'paths',
    z
      .array(z.enum(['fast', 'slow']))
      .min(1)
      .max(2),
  ).default(['fast', 'slow']),
  destinations: destinations.prefault({}),
  connect: z
    .strictObject({
      ports: said(
        'connect.ports',
        z.array(port.refine((number) => number !== 80, { error: 'CONNECT to port 80 is never permitted' })),
      ).default([443, 993, 5222, 5223, 5228]),
    })
    .prefault({}),
  limits: limits.prefault({}),
  keys: said('keys', z.record(z.string().regex(NAME, NAME_RULE), path)).default({}),
  approval: z
    .strictObject({
      required: said('approval.required', z.int().min(0).max(20)).default(1),
      groups: said('approval.groups', z.record(z.string().regex(NAME, NAME_RULE), z.int().min(1).max(20))).default({}),
      signers: said('approval.signers', path).optional(),
      revoked: said('approval.revoked', path).optional(),
      audience: said('approval.audience', z.string().min(1).max(128)).optional(),
    })
    .prefault({}),
  maxYears: said('maxYears', z.int().min(1).max(3)).default(3),
  skew: said('skew', duration('0s', '1h')).prefault('30s'),
  redis: redis.optional(),
  via: said('via', z.enum(['on', 'off'])).default('off'),
  log: z
    .strictObject({ level: said('log.level', z.enum(['debug', 'info', 'warn', 'error'])).default('info') })
    .prefault({}),
});

export type WrittenSettings = z.output<typeof settingsSchema>;

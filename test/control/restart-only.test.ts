// What only a restart takes is said when it changes, and what a reload takes is not: the `reload` column of the table, setting by setting.
import { restartOnlyChanges } from '../../src/control/restart-only.js';
import { readSettings } from '../../src/control/settings-file.js';
import { SETTINGS, type SettingPath } from '../../src/control/settings-table.js';
import type { Settings } from '../../src/control/settings.js';

const INTERNET = { name: 'internet', address: '127.0.0.1:8080', clients: ['10.0.0.0/8'], trust: 'none' };
const CANARY = { ...INTERNET, name: 'canary', address: '127.0.0.1:8090', mirror: '127.0.0.1:8088' };
const REDIS = { url: 'redis://redis.example:6379', tls: 'on' };
const SENTINELS = { sentinels: ['s1.example:26379'] };
const BASE = {
  redis: REDIS,
  listeners: [INTERNET, CANARY],
  policy: 'policy.yaml',
  metrics: { address: '127.0.0.1:9464' },
  admin: { address: '127.0.0.1:9465', tokens: {} },
};

/** Another value for each setting: what is written over `BASE`. */
const OTHERS: Readonly<Record<SettingPath, object>> = {
  'listeners[].name': { listeners: [{ ...INTERNET, name: 'roaming' }, CANARY] },
  'listeners[].address': { listeners: [{ ...INTERNET, address: '127.0.0.1:8081' }, CANARY] },
  'listeners[].clients': { listeners: [{ ...INTERNET, clients: ['10.1.0.0/16'] }, CANARY] },
  'listeners[].trust': { listeners: [{ ...INTERNET, trust: 'path' }, CANARY] },
  'listeners[].kind': { listeners: [{ ...INTERNET, kind: 'proxy-protocol' }, CANARY] },
  'listeners[].mirror': { listeners: [INTERNET, { ...CANARY, mirror: '127.0.0.1:8089' }] },
  'listeners[].as': { listeners: [INTERNET, { ...CANARY, as: 'internet' }] },
  'canary.numbers': { canary: { numbers: ['447700900990'] } },
  metrics: { metrics: 'off' },
  'metrics.address': { metrics: { address: '127.0.0.1:9466' } },
  admin: { admin: 'off' },
  'admin.address': { admin: { address: 'unix:/run/headgate.sock' } },
  'admin.tokens': { admin: { address: '127.0.0.1:9465', tokens: { read: 'token' } } },
  policy: { policy: 'other.yaml' },
  tests: { tests: 'tests.yaml' },
  ceiling: { ceiling: 'ceiling.yaml' },
  approvals: { approvals: 'elsewhere' },
  state: { state: '/var/lib/other' },
  workers: { workers: 2 },
  paths: { paths: ['fast'] },
  'destinations.hosts': { destinations: { hosts: { 'news.example': '192.0.2.7:80' } } },
  'destinations.default': { destinations: { default: '127.0.0.1:9000' } },
  'destinations.permit': { destinations: { permit: ['127.0.0.0/8'] } },
  'destinations.refusedPorts': { destinations: { refusedPorts: [22] } },
  'destinations.resolvers': { destinations: { resolvers: ['192.0.2.53'] } },
  'destinations.tls.ca': { destinations: { tls: { ca: ['ca.pem'] } } },
  'connect.ports': { connect: { ports: [443] } },
  'limits.headBytes': { limits: { headBytes: '16KiB' } },
  'limits.fields': { limits: { fields: 64 } },
  'limits.connections': { limits: { connections: 50 } },
  'limits.headTimeout': { limits: { headTimeout: '1s' } },
  'limits.connectTimeout': { limits: { connectTimeout: '1s' } },
  'limits.responseTimeout': { limits: { responseTimeout: '1s' } },
  'limits.idleTimeout': { limits: { idleTimeout: '1s' } },
  'limits.tunnelIdleTimeout': { limits: { tunnelIdleTimeout: '1s' } },
  'limits.perDestination': { limits: { perDestination: 1 } },
  'limits.waiting': { limits: { waiting: 1 } },
  'limits.waitTimeout': { limits: { waitTimeout: '1s' } },
  'limits.drainTimeout': { limits: { drainTimeout: '1s' } },
  keys: { keys: { 'acme-2026': 'key' } },
  'approval.required': { approval: { required: 2 } },
  'approval.groups': { approval: { groups: { privacy: 1 } } },
  'approval.signers': { approval: { signers: 'signers' } },
  'approval.revoked': { approval: { revoked: 'revoked' } },
  'approval.audience': { approval: { audience: 'edge' } },
  maxYears: { maxYears: 1 },
  skew: { skew: '1s' },
  'redis.url': { redis: { ...REDIS, url: 'redis://other.example:6379' } },
  'redis.sentinels': { redis: { ...SENTINELS, sentinels: ['other.example:26379'] } },
  'redis.master': { redis: { ...SENTINELS, master: 'other' } },
  'redis.cluster': { redis: { cluster: ['other.example:6379'] } },
  'redis.tls': { redis: { ...REDIS, tls: 'off' } },
  'redis.tls.ca': { redis: { ...REDIS, tls: { ca: ['ca.pem'] } } },
  'redis.tls.serverName': { redis: { ...REDIS, tls: { serverName: 'other.example' } } },
  'redis.username': { redis: { ...REDIS, username: 'other' } },
  'redis.passwordFile': { redis: { ...REDIS, passwordFile: 'password' } },
  'redis.prefix': { redis: { ...REDIS, prefix: 'other' } },
  'redis.replica': { redis: { ...REDIS, replica: 'gw-2' } },
  via: { via: 'on' },
  'log.level': { log: { level: 'debug' } },
};

/** Where `BASE` has no such setting: what it is changed from. */
const FROM: Partial<Readonly<Record<SettingPath, object>>> = {
  'redis.sentinels': { redis: SENTINELS },
  'redis.master': { redis: SENTINELS },
  'redis.cluster': { redis: { cluster: ['redis.example:6379'] } },
};

const settingsFor = (over: object): Settings => {
  const text = JSON.stringify({ ...BASE, ...over });
  const outcome = readSettings({ file: '/etc/headgate/headgate.yaml', text }, { processors: 1, descriptors: null });
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  return outcome.value;
};

test.each(Object.keys(SETTINGS) as SettingPath[])('a change of `%s` is said as the table says', (path) => {
  const { reload } = SETTINGS[path];
  const before = FROM[path] ?? {};
  const said = restartOnlyChanges(settingsFor(before), settingsFor(OTHERS[path]));
  expect(said).toEqual(reload === 'restart' ? [path.replace('[].address', '.internet.address')] : []);
  expect(restartOnlyChanges(settingsFor(OTHERS[path]), settingsFor(before))).toEqual(said);
});

test('that a listener gets a mirror or loses it is not said: a reload takes it', () => {
  const { mirror: _, ...without } = CANARY;
  const mirrorless = settingsFor({ listeners: [INTERNET, without] });
  expect(restartOnlyChanges(mirrorless, settingsFor({}))).toEqual([]);
  expect(restartOnlyChanges(settingsFor({}), mirrorless)).toEqual([]);
});

test('nothing is said of settings that say the same', () => {
  expect(restartOnlyChanges(settingsFor({}), settingsFor({}))).toEqual([]);
});

test('that a Redis is added, taken away or of another kind is said', () => {
  expect(restartOnlyChanges(settingsFor({ redis: undefined }), settingsFor({}))).toEqual(['redis']);
  expect(restartOnlyChanges(settingsFor({ redis: SENTINELS }), settingsFor({}))).toContain('redis');
});

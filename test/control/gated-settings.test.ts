// The gated settings are those of the table: none is left out, and no free one is in; and each goes the way that the table says.
import { gatedSettingsOf } from '../../src/control/gated-settings.js';
import { readSettings } from '../../src/control/settings-file.js';
import type { TrustedFiles } from '../../src/control/trusted-files.js';
import { SETTINGS, type SettingEntry } from '../../src/control/settings-table.js';
import { settingDirection, type GatedSettings, type SettingValue } from '../../src/policy/setting-rules.js';

const TEXT = `listeners:
  - { name: internet, address: "127.0.0.1:8080", clients: ["10.0.0.0/8"], trust: ["10.20.0.0/16"], kind: proxy-protocol }
  - { name: canary, address: "127.0.0.1:8090", clients: ["127.0.0.1"], trust: path, mirror: "127.0.0.1:8088", as: internet }
canary: { numbers: ["447700900990"] }
policy: policy.yaml
destinations:
  hosts: { news.example: "192.0.2.7:80" }
  default: "127.0.0.1:9000"
  permit: ["127.0.0.0/8"]
  resolvers: ["192.0.2.53"]
keys: { acme-2026: key }
ceiling: ceiling.yaml
approval: { required: 1, groups: { privacy: 1 }, signers: signers, revoked: revoked, audience: edge }
`;
const KEY = new Uint8Array(32).fill(7);
const FILES: TrustedFiles = {
  authorities: ['pem'],
  keys: { 'acme-2026': KEY },
  signers: '# people\nofficer ssh-ed25519 AAAA\n',
  revoked: 'ssh-ed25519 BBBB lost laptop\n',
  ceiling: 'version: 1\n',
};
const gatedFor = (text: string, over: Partial<TrustedFiles> = {}): GatedSettings => {
  const outcome = readSettings({ file: 'headgate.yaml', text }, { processors: 1, descriptors: null });
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  return gatedSettingsOf(outcome.value, { ...FILES, ...over });
};

/** A path of the value as the table writes it: names of listeners, hosts, keys and groups are not in it. */
const tablePath = (path: string): string =>
  path
    .replace(/^listeners\.[^.]+\./, 'listeners[].')
    .replace(/^(keys|destinations\.hosts|approval\.groups)\..*$/, '$1')
    .replace(/^skewMs$/, 'skew');

test('every gated setting of the table is there, and nothing else', () => {
  const gated = Object.entries(SETTINGS)
    .filter(([, { gate }]) => gate === 'gated')
    // A listener's name is the path of what belongs to it.
    .map(([path]) => path)
    .filter((path) => path !== 'listeners[].name');
  expect([...new Set(Object.keys(gatedFor(TEXT)).map(tablePath))].sort()).toEqual(gated.sort());
});

test('a key and a signer are there by their hashes alone', () => {
  const text = JSON.stringify(gatedFor(TEXT));
  expect(text).not.toContain('AAAA');
  expect(text).not.toContain('pem');
  expect(text).not.toContain(Buffer.from(KEY).toString('hex'));
  expect(gatedFor(TEXT)['keys.acme-2026']).toMatch(/^[0-9a-f]{32}$/);
});

test('the numbers of canaries are there as marks alone', () => {
  const marks = gatedFor(TEXT)['canary.numbers'];
  expect(marks).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(JSON.stringify(gatedFor(TEXT))).not.toContain('447700900990');
});

test('a listener of the default kind is there as one whose kind nobody wrote', () => {
  const written = TEXT.replace('kind: proxy-protocol', 'kind: http');
  expect(gatedFor(written)).toEqual(gatedFor(TEXT.replace(', kind: proxy-protocol', '')));
  expect(gatedFor(TEXT)['listeners.internet.kind']).toBe('proxy-protocol');
});

test('free settings change nothing', () => {
  expect(gatedFor(`${TEXT}workers: 4\nlimits: { headTimeout: 20s }\n`)).toEqual(gatedFor(TEXT));
});

test('of a revoked key its kind and the key count, comments and order do not', () => {
  const revoked = (text: string): unknown => gatedFor(TEXT, { revoked: text })['approval.revoked'];
  expect(revoked('# lost\n\nssh-ed25519 BBBB\n')).toEqual(revoked('ssh-ed25519   BBBB of alice\n'));
  expect(revoked('ssh-ed25519 BBBC\n')).not.toEqual(revoked('ssh-ed25519 BBBB\n'));
});

test('CONNECT to one more port is another value', () => {
  expect(gatedFor(TEXT)['connect.ports']).toEqual(['443', '993', '5222', '5223', '5228']);
  expect(gatedFor(`${TEXT}connect: { ports: [443] }\n`)['connect.ports']).toEqual(['443']);
});

type Value = SettingValue | null;
type Way = readonly [string, Value, Value, string];
const SET: readonly Way[] = [
  ['a member more', ['a'], ['a', 'b'], 'widening'],
  ['a member less', ['a', 'b'], ['a'], 'narrowing'],
  ['the first one', null, ['a'], 'widening'],
  ['another member', ['a'], ['b'], 'incomparable'],
  ['the same in another order', ['a', 'b'], ['b', 'a'], 'equivalent'],
];
const NUMBER: readonly Way[] = [
  ['a higher number', 1, 2, 'widening'],
  ['a lower number', 2, 1, 'narrowing'],
];
const turned = (ways: readonly Way[]): readonly Way[] =>
  ways.map(([what, before, after, way]) => [what, before, after, TURNED[way] ?? way]);
const TURNED: Readonly<Record<string, string>> = { widening: 'narrowing', narrowing: 'widening' };
/** What the words of the column `wider` promise. */
const WAYS: Readonly<Record<SettingEntry['wider'], readonly Way[]>> = {
  '-': [],
  more: SET,
  fewer: turned(SET),
  'more addresses': [
    ['a prefix more', ['10.0.0.0/24'], ['10.0.0.0/24', '10.1.0.0/24'], 'widening'],
    ['a larger prefix', ['10.0.0.0/24'], ['10.0.0.0/8'], 'widening'],
    ['a prefix less', ['10.0.0.0/24', '10.1.0.0/24'], ['10.0.0.0/24'], 'narrowing'],
    ['the first one', null, ['10.0.0.0/8'], 'widening'],
    ['none any more', ['10.0.0.0/8'], [], 'narrowing'],
    ['another prefix', ['10.0.0.0/24'], ['10.1.0.0/24'], 'incomparable'],
  ],
  higher: NUMBER,
  lower: turned(NUMBER),
  'a new one': [
    ['the first one', null, '192.0.2.7:80', 'widening'],
    ['another one', '192.0.2.7:80', '192.0.2.8:80', 'incomparable'],
    ['none any more', '192.0.2.7:80', null, 'incomparable'],
  ],
  without: [
    ['the first one', null, 'a', 'narrowing'],
    ['another one', 'a', 'b', 'incomparable'],
    ['none any more', 'a', null, 'widening'],
  ],
  'any change': [
    ['the first one', null, 'a', 'incomparable'],
    ['another one', 'a', 'b', 'incomparable'],
    ['none any more', 'a', null, 'incomparable'],
  ],
};
/** Keys are single texts. */
const KEYS: readonly Way[] = [
  ['the first one', null, 'a', 'widening'],
  ['none any more', 'a', null, 'narrowing'],
  ['another one', 'a', 'b', 'incomparable'],
];

/** What a setting of the table is called in the value. */
const PATHS: Readonly<Record<string, string>> = {
  // A listener is there as what belongs to it.
  'listeners[].name': 'listeners.roaming.clients',
  'listeners[].clients': 'listeners.internet.clients',
  'listeners[].trust': 'listeners.internet.trust',
  'listeners[].kind': 'listeners.internet.kind',
  'listeners[].mirror': 'listeners.canary.mirror',
  'listeners[].as': 'listeners.canary.as',
  'destinations.hosts': 'destinations.hosts.news.example',
  keys: 'keys.acme-2026',
  'approval.groups': 'approval.groups.privacy',
  skew: 'skewMs',
};
const GATED = Object.entries<SettingEntry>(SETTINGS).filter(([, { gate }]) => gate === 'gated');
const rows = GATED.flatMap(([path, { wider }]) => {
  const ways = path === 'keys' ? KEYS : path === 'listeners[].name' ? WAYS['more addresses'] : WAYS[wider];
  return ways.map(([what, before, after, way]) => [path, what, way, before, after] as const);
});

test.each(rows)('`%s`: %s is %s', (path, _what, way, before, after) => {
  expect(settingDirection(PATHS[path] ?? path, before, after)).toBe(way);
});

test('a group more is narrower, one less wider', () => {
  expect(settingDirection('approval.groups.privacy', null, 1)).toBe('narrowing');
  expect(settingDirection('approval.groups.privacy', 1, null)).toBe('widening');
});

test('every gated setting says which change of it widens, and no free one does', () => {
  for (const [path, { gate, wider }] of Object.entries<SettingEntry>(SETTINGS)) {
    expect([path, wider === '-']).toEqual([path, gate === 'free']);
  }
});

// The gated settings are those of the table: none is left out, and no free one is in.
import { gatedSettingsOf } from '../../src/control/gated-settings.js';
import { readSettings } from '../../src/control/settings-file.js';
import { SETTINGS } from '../../src/control/settings-table.js';
import type { GatedSettings } from '../../src/policy/setting-rules.js';

const TEXT = `listeners:
  - { name: internet, address: "127.0.0.1:8080", clients: ["10.0.0.0/8"], trust: ["10.20.0.0/16"] }
policy: policy.yaml
destinations:
  hosts: { news.example: "192.0.2.7:80" }
  default: "127.0.0.1:9000"
  permit: ["127.0.0.0/8"]
  resolvers: ["192.0.2.53"]
keys: { acme-2026: key }
approval: { required: 1, groups: { privacy: 1 }, signers: signers, audience: edge }
`;
const KEY = new Uint8Array(32).fill(7);
const gatedFor = (text: string): GatedSettings => {
  const outcome = readSettings({ file: 'headgate.yaml', text }, { processors: 1, descriptors: null });
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  const files = { authorities: ['pem'], keys: { 'acme-2026': KEY }, signers: '# people\nofficer ssh-ed25519 AAAA\n' };
  return gatedSettingsOf(outcome.value, files);
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

test('free settings change nothing', () => {
  expect(gatedFor(`${TEXT}workers: 4\nlimits: { headTimeout: 20s }\n`)).toEqual(gatedFor(TEXT));
});

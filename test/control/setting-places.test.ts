// Every path of the gated settings is found in headgate.yaml, by the text that stands there.
import { settingPlacesOf } from '../../src/control/setting-places.js';

const TEXT = `listeners:
  - { name: internet, address: "127.0.0.1:8080", clients: ["10.0.0.0/8"], trust: path }
  - { name: roaming, address: "127.0.0.1:8081", clients: ["10.1.0.0/16"], trust: none }
  - { name: canary, address: "127.0.0.1:8090", clients: ["127.0.0.1"], trust: path, mirror: "127.0.0.1:8088", as: internet }
canary: { numbers: ["447700900990"] }
policy: policy.yaml
ceiling: ceiling.yaml
destinations:
  hosts: { news.example: "192.0.2.7:80", "*.lab.example": "192.0.2.8:80" }
  default: "127.0.0.1:9000"
  refusedPorts: [22]
  tls: { ca: [ca.pem] }
connect: { ports: [443] }
keys: { acme-2026: key }
approval: { required: 2, groups: { privacy: 1 }, signers: signers }
skew: 1s
`;
const placeOf = settingPlacesOf({ file: 'headgate.yaml', text: TEXT });
const textAt = (setting: string): string | undefined => {
  const span = placeOf(setting);
  return span && TEXT.split('\n')[span.line - 1]?.slice(span.column - 1, span.endColumn - 1);
};

test.each([
  ['listeners.internet.trust', 'path'],
  ['listeners.roaming.clients', '["10.1.0.0/16"]'],
  ['listeners.canary.mirror', '"127.0.0.1:8088"'],
  ['listeners.canary.as', 'internet'],
  ['canary.numbers', '["447700900990"]'],
  ['destinations.hosts.news.example', '"192.0.2.7:80"'],
  ['destinations.hosts.*.lab.example', '"192.0.2.8:80"'],
  ['destinations.default', '"127.0.0.1:9000"'],
  ['destinations.refusedPorts', '[22]'],
  ['destinations.tls.ca', '[ca.pem]'],
  ['connect.ports', '[443]'],
  ['ceiling', 'ceiling.yaml'],
  ['keys.acme-2026', 'key'],
  ['approval.required', '2'],
  ['approval.groups.privacy', '1'],
  ['approval.signers', 'signers'],
  ['skewMs', '1s'],
])('`%s` is where it says `%s`', (setting, text) => {
  expect(textAt(setting)).toBe(text);
});

test('what is left to its default, and a listener that is not there, have no place', () => {
  for (const setting of ['maxYears', 'approval.audience', 'listeners.lab.trust', 'keys.other', 'engine.meaning'])
    expect([setting, placeOf(setting)]).toEqual([setting, undefined]);
});

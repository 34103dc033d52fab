// Gated settings: which change widens, which narrows, and that a setting in no rule needs approval whenever it changes.
import { settingChangesOf, type GatedSettings } from '../../src/policy/setting-changes.js';
import { compiled, partnerFile } from './fixture.js';

const { policy } = compiled({ partners: [partnerFile()] });
const directions = (old: GatedSettings, next: GatedSettings): readonly string[] =>
  settingChangesOf({ policy, gated: old }, { policy, gated: next }).map(({ direction }) => direction);

const TRUST = 'listeners.internet.trust';
test.each<[string, GatedSettings, GatedSettings, string, string]>([
  [
    'one more trusted address widens',
    { [TRUST]: ['10.0.0.0/24'] },
    { [TRUST]: ['10.0.0.0/24', '10.1.0.0/24'] },
    'widening',
    'narrowing',
  ],
  ['a larger prefix widens', { [TRUST]: ['10.20.0.0/16'] }, { [TRUST]: ['10.0.0.0/8'] }, 'widening', 'narrowing'],
  ['`path` is wider than any prefixes', { [TRUST]: ['0.0.0.0/0'] }, { [TRUST]: 'path' }, 'widening', 'narrowing'],
  ['`none` is narrower than any', { [TRUST]: ['10.0.0.0/8'] }, { [TRUST]: 'none' }, 'narrowing', 'widening'],
  [
    'another prefix is neither',
    { [TRUST]: ['10.1.0.0/16'] },
    { [TRUST]: ['10.2.0.0/16'] },
    'incomparable',
    'incomparable',
  ],
  [
    'an IPv6 prefix of all holds no IPv4',
    { [TRUST]: ['::/0'] },
    { [TRUST]: ['::/0', '10.0.0.0/8'] },
    'widening',
    'narrowing',
  ],
  ['a listener added widens', {}, { 'listeners.roaming.clients': ['10.0.0.0/8'] }, 'widening', 'narrowing'],
  [
    'a static address added widens',
    {},
    { 'destinations.hosts.news.example': '192.0.2.7:80' },
    'widening',
    'incomparable',
  ],
  [
    'another static address needs approval',
    { 'destinations.hosts.a.example': '192.0.2.7:80' },
    { 'destinations.hosts.a.example': '192.0.2.8:80' },
    'incomparable',
    'incomparable',
  ],
  [
    'a refused port less widens',
    { 'destinations.refusedPorts': ['22', '25'] },
    { 'destinations.refusedPorts': ['22'] },
    'widening',
    'narrowing',
  ],
  ['fewer required approvals widen', { 'approval.required': 2 }, { 'approval.required': 1 }, 'widening', 'narrowing'],
  ['a new signer widens', { 'approval.signers': ['a'] }, { 'approval.signers': ['a', 'b'] }, 'widening', 'narrowing'],
  ['a group less widens', { 'approval.groups.privacy': 1 }, {}, 'widening', 'narrowing'],
  ['a smaller skew widens', { skewMs: 30_000 }, { skewMs: 0 }, 'widening', 'narrowing'],
  ['another key under one name needs approval', { 'keys.a': 'x' }, { 'keys.a': 'y' }, 'incomparable', 'incomparable'],
  [
    'a setting in no rule needs approval in both directions',
    { novel: 1 },
    { novel: 2 },
    'incomparable',
    'incomparable',
  ],
])('%s', (_rule, old, next, forward, back) => {
  expect(directions(old, next)).toEqual([forward]);
  expect(directions(next, old)).toEqual([back]);
  expect(directions(old, old)).toEqual([]);
});

test('the order of a list says nothing, and a prefix inside another adds nothing', () => {
  expect(directions({ [TRUST]: ['10.0.0.0/8', '192.0.2.0/24'] }, { [TRUST]: ['192.0.2.0/24', '10.0.0.0/8'] })).toEqual(
    [],
  );
  expect(directions({ [TRUST]: ['10.0.0.0/8'] }, { [TRUST]: ['10.0.0.0/8', '10.1.0.0/16'] })).toEqual([]);
});

test('settings that one side does not know are not compared', () => {
  expect(settingChangesOf({ policy, gated: undefined }, { policy, gated: { skewMs: 1 } })).toEqual([]);
});

// Gated settings: which change widens, which narrows, and that a setting in no rule needs approval whenever it changes; and what a
// policy says beside its releases, in the same form.
import { policySettingsOf } from '../../src/policy/policy-settings.js';
import { settingChangesOf, type SettingChange } from '../../src/policy/setting-changes.js';
import { settingDirection, type GatedSettings, type SettingValue } from '../../src/policy/setting-rules.js';
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

test('a change has the whole value of its path on both sides, null where it is absent', () => {
  const change = (old: GatedSettings, next: GatedSettings): unknown =>
    settingChangesOf({ policy, gated: old }, { policy, gated: next });
  expect(change({ 'destinations.refusedPorts': ['22', '25'] }, { 'destinations.refusedPorts': ['25'] })).toMatchObject([
    { direction: 'widening', setting: 'destinations.refusedPorts', before: ['22', '25'], after: ['25'] },
  ]);
  expect(change({}, { 'approval.audience': 'edge' })).toMatchObject([{ before: null, after: 'edge' }]);
  expect(change({ skewMs: 1 }, {})).toMatchObject([{ before: 1, after: null }]);
});

const OWN = {
  partners: [partnerFile()],
  identity: {
    headers: [
      { name: 'X-Acme-Line', carries: 'msisdn' },
      { prefix: 'X-Acme-Sub-', carries: 'token' },
    ],
    numbers: [
      {
        countryCode: '44',
        ranges: [{ prefix: '4477009001', digits: 12 }],
        plmns: ['00101'],
        placeholders: ['99999999999'],
      },
    ],
  },
};
const changesBetween = (old: Record<string, unknown>, next: Record<string, unknown>): readonly SettingChange[] =>
  settingChangesOf({ policy: compiled(old).policy, gated: {} }, { policy: compiled(next).policy, gated: {} });

test('what a policy says beside its releases is settings too', () => {
  expect(policySettingsOf(compiled(OWN).policy, { meaning: 3, keyRule: 2 })).toEqual({
    'engine.keyRule': 2,
    'engine.meaning': 3,
    'identity.headers': ['name xacmeline msisdn', 'prefix xacmesub token'],
    'identity.numbers.countryCodes': ['44'],
    'identity.numbers.placeholders': ['99999999999'],
    'identity.numbers.plmns': ['00101'],
    'identity.numbers.ranges': ['4477009001/12'],
  });
});

test.each<[string, string, SettingValue | null, SettingValue | null, string, string]>([
  [
    'an own header dropped widens',
    'identity.headers',
    ['name a token', 'name b token'],
    ['name a token'],
    'widening',
    'narrowing',
  ],
  [
    'an own header that carries something else is neither',
    'identity.headers',
    ['name a token'],
    ['name a msisdn'],
    'incomparable',
    'incomparable',
  ],
  [
    'a range dropped widens',
    'identity.numbers.ranges',
    ['4477009001/12', '4477009002/12'],
    ['4477009002/12'],
    'widening',
    'narrowing',
  ],
  [
    'a range inside another adds nothing',
    'identity.numbers.ranges',
    ['447700900/12'],
    ['447700900/12', '4477009001/12'],
    'equivalent',
    'equivalent',
  ],
  [
    'a prefix too short to withhold for does not stand for a longer one',
    'identity.numbers.ranges',
    ['447700900/12'],
    ['447700/12'],
    'incomparable',
    'incomparable',
  ],
  ['a network dropped widens', 'identity.numbers.plmns', ['00101'], [], 'widening', 'narrowing'],
  ['a placeholder gained widens', 'identity.numbers.placeholders', [], ['99999999999'], 'widening', 'narrowing'],
  ['a country code dropped widens', 'identity.numbers.countryCodes', ['44'], null, 'widening', 'narrowing'],
  ['a higher meaning widens', 'engine.meaning', 1, 2, 'widening', 'narrowing'],
  ['another key rule needs approval', 'engine.keyRule', 1, 2, 'incomparable', 'incomparable'],
])('%s', (_rule, setting, before, after, forward, back) => {
  expect(settingDirection(setting, before, after)).toBe(forward);
  expect(settingDirection(setting, after, before)).toBe(back);
  expect(settingDirection(setting, after, after)).toBe('equivalent');
});

test('of numbers, the lines of a path together go the way that its rule says', () => {
  const [plan] = OWN.identity.numbers;
  const other = {
    ...plan,
    ranges: [{ prefix: '4477009002', digits: 12 }],
    plmns: ['00102'],
    placeholders: ['99999999998'],
  };
  const changes = changesBetween(OWN, { ...OWN, identity: { ...OWN.identity, numbers: [other] } });
  const paths = [...new Set(changes.map(({ setting }) => setting))];
  expect(paths).toEqual(['ranges', 'plmns', 'placeholders'].map((name) => `identity.numbers.${name}`));
  for (const path of paths) {
    const said = changes.filter(({ setting }) => setting === path);
    const ways = [...new Set(said.map(({ direction }) => direction))].sort();
    const [first] = said;
    expect([path, ways]).toEqual([path, ['narrowing', 'widening']]);
    expect([path, settingDirection(path, first?.before ?? null, first?.after ?? null)]).toEqual([path, 'incomparable']);
  }
});

test('an own name dropped is no setting beside the release that it is', () => {
  expect(changesBetween(OWN, { ...OWN, identity: { ...OWN.identity, headers: [OWN.identity.headers[1]] } })).toEqual(
    [],
  );
});

test('an own header that the catalogue knows as something else says so when it is dropped, and a prefix says it once', () => {
  const withOwn = (header: object): Record<string, unknown> => ({
    partners: [partnerFile()],
    identity: { headers: [header] },
  });
  const none = { partners: [partnerFile()] };
  expect(changesBetween(withOwn({ name: 'X-MSISDN', carries: 'token' }), none)).toMatchObject([
    {
      direction: 'incomparable',
      setting: 'identity.headers',
      message: '`X-MSISDN` carries `msisdn`, no longer `token`',
    },
  ]);
  const carries = (what: string): Record<string, unknown> => withOwn({ prefix: 'x-up-calling', carries: what });
  expect(changesBetween(carries('token'), carries('network')).map(({ message }) => message)).toEqual([
    '`x-up-calling` carries `network`, no longer `token`',
  ]);
});

test('an engine that means more is a widening over a side that a lower one reads', () => {
  const changes = settingChangesOf(
    { policy, gated: {}, engine: { meaning: 1, keyRule: 1 } },
    { policy, gated: {}, engine: { meaning: 2, keyRule: 1 } },
  );
  expect(changes).toEqual([
    {
      direction: 'widening',
      setting: 'engine.meaning',
      before: 1,
      after: 2,
      message: '`engine.meaning` is 1, and would be 2',
    },
  ]);
  expect(settingChangesOf({ policy, gated: {} }, { policy, gated: {} })).toEqual([]);
});

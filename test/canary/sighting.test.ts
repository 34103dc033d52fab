// A sighting says what came and how bad it is; it judges by names alone.
import { headlineOf, sightingOf, type IdentifyName } from '../../src/canary/sighting.js';
import type { IdentityClass } from '../../src/policy/policy.js';

const CLASSES = new Map<string, IdentityClass>([
  ['x-msisdn', 'msisdn'],
  ['x-imsi', 'imsi_imei'],
  ['x-uidh', 'token'],
  ['x-roaming', 'network'],
  ['x-cell-id', 'location'],
  ['x-forwarded-for', 'address'],
]);
const identify: IdentifyName = (name) => {
  const found = CLASSES.get(name.toLowerCase());
  return found === undefined ? undefined : { class: found };
};
const seen = (...fields: [string, string][]) =>
  sightingOf(
    { method: 'GET', target: '/', version: '1.1', fields: fields.map(([name, value]) => ({ name, value })) },
    identify,
  );

test('fields keep their order, their spelling and their repeats', () => {
  const sighting = seen(['Host', 'a.example'], ['X-A', '1'], ['x-a', '2'], ['X-MSISDN', '447700900123']);
  expect(sighting.fields.map(({ name, value }) => [name, value])).toEqual([
    ['Host', 'a.example'],
    ['X-A', '1'],
    ['x-a', '2'],
    ['X-MSISDN', '447700900123'],
  ]);
  expect(sighting.host).toBe('a.example');
});

test.each([
  [[], 'none', 'Nothing that reached this site says who you are.'],
  [['X-Forwarded-For'], 'where', 'One header that reached this site describes your connection, none says who you are.'],
  [
    ['X-Forwarded-For', 'X-Roaming'],
    'where',
    '2 headers that reached this site describe your connection, none says who you are.',
  ],
  [['X-MSISDN'], 'who', 'One header that reached this site identifies you.'],
  [['X-MSISDN', 'X-Cell-Id'], 'who', '2 headers that reached this site identify you.'],
  [['X-Forwarded-For', 'X-IMSI'], 'who', 'One header that reached this site identifies you.'],
  [['X-UIDH'], 'who', 'One header that reached this site identifies you.'],
  [['X-Cell-Id'], 'who', 'One header that reached this site identifies you.'],
] as const)('of %j the gravity is %s', (names, gravity, headline) => {
  const sighting = seen(...names.map((name): [string, string] => [name, 'v']));
  expect(sighting.gravity).toBe(gravity);
  expect(headlineOf(sighting)).toBe(headline);
});

test('a number under a name that nobody knows is shown, not judged', () => {
  const sighting = seen(['X-Nobody', '447700900123']);
  expect(sighting).toMatchObject({ gravity: 'none', fields: [{ name: 'X-Nobody', class: null, words: '' }] });
});

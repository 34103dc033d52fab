// A sighting says what came and how bad it is; it judges by names alone.
import { headlineOf, sightingOf, type IdentifyName } from '../../src/canary/sighting.js';
import { shapesOf } from '../../src/canary/number-shape.js';
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
  return found === undefined ? undefined : { class: found, action: 'strip' };
};
const seen = (...fields: [string, string][]) =>
  sightingOf(
    { method: 'GET', target: '/', version: '1.1', fields: fields.map(([name, value]) => ({ name, value })) },
    { identify },
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
  expect(sighting).toMatchObject({
    gravity: 'none',
    fields: [{ name: 'X-Nobody', class: null, words: '', standing: null }],
  });
});

test('what a policy releases to this site is told from what escaped, and neither from what everyone sends', () => {
  const known: IdentifyName = (name) =>
    name === 'Via'
      ? { class: 'network', action: 'count' }
      : name === 'X-MSISDN'
        ? { class: 'msisdn', action: 'strip' }
        : undefined;
  const standings = (host: string): readonly unknown[] =>
    sightingOf(
      {
        ...{ method: 'GET', target: '/', version: '1.1' },
        fields: [
          { name: 'Host', value: host },
          { name: 'X-MSISDN', value: '447700900123' },
          { name: 'Via', value: '1.1 x' },
        ],
      },
      { identify: known, standingOf: (asked) => (asked === 'pay.example' ? 'released' : 'escaped') },
    ).fields.map(({ standing }) => standing);
  expect(standings('pay.example')).toEqual([null, 'released', 'usual']);
  expect(standings('news.example')).toEqual([null, 'escaped', 'usual']);
});

describe('with the shape of our numbers', () => {
  const identifyValue = shapesOf([
    { countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'], placeholders: [] },
  ]);

  test.each([
    ['X-Ref', '447700900123', 'msisdn'],
    ['X-Ref', 'id=00447700900123;', 'msisdn'],
    ['X-Ref', '07700900123', 'msisdn'],
    ['X-Ref', '001010000000123', 'imsi_imei'],
    ['X-Ref', '4477009001234', null],
    ['X-Ref', '447700901', null],
    ['Cookie', '447700900123', null],
  ])('%s: %s is %s', (name, value, found) => {
    const sighting = sightingOf(
      { ...{ method: 'GET', target: '/', version: '1.1' }, fields: [{ name, value }] },
      { identify, identifyValue },
    );
    expect(sighting.fields[0]).toMatchObject({ class: found, standing: found === null ? null : 'escaped' });
  });
});

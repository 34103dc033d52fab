import { Lookout } from '../../src/proxy/lookout.js';
import { RULESET } from '../decision/ruleset-fixture.js';

const KEYS = { sketch: new Uint8Array(8).fill(5), fingerprint: new Uint8Array(32).fill(6) };
const KIND = {
  listener: 'internet',
  place: 'news.example',
  field: 'X-New-Line',
  detector: 'exact',
  outcome: 'contained',
  partner: null,
};
const request = (name: string) => ({
  host: 'news.example',
  fields: [{ name, value: 'v' }],
  subscriber: '447700900123',
});

test('what was told of names is taken once, by listener', () => {
  const lookout = new Lookout(KEYS);
  lookout.observe('internet', request('X-One'), RULESET);
  lookout.observe('roaming', request('X-Two'), RULESET);
  lookout.observe('roaming', request('X-Two'), RULESET);
  const taken = lookout.takeNames();
  expect(
    taken.map(({ listener, sightings }) => [
      listener,
      sightings.requests,
      sightings.names.map(({ name, requests }) => [name, requests]),
    ]),
  ).toEqual([
    ['internet', 1, [['xone', 1]]],
    ['roaming', 2, [['xtwo', 2]]],
  ]);
  expect(lookout.takeNames()).toEqual([]);
});

test('what was told of leaks is taken once, and one subscriber has one fingerprint in every process of a gateway', () => {
  const [one, two] = [new Lookout(KEYS), new Lookout(KEYS)];
  const print = one.leak(KIND, '447700900123');
  expect(print).toMatch(/^[a-p]{12}$/);
  expect(two.leak(KIND, '447700900123')).toBe(print);
  expect(two.leak(KIND, '447700900124')).not.toBe(print);
  expect(two.takeLeaks()).toMatchObject([{ place: 'news.example', field: 'x-new-line', leaks: 2 }]);
  expect(two.takeLeaks()).toEqual([]);
});

test('another start gives another fingerprint', () => {
  const other = new Lookout({ ...KEYS, fingerprint: new Uint8Array(32).fill(7) });
  expect(other.leak(KIND, '447700900123')).not.toBe(new Lookout(KEYS).leak(KIND, '447700900123'));
});

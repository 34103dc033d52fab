import { subscriberOf } from '../../src/decision/subscriber.js';

const FORWARDED = [{ name: 'X-Forwarded-For', value: '203.0.113.9, 198.51.100.7' }];
const NEEDLE = { kind: 'number', value: '447700900123', class: 'msisdn', key: 'xmsisdn' } as const;

test.each([
  ['the first needle', { needles: [NEEDLE, { ...NEEDLE, value: '447700900456' }], trusted: true }, '447700900123'],
  ['else who a trusted peer forwards for', { needles: [], trusted: true }, '198.51.100.7'],
  ['else the peer, whatever an untrusted one says', { needles: [], trusted: false }, '192.0.2.1'],
])('it is %s', (_, part, wanted) => {
  expect(subscriberOf({ fields: FORWARDED, peer: '192.0.2.1', ...part })).toBe(wanted);
});

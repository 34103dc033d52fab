import { subscriberOf, subscriberReleased } from '../../src/decision/subscriber.js';

const FORWARDED = [{ name: 'X-Forwarded-For', value: '203.0.113.9, 198.51.100.7' }];
const NEEDLE = { kind: 'number', value: '447700900123', class: 'msisdn', key: 'xmsisdn' } as const;

test.each([
  ['the first needle', { needles: [NEEDLE, { ...NEEDLE, value: '447700900456' }], trusted: true }, '447700900123'],
  ['else who a trusted peer forwards for', { needles: [], trusted: true }, '198.51.100.7'],
  ['else the peer, whatever an untrusted one says', { needles: [], trusted: false }, '192.0.2.1'],
])('it is %s', (_, part, wanted) => {
  expect(subscriberOf({ fields: FORWARDED, peer: '192.0.2.1', ...part })).toBe(wanted);
});

const IMSI = { kind: 'number', value: '001010123456789', class: 'imsi_imei', key: 'ximsi' } as const;
const TOKEN = { kind: 'token', value: 'Zk3v9QpL7xT2mB8w', class: 'token', key: 'xtoken' } as const;

describe('of a release', () => {
  test.each([
    ['the number, whatever stands before it', [TOKEN, IMSI, NEEDLE], '447700900123'],
    ['else the IMSI', [TOKEN, IMSI], '001010123456789'],
    ['else the first needle', [TOKEN, { ...TOKEN, value: 'another' }], 'Zk3v9QpL7xT2mB8w'],
    ['else who a trusted peer forwards for', [], '198.51.100.7'],
  ])('it is %s', (_, needles, wanted) => {
    expect(subscriberReleased({ needles, fields: FORWARDED, peer: '192.0.2.1', trusted: true })).toBe(wanted);
  });
});

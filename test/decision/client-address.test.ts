import { clientAddressOf } from '../../src/decision/client-address.js';

const PEER = '192.0.2.1';
const addressOf = (trusted: boolean, ...values: string[]): string =>
  clientAddressOf(
    values.map((value) => ({ name: 'x-Forwarded-For', value })),
    PEER,
    trusted,
  );

describe('the client’s address', () => {
  test('is the peer when the peer is not trusted, whatever it says', () => {
    expect(addressOf(false, '10.0.0.1')).toBe(PEER);
  });
  test.each([
    [
      'the last entry of the last field: what the trusted peer appended',
      ['10.0.0.1, 10.0.0.2', '10.0.0.3, 10.0.0.4'],
      '10.0.0.4',
    ],
    ['without white space', ['10.0.0.1,\t10.0.0.2 '], '10.0.0.2'],
    ['without its port', ['10.0.0.1:4711'], '10.0.0.1'],
    ['IPv6 in canonical form', ['2001:DB8:0::1'], '2001:db8::1'],
    ['IPv6 in brackets', ['[2001:db8::1]:4711'], '2001:db8::1'],
  ])('is %s', (_rule, values, expected) => {
    expect(addressOf(true, ...values)).toBe(expected);
  });
  test.each([[['unknown']], [['10.0.0.1, ']], [['10.0.0.1, 447700900123']], [['127.1']], [[]]])(
    'is the peer when the last entry is no address: %j',
    (values) => {
      expect(addressOf(true, ...values)).toBe(PEER);
    },
  );
});

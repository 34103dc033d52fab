import { clientAddressOf, forwardedIn } from '../../src/decision/client-address.js';
import { HeadLines } from '../../src/http/head-lines.js';

const PEER = '192.0.2.1';
/** As a head on strings and one in lines have it. */
function addressOf(trusted: boolean, ...values: string[]): string {
  const fields = values.map((value) => ({ name: 'x-Forwarded-For', value }));
  const address = clientAddressOf(fields, PEER, trusted);
  const text = ['GET / HTTP/1.1', 'X-Forwarded-Fox: 10.9.9.9', ...values.map((value) => `x-Forwarded-For: ${value}`)];
  expect(clientAddressOf(forwardedIn(linesOf([...text, 'X-Forwarded_For-: 10.9.9.9'])), PEER, trusted)).toBe(address);
  return address;
}

function linesOf(head: readonly string[]): HeadLines {
  const lines = new HeadLines({ bytes: 1000, fields: 10 });
  const bytes = Buffer.from([...head, '', ''].join('\r\n'));
  lines.begin('head');
  expect(lines.read(bytes, 0, bytes.length)).toBe('line');
  expect(lines.goOn()).toBe('end');
  return lines;
}

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

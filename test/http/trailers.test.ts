import { checkTrailers } from '../../src/http/trailers.js';

test('well-formed trailers are sound, whatever they are called: they are dropped anyway', () => {
  expect(checkTrailers([])).toBeUndefined();
  expect(
    checkTrailers([
      { name: 'X-MSISDN', value: 'v' },
      { name: '__proto__', value: '' },
      { name: 'Host', value: 'a.example' },
    ]),
  ).toBeUndefined();
});

test.each([
  ['X-MSISDN ', 'v'],
  ['', 'v'],
  ['X\0', 'v'],
  ['X-A', 'a\0b'],
  ['X-A', 'a\rb'],
  ['Content-Length', '5'],
  ['TRANSFER-ENCODING', 'x'],
])('a malformed or framing trailer is refused: %j', (name, value) => {
  expect(
    checkTrailers([
      { name: 'X-Sound', value: '1' },
      { name, value },
    ]),
  ).toBe('trailer');
});

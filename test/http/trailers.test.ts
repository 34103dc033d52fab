import { checkTrailers } from '../../src/http/trailers.js';

test('well-formed trailers are sound, whatever they are called: they are dropped anyway', () => {
  expect(checkTrailers([])).toBeUndefined();
  expect(
    checkTrailers([
      { name: 'X-MSISDN', value: 'v' },
      { name: '__proto__', value: '' },
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
  ['Host', 'a.example'],
])('a malformed, framing or routing trailer is refused: %j', (name, value) => {
  expect(
    checkTrailers([
      { name: 'X-Sound', value: '1' },
      { name, value },
    ]),
  ).toBe('trailer');
});

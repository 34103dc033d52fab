import { fingerprintOf } from '../../src/sketch/fingerprint.js';

const KEY = new Uint8Array(32).fill(7);

test('it is 12 letters without a digit', () => {
  for (let i = 0; i < 200; i += 1) expect(fingerprintOf(KEY, i * 2654435761, i)).toMatch(/^[a-p]{12}$/);
});

test('one hash has one fingerprint, each half of it counts, and another key gives another', () => {
  const one = fingerprintOf(KEY, 1, 2);
  expect(fingerprintOf(KEY, 1, 2)).toBe(one);
  const others = [fingerprintOf(KEY, 2, 1), fingerprintOf(KEY, 1, 3), fingerprintOf(new Uint8Array(32).fill(8), 1, 2)];
  expect(new Set([one, ...others]).size).toBe(4);
});

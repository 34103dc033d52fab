// Durations and sizes: read exactly as written, or not at all.
import { parseDuration, parseSize, renderDuration } from '../../src/document/units.js';

test.each([
  ['15s', 15_000],
  ['2h4m', 7_440_000],
  ['250ms', 250],
  ['1d', 86_400_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['0s', 0],
])('duration %s is %d ms, and is rendered back', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(renderDuration(ms)).toBe(text);
});

test.each(['', '15', '15 s', '1.5s', '-1s', '4m2h', '1s1s', '15S', '1e3s', '15s ', '9999999d', 's'])(
  'no duration: %j',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  ['64B', 64],
  ['32KiB', 32_768],
  ['8MiB', 8_388_608],
  ['1GiB', 1_073_741_824],
])('size %s is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '32', '32KB', '32k', '1.5MiB', '-1B', '32kib', '32 KiB', '999999999GiB'])('no size: %j', (text) => {
  expect(parseSize(text)).toBeUndefined();
});

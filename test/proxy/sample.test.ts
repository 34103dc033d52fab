import { Sample } from '../../src/proxy/sample.js';

/** How many of the requests belong to it, each at its time. */
function taken(sample: Sample, times: readonly number[]): number {
  return times.filter((ms) => {
    sample.at(ms);
    return sample.take();
  }).length;
}
const spread = (count: number, from: number, ms: number): number[] =>
  Array.from({ length: count }, (_, i) => from + (i * ms) / count);

test('all requests belong to it while they are few', () => {
  expect(taken(new Sample(), spread(900, 5000, 1000))).toBe(900);
});

test('of many a thousand a second do, and no hundredth of a second has more than ten', () => {
  const sample = new Sample();
  expect(taken(sample, spread(50_000, 5000, 1000))).toBe(1000);
  for (let i = 0; i < 100; i += 1) expect(taken(sample, spread(500, 6000 + 10 * i, 10))).toBe(10);
});

test('a clock that was set back begins anew', () => {
  const sample = new Sample();
  expect(taken(sample, spread(500, 5000, 10))).toBe(10);
  expect(taken(sample, spread(500, 1000, 10))).toBe(10);
});

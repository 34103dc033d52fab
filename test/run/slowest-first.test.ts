// The order of test files: what is named as slow is there, and comes first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface File {
  readonly path: string;
}
interface Sequencer {
  readonly slowest: readonly string[];
  new (): { sort(files: readonly File[]): readonly File[] };
}
const SlowestFirst = jest.requireActual<Sequencer>('./slowest-first.cjs');

const ROOT = join(__dirname, '../..');
const order = (...files: readonly string[]): readonly string[] =>
  new SlowestFirst()
    .sort(files.map((file) => ({ path: join(ROOT, file) })))
    .map(({ path }) => path.slice(ROOT.length + 1));

test('each file that is named as slow is there, once', () => {
  expect(SlowestFirst.slowest.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(new Set(SlowestFirst.slowest).size).toBe(SlowestFirst.slowest.length);
});

test('the slowest comes first, and of the others the biggest; none is left out', () => {
  const [small, big] = ['test/wire/rows-lines.test.ts', 'test/wire/upgrades.test.ts'];
  const [slowest = '', second = ''] = SlowestFirst.slowest;
  expect(order(small, second, big, slowest)).toEqual([slowest, second, big, small]);
});

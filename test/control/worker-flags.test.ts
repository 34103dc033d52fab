// The flags that a worker's engine gets: all that were measured where it knows them, and a Node that does not know one starts all the same.
import { areKnown, workerFlags } from '../../src/control/worker-flags.js';

test('this Node knows every flag', () => {
  expect(workerFlags()).toEqual([
    '--max-semi-space-size=64',
    '--max-inlined-bytecode-size=1500',
    '--max-inlined-bytecode-size-cumulative=4000',
    '--min-inlining-frequency=0.05',
  ]);
});

test.each([
  ['none', [], true],
  ['one that every Node knows', ['--max-semi-space-size=64'], true],
  ['one that no Node knows', ['--max-inlined-bytecode-size=1500', '--headgate-of-no-engine'], false],
])('flags: %s', (_, flags, isKnown) => {
  expect(areKnown(flags)).toBe(isKnown);
});

// What HEADGATE_TEST_PATHS asks of the tests of the built product: each gateway runs on that path alone, and no case is left without a way.
import type * as Harness from '../wire/harness/paths.js';

type Paths = typeof Harness;

/** The harness as a run with this environment has it. */
function harnessWith(asked: string | undefined): Paths {
  const before = { ...process.env };
  if (asked === undefined) delete process.env['HEADGATE_TEST_PATHS'];
  else process.env['HEADGATE_TEST_PATHS'] = asked;
  try {
    let harness: Paths | undefined;
    jest.isolateModules(() => (harness = jest.requireActual<Paths>('../wire/harness/paths.js')));
    if (harness === undefined) throw new Error('the harness was not read');
    return harness;
  } finally {
    process.env = before;
  }
}

test.each([
  [undefined, ['fast', 'slow'], ['slow', 'fast', 'fast,slow'], ['slow', 'fast', 'fast,slow', 'fast,slow']],
  ['fast', ['fast'], ['fast'], ['fast']],
  ['slow', ['slow'], ['slow'], ['slow']],
] as const)('asked for %s, every gateway runs on that', (asked, alone, ways, handOver) => {
  const { PATHS, WAYS, HAND_OVER_WAYS } = harnessWith(asked);
  expect(PATHS).toEqual(alone);
  expect(WAYS.map(({ paths }) => paths.join())).toEqual(ways);
  expect(HAND_OVER_WAYS.map(({ paths }) => paths.join())).toEqual(handOver);
});

test('a path that is none ends the run', () => {
  expect(() => harnessWith('quick')).toThrow('HEADGATE_TEST_PATHS is `quick`: it is fast, slow or absent');
});

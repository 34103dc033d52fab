// How every property runs: a few hundred times by default, HEADGATE_FUZZ_RUNS times when that is set, with a seed that is
// printed and that HEADGATE_FUZZ_SEED repeats.
import fc from 'fast-check';

const runs = Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 300);
const seed = Number(process.env['HEADGATE_FUZZ_SEED'] ?? Date.now() % 0x7fff_ffff);

interface Run {
  readonly numRuns: number;
  readonly seed: number;
  readonly interruptAfterTimeLimit: number;
}

function announced(factor: number): Run {
  process.stderr.write(
    `${expect.getState().currentTestName ?? 'property'}: ${String(runs * factor)} runs, seed ${String(seed)}\n`,
  );
  return { numRuns: runs * factor, seed, interruptAfterTimeLimit: 240_000 };
}

/** `factor`: how many times the usual number of cases, for a property that few cases speak to. */
export function holds<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void, factor = 1): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      predicate(value);
    }),
    announced(factor),
  );
}

/** The same for what asks another program or a socket. */
export async function holdsLater<T>(
  arbitrary: fc.Arbitrary<T>,
  predicate: (value: T) => Promise<void>,
  factor = 1,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, predicate), announced(factor));
}

// The fuzz of the whole process as one test of the run: its last line says how many cases there were, or what broke.
import { runCommand } from './command.mjs';

/** The same cases in each run of the tests, so that a tree passes or fails for what it is; `make fuzz` draws new ones. */
const SEED = '136153331';

/** For so many seconds. `how`: as of runCommand. */
export async function fuzz(seconds, how) {
  const { code, said } = await runCommand([process.execPath, 'test/fuzz/process/main.mjs'], {
    ...how,
    env: { SECONDS: String(seconds), SEED: process.env.SEED ?? SEED },
  });
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  if (code === 0) return { passed: 1, failed: [], skipped: [], note: `1 passed, ${last.replace(/^fuzz: /, '')}` };
  return { passed: 0, failed: [{ name: `fuzz (exit ${code})`, message: said.slice(-8000) }], skipped: [] };
}

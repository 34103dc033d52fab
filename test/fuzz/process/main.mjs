// The fuzz of the whole process (whole.ts says what is asked of it), for SECONDS, default 60. SEED repeats a run's cases. The last
// line says how many there were, or the case that broke a rule; exit code 0 or 1.
import { runProgram } from '../../run/program.mjs';

await runProgram('test/fuzz/process/whole.ts');

// `make soak`: the built product under mixed traffic for minutes (soak.ts says what is asked of it). SECONDS, default 600, is the
// time with one worker; a third of it follows with two. The last line says what is off, or that nothing is; exit code 1 or 0.
import { runProgram } from '../run/program.mjs';

await runProgram('test/soak/soak.ts');

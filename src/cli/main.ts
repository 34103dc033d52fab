#!/usr/bin/env node
// The program `headgate`. No user sees a stack: what was not foreseen is one line and exit code 1.
import { EXIT_CODES } from './exit-codes.js';
import { runProgram } from './program.js';

/** A reader that went away (`headgate catalogue | head`) is no error. */
process.stdout.on('error', () => undefined);

runProgram(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  end: (code) => {
    process.exitCode = code;
  },
}).catch((error: unknown) => {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  process.stderr.write(`error: headgate failed where it should not: ${what} [defect]\n`);
  process.exit(EXIT_CODES.failed);
});

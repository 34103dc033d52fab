#!/usr/bin/env node
// The program `headgate`. No user sees a stack: what was not foreseen is one line and exit code 1.
import { createInterface } from 'node:readline';
import { EXIT_CODES } from './exit-codes.js';
import { runProgram } from './program.js';

/** A reader that went away (`headgate catalogue | head`) is no error. */
process.stdout.on('error', () => undefined);

runProgram(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  end: (code) => {
    process.exitCode = code;
  },
}).catch((error: unknown) => {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  process.stderr.write(`error: headgate failed where it should not: ${what} [defect]\n`);
  process.exit(EXIT_CODES.failed);
});

/** On standard error, so that standard output can be kept. */
function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(undefined));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

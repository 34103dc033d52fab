// Runs a command line in this process and gives what it wrote and how it ended.
import { runProgram } from '../../src/cli/program.js';

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export async function run(...words: readonly string[]): Promise<Ran> {
  const ran = { code: undefined as number | undefined, out: '', err: '' };
  await runProgram(words, {
    out: (text) => void (ran.out += text),
    err: (text) => void (ran.err += text),
    end: (code) => void (ran.code = code),
  });
  return ran;
}

// Where a verb writes, whom it asks and how it ends: an argument, so that a verb can be run in a test without a process.
import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.js';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** The line that a person types after the question; undefined: they ended it instead. Absent: nobody sits there. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** The code with which the process ends once nothing is left to do. */
  end(code: ExitCode): void;
}

/** Adds a command to the program. One file per verb. */
export type Verb = (program: Command, terminal: Terminal) => void;

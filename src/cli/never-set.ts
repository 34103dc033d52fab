// The problems that say "no approval opens this": a policy whose only fault they are ends in exit code 4.
import type { Problem } from '../document/problem.js';
import { isNeverSet } from '../policy/never-set.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';

/** 0 without errors, 4 where all errors are of the never-set, else 1: what cannot be read comes before what may not be. */
export function exitCodeOf(problems: readonly Problem[]): ExitCode {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length === 0) return EXIT_CODES.done;
  return isNeverSet(errors) ? EXIT_CODES.neverSet : EXIT_CODES.failed;
}

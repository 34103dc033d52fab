// The problems that say "no approval opens this": a policy whose only fault they are ends in exit code 4.
import type { Problem } from '../document/problem.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';

/** Those that docs/problems.md marks; a test holds the two together. */
export const NEVER_SET_CODES: readonly string[] = [
  'host-everyone',
  'host-public-suffix',
  'host-shared-hosting',
  'host-address',
  'host-single-label',
  'unchanged-http-wildcard',
  'watch-not-common',
  'watch-prefix',
  'watch-own',
  'prefix-short',
  'until-missing',
  'until-too-far',
];

/** 0 without errors, 4 where all errors are of the never-set, else 1: what cannot be read comes before what may not be. */
export function exitCodeOf(problems: readonly Problem[]): ExitCode {
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length === 0) return EXIT_CODES.done;
  return errors.every((problem) => NEVER_SET_CODES.includes(problem.code)) ? EXIT_CODES.neverSet : EXIT_CODES.failed;
}

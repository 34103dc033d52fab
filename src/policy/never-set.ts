// The problems that say "no approval opens this". What each of them refuses is judged in the compile files.
import type { Problem } from '../document/problem.js';

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

/** Whether they are the only errors: then the policy can be read, and may not be. */
export function isNeverSet(problems: readonly Problem[]): boolean {
  const errors = problems.filter((problem) => problem.severity === 'error');
  return errors.length > 0 && errors.every((problem) => NEVER_SET_CODES.includes(problem.code));
}

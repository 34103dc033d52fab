// A bound on what one text can make us say: hostile input gets a list that ends.
import type { Problem } from './problem.js';

const LISTED = 1000;

/** The first 1,000 problems as they stand, and one more that says how many are left out. */
export function listed(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= LISTED) return problems;
  const more: Problem = {
    code: 'more-problems',
    severity: 'error',
    message: `${problems.length - LISTED} further problems are not listed`,
  };
  return [...problems.slice(0, LISTED), more];
}

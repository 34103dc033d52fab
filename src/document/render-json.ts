// Problems as JSON, for programs. The same data as in the text, nothing more.
import type { Problem } from './problem.js';

/** An object with `problems` (in the order given; `span` and `help` where there are any) and `more` beside it; two spaces, a line feed at the end. */
export function renderProblemsJson(problems: readonly Problem[], more: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify({ problems, ...more }, null, 2)}\n`;
}

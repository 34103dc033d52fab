// The source text that a problem underlines: how tests say where a problem must point.
import type { Problem } from '../../src/document/problem.js';
import { lineStartsOf, type Source } from '../../src/document/source.js';

/** The characters of the problem's span; undefined when it has none. */
export function underlined(source: Source, problem: Problem | undefined): string | undefined {
  const span = problem?.span;
  if (span === undefined) return undefined;
  const starts = lineStartsOf(source.text);
  const from = (starts[span.line - 1] ?? 0) + span.column - 1;
  const to = (starts[span.endLine - 1] ?? 0) + span.endColumn - 1;
  return source.text.slice(from, to);
}

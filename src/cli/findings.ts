// Problems as a verb ends with them: printed in the format that was asked for, and turned into the exit code.
import type { Problem, Severity } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import { renderProblemsJson } from '../document/render-json.js';
import { renderSarif } from '../document/render-sarif.js';
import type { Source } from '../document/source.js';
import { headgateVersion } from '../control/version.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { exitCodeOf } from './never-set.js';
import type { Terminal } from './terminal.js';

export type FindingsFormat = 'text' | 'json' | 'sarif';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** 0, or why not: errors as `exitCodeOf` says, else 3 where a finding is at or over `failOn`. */
export function findingsCode(problems: readonly Problem[], failOn: Severity): ExitCode {
  const code = exitCodeOf(problems);
  if (code !== EXIT_CODES.done) return code;
  const threshold = SEVERITIES.indexOf(failOn);
  return problems.some(({ severity }) => SEVERITIES.indexOf(severity) <= threshold) ? EXIT_CODES.findings : code;
}

/** Text goes to standard error with the lines of `sources`; JSON (with `more`) and SARIF go to standard output, also when there is nothing to say. */
export function printFindings(
  problems: readonly Problem[],
  { sources, format, more }: { sources: readonly Source[]; format: FindingsFormat; more?: Record<string, unknown> },
  terminal: Terminal,
): void {
  switch (format) {
    case 'text':
      terminal.err(renderProblems(problems, sources));
      return;
    case 'json':
      terminal.out(renderProblemsJson(problems, more));
      return;
    case 'sarif':
      terminal.out(renderSarif(problems, { version: headgateVersion() }));
      return;
    default:
      format satisfies never;
  }
}

// Problems as text: place, fact, code, the line with a caret under it, help. Decides nothing; colour is the caller's matter.
import type { Problem, Span } from './problem.js';
import { lineStartsOf, type Source } from './source.js';

/** A longer line is shown in part, around the caret. */
const LINE_CHARACTERS = 160;
/** Escape sequences, direction overrides and the like would change what a terminal shows. */
const UNPRINTABLE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One block of lines per problem, each ended by a line feed, sorted by file (in the order of `sources`), line and column; '' for none. */
export function renderProblems(problems: readonly Problem[], sources: readonly Source[]): string {
  const texts = new Map(
    sources.map((source, order) => [source.file, { source, order, starts: lineStartsOf(source.text) }]),
  );
  const orderOf = (problem: Problem): number =>
    problem.span === undefined ? -1 : (texts.get(problem.span.file)?.order ?? sources.length);
  const sorted = [...problems].sort(
    (a, b) =>
      orderOf(a) - orderOf(b) ||
      (a.span?.line ?? 0) - (b.span?.line ?? 0) ||
      (a.span?.column ?? 0) - (b.span?.column ?? 0),
  );
  return sorted
    .map((problem) => {
      const { span } = problem;
      const place = span === undefined ? '' : `${span.file}:${span.line}:${span.column}: `;
      const known = span === undefined ? undefined : texts.get(span.file);
      const quoted = span === undefined || known === undefined ? '' : quote(known.source.text, known.starts, span);
      const help = problem.help === undefined ? '' : `  help: ${clean(problem.help)}\n`;
      return `${clean(place)}${problem.severity}: ${clean(problem.message)} [${problem.code}]\n${quoted}${help}`;
    })
    .join('');
}

function quote(text: string, starts: readonly number[], span: Span): string {
  const start = starts[span.line - 1];
  if (start === undefined) return '';
  const whole = text.slice(start, starts[span.line] ?? text.length).replace(/\r?\n$/, '');
  const from = span.column - 1;
  const to = Math.max(from + 1, span.endLine === span.line ? span.endColumn - 1 : whole.trimEnd().length);
  const cut = windowAround(whole.length, from);
  const before = cut.from > 0 ? '…' : '';
  const after = cut.to < whole.length ? '…' : '';
  const indent = (before + whole.slice(cut.from, from)).replace(/[^\t]/g, ' ');
  const caret = '^'.repeat(Math.max(1, Math.min(to, cut.to) - from));
  const gutter = ' '.repeat(String(span.line).length);
  return (
    `  ${span.line} | ${before}${clean(whole.slice(cut.from, cut.to))}${after}\n` + `  ${gutter} | ${indent}${caret}\n`
  );
}

function windowAround(length: number, column: number): { from: number; to: number } {
  if (length <= LINE_CHARACTERS) return { from: 0, to: length };
  const from = Math.max(0, column - LINE_CHARACTERS / 4);
  return { from, to: Math.min(length, from + LINE_CHARACTERS) };
}

function clean(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

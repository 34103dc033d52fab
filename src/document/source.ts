// A text and its lines: turns offsets into the places that people read. Knows nothing of YAML.
import type { Span } from './problem.js';

export interface Source {
  /** The file as the user named it, for example `config/policy.yaml`. */
  readonly file: string;
  readonly text: string;
}

/** Offsets of the first character of each line; line ends are LF or CRLF. */
export function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The span of `[start, end)`; white space at its end is left out, and an empty range covers one character. */
export function spanOf(source: Source, lineStarts: readonly number[], start: number, end: number): Span {
  let stop = end;
  while (stop > start && isBlank(source.text.charCodeAt(stop - 1))) stop -= 1;
  const first = positionOf(lineStarts, start);
  const last = stop > start ? positionOf(lineStarts, stop) : { line: first.line, column: first.column + 1 };
  return { file: source.file, line: first.line, column: first.column, endLine: last.line, endColumn: last.column };
}

function positionOf(lineStarts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

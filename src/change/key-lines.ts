// A text of keys, one a line, as OpenSSH writes its lists: finds the lines that say something and where on them. It knows no key.
import type { Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';

/** A line with content. `at` is 0-based and counts characters of the line. */
export interface KeyLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** Where its content begins: after spaces and tabs. */
  readonly start: number;
}

/** About 5,000 keys of the usual kinds. */
const TEXT_CHARACTERS = 1_048_576;

/** Lines without the empty ones and those that begin with `#`; lines end with LF or CRLF. */
export function keyLinesOf(text: string): readonly KeyLine[] {
  return text
    .split('\n')
    .map((line, index) => {
      const whole = line.replace(/\r$/, '').replace(/[ \t]+$/, '');
      return { number: index + 1, text: whole, start: whole.length - whole.replace(/^[ \t]+/, '').length };
    })
    .filter(({ text: line, start }) => start < line.length && line[start] !== '#');
}

/** A problem of a part of a line, from `from` to before `to`. */
export function lineProblem(
  source: Source,
  line: KeyLine,
  [from, to]: readonly [number, number],
  problem: Pick<Problem, 'code' | 'message' | 'help'> & { readonly severity?: 'warning' },
): Problem {
  const span = {
    file: source.file,
    line: line.number,
    column: from + 1,
    endLine: line.number,
    endColumn: Math.max(from + 1, to) + 1,
  };
  return { severity: 'error', ...problem, span };
}

/** The problem of a text that is too long to be read; it is refused whole, never cut. */
export function sizeProblemOf({ file, text }: Source): Problem | undefined {
  if (text.length <= TEXT_CHARACTERS) return undefined;
  return {
    code: 'keys-size',
    severity: 'error',
    message: `\`${file}\` has ${text.length} characters: at most ${TEXT_CHARACTERS}`,
    span: { file, line: 1, column: 1, endLine: 1, endColumn: 2 },
  };
}

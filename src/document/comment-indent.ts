// Comments on lines of their own: each stays at the level of the line that it stands over. The printer would push one that follows
// an inner block into that block. Texts are YAML that has been read; nothing but the blanks before a comment is changed.
import { Lexer } from 'yaml';

interface CommentLine {
  /** 0-based. */
  readonly line: number;
  readonly indent: number;
  /** Of the next line that is neither empty nor such a comment; 0 at the end of the text. */
  readonly nextIndent: number;
}

/** `printed` with its comments where they stood in `original`; both have the same comments in the same order, else `printed` as it is. */
export function keepCommentLevels(original: string, printed: string): string {
  const before = commentLinesOf(original);
  const after = commentLinesOf(printed);
  if (before.length !== after.length) return printed;
  const lines = printed.split('\n');
  after.forEach(({ line, nextIndent }, index) => {
    const stood = before[index];
    if (stood?.indent !== stood?.nextIndent) return;
    lines[line] = ' '.repeat(nextIndent) + (lines[line] ?? '').trimStart();
  });
  return lines.join('\n');
}

function commentLinesOf(text: string): readonly CommentLine[] {
  const lines = text.split('\n');
  const own = new Set<number>();
  let line = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#') && /^\s*#/.test(lines[line] ?? '')) own.add(line);
    line += lexeme.split('\n').length - 1;
  }
  const indentOf = (index: number): number => /^ */.exec(lines[index] ?? '')?.[0].length ?? 0;
  return [...own].map((index): CommentLine => {
    let next = index + 1;
    while (next < lines.length && (own.has(next) || (lines[next] ?? '').trim() === '')) next += 1;
    return { line: index, indent: indentOf(index), nextIndent: next < lines.length ? indentOf(next) : 0 };
  });
}

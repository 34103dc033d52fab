// Comments on lines of their own: each stays at the level of the line that it stands over. The printer would push one that follows
// an inner block into that block. Texts are YAML that has been read; nothing but the blanks before a comment is changed.
import { Lexer } from 'yaml';

interface CommentLine {
  /** 0-based. */
  readonly line: number;
  readonly indent: number;
  /** Of the line above that is neither empty nor such a comment; 0 at the start of the text. */
  readonly lastIndent: number;
  /** Of the next line that is neither empty nor such a comment; 0 at the end of the text. */
  readonly nextIndent: number;
}

/**
 * The text as it is to be read: a comment that stands at no level of its own goes to the line below it, for the reader would put
 * one that is deeper than its neighbours behind the line above. One at the end of an inner block stays there.
 */
export function settleComments(text: string): string {
  const lines = text.split('\n');
  for (const { line, indent, lastIndent, nextIndent } of commentLinesOf(text)) {
    if (indent > nextIndent && indent <= lastIndent) continue;
    lines[line] = ' '.repeat(nextIndent) + (lines[line] ?? '').trimStart();
  }
  return lines.join('\n');
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
  const isContent = (index: number): boolean => !own.has(index) && (lines[index] ?? '').trim() !== '';
  return [...own].map((index): CommentLine => {
    let last = index - 1;
    while (last >= 0 && !isContent(last)) last -= 1;
    let next = index + 1;
    while (next < lines.length && !isContent(next)) next += 1;
    return {
      line: index,
      indent: indentOf(index),
      lastIndent: last >= 0 ? indentOf(last) : 0,
      nextIndent: next < lines.length ? indentOf(next) : 0,
    };
  });
}

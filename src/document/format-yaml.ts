// One layout for a file of ours, its comments kept and its meaning untouched. INVARIANT: what is printed reads to the same value,
// has the same comments, and is printed the same again; else nothing is printed (test/document/format-yaml.test.ts).
import { Lexer, parseDocument as parseYaml, visit, Scalar, YAMLMap, YAMLSeq, type Document as Yaml } from 'yaml';
import { keepCommentLevels, settleComments } from './comment-indent.js';
import { parseDocument } from './parse-yaml.js';
import type { Outcome } from './problem.js';
import type { Source } from './source.js';

/** A list or map in brackets that is longer, with what indents it, is written as a block. */
const BRACKET_CHARACTERS = 110;
/** Until the layout is stable. */
const PASSES = 4;

/**
 * The canonical layout: two spaces, no tabs and no blanks at the end of a line, at most one empty line in a row, double quotes
 * where there are quotes, `{ a: b }` and `[a, b]` on one line or as a block. The order of keys stays. Problems are those of the
 * reader; `format-unstable` where this layout would lose something.
 */
export function formatYaml(source: Source): Outcome<string> {
  const before = parseDocument(source);
  if (!before.ok) return before;
  let text = source.text.replace(/\r\n/g, '\n');
  let isStable = false;
  for (let pass = 0; pass < PASSES && !isStable; pass += 1) {
    const next = printed(text);
    isStable = next === text;
    text = next;
  }
  const after = parseDocument({ ...source, text });
  const isSame =
    isStable &&
    after.ok &&
    JSON.stringify(after.value.value) === JSON.stringify(before.value.value) &&
    commentsOf(text) === commentsOf(source.text);
  if (isSame) return { ok: true, value: text, problems: [] };
  const message = `\`${source.file}\` would lose a comment or its meaning in another layout: it stays as it is`;
  const help = 'move comments that stand inside brackets to lines of their own';
  return { ok: false, problems: [{ code: 'format-unstable', severity: 'error', message, help }] };
}

function printed(original: string): string {
  const text = settleComments(original);
  const document = parseYaml(text, { keepSourceTokens: false, uniqueKeys: false });
  visit(document, {
    Scalar: (_, node) => {
      // Single quotes stay only where double ones would need an escape.
      if (node.type === Scalar.QUOTE_SINGLE && !/["\\]/.test(String(node.value))) node.type = Scalar.QUOTE_DOUBLE;
    },
    Map: (_, node) => layOut(node, YAMLMap.prototype, ' '),
    Seq: (_, node) => layOut(node, YAMLSeq.prototype, ''),
  });
  return keepCommentLevels(text, stringOf(document).replace(/\n{3,}/g, '\n\n'));
}

type Printer = (this: YAMLMap | YAMLSeq, context: Context, ...rest: never[]) => string;
interface Context {
  readonly indent: string;
}

/** The package pads braces and brackets alike and breaks long ones inside the brackets: here each node says how it is printed. */
function layOut(node: YAMLMap | YAMLSeq, prototype: { toString: unknown }, flowCollectionPadding: string): void {
  const print = prototype.toString as Printer;
  Object.defineProperty(node, 'toString', {
    configurable: true,
    value(this: YAMLMap | YAMLSeq, context: Context, ...rest: never[]): string {
      const text = print.call(this, { ...context, flowCollectionPadding } as Context, ...rest);
      if (this.flow !== true || this.items.length === 0) return text;
      if (!text.includes('\n') && context.indent.length + text.length <= BRACKET_CHARACTERS) return text;
      this.flow = false;
      return print.call(this, context, ...rest);
    },
  });
}

function stringOf(document: Yaml): string {
  return document.toString({ indent: 2, indentSeq: true, lineWidth: 0, singleQuote: null, nullStr: 'null' });
}

/** Texts of all comments, in order, without the blanks around them. */
function commentsOf(text: string): string {
  return [...new Lexer().lex(text)]
    .filter((lexeme) => lexeme.startsWith('#'))
    .map((lexeme) => lexeme.trim())
    .join('\n');
}

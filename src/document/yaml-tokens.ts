// The first pass over a YAML text: counts, measures and looks for what is refused, before anything is built from it.
// INVARIANT: it stops at the first limit that is passed, so that time and memory are bounded (test/document/parse-yaml.test.ts).
import { CST, Lexer, Parser } from 'yaml';
import type { DocumentLimits } from './document.js';

/** Something refused, by offsets into the text. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly tokens: readonly CST.Token[];
  readonly findings: readonly Finding[];
  /** A limit was passed: the tokens are not the whole text. */
  readonly isCut: boolean;
}

const SCALAR_FOLLOWS = CST.SCALAR;

/** Tokens of the text; anchors, aliases, tags, directives, merges and tabs as findings. */
export function readTokens(text: string, limits: DocumentLimits): Tokens {
  const tokens: CST.Token[] = [];
  const findings: Finding[] = [];
  const parser = new Parser();
  let count = 0;
  let isScalar = false;
  const add = (code: string, message: string, length: number, help?: string): void => {
    findings.push({
      code,
      message,
      start: parser.offset,
      end: parser.offset + length,
      ...(help === undefined ? {} : { help }),
    });
  };

  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > limits.tokens) {
      add('yaml-tokens', `more than ${limits.tokens} words and marks: at most ${limits.tokens}`, 1);
      return { tokens, findings, isCut: true };
    }
    if (isScalar) {
      isScalar = false;
      if (lexeme === '<<')
        add('yaml-merge', 'merge key `<<`: every value is written where it holds', 2, 'write the keys out');
    } else {
      isScalar = lexeme === SCALAR_FOLLOWS;
      inspect(lexeme, add);
    }
    const start = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (openCollections(parser.stack) > limits.depth) {
      findings.push({
        code: 'yaml-depth',
        message: `nested ${limits.depth + 1} deep: at most ${limits.depth}`,
        start,
        end: start + 1,
      });
      return { tokens, findings, isCut: true };
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, findings, isCut: false };
}

function inspect(lexeme: string, add: (code: string, message: string, length: number, help?: string) => void): void {
  const type = CST.tokenType(lexeme);
  const text = shown(lexeme);
  if (type === 'alias') {
    add(
      'yaml-alias',
      `\`${text}\` is an alias in YAML: aliases are refused`,
      lexeme.length,
      `for the text, quote it: "${text}"`,
    );
  } else if (type === 'anchor') {
    add(
      'yaml-anchor',
      `\`${text}\` is an anchor in YAML: anchors are refused`,
      lexeme.length,
      `for the text, quote it: "${text}"`,
    );
  } else if (type === 'tag') {
    add(
      'yaml-tag',
      `\`${text}\` is a tag in YAML: tags are refused`,
      lexeme.length,
      `take it out; for the text, quote it: "${text}"`,
    );
  } else if (type === 'directive-line') {
    add(
      'yaml-directive',
      'a directive: the file is YAML 1.2, nothing else',
      lexeme.trimEnd().length,
      'take the line out',
    );
  } else if (type === 'space' && lexeme.includes('\t')) {
    add('yaml-tab', 'a tab: only spaces may stand between words', lexeme.length, 'put spaces in its place');
  }
}

/** The stack holds the document, one entry for each open collection, and the scalar being read. */
function openCollections(stack: readonly CST.Token[]): number {
  const top = stack.at(-1)?.type;
  const isInCollection = top === 'block-map' || top === 'block-seq' || top === 'flow-collection';
  return stack.length - (isInCollection ? 1 : 2);
}

function shown(lexeme: string): string {
  return lexeme.length > 60 ? `${lexeme.slice(0, 60)}…` : lexeme;
}

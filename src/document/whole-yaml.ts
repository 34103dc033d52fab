// The reader for every text: the `yaml` package, in bounded time and memory, with all that is refused as findings.
import { Composer } from 'yaml';
import type { DocumentLimits } from './document.js';
import type { Source } from './source.js';
import { readTokens, type Finding } from './yaml-tokens.js';
import { growTree, type Grown } from './yaml-tree.js';
import { yamlWordsOf } from './yaml-words.js';

/** Errors that follow from anchors, aliases and tags, which are reported once, as such. */
const FOLLOWS = new Set([
  'ALIAS_PROPS',
  'BAD_ALIAS',
  'BAD_PROP_ORDER',
  'MULTIPLE_ANCHORS',
  'MULTIPLE_TAGS',
  'TAG_RESOLVE_FAILED',
  'BAD_DIRECTIVE',
  'BAD_COLLECTION_TYPE',
]);

/** The tree of a text without refused characters, or why there is none: all reasons, in no order. */
export function readWhole(
  { file, text }: Source,
  limits: DocumentLimits,
): Grown | { readonly refused: readonly Finding[] } {
  const { tokens, findings, isCut } = readTokens(text, limits);
  if (isCut) return { refused: findings };

  const composer = new Composer({
    strict: true,
    uniqueKeys: false,
    version: '1.2',
    prettyErrors: false,
    merge: false,
    logLevel: 'silent',
  });
  const [parsed, second] = [...composer.compose(tokens, true, text.length)];
  // What comes after a tab is read at another depth than it seems: more errors there would only confuse.
  const firstTab = findings.find((finding) => finding.code === 'yaml-tab')?.start ?? Infinity;
  const syntax = [...(parsed?.errors ?? []), ...(parsed?.warnings ?? [])]
    .filter((error) => !FOLLOWS.has(error.code) || findings.length === 0)
    .filter((error) => error.pos[0] < firstTab)
    .map((error): Finding => ({
      code: 'yaml-syntax',
      ...yamlWordsOf(error.code),
      start: error.pos[0],
      end: error.pos[1],
    }));
  if (second !== undefined) {
    const [start] = second.range;
    syntax.push({
      code: 'yaml-documents',
      message: 'a second document begins here: a file holds one',
      help: 'take the `---` out',
      start,
      end: start + 3,
    });
  }
  if (findings.length + syntax.length > 0) return { refused: [...findings, ...syntax] };
  if (parsed?.contents === null || parsed?.contents === undefined) {
    return { refused: [{ code: 'yaml-empty', message: `\`${file}\` is empty`, start: 0, end: 0 }] };
  }

  const grown = growTree(parsed.contents);
  return grown.findings.length > 0 ? { refused: grown.findings } : grown;
}

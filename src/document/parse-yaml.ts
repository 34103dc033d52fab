// Text to document, strictly: everything that two readers of YAML could take differently is refused, in bounded time and memory.
import { Composer } from 'yaml';
import { DOCUMENT_LIMITS, type Document, type DocumentLimits, type Path, type Place } from './document.js';
import { listed } from './listed.js';
import type { Outcome, Problem } from './problem.js';
import { lineStartsOf, spanOf, type Source } from './source.js';
import { readTokens, type Finding } from './yaml-tokens.js';
import { growTree, type Entry, type Tree } from './yaml-tree.js';
import { yamlWordsOf } from './yaml-words.js';

/** Control characters, a bare CR, direction overrides (they show another text than is read), and what invalid UTF-8 turned into. */
const REFUSED_CHARACTER =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]|\r(?!\n)|(?!^)\ufeff|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
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
/** The document of a YAML 1.2 text. All problems are reported; codes begin with `yaml-`. */
export function parseDocument(source: Source, limits: DocumentLimits = DOCUMENT_LIMITS): Outcome<Document> {
  const { text } = source;
  if (text.length > limits.characters) {
    const message = `\`${source.file}\` has ${text.length} characters: at most ${limits.characters}`;
    return { ok: false, problems: [{ code: 'yaml-size', severity: 'error', message }] };
  }
  const lineStarts = lineStartsOf(text);
  const problemOf = ({ start, end, ...rest }: Finding): Problem => ({
    ...rest,
    severity: 'error',
    span: spanOf(source, lineStarts, start, end),
  });
  const refused = (findings: readonly Finding[]): Outcome<Document> => ({
    ok: false,
    problems: listed([...findings].sort((a, b) => a.start - b.start).map(problemOf)),
  });

  const characters = charactersRefused(text);
  if (characters.length > 0) return refused(characters);
  const { tokens, findings, isCut } = readTokens(text, limits);
  if (isCut) return refused(findings);

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
  if (findings.length + syntax.length > 0) return refused([...findings, ...syntax]);
  if (parsed?.contents === null || parsed?.contents === undefined) {
    return refused([{ code: 'yaml-empty', message: `\`${source.file}\` is empty`, start: 0, end: 0 }]);
  }

  const grown = growTree(parsed.contents);
  if (grown.findings.length > 0) return refused(grown.findings);
  const place = placer(source, lineStarts, grown.tree);
  const lookalikes = grown.lookalikes.map(({ start, end, ...rest }) => ({
    ...rest,
    span: spanOf(source, lineStarts, start, end),
  }));
  return { ok: true, value: { source, value: grown.tree.value, lookalikes, at: place }, problems: [] };
}

function placer(source: Source, lineStarts: readonly number[], root: Tree): (path: Path) => Place | undefined {
  return (path) => {
    let tree: Tree | undefined = root;
    let entry: Entry | undefined;
    for (const step of path) {
      entry = typeof step === 'string' ? tree.entries?.get(step) : undefined;
      tree = typeof step === 'string' ? entry?.tree : tree.items?.[step];
      if (tree === undefined) return undefined;
    }
    return {
      value: tree.value,
      span: spanOf(source, lineStarts, tree.start, tree.end),
      keySpan: entry === undefined ? undefined : spanOf(source, lineStarts, entry.keyStart, entry.keyEnd),
      style: tree.style,
      text: source.text.slice(tree.start, tree.end).trimEnd(),
    };
  };
}

function charactersRefused(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(REFUSED_CHARACTER)) {
    const name = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    const message =
      name === 'U+FFFD'
        ? 'the file is not UTF-8 here'
        : `character ${name}: control characters and direction marks are refused`;
    findings.push({ code: 'yaml-character', message, start: match.index, end: match.index + 1 });
  }
  return findings;
}

// Text to document, strictly: everything that two readers of YAML could take differently is refused, in bounded time and memory.
import { DOCUMENT_LIMITS, type Document, type DocumentLimits, type Path, type Place } from './document.js';
import { listed } from './listed.js';
import type { Outcome, Problem } from './problem.js';
import { lineStartsOf, spanOf, type Source } from './source.js';
import { readQuickly } from './quick-yaml.js';
import { readWhole } from './whole-yaml.js';
import type { Finding } from './yaml-tokens.js';
import type { Entry, Tree } from './yaml-tree.js';

/** Control characters, a bare CR, direction overrides (they show another text than is read), and what invalid UTF-8 turned into. */
const REFUSED_CHARACTER =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]|\r(?!\n)|(?!^)\ufeff|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
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
  const grown = readQuickly(text, limits) ?? readWhole(source, limits);
  if ('refused' in grown) return refused(grown.refused);
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

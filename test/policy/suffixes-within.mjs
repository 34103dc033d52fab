// Writes src/policy/suffixes-within-data.ts anew: the public suffixes that lie below a name that is none. The installed package of
// the suffix list can only be asked about one name; its rules are read from its data. Run by `make suffixes` after an upgrade of it.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { version } = require('tldts/package.json');
const trie = require('tldts/dist/cjs/src/data/trie.js');

const rules = new Set(rulesBelow(trie.rulesRoot, ''));
// So a star rule is never the nearest below a name, and every suffix is written as a name.
const lone = [...rules].filter((rule) => rule.includes('*') && !rules.has(rule.replace(/^\*\./, '')));
if (lone.length > 0) throw new Error(`a star rule over a name that is no rule: ${lone.join(' ')}`);

const nearest = new Map();
for (const rule of [...rules].filter((name) => /^[\x21-\x7e]+$/.test(name)).sort(byLabels)) {
  for (let dot = rule.indexOf('.'); dot !== -1; dot = rule.indexOf('.', dot + 1)) {
    const above = rule.slice(dot + 1);
    if (above.includes('.') && !rules.has(above) && !nearest.has(above)) nearest.set(above, rule);
  }
}

process.stdout
  .write(`// Written by \`make suffixes\`: never by hand. Where public suffixes (shared hosting is most of them) lie below a name that is none.

/** The list, and the package that brings it. */
export const SUFFIX_LIST = 'tldts-${version}';

/** For each such name one suffix below it, of those with the fewest labels. Fewest labels first. */
export const SUFFIXES_WITHIN = \`
${wrapped([...new Set(nearest.values())].sort(byLabels), 118)}
\`;
`);

function* rulesBelow(node, name) {
  if (trie.nodeFlags[node] !== 0) yield name;
  for (let edge = trie.edgeStart[node]; edge < trie.edgeStart[node + 1]; edge += 1) {
    const label = labelOf(edge);
    yield* rulesBelow(trie.edgeChild[edge], name === '' ? label : `${label}.${name}`);
  }
}

function labelOf(edge) {
  labelOf.starts ??= startsOf(trie.edgeLength);
  return trie.labelText.slice(labelOf.starts[edge], labelOf.starts[edge] + trie.edgeLength[edge]);
}

function startsOf(lengths) {
  const starts = [];
  let start = 0;
  for (const length of lengths) {
    starts.push(start);
    start += length;
  }
  return starts;
}

function byLabels(a, b) {
  return a.split('.').length - b.split('.').length || a.length - b.length || (a < b ? -1 : 1);
}

function wrapped(words, width) {
  const lines = [''];
  for (const word of words) {
    const line = lines[lines.length - 1];
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

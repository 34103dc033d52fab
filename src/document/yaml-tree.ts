// The second pass: from the reader's nodes to plain values with offsets. Duplicate keys, keys that are no text and missing
// values are findings here, at every level (the reader's own check of unique keys takes quadratic time).
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Lookalike, Path } from './document.js';
import type { Finding } from './yaml-tokens.js';

export interface Tree {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  readonly style: 'plain' | 'quoted' | 'block' | 'list' | 'map';
  readonly items?: readonly Tree[];
  readonly entries?: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly tree: Tree;
}

export interface Grown {
  readonly tree: Tree;
  readonly findings: readonly Finding[];
  readonly lookalikes: readonly (Omit<Lookalike, 'span'> & { readonly start: number; readonly end: number })[];
}

const WORD = /^(?:y|yes|n|no|on|off)$/i;
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt \t].*)?$/;
/** Base 60, underscores and leading zeros of YAML 1.1. */
const OLD_NUMBER = /^[-+]?(?:\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d[\d_]*_[\d_]*(?:\.[\d_]*)?|0b[01_]+|0x[\da-f_]+)$/i;
const PLAIN_DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** The tree of a document's contents; `undefined` contents are an empty document. */
export function growTree(root: Node): Grown {
  const findings: Finding[] = [];
  const lookalikes: (Omit<Lookalike, 'span'> & { start: number; end: number })[] = [];

  const note = (path: Path, source: string, value: unknown, range: readonly [number, number], isKey: boolean): void => {
    const kind = lookalikeKindOf(source, value);
    if (kind !== undefined) lookalikes.push({ path, kind, text: source, isKey, start: range[0], end: range[1] });
  };

  const grow = (node: unknown, path: Path, keyRange: readonly [number, number]): Tree => {
    if (isMap(node)) {
      const [start, end] = rangeOf(node, keyRange);
      const entries = new Map<string, Entry>();
      const value: Record<string, unknown> = {};
      for (const pair of node.items) {
        const range = rangeOf(pair.key as Node, [start, start + 1]);
        const key = keyOf(pair.key, range, findings);
        if (key === undefined) continue;
        const first = entries.get(key);
        if (first !== undefined) {
          findings.push({
            code: 'yaml-duplicate-key',
            message: `key \`${key}\` is written twice: a key stands once`,
            help: 'keep one of the two',
            start: range[0],
            end: range[1],
          });
          continue;
        }
        if (isScalar(pair.key) && pair.key.type === 'PLAIN')
          note([...path, key], pair.key.source ?? key, key, range, true);
        const tree = grow(pair.value, [...path, key], range);
        entries.set(key, { keyStart: range[0], keyEnd: range[1], tree });
        value[key] = tree.value;
      }
      return { value, start, end, style: 'map', entries };
    }
    if (isSeq(node)) {
      const [start, end] = rangeOf(node, keyRange);
      const items = node.items.map((item, index) => grow(item, [...path, index], [start, start + 1]));
      return { value: items.map((item) => item.value), start, end, style: 'list', items };
    }
    if (isScalar(node) && node.value !== null) {
      const [start, end] = rangeOf(node, keyRange);
      const style =
        node.type === 'PLAIN'
          ? 'plain'
          : node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL'
            ? 'block'
            : 'quoted';
      if (style === 'plain') note(path, node.source ?? '', node.value, [start, end], false);
      return { value: node.value, start, end, style };
    }
    const range = isScalar(node) ? rangeOf(node, keyRange) : keyRange;
    const [start, end] = range[1] > range[0] ? range : keyRange;
    findings.push({
      code: 'yaml-null',
      message: 'no value: a key or a list mark that is written has one',
      help: 'write a value, or leave the key out',
      start,
      end,
    });
    return { value: undefined, start, end, style: 'plain' };
  };

  const tree = grow(root, [], [0, 1]);
  return { tree, findings, lookalikes };
}

function keyOf(key: unknown, range: readonly [number, number], findings: Finding[]): string | undefined {
  const [start, end] = range;
  if (!isScalar(key) || key.value === null) {
    findings.push({ code: 'yaml-key', message: 'a key that is no text: keys are text', start, end });
    return undefined;
  }
  if (typeof key.value !== 'string') {
    const text = key.source ?? '';
    findings.push({
      code: 'yaml-key',
      message: `key \`${text}\` is a ${typeof key.value} in YAML: keys are text`,
      help: `quote it: "${text}"`,
      start,
      end,
    });
    return undefined;
  }
  if (key.value === '__proto__') {
    findings.push({ code: 'yaml-key', message: 'key `__proto__` is refused', start, end });
    return undefined;
  }
  return key.value;
}

/** What other readers of YAML take a plain scalar for; `value` is what this one takes it for. */
export function lookalikeKindOf(source: string, value: unknown): Lookalike['kind'] | undefined {
  if (typeof value === 'number') return PLAIN_DECIMAL.test(source) ? undefined : 'number';
  if (typeof value !== 'string') return undefined;
  if (WORD.test(source)) return 'word';
  if (DATE.test(source)) return 'date';
  return OLD_NUMBER.test(source) ? 'number' : undefined;
}

function rangeOf(node: Node | null | undefined, otherwise: readonly [number, number]): readonly [number, number] {
  const range = node?.range;
  return range === undefined || range === null ? otherwise : [range[0], range[1]];
}

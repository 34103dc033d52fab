// A reader for the usual writing of YAML: maps and lists on lines, brackets and braces, words and quotes on one line, comments. It
// takes a tenth of the time of the whole reader, and reports nothing: what is unusual, or wrong, it leaves to that one.
// INVARIANT: what it reads, the whole reader reads alike, with every place (test/fuzz/quick-yaml.test.ts).
import type { DocumentLimits } from './document.js';
import { quickScalarOf } from './quick-scalar.js';
import { lookalikeKindOf, type Entry, type Grown, type Tree } from './yaml-tree.js';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;

/** The whole reader refuses keys of more than 1,024 characters. */
const KEY_CHARACTERS = 200;
/** The column of the end of the text. */
const END = -1;

type Style = 'plain' | 'quoted';

/** The tree of a text without refused characters; undefined: ask the whole reader. */
export function readQuickly(text: string, limits: DocumentLimits): Grown | undefined {
  if (text.includes('\r') || text.includes('\t')) return undefined;
  return new QuickReader(text, limits).read();
}

class QuickReader {
  readonly #text: string;
  readonly #limits: DocumentLimits;
  readonly #lookalikes: Grown['lookalikes'][number][] = [];
  /** Keys and positions that lead to what is being read. */
  readonly #path: (string | number)[] = [];
  #at = 0;
  /** Of `#at`, where that is the first of its line. */
  #column = 0;
  /** Where the last value ended, its comment on the same line included: the end of a block that it closes. */
  #tail = 0;
  /** At least as many as the whole reader would count. */
  #tokens = 8;
  /** Of the scalar that was read last. */
  #start = 0;
  #stop = 0;
  #style: Style = 'plain';

  constructor(text: string, limits: DocumentLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  read(): Grown | undefined {
    if (!this.#endLine(true)) return undefined;
    const code = this.#code(this.#at);
    const isFlow = this.#column === 0 && (code === OPEN_MAP || code === OPEN_LIST);
    const tree = isFlow ? this.#flow(END, 1) : this.#block(this.#column, 1);
    if (tree === undefined || (isFlow && !this.#endLine())) return undefined;
    if (this.#column !== END || this.#tokens > this.#limits.tokens) return undefined;
    return { tree, findings: [], lookalikes: this.#lookalikes };
  }

  #code(at: number): number {
    return this.#text.charCodeAt(at);
  }

  /** A map or a list that begins on a line of its own. */
  #block(column: number, depth: number): Tree | undefined {
    if (column === END) return undefined;
    return this.#isMark() ? this.#list(column, depth) : this.#map(column, depth);
  }

  #isMark(): boolean {
    return this.#code(this.#at) === DASH && this.#code(this.#at + 1) === SPACE;
  }

  #list(column: number, depth: number): Tree | undefined {
    if (depth > this.#limits.depth) return undefined;
    const start = this.#at;
    const items: Tree[] = [];
    while (this.#column === column && this.#isMark()) {
      this.#tokens += 2;
      this.#at += 2;
      this.#skipSpaces();
      this.#path.push(items.length);
      const item = this.#item(column, depth);
      this.#path.pop();
      if (item === undefined) return undefined;
      items.push(item);
    }
    if (this.#column > column) return undefined;
    return listOf(items, start, this.#tail);
  }

  /** Behind a list mark: a value, or a map whose first key stands here. */
  #item(column: number, depth: number): Tree | undefined {
    const start = this.#at;
    const code = this.#code(start);
    if (code === OPEN_LIST || code === OPEN_MAP) return this.#endOfLine(this.#flow(column, depth + 1));
    const source = this.#scalar(false);
    if (source === undefined) return undefined;
    if (this.#code(this.#at) !== COLON) return this.#endOfLine(this.#leaf(source));
    this.#at = start;
    this.#column = start - (this.#text.lastIndexOf('\n', start) + 1);
    return this.#map(this.#column, depth + 1);
  }

  #map(column: number, depth: number): Tree | undefined {
    if (depth > this.#limits.depth) return undefined;
    const start = this.#at;
    const entries = new Map<string, Entry>();
    const value: Record<string, unknown> = {};
    while (this.#column === column) {
      const key = this.#key(false, entries);
      if (key === undefined) return undefined;
      const [keyStart, keyEnd] = [this.#start, this.#stop];
      this.#path.push(key);
      const tree = this.#entryValue(column, depth);
      this.#path.pop();
      if (tree === undefined) return undefined;
      entries.set(key, { keyStart, keyEnd, tree });
      value[key] = tree.value;
    }
    if (this.#column > column) return undefined;
    return { value, start, end: this.#tail, style: 'map', entries };
  }

  /** Behind the colon of a key at `column`: on the same line, or a block under it. */
  #entryValue(column: number, depth: number): Tree | undefined {
    const behind = this.#at;
    this.#skipSpaces();
    const code = this.#code(this.#at);
    if (code === NEWLINE || code === HASH) {
      this.#at = behind;
      if (!this.#endLine()) return undefined;
      if (this.#column > column) return this.#block(this.#column, depth + 1);
      return this.#column === column && this.#isMark() ? this.#list(column, depth + 1) : undefined;
    }
    if (this.#at === behind) return undefined;
    if (code === OPEN_LIST || code === OPEN_MAP) return this.#endOfLine(this.#flow(column, depth + 1));
    const source = this.#scalar(false);
    return source === undefined ? undefined : this.#endOfLine(this.#leaf(source));
  }

  /** In brackets or braces, inside a block at `column`: what follows on other lines stands further right. */
  #flow(column: number, depth: number, level = 1): Tree | undefined {
    if (depth > this.#limits.depth) return undefined;
    const start = this.#at;
    const isMap = this.#code(start) === OPEN_MAP;
    const close = isMap ? CLOSE_MAP : CLOSE_LIST;
    const items: Tree[] = [];
    const entries = new Map<string, Entry>();
    const value: Record<string, unknown> = {};
    this.#at += 1;
    for (;;) {
      this.#tokens += 3;
      if (!this.#skipFlowBlanks(column, level)) return undefined;
      if (this.#code(this.#at) === close) break;
      const key = isMap ? this.#key(true, entries) : items.length;
      if (key === undefined) return undefined;
      const [keyStart, keyEnd] = [this.#start, this.#stop];
      if (isMap && !this.#skipFlowBlanks(column, level)) return undefined;
      this.#path.push(key);
      const tree = this.#flowValue(column, depth, level);
      this.#path.pop();
      if (tree === undefined || !this.#skipFlowBlanks(column, level)) return undefined;
      if (typeof key === 'number') items.push(tree);
      else {
        entries.set(key, { keyStart, keyEnd, tree });
        value[key] = tree.value;
      }
      const code = this.#code(this.#at);
      if (code === COMMA) this.#at += 1;
      else if (code !== close) return undefined;
    }
    this.#at += 1;
    return isMap ? { value, start, end: this.#at, style: 'map', entries } : listOf(items, start, this.#at);
  }

  #flowValue(column: number, depth: number, level: number): Tree | undefined {
    const code = this.#code(this.#at);
    if (code === OPEN_LIST || code === OPEN_MAP) return this.#flow(column, depth + 1, level + 1);
    const source = this.#scalar(true);
    return source === undefined || this.#code(this.#at) === COLON ? undefined : this.#leaf(source);
  }

  /** Spaces and line ends; a line may begin at the block's column only to close the outermost bracket. */
  #skipFlowBlanks(column: number, level: number): boolean {
    this.#skipSpaces();
    if (this.#code(this.#at) !== NEWLINE) return true;
    let line = this.#at;
    while (this.#code(this.#at) === NEWLINE) {
      this.#tokens += 2;
      line = this.#at + 1;
      this.#at = line;
      this.#skipSpaces();
    }
    const code = this.#code(this.#at);
    const indent = this.#at - line;
    return indent > column || (indent === column && level === 1 && (code === CLOSE_LIST || code === CLOSE_MAP));
  }

  /** A key and its colon; undefined for one that stands already. */
  #key(isFlow: boolean, entries: ReadonlyMap<string, Entry>): string | undefined {
    const key = this.#scalar(isFlow);
    if (key === undefined || this.#code(this.#at) !== COLON || key.length > KEY_CHARACTERS) return undefined;
    if (this.#style === 'plain' && (quickScalarOf(key) !== key || lookalikeKindOf(key, key) !== undefined))
      return undefined;
    if (key === '__proto__' || entries.has(key)) return undefined;
    this.#tokens += 2;
    this.#at += 1;
    return key;
  }

  #leaf(source: string): Tree | undefined {
    const [start, end, style] = [this.#start, this.#stop, this.#style];
    const value = style === 'plain' ? quickScalarOf(source) : source;
    if (value === undefined) return undefined;
    // Nothing longer is a word, nothing else begins a date or a number.
    if (style === 'plain' && (source.length <= 3 || source.charCodeAt(0) <= 0x39)) {
      const kind = lookalikeKindOf(source, value);
      if (kind !== undefined)
        this.#lookalikes.push({ path: [...this.#path], kind, text: source, isKey: false, start, end });
    }
    return { value, start, end, style };
  }

  /** The text of a scalar on this line; `#at` is behind it. */
  #scalar(isFlow: boolean): string | undefined {
    const code = this.#code(this.#at);
    this.#tokens += 3;
    return code === QUOTE || code === APOSTROPHE ? this.#quoted(code) : this.#plain(isFlow);
  }

  #quoted(quote: number): string | undefined {
    const start = this.#at;
    let at = start + 1;
    for (let code = this.#code(at); code !== quote; code = this.#code(at)) {
      if (code === NEWLINE || (code === BACKSLASH && quote === QUOTE) || Number.isNaN(code)) return undefined;
      at += 1;
    }
    if (this.#code(at + 1) === quote) return undefined;
    [this.#start, this.#stop, this.#style] = [start, at + 1, 'quoted'];
    this.#at = at + 1;
    return this.#text.slice(start + 1, at);
  }

  #plain(isFlow: boolean): string | undefined {
    const start = this.#at;
    if (!isPlainStart(this.#code(start), this.#code(start + 1))) return undefined;
    let at = start;
    let stop = start;
    for (;;) {
      const code = this.#code(at);
      if (code === NEWLINE || Number.isNaN(code)) break;
      if (code === COLON) {
        const next = this.#code(at + 1);
        if (next === SPACE || next === NEWLINE || Number.isNaN(next) || (isFlow && isFlowMark(next))) break;
      } else if (code === HASH && at > stop) return isFlow ? undefined : this.#plainEnds(start, stop);
      else if (isFlow && isFlowMark(code)) break;
      at += 1;
      if (code !== SPACE) stop = at;
    }
    // A blank before the colon of a key is left to the whole reader.
    if (this.#code(at) === COLON && at > stop) return undefined;
    return this.#plainEnds(start, stop);
  }

  #plainEnds(start: number, stop: number): string {
    [this.#start, this.#stop, this.#style] = [start, stop, 'plain'];
    this.#at = stop;
    return this.#text.slice(start, stop);
  }

  #skipSpaces(): void {
    while (this.#code(this.#at) === SPACE) this.#at += 1;
  }

  #endOfLine(tree: Tree | undefined): Tree | undefined {
    if (tree === undefined) return undefined;
    this.#tail = tree.end;
    return this.#endLine() ? tree : undefined;
  }

  /** To the next line that says something. False where the rest of this line does, or where a comment is of no level. */
  #endLine(isAtStart = false): boolean {
    // Of the line that is looked at; that of a value is not asked for.
    let line = 0;
    let isOwnLine = isAtStart;
    let comment = END;
    for (;;) {
      const before = this.#at;
      this.#skipSpaces();
      this.#tokens += 2;
      const code = this.#code(this.#at);
      if (code === HASH) {
        if (!isOwnLine && this.#at === before) return false;
        if (isOwnLine && comment !== END && comment !== this.#at - line) return false;
        if (isOwnLine) comment = this.#at - line;
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.#text.length : end;
        if (!isOwnLine) this.#tail = this.#at;
      } else if (code !== NEWLINE && !Number.isNaN(code)) {
        if (!isOwnLine) return false;
        this.#column = this.#at - line;
        return comment === END || comment === this.#column;
      }
      if (this.#at >= this.#text.length) {
        this.#column = END;
        return comment === END || comment === 0;
      }
      this.#tokens += 1;
      this.#at += 1;
      line = this.#at;
      isOwnLine = true;
    }
  }
}

function listOf(items: readonly Tree[], start: number, end: number): Tree {
  return { value: items.map((item) => item.value), start, end, style: 'list', items };
}

function isFlowMark(code: number): boolean {
  return code === COMMA || code === OPEN_LIST || code === CLOSE_LIST || code === OPEN_MAP || code === CLOSE_MAP;
}

/** Letters, digits, `_ ( / . +`, what is not ASCII, and `-` before one of these. */
function isPlainStart(code: number, next: number): boolean {
  if (code === DASH) return next !== DASH && isPlainStart(next, 0);
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x2e && code <= 0x39) ||
    code === 0x5f ||
    code === 0x28 ||
    code === 0x2b ||
    (code > 0xa0 && code !== 0xfeff)
  );
}

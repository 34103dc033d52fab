// Hostile and careless YAML: refused with a code and the text that is wrong; or read, with the place of every value.
import { DOCUMENT_LIMITS, type Document } from '../../src/document/document.js';
import { parseDocument } from '../../src/document/parse-yaml.js';
import type { Outcome } from '../../src/document/problem.js';
import type { Source } from '../../src/document/source.js';
import { underlined } from './underlined.js';

const sourceOf = (text: string): Source => ({ file: 'a.yaml', text });
const found = (text: string, outcome: Outcome<Document> = parseDocument(sourceOf(text))): unknown[] =>
  outcome.problems.map((problem) => [problem.code, underlined(sourceOf(text), problem)]);

const REFUSED: readonly [rule: string, text: string, expected: readonly [string, string | undefined][]][] = [
  ['an anchor is refused', 'a: &x 1\n', [['yaml-anchor', '&x']]],
  [
    'an alias is refused, beside its anchor',
    'a: &x 1\nb: *x\n',
    [
      ['yaml-anchor', '&x'],
      ['yaml-alias', '*x'],
    ],
  ],
  ['an unquoted wildcard host is an alias', 'hosts:\n  - *.bank.example\n', [['yaml-alias', '*.bank.example']]],
  ['an unquoted deep wildcard is an alias', 'hosts: [ **.bank.example ]\n', [['yaml-alias', '**.bank.example']]],
  ['a merge key is refused without an alias too', 'a:\n  <<: { b: 1 }\n', [['yaml-merge', '<<']]],
  ['a tag is refused', 'a: !!str 1\n', [['yaml-tag', '!!str']]],
  ['a local tag is refused', 'a: !secret x\n', [['yaml-tag', '!secret']]],
  ['a verbatim tag is refused', 'a: !<tag:yaml.org,2002:binary> x\n', [['yaml-tag', '!<tag:yaml.org,2002:binary>']]],
  ['a directive is refused', '%YAML 1.1\n---\na: 1\n', [['yaml-directive', '%YAML 1.1']]],
  ['a duplicate key at the root', 'a: 1\nb: 2\na: 3\n', [['yaml-duplicate-key', 'a']]],
  ['a duplicate key in a nested map', 'a:\n  b:\n    c: 1\n    "c": 2\n', [['yaml-duplicate-key', '"c"']]],
  ['a duplicate key in a map in a list', 'a:\n  - b: 1\n    b: 1\n', [['yaml-duplicate-key', 'b']]],
  ['a duplicate key between braces', 'a: { b: 1, b: 2 }\n', [['yaml-duplicate-key', 'b']]],
  [
    'every duplicate is reported',
    'a: 1\na: 2\na: 3\n',
    [
      ['yaml-duplicate-key', 'a'],
      ['yaml-duplicate-key', 'a'],
    ],
  ],
  ['a tab as indentation', 'a:\n\tb: 1\n', [['yaml-tab', '\t']]],
  ['a tab between key and value', 'a:\tb\n', [['yaml-tab', '\t']]],
  ['a tilde is no value', 'a: ~\n', [['yaml-null', '~']]],
  ['the word null is no value', 'a: [x, null]\n', [['yaml-null', 'null']]],
  ['a key without a value', 'a: 1\nuntil:\nb: 2\n', [['yaml-null', 'until']]],
  ['a list member without a value', 'a:\n  -\n  - b\n', [['yaml-null', '-']]],
  ['a second document', 'a: 1\n---\nb: 2\n', [['yaml-documents', '---']]],
  ['a number as a key', 'a: { 80: x }\n', [['yaml-key', '80']]],
  ['a list as a key', '? [a, b]\n: 1\n', [['yaml-key', '[a, b]']]],
  ['the key __proto__', '__proto__: { a: 1 }\n', [['yaml-key', '__proto__']]],
  ['an empty file', '', [['yaml-empty', '']]],
  ['a file of comments', '# nothing\n', [['yaml-empty', '#']]],
  ['a missing bracket', 'a: [b, c\n', [['yaml-syntax', '']]],
  ['text after a quoted value', 'a: "b" c\n', [['yaml-syntax', 'c']]],
  ['a value that starts with a reserved mark', 'a: @b\n', [['yaml-syntax', '@']]],
  ['an unknown escape', 'a: "\\q"\n', [['yaml-syntax', '\\']]],
  ['two colons on a line', 'a: b: c\n', [['yaml-syntax', 'b']]],
  ['a NUL', 'a: b\u0000c\n', [['yaml-character', '\u0000']]],
  ['an escape sequence of a terminal', 'a: \u001b[2J\n', [['yaml-character', '\u001b']]],
  ['a direction override', 'a: \u202eb\n', [['yaml-character', '\u202e']]],
  ['a bare CR', 'a: 1\rb: 2\n', [['yaml-character', '\r']]],
  ['bytes that are not UTF-8', 'a: \ufffd\n', [['yaml-character', '\ufffd']]],
  ['a byte order mark inside', 'a: x\ufeff\n', [['yaml-character', '\ufeff']]],
];

test.each(REFUSED)('refused: %s', (_rule, text, expected) => {
  const outcome = parseDocument(sourceOf(text));
  expect(outcome.ok).toBe(false);
  expect(found(text, outcome)).toEqual(expected);
});

describe('what costs too much is refused in a bounded time', () => {
  const many = 1 << 20;
  const rows: readonly [string, string, string][] = [
    ['billion laughs', `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n`, 'yaml-anchor'],
    ['10 MB of hosts', `hosts:\n${'  - pay.bank.example\n'.repeat(500_000)}`, 'yaml-size'],
    ['open brackets', '['.repeat(many), 'yaml-depth'],
    ['open braces', '{a: '.repeat(many), 'yaml-depth'],
    ['list marks on one line', '- '.repeat(many), 'yaml-depth'],
    ['key marks on one line', '? '.repeat(many), 'yaml-depth'],
    ['colons on one line', ': '.repeat(many), 'yaml-depth'],
    ['maps in maps', Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'yaml-depth'],
    ['line ends', '\n'.repeat(4 * many), 'yaml-tokens'],
    ['commas', `[${','.repeat(4 * many)}]`, 'yaml-tokens'],
  ];
  test.each(rows)(
    '%s',
    (_rule, text, code) => {
      const outcome = parseDocument(sourceOf(text));
      expect(outcome.ok).toBe(false);
      expect(outcome.problems[0]?.code).toBe(code);
      expect(outcome.problems.length).toBeLessThan(20);
    },
    30_000,
  );

  test('100,000 equal keys give a list that ends', () => {
    const outcome = parseDocument(sourceOf('a: 1\n'.repeat(100_000)));
    expect(outcome.problems).toHaveLength(1001);
    expect(outcome.problems.at(-1)?.message).toBe('98999 further problems are not listed');
  }, 30_000);

  test('a depth at the limit is read, one more is not', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}x${']'.repeat(depth)}`;
    expect(parseDocument(sourceOf(nested(DOCUMENT_LIMITS.depth))).ok).toBe(true);
    expect(found(nested(DOCUMENT_LIMITS.depth + 1))).toEqual([['yaml-depth', '[']]);
  });
});

describe('a document knows the place of everything', () => {
  const source = sourceOf(
    '\ufeffa: 1\r\nlist:\r\n  - "x y"\r\n  - { k: v, n: -1.5 }\r\nblock: |\r\n  one\r\n  two\r\n',
  );
  const outcome = parseDocument(source);
  if (!outcome.ok) throw new Error('not read');
  const document = outcome.value;

  test('its value is plain data', () => {
    expect(document.value).toEqual({ a: 1, list: ['x y', { k: 'v', n: -1.5 }], block: 'one\ntwo\n' });
  });

  test.each([
    [['a'], 'plain', '1', 'a'],
    [['list', 0], 'quoted', '"x y"', undefined],
    [['list', 1, 'k'], 'plain', 'v', 'k'],
    [['list', 1], 'map', '{ k: v, n: -1.5 }', undefined],
    [['list'], 'list', '- "x y"\r\n  - { k: v, n: -1.5 }', 'list'],
    [['block'], 'block', '|\r\n  one\r\n  two', 'block'],
  ])('at %j it is %s', (path, style, text, key) => {
    const place = document.at(path);
    expect(place?.style).toBe(style);
    expect(place?.text).toBe(text);
    const at = (
      span: typeof place extends infer P ? (P extends { span: infer S } ? S : never) : never,
    ): string | undefined => underlined(source, { code: '', severity: 'error', message: '', span });
    expect(place && at(place.span)).toBe(text);
    expect(place?.keySpan && at(place.keySpan)).toBe(key);
  });

  test('what is not there has no place', () => {
    expect(document.at(['nothing'])).toBeUndefined();
    expect(document.at(['list', 2])).toBeUndefined();
    expect(document.at(['a', 'constructor'])).toBeUndefined();
  });
});

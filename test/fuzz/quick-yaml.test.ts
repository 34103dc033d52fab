// Two readers of YAML say the same: what the quick one reads, the whole one reads alike, every value and every place; what the whole
// one refuses, the quick one does not read. Texts are laid out in many ways, then spoiled a little.
import fc from 'fast-check';
import { DOCUMENT_LIMITS, type DocumentLimits } from '../../src/document/document.js';
import { readQuickly } from '../../src/document/quick-yaml.js';
import { readWhole } from '../../src/document/whole-yaml.js';
import type { Grown, Tree } from '../../src/document/yaml-tree.js';
import { holds } from './property.js';

const WORDS = [
  ...[
    'a',
    'pay.bank.example',
    'x-msisdn',
    'two words',
    'a:b',
    'a#b',
    'it’s',
    'über',
    '-x',
    '-5',
    '+5',
    '.5',
    '5.',
    '1.50',
  ],
  ...[
    'true',
    'false',
    'True',
    'null',
    '~',
    'yes',
    'no',
    'on',
    'y',
    'N',
    '2026-12-31',
    '2026-12-31T10:00:00Z',
    '00101',
    '0',
  ],
  ...[
    '0x1f',
    '0o17',
    '1e3',
    '.inf',
    '-.INF',
    '.nan',
    '1_000',
    '12:30',
    '10.0.0.1',
    '::1',
    '12345678901234567890',
    '-0',
  ],
  ...[
    '(a)',
    '/etc/x',
    'a, b',
    'a]',
    'a}',
    '[',
    '{',
    '*',
    '**',
    '&a',
    '!b',
    '|',
    '>',
    '%',
    '@',
    '`',
    '?',
    '-',
    ':',
    '#',
    '',
  ],
  ...[
    '- a',
    '? a',
    'a: b',
    'a #b',
    "it's",
    'say "so"',
    'back\\slash',
    '<<',
    '__proto__',
    'constructor',
    '=',
    '$',
    '\u00a0',
  ],
];
const KEYS = [
  'a',
  'b',
  'until',
  'x-key',
  'a b',
  'on',
  '80',
  'true',
  '2026-12-31',
  '-k',
  'http://x',
  'ü',
  '__proto__',
  '<<',
];

type Piece = (column: number) => string;
const blanks = (count: number): string => ' '.repeat(count);
const word = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom(...WORDS.slice(0, 8)) },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
);
const quotes = fc.constantFrom('', '', '', '"', "'");
const scalar = fc.tuple(word, quotes).map(([text, quote]) => quote + text + quote);
const key = fc
  .tuple(
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...KEYS.slice(0, 4)) },
      { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
    ),
    quotes,
  )
  .map(([text, quote]) => quote + text + quote);
const remark = fc.constantFrom('', '', '', '', '', '', ' # why', ' # why', '  #', ' ', '#');
/** Between two lines of a block, at its column. */
const gap = fc.constantFrom<Piece>(
  ...[
    () => '',
    () => '',
    () => '',
    () => '',
    () => '',
    () => '',
    () => '',
    () => '\n',
    () => '  \n',
    () => '# at the edge\n',
  ],
  ...[(column: number) => `${blanks(column)}# here\n`, (column: number) => `${blanks(column + 2)}# deeper\n`],
);

const inside = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(tie('value'), { maxLength: 3 }), fc.constantFrom(', ', ',', ',\n      ', ' ,', ',\n'))
        .map(([items, comma]) => `[${items.join(comma)}]`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.array(fc.tuple(key, fc.constantFrom(': ', ': ', ':', ' : '), tie('value')), { maxLength: 3 }),
          fc.constantFrom([' ', ''], ['', ''], ['\n       ', ',\n      '], ['\n', '\n']),
        )
        .map(
          ([pairs, [open, close]]) =>
            `{${open}${pairs.map((pair) => pair.join('')).join(', ')}${close}${open === ' ' ? ' ' : ''}}`,
        ),
    },
  ),
})).value;

/** Lines of a block at a column, each with its line end; a value on a key's own line comes back without. */
const block = fc.letrec<{ map: Piece; list: Piece }>((tie) => ({
  map: fc
    .array(
      fc.oneof(
        { maxDepth: 4 },
        fc.tuple(key, inside, remark, gap).map(
          ([name, value, note, before]): Piece =>
            (column) =>
              `${before(column)}${blanks(column)}${name}: ${value}${note}\n`,
        ),
        fc.tuple(key, tie('map'), fc.constantFrom(1, 2, 2, 4), remark, gap).map(
          ([name, inner, step, note, before]): Piece =>
            (column) =>
              `${before(column)}${blanks(column)}${name}:${note}\n${inner(column + step)}`,
        ),
        fc.tuple(key, tie('list'), fc.constantFrom(0, 2, 2), remark, gap).map(
          ([name, inner, step, note, before]): Piece =>
            (column) =>
              `${before(column)}${blanks(column)}${name}:${note}\n${inner(column + step)}`,
        ),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map(
      (pieces): Piece =>
        (column) =>
          pieces.map((piece) => piece(column)).join(''),
    ),
  list: fc
    .array(
      fc.oneof(
        { maxDepth: 4 },
        fc.tuple(inside, remark, gap).map(
          ([value, note, before]): Piece =>
            (column) =>
              `${before(column)}${blanks(column)}- ${value}${note}\n`,
        ),
        fc.tuple(tie('map'), fc.constantFrom(1, 1, 3), gap).map(
          ([inner, step, before]): Piece =>
            (column) =>
              `${before(column)}${blanks(column)}-${blanks(step)}${inner(column + 1 + step).trimStart()}`,
        ),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map(
      (pieces): Piece =>
        (column) =>
          pieces.map((piece) => piece(column)).join(''),
    ),
}));

const SPOILERS = [
  ' ',
  '\n',
  '\n  ',
  ':',
  ': ',
  '- ',
  '#',
  ' #',
  ',',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '\t',
  '\r',
  '\\',
  '---\n',
  '&',
  'x',
];
const spoiled = fc
  .tuple(
    fc.oneof(
      block.map.map((piece) => piece(0)),
      block.list.map((piece) => piece(0)),
      fc.tuple(block.map, fc.constantFrom(1, 2)).map(([piece, column]) => piece(column)),
      inside,
    ),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.constantFrom('', ...SPOILERS)), { maxLength: 1 }),
  )
  .map(([text, changes]) =>
    changes.reduce((now, [at, length, put]) => {
      const place = now.length === 0 ? 0 : at % now.length;
      return now.slice(0, place) + put + now.slice(place + length);
    }, text),
  );
const soup = fc
  .array(fc.constantFrom(...SPOILERS, ...KEYS, ...WORDS, '\n- ', '\n    '), { maxLength: 14 })
  .map((parts) => parts.join(''));
const limits = fc.oneof(
  { weight: 4, arbitrary: fc.constant(DOCUMENT_LIMITS) },
  {
    weight: 1,
    arbitrary: fc.record({ characters: fc.constant(10_000), depth: fc.nat({ max: 5 }), tokens: fc.nat({ max: 90 }) }),
  },
);

/** What a document shows of its places: blanks at an end are in no span and in no text. */
function shown(text: string, tree: Tree): unknown {
  const { value, start, end, style, items, entries } = tree;
  return {
    value,
    start,
    end: start + text.slice(start, end).trimEnd().length,
    style,
    items: items?.map((item) => shown(text, item)),
    entries: entries && [...entries].map(([name, entry]) => [name, { ...entry, tree: shown(text, entry.tree) }]),
  };
}

function compare(text: string, within: DocumentLimits): boolean {
  const quick = readQuickly(text, within);
  if (quick === undefined) return false;
  const whole = readWhole({ file: 'a.yaml', text }, within);
  if ('refused' in whole) throw new Error(`the whole reader refuses: ${JSON.stringify([text, whole.refused])}`);
  const of = (grown: Grown): unknown => ({ tree: shown(text, grown.tree), lookalikes: grown.lookalikes });
  expect(of(quick)).toStrictEqual(of(whole));
  return true;
}

test('what the quick reader reads, the whole one reads alike', () => {
  let read = 0;
  let asked = 0;
  holds(
    fc.tuple(fc.oneof({ weight: 5, arbitrary: spoiled }, { weight: 1, arbitrary: soup }), limits),
    ([text, within]) => {
      asked += 1;
      if (compare(text, within)) read += 1;
    },
    4,
  );
  expect(read).toBeGreaterThan(asked / 20);
});

test('the usual layouts are read quickly', () => {
  for (const text of [
    'version: 1\npartners:\n  # the first\n  - id: bank # kept\n    hosts: [pay.bank.example, "*.x.bank.example"]\n    release:\n      - { header: X-MSISDN, as: unchanged }\n    until: 2027-12-31\n\n# the end\n',
    'hosts:\n- a.example\n- b.example\nports: [\n  80,\n  8080\n]\n',
    JSON.stringify({ version: 1, partners: [{ id: 'bank', hosts: ['a.example'], own: true }], deny: [] }, null, 2),
    JSON.stringify({ version: 1, partners: [{ id: 'bank', hosts: ['a.example'], connect: 443 }] }),
  ])
    expect(compare(text, DOCUMENT_LIMITS)).toBe(true);
});

import { renderToldNames, TOLD_BYTES_MOST, TOLD_DAYS, toldNamesIn, withOwnNames } from '../../src/fleet/told-names.js';

const TODAY = 20_600;
const FULL = { version: 1, listener: 'internet', day: TODAY, names: [['xusual', TODAY]] };
const read = (value: unknown) => toldNamesIn(JSON.stringify(value), 'internet', TODAY);
const namesOf = (value: unknown): readonly string[] | null => {
  const told = read(value);
  return told === null ? null : [...told.names.keys()];
};

test('what is rendered is read', () => {
  const told = { day: TODAY, names: new Map([['xusual', TODAY - 3]]) };
  expect(toldNamesIn(renderToldNames('internet', told), 'internet', TODAY)).toEqual(told);
  expect(read({ ...FULL, names: [] })).toEqual({ day: TODAY, names: new Map() });
});

test.each<[string, unknown]>([
  ['another version', { ...FULL, version: 2 }],
  ['another listener', { ...FULL, listener: 'roaming' }],
  ['no listener', { ...FULL, listener: undefined }],
  ['a member more', { ...FULL, more: 1 }],
  ['names that are no list', { ...FULL, names: 'xusual' }],
  ['a name without a day', { ...FULL, names: [['xusual']] }],
  ['a name that is no key', { ...FULL, names: [['X-Usual', TODAY]] }],
  ['an empty name', { ...FULL, names: [['', TODAY]] }],
  ['a name that is too long', { ...FULL, names: [['x'.repeat(65), TODAY]] }],
  ['a name that may hold a number', { ...FULL, names: [['x447700900042', TODAY]] }],
  [
    'a name beside one that is right',
    {
      ...FULL,
      names: [
        ['xusual', TODAY],
        [7, TODAY],
      ],
    },
  ],
  ['too many names', { ...FULL, names: Array.from({ length: 1025 }, (_, n) => [`x${String(n)}`, TODAY]) }],
  ['a day that is no day', { ...FULL, day: '20600' }],
  ['a day of long ago', { ...FULL, day: TODAY - TOLD_DAYS - 1 }],
  ['a day that is to come', { ...FULL, day: TODAY + 2 }],
  ['a name of a day that is to come', { ...FULL, names: [['xusual', TODAY + 2]] }],
  ['a list', [FULL]],
  ['null', null],
])('%s is none', (_, value) => {
  expect(namesOf(FULL)).toEqual(['xusual']);
  expect(read(value)).toBeNull();
});

test.each(['', 'x', '{', '['.repeat(100_000), '{"__proto__":{"version":1}}', '\u0000'])(
  'a text is none: %.10j',
  (text) => {
    expect(toldNamesIn(text, 'internet', TODAY)).toBeNull();
  },
);

test('a name that nobody has told for a month is not among them; a clock may be a day ahead', () => {
  const names = [
    ['xold', TODAY - TOLD_DAYS - 1],
    ['xkept', TODAY - TOLD_DAYS],
    ['xahead', TODAY + 1],
  ];
  expect(namesOf({ ...FULL, day: TODAY + 1, names })).toEqual(['xkept', 'xahead']);
});

describe('what a replica writes', () => {
  const there = {
    day: TODAY,
    names: new Map([
      ['xother', TODAY - 2],
      ['xboth', TODAY],
    ]),
  };

  test('is the union, with its own of today', () => {
    expect(withOwnNames(there, ['xboth', 'xown'], TODAY)).toEqual({
      day: TODAY,
      names: new Map([
        ['xboth', TODAY],
        ['xown', TODAY],
        ['xother', TODAY - 2],
      ]),
    });
    expect(withOwnNames(null, [], TODAY)).toEqual({ day: TODAY, names: new Map() });
  });
  test('is nothing where all of it is there of today', () => {
    expect(withOwnNames(there, ['xboth'], TODAY)).toBeNull();
    expect(withOwnNames(there, [], TODAY)).toBeNull();
    expect(withOwnNames(there, ['xother'], TODAY)).not.toBeNull();
    expect(withOwnNames(there, [], TODAY + 1)).not.toBeNull();
  });
  test('is never more than is read: of too many its own stay, then those that were told last', () => {
    const many = new Map(
      Array.from({ length: 1024 }, (_, n) => [`${'o'.repeat(58)}${String(n)}`, TODAY - 1 - (n % 9)]),
    );
    const own = Array.from({ length: 1000 }, (_, n) => `${'w'.repeat(58)}${String(n)}`);
    const told = withOwnNames({ day: TODAY, names: many }, own, TODAY);
    if (told === null) throw new Error('nothing is written');
    expect(told.names.size).toBe(1024);
    expect([...told.names.values()].slice(1000)).toEqual(Array(24).fill(TODAY - 1));
    const text = renderToldNames('internet', told);
    expect(Buffer.byteLength(text)).toBeLessThan(TOLD_BYTES_MOST);
    expect(toldNamesIn(text, 'internet', TODAY)).toEqual(told);
    expect(withOwnNames(null, [...many.keys(), ...own], TODAY)?.names.size).toBe(1024);
  });
});

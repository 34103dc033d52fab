// `renew` moves one value: every other byte of the file stays, however that value is written.
import { renewalOf } from '../../src/policy/renewal.js';

const moved = (text: string, id = 'b', until = '2028-06-30') => {
  const outcome = renewalOf({ file: 'policy.yaml', text }, { id, until });
  if (!outcome.ok) return outcome.problems.map(({ code, message, help }) => [code, message, help ?? '']);
  return outcome.value.source.text;
};
const AROUND = (line: string): string =>
  `# until: 2027-12-31\npartners:\n- id: a\n  until: 2027-12-31 # a\n- id: b # until: 2027-12-31\n${line}\n- {id: c,   until:   2027-12-31}\n`;

test.each([
  ['plain', '  until: 2027-12-31', '  until: 2028-06-30'],
  ['in double quotes', '  until: "2027-12-31"', '  until: "2028-06-30"'],
  ['in single quotes', "  until:   '2027-12-31'  ", "  until:   '2028-06-30'  "],
  [
    'with a comment behind',
    '  until: 2027-12-31   # the contract, 2027-12-31',
    '  until: 2028-06-30   # the contract, 2027-12-31',
  ],
  ['an instant', '  until: 2027-12-31T18:00:00+01:00', '  until: 2028-06-30'],
  ['in braces', '  x: {until: 1}\n  until: 2027-12-31', '  x: {until: 1}\n  until: 2028-06-30'],
])('%s', (_, before, after) => {
  expect(moved(AROUND(before))).toBe(AROUND(after));
});

test('a partner in braces, and line ends of Windows, and letters outside ASCII before it', () => {
  const text = '# Grüße 😀\r\npartners:\r\n  - { id: b, name: "Ü😀", until: 2027-12-31, own: true }\r\n';
  expect(moved(text)).toBe(text.replace('2027-12-31', '2028-06-30'));
});

test('an instant is written as it was given', () => {
  expect(moved(AROUND('  until: 2027-12-31'), 'b', '2028-06-30T12:00:00+02:00')).toBe(
    AROUND('  until: 2028-06-30T12:00:00+02:00'),
  );
});

test.each<[string, unknown, string, string]>([
  [
    'an id that nobody has',
    [['renew-partner', 'no partner has the id `another`', 'there are: `a`, `b`, `c`']],
    'another',
    '2028-06-30',
  ],
  [
    'no date',
    [['renew-until', '`soon` is no day: it takes one like `2027-12-31` or an instant like `2027-12-31T18:00:00Z`', '']],
    'b',
    'soon',
  ],
  [
    'a date that would end its line',
    [
      [
        'renew-until',
        '`2028-01-01\n#` is no day: it takes one like `2027-12-31` or an instant like `2027-12-31T18:00:00Z`',
        '',
      ],
    ],
    'b',
    '2028-01-01\n#',
  ],
])('%s is refused', (_, problems, id, until) => {
  expect(moved(AROUND('  until: 2027-12-31'), id, until)).toEqual(problems);
});

test('a misspelled id is helped', () => {
  expect(moved('partners: [{ id: acme-pay, until: 2027-12-31 }]', 'acme-pya')).toEqual([
    ['renew-partner', 'no partner has the id `acme-pya`', 'did you mean `acme-pay`?'],
  ]);
});

test.each([
  ['no `until`', 'partners:\n  - id: b\n'],
  ['a folded one', 'partners:\n  - id: b\n    until: >-\n      2027-12-31\n'],
])('%s has nothing to move', (_, text) => {
  expect(moved(text)).toEqual([['renew-until', '`b` has no `until` on one line: there is nothing to move', '']]);
});

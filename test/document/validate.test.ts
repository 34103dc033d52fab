// A schema's complaints in our words, each under the text that it is about.
import { z } from 'zod';
import { parseDocument } from '../../src/document/parse-yaml.js';
import { validate } from '../../src/document/validate.js';
import { underlined } from './underlined.js';

const SCHEMA = z.strictObject({
  version: z.literal(1).optional(),
  id: z
    .string()
    .regex(/^[a-z]+$/, { error: 'it takes small letters' })
    .optional(),
  transport: z.enum(['http', 'tls']).optional(),
  own: z.boolean().default(false),
  ports: z.array(z.int().min(1).max(65535)).min(1).optional(),
  plmns: z.array(z.string()).max(2).optional(),
  until: z.string().optional(),
  via: z.enum(['on', 'off']).optional(),
  key: z.union([z.string(), z.array(z.string())]).optional(),
  hosts: z.record(z.string(), z.string()).optional(),
  partners: z
    .array(z.strictObject({ id: z.string(), release: z.array(z.strictObject({ header: z.string() })).optional() }))
    .optional(),
  even: z
    .number()
    .refine((n) => n % 2 === 0, {
      error: '`even` is odd: it takes even numbers',
      params: { code: 'odd-one', help: 'add one' },
    })
    .optional(),
});

const problemsOf = (text: string): unknown[] => {
  const source = { file: 'a.yaml', text };
  const document = parseDocument(source);
  if (!document.ok) throw new Error(document.problems[0]?.message);
  const outcome = validate(document.value, SCHEMA, { plainDates: ['until'], plainWords: ['via'] });
  expect(outcome.ok).toBe(outcome.problems.length === 0);
  return outcome.problems.map((problem) => [problem.code, problem.message, underlined(source, problem), problem.help]);
};

test('a fitting document gives the schema’s output, defaults included', () => {
  const document = parseDocument({
    file: 'a.yaml',
    text: 'until: 2026-12-31\nvia: off\nplmns: ["00101"]\nports: [80]\n',
  });
  if (!document.ok) throw new Error('not read');
  expect(validate(document.value, SCHEMA, { plainDates: ['until'], plainWords: ['via'] })).toEqual({
    ok: true,
    value: { own: false, until: '2026-12-31', via: 'off', plmns: ['00101'], ports: [80] },
    problems: [],
  });
});

test.each<[string, string, unknown[][]]>([
  [
    'an unknown key, with the nearest',
    'partnres: []\n',
    [['unknown-key', 'unknown key `partnres`', 'partnres', 'did you mean `partners`?']],
  ],
  [
    'an unknown key deep down, with what is known there',
    'partners: [{ id: a, release: [{ header: x, zzzz: 1 }] }]\n',
    [['unknown-key', 'unknown key `zzzz`', 'zzzz', 'known here: `header`']],
  ],
  [
    'a missing key, under what lacks it',
    'partners:\n  - release: []\n',
    [['missing-key', 'missing key `partners[0].id`', 'release: []', undefined]],
  ],
  [
    'a number for text must be quoted',
    'plmns: [00101]\n',
    [['not-quoted', '`plmns[0]` is a number in YAML: it takes text', '00101', 'quote it: "00101"']],
  ],
  [
    'true for text must be quoted',
    'id: true\n',
    [['not-quoted', '`id` is true or false in YAML: it takes text', 'true', 'quote it: "true"']],
  ],
  [
    'a word that some readers take for a boolean',
    'id: no\n',
    [
      [
        'not-quoted',
        '`no` is true or false to some readers of YAML: text like this must be quoted',
        'no',
        'quote it: "no"',
      ],
    ],
  ],
  [
    'a word as a key',
    'hosts: { on: x }\n',
    [
      [
        'not-quoted',
        '`on` is true or false to some readers of YAML: text like this must be quoted',
        'on',
        'quote it: "on"',
      ],
    ],
  ],
  [
    'a date outside the keys that take one',
    'key: 2026-12-31\n',
    [
      [
        'not-quoted',
        '`2026-12-31` is a date to some readers of YAML: text like this must be quoted',
        '2026-12-31',
        'quote it: "2026-12-31"',
      ],
    ],
  ],
  [
    'a number of base 60',
    'key: 12:30\n',
    [
      [
        'not-quoted',
        '`12:30` is a number to some readers of YAML: text like this must be quoted',
        '12:30',
        'quote it: "12:30"',
      ],
    ],
  ],
  [
    'a number with leading zeros',
    'ports: [080]\n',
    [['odd-number', '`080` is read as 80: a number is written in plain decimal digits', '080', 'write 80']],
  ],
  [
    'a hexadecimal number',
    'ports: [0x50]\n',
    [['odd-number', '`0x50` is read as 80: a number is written in plain decimal digits', '0x50', 'write 80']],
  ],
  [
    'yes for a boolean',
    'own: yes\n',
    [['wrong-type', '`own` is text: it takes true or false', 'yes', 'write `true` or `false`']],
  ],
  [
    'quoted digits for a number',
    'ports: ["80"]\n',
    [['wrong-type', '`ports[0]` is text: it takes a number', '"80"', 'take the quotes off']],
  ],
  ['text for a list', 'ports: x\n', [['wrong-type', '`ports` is text: it takes a list', 'x', undefined]]],
  ['a list for text', 'id: [a]\n', [['wrong-type', '`id` is a list: it takes text', '[a]', undefined]]],
  [
    'half a port',
    'ports: [80.5]\n',
    [['wrong-type', '`ports[0]` is `80.5`: it takes a whole number', '80.5', undefined]],
  ],
  [
    'a port over the limit, both numbers',
    'ports: [70000]\n',
    [['out-of-range', '`ports[0]` is `70000`: at most 65535', '70000', undefined]],
  ],
  [
    'a word of no choice',
    'transport: ftp\n',
    [['wrong-value', '`transport` is `ftp`: it takes `http` or `tls`', 'ftp', undefined]],
  ],
  ['a version of no choice', 'version: 2\n', [['wrong-value', '`version` is `2`: it takes `1`', '2', undefined]]],
  [
    'a list where a choice stands',
    'transport: [tls]\n',
    [['wrong-type', '`transport` is a list: it takes text', '[tls]', undefined]],
  ],
  [
    'another form, by the schema’s own rule',
    'id: A1\n',
    [['wrong-value', '`id` is `A1`: it takes small letters', 'A1', undefined]],
  ],
  [
    'an empty list',
    'ports: []\n',
    [
      [
        'empty-list',
        '`ports` is an empty list: it could be read as "all" or as "none"',
        '[]',
        'name its members, or leave the key out',
      ],
    ],
  ],
  [
    'too many members, both numbers',
    'plmns: [a, b, c]\n',
    [['wrong-count', '`plmns` has 3 members: at most 2', '[a, b, c]', undefined]],
  ],
  [
    'none of two types',
    'key: { a: b }\n',
    [['wrong-type', '`key` is a map of keys: it takes text or a list', '{ a: b }', undefined]],
  ],
  [
    'a number where text or a list stands',
    'key: 5\n',
    [['not-quoted', '`key` is a number in YAML: it takes text or a list', '5', 'quote it: "5"']],
  ],
  [
    'a member of a list in a choice of types',
    'key: [5]\n',
    [['not-quoted', '`key[0]` is a number in YAML: it takes text', '5', 'quote it: "5"']],
  ],
  [
    'a refinement with its own code and help',
    'even: 3\n',
    [['odd-one', '`even` is odd: it takes even numbers', '3', 'add one']],
  ],
])('%s', (_rule, text, expected) => {
  expect(problemsOf(text)).toEqual(expected);
});

test('everything is reported, not the first', () => {
  expect(
    problemsOf('own: 1\nports: [0, "80", 80.5]\nprots: 1\nid: no\n').map((problem) => (problem as string[])[2]),
  ).toEqual(expect.arrayContaining(['1', '0', '"80"', '80.5', 'prots', 'no']));
});

// Problems as text, exactly as conventions of the house show them; and nothing in a file can disturb a terminal.
import type { Problem, Span } from '../../src/document/problem.js';
import { renderProblems } from '../../src/document/render.js';

const span = (file: string, line: number, column: number, endColumn: number, endLine = line): Span => ({
  file,
  line,
  column,
  endLine,
  endColumn,
});
const problem = (over: Partial<Problem>): Problem => ({
  code: 'some-code',
  severity: 'error',
  message: 'a fact: a rule',
  ...over,
});

test('place, fact, code, line, caret and help', () => {
  const text = 'version: 1\npartners:\n  - id: bank\n    hosts:\n      - "*.co.uk"\n';
  const rendered = renderProblems(
    [
      {
        code: 'host-public-suffix',
        severity: 'error',
        message: '`*.co.uk` covers every site under a public suffix',
        span: span('config/policy.yaml', 5, 9, 18),
        help: 'name the partner’s own domain, for example `*.bank.co.uk`',
      },
    ],
    [{ file: 'config/policy.yaml', text }],
  );
  expect(rendered).toBe(
    [
      'config/policy.yaml:5:9: error: `*.co.uk` covers every site under a public suffix [host-public-suffix]',
      '  5 |       - "*.co.uk"',
      '    |         ^^^^^^^^^',
      '  help: name the partner’s own domain, for example `*.bank.co.uk`',
      '',
    ].join('\n'),
  );
});

test('problems are sorted by file as given, line and column; those without a place come first', () => {
  const rendered = renderProblems(
    [
      problem({ span: span('b', 1, 1, 2), code: 'four' }),
      problem({ span: span('a', 10, 1, 2), code: 'three' }),
      problem({ span: span('a', 2, 3, 4), code: 'two' }),
      problem({ span: span('a', 2, 1, 2), code: 'one' }),
      problem({ code: 'zero' }),
    ],
    [
      { file: 'a', text: 'x\nabc\n3\n4\n5\n6\n7\n8\n9\nten\n' },
      { file: 'b', text: 'b' },
    ],
  );
  expect([...rendered.matchAll(/\[(\w+)\]$/gm)].map((match) => match[1])).toEqual([
    'zero',
    'one',
    'two',
    'three',
    'four',
  ]);
  expect(rendered).toContain('  10 | ten\n     | ^\n');
});

test.each<[string, string, Span, string]>([
  [
    'a span over lines is underlined to the end of its first',
    'a:  x\n  b\n',
    span('f', 1, 5, 4, 2),
    '  1 | a:  x\n    |     ^\n',
  ],
  ['a tab before the caret stays a tab', '\tab\n', span('f', 1, 2, 4), '  1 | \tab\n    | \t^^\n'],
  ['a CR is not shown', 'ab\r\n', span('f', 1, 1, 3), '  1 | ab\n    | ^^\n'],
  ['an escape sequence is not sent on', 'a\u001b[2Jb\n', span('f', 1, 2, 3), '  1 | a\ufffd[2Jb\n    |  ^\n'],
  ['the end of the file has a place', 'ab', span('f', 1, 3, 4), '  1 | ab\n    |   ^\n'],
])('%s', (_rule, text, at, expected) => {
  expect(renderProblems([problem({ span: at })], [{ file: 'f', text }])).toBe(
    `f:${at.line}:${at.column}: error: a fact: a rule [some-code]\n${expected}`,
  );
});

test('a very long line is shown around its caret only', () => {
  const text = `${'x'.repeat(100_000)}HERE${'y'.repeat(100_000)}`;
  const rendered = renderProblems([problem({ span: span('f', 1, 100_001, 100_005) })], [{ file: 'f', text }]);
  const [, line = '', caret = ''] = rendered.split('\n');
  expect(line.length).toBeLessThan(180);
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE');
});

test('a place in a file that is not at hand is named without its line', () => {
  expect(renderProblems([problem({ span: span('gone', 3, 1, 2) })], [])).toBe(
    'gone:3:1: error: a fact: a rule [some-code]\n',
  );
});

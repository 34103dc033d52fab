// SARIF and JSON of problems: the fields that code hosts read (SARIF 2.1.0, sections 3.13 to 3.30), and nothing invented.
import { renderProblemsJson } from '../../src/document/render-json.js';
import { renderSarif } from '../../src/document/render-sarif.js';
import type { Problem } from '../../src/document/problem.js';

const SPAN = { file: 'config/a b.yaml', line: 3, column: 5, endLine: 3, endColumn: 9 };
const PROBLEMS: readonly Problem[] = [
  { code: 'host-wide', severity: 'warning', message: 'wide', help: 'narrow it', span: SPAN },
  { code: 'ends-on-weekend', severity: 'info', message: 'late', span: { ...SPAN, file: '/etc/p.yaml' } },
  { code: 'file', severity: 'error', message: 'no such file' },
];
interface Log {
  version: string;
  runs: {
    tool: { driver: { name: string; semanticVersion: string; rules: { id: string }[] } };
    results: Record<string, unknown>[];
  }[];
}
const logOf = (problems: readonly Problem[]): Log => JSON.parse(renderSarif(problems, { version: '1.2.3' })) as Log;

test('a run has the tool, a rule per code and a result per problem', () => {
  const log = logOf([...PROBLEMS, { code: 'file', severity: 'error', message: 'another' }]);
  expect(log.version).toBe('2.1.0');
  const [run] = log.runs;
  expect(run?.tool.driver).toMatchObject({ name: 'headgate', semanticVersion: '1.2.3' });
  expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['ends-on-weekend', 'file', 'host-wide']);
  expect(run?.results).toHaveLength(4);
  for (const result of run?.results ?? [])
    expect(run?.tool.driver.rules[result['ruleIndex'] as number]?.id).toBe(result['ruleId']);
});

test('a place is a region in a file, relative to the repository where its path is', () => {
  const [first, second, third] = logOf(PROBLEMS).runs[0]?.results ?? [];
  expect(first).toMatchObject({
    level: 'warning',
    message: { text: 'wide\nhelp: narrow it' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'config/a%20b.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
        },
      },
    ],
  });
  expect(second).toMatchObject({
    level: 'note',
    locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///etc/p.yaml' } } }],
  });
  expect(third).toMatchObject({ level: 'error', message: { text: 'no such file' } });
  expect(third).not.toHaveProperty('locations');
});

test('a file of a revision is that file: no reader has one of the longer name', () => {
  const file = 'git:HEAD^1:config/policy.yaml';
  const [result] =
    logOf([{ code: 'host-wide', severity: 'warning', message: 'wide', span: { ...SPAN, file } }]).runs[0]?.results ??
    [];
  expect(result).toMatchObject({
    locations: [{ physicalLocation: { artifactLocation: { uri: 'config/policy.yaml', uriBaseId: '%SRCROOT%' } } }],
  });
});

test('nothing to say is a run without results', () => {
  expect(logOf([]).runs[0]).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
});

test('JSON is the problems as they are, and what is put beside them', () => {
  expect(JSON.parse(renderProblemsJson(PROBLEMS, { policy: { partners: 2 } }))).toEqual({
    problems: PROBLEMS,
    policy: { partners: 2 },
  });
  expect(renderProblemsJson([])).toBe('{\n  "problems": []\n}\n');
});

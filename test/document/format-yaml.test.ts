// The one layout: file pairs of test/cases/fmt, and three properties: the meaning stays (the digest is equal), every comment stays,
// and once is enough. A new case is a new pair: NAME.yaml as written, NAME.txt as it becomes.
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatYaml } from '../../src/document/format-yaml.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { holds } from '../fuzz/property.js';
import { NOW } from '../policy/fixture.js';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const yamlIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name));

const formatted = (text: string): string => {
  const outcome = formatYaml({ file: 'policy.yaml', text });
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
  return outcome.value;
};
const digestOf = (text: string): string | undefined => {
  const outcome = compilePolicy({ file: 'policy.yaml', text }, { now: NOW });
  return outcome.ok ? outcome.value.digest : undefined;
};
/** Comments as a person sees them; the texts here have no `#` elsewhere. */
const commentsOf = (text: string): readonly string[] => text.match(/#.*/g)?.map((comment) => comment.trimEnd()) ?? [];

test.each(yamlIn('test/cases/fmt'))('%s', (path) => {
  const text = formatted(read(path));
  expect(text).toBe(read(path.replace(/yaml$/, 'txt')));
  expect(formatted(text)).toBe(text);
});

test.each(['config/policy.yaml', 'config/headgate.yaml', 'config/policy.tests.yaml'])(
  '%s is in the one layout',
  (path) => {
    expect(formatted(read(path))).toBe(read(path));
  },
);

describe('every policy that is accepted keeps its meaning and its comments', () => {
  const accepted = yamlIn('test/cases/policy').filter((path) => path.includes('/accepted-'));
  test.each(accepted)('%s', (path) => {
    const text = read(path);
    const after = formatted(text);
    expect(digestOf(after)).toBe(digestOf(text));
    expect(digestOf(after)).toBeDefined();
    expect(commentsOf(after)).toEqual(commentsOf(text));
    expect(formatted(after)).toBe(after);
  });
});

test('however a policy is laid out and commented, its meaning and comments stay, and once is enough', () => {
  const lines = read('test/cases/fmt/a-policy-to-lay-out.yaml')
    .replaceAll(/ *#.*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const between = fc.constantFrom('', '', '', '\n', '\n\n\n', '# a comment\n', '    # deeper\n', '# one\n\n# two\n');
  const after = fc.constantFrom('', '', '', '   ', ' # behind', '      # far behind');
  const laidOut = fc
    .tuple(
      fc.array(between, { minLength: lines.length, maxLength: lines.length }),
      fc.array(after, { minLength: lines.length, maxLength: lines.length }),
      fc.boolean(),
    )
    .map(([above, behind, isCrlf]) => {
      const text = lines.map((line, index) => `${above[index] ?? ''}${line}${behind[index] ?? ''}\n`).join('');
      return isCrlf ? text.replaceAll('\n', '\r\n') : text;
    });
  holds(laidOut, (text) => {
    const result = formatted(text);
    expect(digestOf(result)).toBe(digestOf(text));
    expect(digestOf(result)).toBeDefined();
    expect(commentsOf(result)).toEqual(commentsOf(text));
    expect(result).not.toMatch(/[ \t]$|\n\n\n|\r/m);
    expect(formatted(result)).toBe(result);
  });
});

test('what is no YAML of ours is refused as the reader refuses it', () => {
  const outcome = formatYaml({ file: 'policy.yaml', text: 'a: &b 1\nc: *b\n' });
  expect(outcome.ok).toBe(false);
  expect(outcome.problems.map(({ code }) => code)).toEqual(['yaml-anchor', 'yaml-alias']);
});

// Exit code 4, and the codes that lead to it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOf } from '../../src/cli/never-set.js';
import { NEVER_SET_CODES } from '../../src/policy/never-set.js';
import type { Problem } from '../../src/document/problem.js';

const problems = (...codes: readonly string[]): Problem[] =>
  codes.map((code) => ({
    code: code.replace('~', ''),
    severity: code.startsWith('~') ? 'warning' : 'error',
    message: 'x',
  }));

test('the codes are those that docs/problems.md marks', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/problems.md'), 'utf8');
  const marked = page
    .split(/^### /m)
    .slice(1)
    .filter((section) => section.includes('**Never-set'))
    .map((section) => /^`([a-z-]+)`/.exec(section)?.[1]);
  expect([...NEVER_SET_CODES].sort()).toEqual(marked.sort());
});

test.each<[string, readonly string[], number]>([
  ['no problem is 0', [], 0],
  ['warnings alone are 0', ['~transport-http', '~host-everyone'], 0],
  ['an error is 1', ['unknown-key'], 1],
  ['errors of the never-set alone are 4', ['host-everyone', '~transport-http', 'until-missing'], 4],
  ['what cannot be read comes first', ['host-everyone', 'unknown-key'], 1],
])('%s', (_, codes, expected) => {
  expect(exitCodeOf(problems(...codes))).toBe(expected);
});

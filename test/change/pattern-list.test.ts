// Pattern lists mean what they mean to ssh-keygen.
import { matchesPatternList } from '../../src/change/pattern-list.js';
import { describeWith } from '../programs.js';
import { ALICE, MESSAGE, SshBench } from './ssh-bench.js';

const ROWS: readonly (readonly [namespace: string, list: string, isMatch: boolean])[] = [
  ['file', 'file', true],
  ['file', 'File', false],
  ['file', 'fil', false],
  ['fil', 'file', false],
  ['file', '*', true],
  ['file', '**', true],
  ['file', 'f*', true],
  ['file', '*e', true],
  ['file', '*x*', false],
  ['file', 'fi?e', true],
  ['file', 'file?', false],
  ['file', 'file*', true],
  ['file', '????', true],
  ['file', '?????', false],
  ['abab', '*ab', true],
  ['ababa', '*ab', false],
  ['a.b', 'a.b', true],
  ['axb', 'a.b', false],
  ['a[b]', 'a[b]', true],
  ['file', 'git,file', true],
  ['file', 'git,mail', false],
  ['file', '!file,*', false],
  ['file', '*,!file', false],
  ['file', '!git,*', true],
  ['file', '!git', false],
  ['file', '!f*,file', false],
];

test.each(ROWS)('%s in %s: %s', (namespace, list, isMatch) => {
  expect(matchesPatternList(namespace, list)).toBe(isMatch);
});

test('many stars cost no more than both lengths', () => {
  expect(matchesPatternList('a'.repeat(256), `${'*a'.repeat(500)}b`)).toBe(false);
});

describeWith(['ssh-keygen'], 'ssh-keygen says the same', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());
  test('of every row', () => {
    const key = bench.newKey('-t', 'ed25519');
    const said = ROWS.map(([namespace, list]) =>
      bench.accepts({
        signers: `${ALICE} namespaces="${list}" ${key.line}\n`,
        message: MESSAGE,
        namespace,
        signature: bench.sign(key.path, MESSAGE, namespace),
      }),
    );
    expect(said).toEqual(ROWS.map(([, , isMatch]) => isMatch));
  });
});

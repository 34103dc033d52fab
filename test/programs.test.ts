// The one way to skip: by name of what is missing, never silently.
import { describeWith, findProgram, programPath, type Program } from './programs.js';

const MISSING = 'no-such-program' as Program;
const HERE = 'node' as Program;

test('a program is found by its path, or not at all', () => {
  expect(findProgram(HERE)).toMatch(/^\/.*\/node$/);
  expect(findProgram(MISSING)).toBeUndefined();
  expect(() => programPath(MISSING)).toThrow('no-such-program is not installed');
});

test('tests whose programs are missing are skipped with the programs in their name; others are described as they are', () => {
  const described: string[] = [];
  const take = (kind: string) => (name: unknown) => void described.push(`${kind}: ${String(name)}`);
  const real = globalThis.describe;
  const stand = Object.assign(take('run'), { skip: take('skip') });
  globalThis.describe = stand as unknown as typeof describe;
  try {
    describeWith([HERE, MISSING], 'a picture', () => undefined);
    describeWith([HERE], 'a picture', () => undefined);
  } finally {
    globalThis.describe = real;
  }
  expect(described).toEqual(['skip: [needs no-such-program] a picture', 'run: a picture']);
});

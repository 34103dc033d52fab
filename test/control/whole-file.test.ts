// A file is the old one or the new one, whole; where the answer is no, it is the old one.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_FILES } from '../../src/control/file-operations.js';
import { writeWhole } from '../../src/control/whole-file.js';
import { failure, faultyFiles } from './faulty-files.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-whole-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'state.json');
const [OLD, NEW] = ['old '.repeat(100), 'new '.repeat(200)];
const contentOf = (): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

test('it is written, for the owner alone, and nothing is left beside it', () => {
  expect(writeWhole(SYSTEM_FILES, file, OLD)).toBeUndefined();
  expect(writeWhole(SYSTEM_FILES, file, NEW)).toBeUndefined();
  expect(contentOf()).toBe(NEW);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['state.json']);
});

test('a system that takes few bytes at a time gets them all', () => {
  expect(writeWhole(faultyFiles({ writeBytes: 7 }), file, NEW)).toBeUndefined();
  expect(contentOf()).toBe(NEW);
});

test('the bytes are on the disk before the name is theirs, and the name before it is said', () => {
  writeFileSync(file, OLD);
  const done: string[] = [];
  writeWhole(faultyFiles({ after: (_, name) => done.push(name) }), file, NEW);
  const lasting = done.filter((name) => /write|fsync|rename/.test(name));
  expect(lasting).toEqual(['writeSync', 'fsyncSync', 'renameSync', 'fsyncSync']);
});

test('what a killed writer left beside it is in nobody’s way', () => {
  writeFileSync(file, OLD);
  writeFileSync(`${file}.draft`, 'half', { mode: 0o400 });
  writeFileSync(`${file}.undo`, 'older');
  expect(writeWhole(SYSTEM_FILES, file, NEW)).toBeUndefined();
  expect([contentOf(), readdirSync(folder)]).toEqual([NEW, ['state.json']]);
});

describe.each([
  ['over an old one', OLD],
  ['where there was none', undefined],
])('%s', (_, old) => {
  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'permission denied'],
    ['EIO', 'the disk failed'],
  ])('whichever operation fails with %s: yes means new, no means old', (code, words) => {
    const outcomes: string[] = [];
    for (let at = 1; ; at += 1) {
      rmSync(file, { force: true });
      if (old !== undefined) writeFileSync(file, old);
      let count = 0;
      let hit = '';
      const files = faultyFiles({
        writeBytes: 300,
        before: (number, name) => {
          count = number;
          if (number !== at) return;
          hit = name;
          throw failure(code);
        },
      });
      const why = writeWhole(files, file, NEW);
      if (at > count) break;
      expect([hit, why, contentOf()]).toEqual([hit, why, why === undefined ? NEW : old]);
      if (why !== undefined) expect(why).toBe(words);
      outcomes.push(`${hit} ${why === undefined ? 'yes' : 'no'}`);
    }
    // What must be there for a yes; the rest is a second name of the old file and cleaning up.
    expect([...new Set(outcomes)].filter((each) => each.endsWith(' no'))).toEqual(
      expect.arrayContaining(['openSync no', 'writeSync no', 'fsyncSync no', 'closeSync no', 'renameSync no']),
    );
    expect(outcomes.filter((each) => each === 'fsyncSync no')).toHaveLength(2);
  });
});

// Which key signs where none is named: that of git where it is a file, else the usual one.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { keyFor } from '../../src/cli/ssh-signing.js';
import { makeWorkspace, type Workspace } from '../control/workspace.js';

let space: Workspace;
const before = { ...process.env };
beforeEach(() => {
  space = makeWorkspace({ key: 'a key' });
  process.env['GIT_CONFIG_GLOBAL'] = join(space.folder, 'gitconfig');
});
afterEach(() => {
  process.env = { ...before };
  space.remove();
});
const USUAL = join(homedir(), '.ssh', 'id_ed25519');

test.each<[string, (folder: string) => string, (folder: string) => string]>([
  ['a file', (folder) => join(folder, 'key'), (folder) => join(folder, 'key')],
  ['a file that is not there', (folder) => join(folder, 'none'), () => USUAL],
  ['a key of another kind', () => '0123ABCD', () => USUAL],
])('git signs with %s', (_, ofGit, expected) => {
  space.write('gitconfig', `[user]\n  signingkey = ${ofGit(space.folder)}\n`);
  expect(keyFor(undefined)).toBe(expected(space.folder));
});

test('git knows none', () => {
  expect(keyFor(undefined)).toBe(USUAL);
});

test('one that is named is taken as it is', () => {
  expect(keyFor('mine')).toBe('mine');
});

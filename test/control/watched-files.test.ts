// Files that are watched: each content that stays is told of once, by whatever way it came.
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchFiles } from '../../src/control/watched-files.js';
import { eventually } from '../wire/harness/deadline.js';
import { makeWorkspace, type Workspace } from './workspace.js';

let space: Workspace;
let watching: ReturnType<typeof watchFiles>;
let told = 0;

beforeEach(() => {
  space = makeWorkspace();
  told = 0;
});
afterEach(() => {
  watching.close();
  space.remove();
});

function watchPolicy(name = 'policy.yaml'): void {
  watching = watchFiles({ places: () => [join(space.folder, name)], onChange: () => (told += 1) });
}

const toldOnce = (count: number): Promise<void> => eventually(`change ${count} to be told`, () => told === count);

test('a file that is written anew with the same content is no change, with another it is', async () => {
  watchPolicy();
  space.write('policy.yaml', 'a');
  await toldOnce(1);
  space.write('policy.yaml', 'a');
  space.write('other', 'b');
  space.write('policy.yaml', 'b');
  await toldOnce(2);
});

test('the swapped link of a ConfigMap is a change of the file behind it', async () => {
  for (const version of ['..1', '..2']) {
    mkdirSync(join(space.folder, version));
    writeFileSync(join(space.folder, version, 'linked.yaml'), version);
  }
  symlinkSync('..1', join(space.folder, '..data'));
  symlinkSync('..data/linked.yaml', join(space.folder, 'linked.yaml'));
  watchPolicy('linked.yaml');
  symlinkSync('..2', join(space.folder, '..data_tmp'));
  renameSync(join(space.folder, '..data_tmp'), join(space.folder, '..data'));
  await toldOnce(1);
});

test('what was there before a look of another kind is a change when it comes back', async () => {
  watchPolicy();
  space.write('policy.yaml', 'a');
  await toldOnce(1);
  // Somebody else reads `b`, at once, and it is `a` again before the watcher has looked.
  space.write('policy.yaml', 'b');
  watching.forget();
  space.write('policy.yaml', 'a');
  await toldOnce(2);
});

test('a file that never rests is looked at nevertheless', async () => {
  watchPolicy();
  let count = 0;
  const writing = setInterval(() => space.write('policy.yaml', `a ${(count += 1)}`), 20);
  try {
    await eventually('a change to be told', () => told > 0, 5000);
  } finally {
    clearInterval(writing);
  }
});

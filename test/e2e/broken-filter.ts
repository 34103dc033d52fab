// The product with the module that strips replaced by one that keeps every field: the O2 day, made in a copy of what was built.
// Nothing in the product can be switched so; that is why it takes a copy.
import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const KEEPS_EVERYTHING = `
import { filterFields as whole } from './whole-filter.js';
export function filterFields(setting) {
  const ours = new Set(['host', 'connection']);
  const fields = setting.read.fields.filter(({ name }) => !ours.has(name.toLowerCase()));
  const found = whole(setting);
  return {
    ...found,
    kept: fields.map((field) => ({ field, isReleased: true, hint: null })),
    quarantined: [],
    carried: [],
    counts: { ...found.counts, stripped: [] },
  };
}
`;

/** The program of the copy, to be run as dist/cli/main.js is. The folder lies in build/, where packages are found. */
export function withBrokenFilter(): string {
  const folder = resolve('build', `broken-filter-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // Another name than ours: two packages of one name confuse who looks for tests.
  const manifest = { name: 'headgate-with-a-broken-filter', version: '0.0.0', type: 'module' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  cpSync(resolve('dist'), join(folder, 'dist'), { recursive: true });
  renameSync(join(folder, 'dist/decision/filter.js'), join(folder, 'dist/decision/whole-filter.js'));
  writeFileSync(join(folder, 'dist/decision/filter.js'), KEEPS_EVERYTHING);
  return join(folder, 'dist/cli/main.js');
}

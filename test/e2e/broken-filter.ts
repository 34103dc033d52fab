// The product with the modules that strip, of either path, replaced by some that keep identity: the O2 day, made in a copy of what was built.
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

/** The same of the plan on bytes: identity that it withholds is kept. */
const KEEPS_BYTES = `
import { BytePlan as Whole } from './whole-byte-plan.js';
import { IDENTITY } from './byte-names.js';
export { saysLogin } from './whole-byte-plan.js';
export class BytePlan extends Whole {
  make(rules, lines, at) {
    const event = super.make(rules, lines, at);
    let kept = 0;
    for (const field of this.drops.subarray(0, this.dropped)) {
      if (rules.kinds[lines.nameClass[field]] !== IDENTITY) this.drops[kept++] = field;
    }
    this.dropped = kept;
    return event;
  }
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
  const decision = join(folder, 'dist/decision');
  for (const [name, broken] of [
    ['filter.js', KEEPS_EVERYTHING],
    ['byte-plan.js', KEEPS_BYTES],
  ] as const) {
    renameSync(join(decision, name), join(decision, `whole-${name}`));
    writeFileSync(join(decision, name), broken);
  }
  return join(folder, 'dist/cli/main.js');
}

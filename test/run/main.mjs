// What `make test` runs once npm's packages are there: Debian's packages, the checks, the jest projects, and last the search
// for subscriber values in all that the product wrote. Its last line is `N passed, N failed, N skipped`; a failure, or a skip
// under STRICT=1, makes the exit code 1. `--only=unit,e2e` runs those steps alone.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { installPackages } from './packages.mjs';
import { check } from './check.mjs';
import { fuzz } from './fuzz.mjs';
import { jestProject } from './jest-project.mjs';
import { announce, finish, record } from './report.mjs';

const bin = (name) => `node_modules/.bin/${name}`;

/** Beside the properties among the unit tests. */
const FUZZ_SECONDS = 60;

/** In this order. What needs the built product is not run when the build failed. */
const STEPS = [
  { name: 'packages', run: installPackages },
  { name: 'build', run: () => check('build', ['make', 'build']) },
  { name: 'types', run: () => check('types', [bin('tsc'), '-p', 'tsconfig.json']) },
  { name: 'eslint', run: () => check('eslint', [bin('eslint'), '.', '--max-warnings=0']) },
  { name: 'prettier', run: () => check('prettier', [bin('prettier'), '--check', '--log-level=warn', '.']) },
  { name: 'arrows', run: () => check('arrows', [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src']) },
  { name: 'knip', run: () => check('knip', [bin('knip'), '--no-progress', '--config', 'test/run/knip.json']) },
  { name: 'unit', run: () => jestProject('unit', ['--maxWorkers=2']) },
  { name: 'chart', run: () => jestProject('chart') },
  { name: 'fuzz', needs: 'build', run: () => fuzz(FUZZ_SECONDS) },
  { name: 'wire', needs: 'build', run: () => jestProject('wire', ['--maxWorkers=2']) },
  { name: 'e2e', needs: 'build', run: () => jestProject('e2e', ['--maxWorkers=2']) },
  { name: 'written', needs: 'build', run: () => check('written', [process.execPath, 'test/written/main.mjs']) },
];

const only = process.argv
  .find((word) => word.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const unknown = (only ?? []).filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0 || process.argv.slice(2).some((word) => !word.startsWith('--only='))) {
  console.error(`usage: node test/run/main.mjs [--only=STEP,...]\nsteps: ${STEPS.map(({ name }) => name).join(' ')}`);
  process.exit(64);
}

mkdirSync('build/test', { recursive: true });
// What an earlier run wrote says nothing about this one.
if (only === undefined && existsSync('build/written')) rmSync('build/written', { recursive: true });

const broken = new Set();
for (const { name, needs, run } of STEPS) {
  if (only !== undefined && !only.includes(name)) continue;
  announce(name);
  const result = broken.has(needs)
    ? { passed: 0, failed: [{ name: `${name}: not run, ${needs} failed`, message: '' }], skipped: [] }
    : await run();
  if (result.failed.length > 0) broken.add(name);
  record(name, result);
}
process.exitCode = finish({ strict: process.env.STRICT === '1' });

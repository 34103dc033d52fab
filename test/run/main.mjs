// What `make test` runs once npm's packages are there: Debian's packages, the checks, the jest projects, and last the search
// for subscriber values in all that the product wrote. Its last line is `N passed, N failed, N skipped`; a failure, or a skip
// under STRICT=1, makes the exit code 1. `--only=unit,e2e` runs those steps alone.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { installPackages } from './packages.mjs';
import { check } from './check.mjs';
import { fuzz } from './fuzz.mjs';
import { jestProject } from './jest-project.mjs';
import { runLanes } from './lanes.mjs';
import { finish } from './report.mjs';

const bin = (name) => `node_modules/.bin/${name}`;

/** Of the lane that computes: what the other lane waits for in real time is served before it. */
const BESIDE = { niceness: 5 };
/** Beside the properties among the unit tests. */
const FUZZ_SECONDS = 60;

/** Two, because the tests of the built product wait more than they compute. */
const LANES = [
  [
    { name: 'packages', run: installPackages },
    { name: 'wire', needs: ['build'], run: () => jestProject('wire') },
    { name: 'e2e', needs: ['build'], run: () => jestProject('e2e') },
  ],
  [
    { name: 'build', run: () => check('build', ['make', 'build']) },
    { name: 'types', run: () => check('types', [bin('tsc'), '-p', 'tsconfig.json'], BESIDE) },
    { name: 'eslint', run: () => check('eslint', [bin('eslint'), '.', '--max-warnings=0'], BESIDE) },
    { name: 'prettier', run: () => check('prettier', [bin('prettier'), '--check', '--log-level=warn', '.'], BESIDE) },
    {
      name: 'arrows',
      run: () => check('arrows', [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src'], BESIDE),
    },
    {
      name: 'knip',
      run: () => check('knip', [bin('knip'), '--no-progress', '--config', 'test/run/knip.json'], BESIDE),
    },
    { name: 'fuzz', needs: ['build'], run: () => fuzz(FUZZ_SECONDS, BESIDE) },
    { name: 'unit', needs: ['packages'], run: () => jestProject('unit', BESIDE) },
    { name: 'chart', needs: ['packages'], run: () => jestProject('chart', BESIDE) },
  ],
];
/** When all others have ended: what must be quick, and last the search of what all left. */
const LAST = [
  { name: 'alone', needs: ['build'], run: () => jestProject('alone', { workers: 1 }) },
  { name: 'written', needs: ['build'], run: () => check('written', [process.execPath, 'test/written/main.mjs']) },
];
const STEPS = [...LANES.flat(), ...LAST];

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

await runLanes({ lanes: LANES, last: LAST, only });
process.exitCode = finish({ strict: process.env.STRICT === '1' });

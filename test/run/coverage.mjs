// Which lines and branches of src/http its rows and its fuzz reach: `make fuzz` prints it, and fails under 95 %. A branch that only
// the type checker asks for (`bytes[at] ?? 0` where `at` is in bounds, a `default:` that is never) is none of the program: counted apart.
import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { runCommand } from './command.mjs';

const LEAST = 95;
const FOLDER = 'build/coverage';
/** What stands behind `??` where nothing can be missing. */
const CONSTANT = /^(?:-?\d+|-?Infinity|''|[A-Z][A-Z_]+)(?![\w(.[])/;

rmSync(FOLDER, { recursive: true, force: true });
const { code, said } = await runCommand([
  process.execPath,
  'node_modules/jest/bin/jest.js',
  '--selectProjects=unit',
  '--testPathPatterns=test/http/|test/decision/byte|test/fuzz/(head-reader|garbage|byte-plan|proxy-line)',
  '--coverage',
  '--coverageReporters=json',
  `--coverageDirectory=${FOLDER}`,
  '--collectCoverageFrom=src/http/**/*.ts',
]);
if (code !== 0) {
  console.log(said.slice(-4000));
  process.exit(1);
}

/** `x ?? CONSTANT`, and the `default:` behind which a switch says `satisfies never`. Lines from 1, columns from 0. */
function isOnlyForTypes(lines, type, { start }) {
  const line = lines[start.line - 1] ?? '';
  if (type === 'switch') return line.trim() === 'default:' && /\bsatisfies never;$/.test(lines[start.line] ?? '');
  const column = start.column ?? 0;
  return type === 'binary-expr' && line.slice(0, column).endsWith('?? ') && CONSTANT.test(line.slice(column));
}

const totals = { lines: [0, 0], branches: [0, 0], asked: 0 };
for (const [path, { statementMap, s, branchMap, b }] of Object.entries(
  JSON.parse(readFileSync(`${FOLDER}/coverage-final.json`, 'utf8')),
)) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const reached = new Map();
  for (const [id, { start }] of Object.entries(statementMap)) {
    reached.set(start.line, (reached.get(start.line) ?? false) || s[id] > 0);
  }
  const missed = new Set([...reached].filter(([, isReached]) => !isReached).map(([line]) => line));
  totals.lines[0] += [...reached.values()].filter(Boolean).length;
  totals.lines[1] += reached.size;
  for (const [id, { type, locations }] of Object.entries(branchMap)) {
    for (const [i, location] of locations.entries()) {
      const isReached = b[id][i] > 0;
      if (!isReached && isOnlyForTypes(lines, type, location)) {
        totals.asked += 1;
        continue;
      }
      totals.branches[0] += isReached ? 1 : 0;
      totals.branches[1] += 1;
      if (!isReached) missed.add(location.start.line ?? branchMap[id].loc.start.line);
    }
  }
  if (missed.size > 0)
    console.log(`  ${relative('.', path)}: not reached: ${[...missed].sort((x, y) => x - y).join(', ')}`);
}
const percent = ([reached, all]) => (100 * reached) / all;
const [lines, branches] = [percent(totals.lines), percent(totals.branches)];
console.log(
  `src/http: ${lines.toFixed(1)} % of its lines, ${branches.toFixed(1)} % of its branches` +
    ` (and ${totals.asked} that only the type checker asks for)`,
);
if (Math.min(lines, branches) < LEAST) {
  console.log(`coverage: FAILED: under ${LEAST} %`);
  process.exitCode = 1;
}

// One jest project, run to its end; what its JSON says becomes counts, failures with their messages, and skips with their names.
import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { runCommand } from './command.mjs';

const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** A message without colours and without the lines of the stack that are jest's own. */
const plain = (message) =>
  message
    .replace(COLOURS, '')
    .split('\n')
    .filter((line) => !/^\s+at .*(node_modules\/(jest|@jest|expect)|new Promise \(<anonymous>\))/.test(line))
    .join('\n');

/** Reads jest's JSON (the shape of `--json`); a file that could not be run at all is one failure. */
export function resultOf(json) {
  const result = { passed: 0, failed: [], skipped: [] };
  for (const file of json.testResults) {
    const place = relative(process.cwd(), file.name);
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      if (status === 'passed') result.passed += 1;
      else if (status === 'failed') {
        result.failed.push({ name: `${place}: ${fullName}`, message: plain(failureMessages.join('\n')) });
      } else result.skipped.push(`${place}: ${fullName}`);
    }
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      result.failed.push({ name: place, message: plain(file.message) });
    }
  }
  return result;
}

/**
 * Runs the project, `workers` files at a time (default 2); without a report (jest itself fell over) that is one failure with the last it
 * said. `how`: as of runCommand.
 */
export async function jestProject(name, { workers = 2, ...how } = {}) {
  const report = `build/test/${name}.json`;
  rmSync(report, { force: true });
  const { code, said } = await runCommand(
    [
      process.execPath,
      'node_modules/jest/bin/jest.js',
      `--selectProjects=${name}`,
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${report}`,
      '--passWithNoTests',
    ],
    how,
  );
  let result;
  try {
    result = resultOf(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    return {
      passed: 0,
      failed: [{ name: `${name}: jest gave no report (exit ${code})`, message: said.slice(-4000) }],
      skipped: [],
    };
  }
  // jest can fail beside its tests, for example on an open handle or in a worker that died.
  if (code !== 0 && result.failed.length === 0) {
    result.failed.push({ name: `${name}: jest exited with ${code}`, message: said.slice(-4000) });
  }
  return result;
}

// Runs steps in lanes: lanes side by side, in each one step after another, and the last steps when all have ended. A step waits for
// the steps that it needs, in whatever lane, and is a failure of its own where one of them failed.
import { announce, record } from './report.mjs';

/**
 * A step: `{ name, needs, run }`; `needs` (default none) are names, `run` resolves with counts as record() takes them. `only`: names of
 * the steps that are run; default all. One that is not run is not waited for.
 */
export async function runLanes({ lanes, last, only }) {
  /** By name: settles with whether it went well. */
  const outcomes = new Map();

  const runStep = async ({ name, needs = [], run }) => {
    const broken = [];
    for (const need of needs) if ((await outcomes.get(need)) === false) broken.push(need);
    announce(name);
    const notRun = { name: `${name}: not run, ${broken.join(' and ')} failed`, message: '' };
    const result = broken.length > 0 ? { passed: 0, failed: [notRun], skipped: [] } : await run();
    record(name, result);
    return result.failed.length === 0;
  };

  /** After `before` has ended, whatever came of it. */
  const begin = (before, step) => {
    if (only !== undefined && !only.includes(step.name)) return before;
    const outcome = before.then(() => runStep(step));
    outcomes.set(step.name, outcome);
    return outcome;
  };

  // Every outcome is in the map before the first step begins: one may need a step of a later lane.
  const ends = lanes.map((lane) => lane.reduce(begin, Promise.resolve()));
  await last.reduce(begin, Promise.all(ends));
}

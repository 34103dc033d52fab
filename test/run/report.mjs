// What a run says: a line a step, then every failure with its message and every skip by its name, then the sum.
const totals = { passed: 0, failed: [], skipped: [] };
/** When each step that runs began. */
const started = new Map();

/** On a terminal the last line is what runs. */
function showRunning() {
  if (process.stdout.isTTY && started.size > 0) process.stdout.write(`${[...started.keys()].join(', ')} ...`);
}
const clearLine = () => process.stdout.isTTY && process.stdout.write('\r\u001b[K');

export function announce(name) {
  clearLine();
  started.set(name, Date.now());
  showRunning();
}

export function record(name, { passed, failed, skipped, note }) {
  const counts = [
    note ?? `${passed} passed`,
    ...(failed.length > 0 ? [`${failed.length} FAILED`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
  ].join(', ');
  const seconds = ((Date.now() - started.get(name)) / 1000).toFixed(1);
  started.delete(name);
  clearLine();
  console.log(`${name.padEnd(9)} ${counts} (${seconds} s)`);
  totals.passed += passed;
  totals.failed.push(...failed);
  totals.skipped.push(...skipped);
  showRunning();
}

const indent = (text) => text.replace(/^(?=.)/gm, '    ').trimEnd();

/** Prints the end of the report and gives the exit code. */
export function finish({ strict }) {
  const { passed, failed, skipped } = totals;
  for (const { name, message } of failed) console.log(`\nFAILED  ${name}\n${indent(message)}`);
  if (skipped.length > 0) console.log('');
  for (const name of skipped) console.log(`skipped  ${name}`);
  if (skipped.length > 0 && strict) console.log('STRICT=1: a skipped test is a failure');
  console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return failed.length > 0 || (strict && skipped.length > 0) ? 1 : 0;
}

// A check that is one program: it counts as one test, and what it says is the failure's message.
import { runCommand } from './command.mjs';

/** Passed when the program exits with 0. `how`: as of runCommand. */
export async function check(name, command, how) {
  const { code, said } = await runCommand(command, how);
  if (code === 0) return { passed: 1, failed: [], skipped: [] };
  return { passed: 0, failed: [{ name: `${name}: ${command.join(' ')} (exit ${code})`, message: said }], skipped: [] };
}

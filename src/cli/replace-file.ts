// Writing a file that a person keeps: the whole new text or the old one, never a half; mode and links stay.
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { reasonOf } from '../control/start-failure.js';

/** Undefined, or why not as one line: ``cannot write `policy.yaml`: permission denied``. */
export function replaceFile(file: string, text: string): string | undefined {
  let draft: string | undefined;
  try {
    const target = realpathSync(file);
    draft = `${target}.${process.pid}.tmp`;
    const descriptor = openSync(draft, 'wx', statSync(target).mode & 0o777);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, target);
    return undefined;
  } catch (cause) {
    if (draft !== undefined) rmSync(draft, { force: true });
    return `cannot write \`${file}\`: ${reasonOf(cause)}`;
  }
}

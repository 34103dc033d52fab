// Writing a file that was not there: whole or not at all, and never over another. A reader of the folder sees no half of it.
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { reasonOf } from '../control/start-failure.js';

/** `taken`: something has this name, and is as it was. Else why not, in plain words. */
export type Placing =
  { readonly kind: 'placed' } | { readonly kind: 'taken' } | { readonly kind: 'failed'; readonly message: string };

/** The draft lies beside it under a name that begins with a dot. Who may read the file is the umask's matter. */
export function placeNew(file: string, text: string): Placing {
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    rmSync(draft, { force: true });
    const descriptor = openSync(draft, 'wx', 0o666);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return { kind: isLinked(draft, file) ? 'placed' : 'taken' };
  } catch (cause) {
    return { kind: 'failed', message: reasonOf(cause) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A second name, not a rename, which would replace what is there. */
function isLinked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

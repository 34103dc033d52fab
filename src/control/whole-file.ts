// Writing a file so that it is the old one or the new one, whole, whenever the machine stops: a draft beside it, fsync, rename,
// fsync of the folder. INVARIANT: where the answer is no, the old file is there as it was (test/control/whole-file.test.ts).
import { dirname } from 'node:path';
import type { FileOperations } from './file-operations.js';
import { reasonOf } from './start-failure.js';

/** What may be left beside a file when the writer is killed; it says nothing and may be removed. */
export const LEFT_BEHIND = /\.(?:draft|undo)$/;

/** Undefined, or why not in plain words (`the disk is full`). Mode 0600. One writer at a time. Never throws. */
export function writeWhole(files: FileOperations, file: string, content: string | Uint8Array): string | undefined {
  const [draft, undo] = [`${file}.draft`, `${file}.undo`];
  try {
    writeDraft(files, draft, content);
    const hasOld = keepOld(files, file, undo);
    files.renameSync(draft, file);
    try {
      syncFolder(files, dirname(file));
    } catch (cause) {
      // The new name may not outlive a loss of power: then nobody may count on it, and the old file stands again.
      if (hasOld) files.renameSync(undo, file);
      else files.rmSync(file, { force: true });
      throw cause;
    }
    return undefined;
  } catch (cause) {
    return reasonOf(cause);
  } finally {
    for (const left of [draft, undo]) removeQuietly(files, left);
  }
}

/** Throws what the system says. */
export function syncFolder(files: FileOperations, folder: string): void {
  const descriptor = files.openSync(folder, 'r');
  try {
    files.fsyncSync(descriptor);
  } finally {
    files.closeSync(descriptor);
  }
}

/** All of the bytes, however few the system takes at once. Throws what it says. */
export function writeAll(files: FileOperations, descriptor: number, content: string | Uint8Array): void {
  let rest = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  while (rest.length > 0) rest = rest.subarray(files.writeSync(descriptor, rest));
}

function writeDraft(files: FileOperations, draft: string, content: string | Uint8Array): void {
  const descriptor = files.openSync(draft, 'w', 0o600);
  try {
    writeAll(files, descriptor, content);
    files.fsyncSync(descriptor);
  } finally {
    files.closeSync(descriptor);
  }
}

/** A second name of the old file; false where there is no old file. A file system without such names has none: then nothing is undone. */
function keepOld(files: FileOperations, file: string, undo: string): boolean {
  files.rmSync(undo, { force: true });
  try {
    files.linkSync(file, undo);
    return true;
  } catch {
    return false;
  }
}

function removeQuietly(files: FileOperations, file: string): void {
  try {
    files.rmSync(file, { force: true });
  } catch {
    // It is in nobody's way: the next writer begins it anew.
  }
}

// The switch file: lockdown for whoever can make a file, with no API and no network. Reads and watches it, and switches nothing.
// INVARIANT: what cannot be read, or says something unknown, means everyone (test/control/lockdown-file.test.ts).
import { closeSync, constants, fstatSync, openSync, readSync, statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { reasonOf } from './start-failure.js';

export type FileOrder =
  | { readonly kind: 'absent' }
  /** `why`: one line for people. `isPlain`: it says so itself, and not only for want of something better. */
  | { readonly kind: 'all'; readonly why: string; readonly isPlain: boolean }
  | { readonly kind: 'partners'; readonly ids: readonly string[] };

const BYTES_MOST = 64 * 1024;
/** What no notice of the system tells is seen within this. */
const LOOK_EVERY_MS = 500;

const everyone = (why: string, isPlain = false): FileOrder => ({ kind: 'all', why, isPlain });

/** What the file at `path` asks for. `known`: ids that name a partner. Never throws; waits for nothing that is no plain file. */
export function readLockdownFile(path: string, known: ReadonlySet<string>): FileOrder {
  let handle: number;
  try {
    // Nearly always, twice a second; an error costs ten times as much to make.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return { kind: 'absent' };
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return everyone(`it cannot be read: ${reasonOf(error)}`);
  }
  try {
    if (!fstatSync(handle).isFile()) return everyone('it is no plain file');
    const bytes = Buffer.alloc(BYTES_MOST + 1);
    const length = readSync(handle, bytes, 0, bytes.length, 0);
    if (length > BYTES_MOST) return everyone(`it has more than ${BYTES_MOST} bytes`);
    return lockdownOrderIn(bytes.toString('utf8', 0, length), known);
  } catch (error) {
    return everyone(`it cannot be read: ${reasonOf(error)}`);
  } finally {
    closeSync(handle);
  }
}

/** One partner's id a line, `#` begins a comment; `all`, or nothing at all, is everyone. */
export function lockdownOrderIn(text: string, known: ReadonlySet<string>): FileOrder {
  const ids = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    const word = line.replace(/#.*$/s, '').trim();
    if (word === '') continue;
    if (word === 'all') return everyone('it says `all`', true);
    // The word itself is not repeated: nobody knows what it is.
    if (!known.has(word)) return everyone(`line ${index + 1} names no partner`);
    ids.add(word);
  }
  return ids.size === 0 ? everyone('it names no partner') : { kind: 'partners', ids: [...ids] };
}

/** Calls `look` whenever the folder of `path` changes and every 500 ms, the folder being there or not. Keeps no process alive. */
export function watchLockdownFile(path: string, look: () => void): { close(): void } {
  let watcher: FSWatcher | undefined;
  const drop = (): void => {
    watcher?.close();
    watcher = undefined;
  };
  const listen = (): void => {
    if (watcher !== undefined) return;
    try {
      watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
        if (name === null || name === basename(path)) look();
      });
      watcher.on('error', drop);
    } catch {
      // No such folder yet, or no more watches to be had: the beat below goes on.
    }
  };
  listen();
  const timer = setInterval(() => {
    listen();
    look();
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
      drop();
    },
  };
}

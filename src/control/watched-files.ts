// Files that people or Kubernetes change, watched by content: folders tell at once, a look every half second sees what they do not (a
// symlink that is swapped, a network folder). Says only that something is other than it was.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, watch, type BigIntStats, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';

const LOOK_EVERY_MS = 500;
/** After a change, so long without another: files are often written in pieces. */
const QUIET_MS = 100;
/** What changes all the time is read after so long nevertheless: nothing beside the policy may keep a narrowing waiting. */
const UNREST_MOST_MS = 1000;

export interface WatchOptions {
  /** Files and folders that matter now; a folder stands for the files directly in it. */
  readonly places: () => readonly string[];
  /** Called once for each time that content has changed and stayed so for 100 ms, or has not stayed for a second. */
  readonly onChange: () => void;
}

export interface Watching {
  /** Somebody else has read the files: whatever changes from now on is told, also where it is what was there before. */
  forget(): void;
  close(): void;
}

/** Watches until it is closed; what is there at first is no change. Keeps no process alive. */
export function watchFiles({ places, onChange }: WatchOptions): Watching {
  const watchers = new Map<string, FSWatcher>();
  let stats = statsOf(places());
  let content: string | undefined = contentOf(places());
  let [beganAt, changedAt]: (number | undefined)[] = [];
  const look = (): void => {
    const now = statsOf(places());
    if (now !== stats) {
      stats = now;
      changedAt = performance.now();
      beganAt ??= changedAt;
    }
    if (changedAt === undefined || beganAt === undefined) return;
    if (performance.now() - changedAt < QUIET_MS && performance.now() - beganAt < UNREST_MOST_MS) {
      setTimeout(look, QUIET_MS).unref();
      return;
    }
    changedAt = beganAt = undefined;
    const read = contentOf(places());
    if (read === content) return;
    content = read;
    onChange();
  };
  const listen = (): void => {
    for (const folder of new Set(places().flatMap((place) => [dirname(place), place]))) {
      if (watchers.has(folder)) continue;
      try {
        if (statOf(folder)?.isDirectory() !== true) continue;
        const watcher = watch(folder, { persistent: false }, look);
        watcher.on('error', () => {
          watcher.close();
          watchers.delete(folder);
        });
        watchers.set(folder, watcher);
      } catch {
        // Not there yet, or no more watches to be had: the beat below sees it.
      }
    }
  };
  listen();
  const timer = setInterval(() => {
    listen();
    look();
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    forget: () => (content = undefined),
    close: () => {
      clearInterval(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** null: it is not there, or cannot be looked at. */
function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

function namesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder).sort();
  } catch {
    return null;
  }
}

/** Of the files of all places, in order. Each is looked at once: this is most of what an idle gateway does. */
function forEachFile(places: readonly string[], visit: (path: string, stat: BigIntStats | null) => void): void {
  for (const place of places) {
    const stat = statOf(place);
    const names = stat?.isDirectory() === true ? namesIn(place) : null;
    if (names === null) {
      visit(place, stat);
      continue;
    }
    for (const name of names) {
      const path = join(place, name);
      visit(path, statOf(path));
    }
  }
}

function statsOf(places: readonly string[]): string {
  let text = '';
  forEachFile(places, (path, stat) => {
    const is = stat === null ? '-' : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    text += `${path} ${is}\n`;
  });
  return text;
}

function contentOf(places: readonly string[]): string {
  const hash = createHash('sha256');
  forEachFile(places, (path, stat) => {
    hash.update(`\0${path}\0`);
    try {
      if (stat === null) hash.update('-');
      else if (stat.isFile()) hash.update(readFileSync(path));
    } catch {
      hash.update('-');
    }
  });
  return hash.digest('hex');
}

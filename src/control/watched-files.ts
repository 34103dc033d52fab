// Files that people or Kubernetes change, watched by content: folders tell at once, a look every half second sees what they do not (a
// symlink that is swapped, a network folder). Says only that something is other than it was.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
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
        if (!statSync(folder).isDirectory()) continue;
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

/** The files of all places, in order. */
function filesOf(places: readonly string[]): readonly string[] {
  return places.flatMap((place) => {
    try {
      if (!statSync(place).isDirectory()) return [place];
      return readdirSync(place)
        .sort()
        .map((name) => join(place, name));
    } catch {
      return [place];
    }
  });
}

function statsOf(places: readonly string[]): string {
  return filesOf(places)
    .map((file) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
        return `${file} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
      } catch {
        return `${file} -`;
      }
    })
    .join('\n');
}

function contentOf(places: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of filesOf(places)) {
    hash.update(`\0${file}\0`);
    try {
      if (statSync(file).isFile()) hash.update(readFileSync(file));
    } catch {
      hash.update('-');
    }
  }
  return hash.digest('hex');
}

// What the kernel says of the gateway's processes each second, and what their heaps hold after a collection each minute.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../wire/harness/deadline.js';
import { descriptorsOf, residentBytes } from '../wire/harness/process-view.js';

const MEBIBYTE = 1024 * 1024;
/** How many seconds around a moment its memory is the median of. */
const AROUND_S = 10;

export interface Level {
  readonly resident: number;
  readonly heap: number;
}

export class Watch {
  readonly #pid: number;
  readonly #folder: string;
  readonly #began = performance.now();
  /** Resident bytes of each process, by second. */
  readonly #samples: ReadonlyMap<number, number>[] = [];
  readonly #timer: NodeJS.Timeout;

  /** `folder`: where collect.cjs writes. */
  constructor(pid: number, folder: string) {
    this.#pid = pid;
    this.#folder = folder;
    this.#timer = setInterval(() => this.#samples.push(residentBytes(pid)), 1000);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Collects, and gives the bytes of each process: resident (the median of the last seconds), and held by the heap. */
  async level(): Promise<ReadonlyMap<number, Level>> {
    const pids = [...residentBytes(this.#pid).keys()];
    const heaps = await Promise.all(pids.map(async (pid) => [pid, await this.#heap(pid)] as const));
    const last = this.#samples.slice(-AROUND_S);
    return new Map(
      heaps.map(([pid, heap]) => {
        const all = last.flatMap((sample) => sample.get(pid) ?? []).sort((a, b) => a - b);
        return [pid, { resident: all[all.length >> 1] ?? 0, heap }];
      }),
    );
  }

  async #heap(pid: number): Promise<number> {
    const file = join(this.#folder, String(pid));
    const turnOf = (): number => (existsSync(file) ? Number(readFileSync(file, 'latin1').split(' ')[0]) : 0);
    const before = turnOf();
    process.kill(pid, 'SIGUSR2');
    await eventually(`process ${pid} to collect its garbage`, () => turnOf() > before, 30_000);
    return Number(readFileSync(file, 'latin1').split(' ')[1]);
  }
}

/** A new folder for collect.cjs. */
export function heapFolder(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

export const mebibytes = (bytes: number): string => (bytes / MEBIBYTE).toFixed(1);

/** How many descriptors of each kind a process and those that it started hold: `socket`, `pipe`, a file's path. */
export function descriptors(pid: number): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const target of descriptorsOf(pid)) {
    const kind = target.replace(/:\[\d+\]$/, '');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

/** What is there now and was not, for example `3 socket`. */
export function moreThan(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): readonly string[] {
  return [...now].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0);
    return more > 0 ? [`${more} ${kind}`] : [];
  });
}

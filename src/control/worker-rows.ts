// The file by which workers give each other turns in accepting: the primary opens it, and each worker inherits it with a row of its own.
// It has no name as soon as it is open, and lives in memory where the system has a place for that.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AcceptTurns, clearRow, clearRows, MOST_ROWS } from '../proxy/accept-turns.js';

/** Of a worker, behind the channel to the primary. */
const WORKER_DESCRIPTOR = 4;
const ROW = 'HEADGATE_WORKER_ROW';
const MEMORY = '/dev/shm';

export interface WorkerRow {
  /** For the environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** The worker has ended. */
  free(): void;
}

/** The primary's side. */
export class WorkerRows {
  readonly descriptor: number;
  readonly #taken = new Set<number>();

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** null: nowhere can a file be made; then the kernel alone says who accepts. */
  static open(folders: readonly string[] = [MEMORY, tmpdir()]): WorkerRows | null {
    for (const folder of folders) {
      const descriptor = unnamedFileIn(folder);
      if (descriptor !== null) return new WorkerRows(descriptor);
    }
    return null;
  }

  /** For one more worker; with more of them than rows it goes without. */
  take(): WorkerRow {
    const row = Array.from({ length: MOST_ROWS }, (_, i) => i).find((i) => !this.#taken.has(i));
    if (row === undefined) return { env: {}, free: () => undefined };
    this.#taken.add(row);
    return {
      env: { [ROW]: String(row) },
      free: () => {
        clearRow(this.descriptor, row);
        this.#taken.delete(row);
      },
    };
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** The worker's side: for the options of its proxy. */
export function turnsOf(env: Readonly<Record<string, string | undefined>>): { readonly turns?: AcceptTurns } {
  const row = env[ROW];
  return row === undefined ? {} : { turns: new AcceptTurns(WORKER_DESCRIPTOR, Number(row)) };
}

function unnamedFileIn(folder: string): number | null {
  try {
    const own = mkdtempSync(join(folder, 'headgate-'));
    try {
      const descriptor = openSync(join(own, 'rows'), 'wx+', 0o600);
      clearRows(descriptor);
      return descriptor;
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  } catch {
    return null;
  }
}

// The ledger's files in the state folder: lines added at the end, whole files replaced, days listed. Knows no cell.
// INVARIANT: what is added is there as whole lines or not at all; what a kill tore is closed by the next line (test/control/ledger-files.test.ts).
import { createReadStream, fstatSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EPOCH_STATE } from '../change/state-documents.js';
import type { EpochState } from '../change/gate-state.js';
import { reasonOf } from './start-failure.js';
import type { StateFolder, StateReading, Written } from './state-folder.js';
import { syncFolder, writeAll, writeWhole } from './whole-file.js';

const FOLDER = 'ledger';
const EPOCH_FILE = `${FOLDER}/epoch.json`;
const NAME = /^(\d{4}-\d{2}-\d{2})\.(minutes|day)$/;
/** What is looked at for the last line of a file. */
const TAIL_BYTES = 64 * 1024 * 1024;

/** `minutes`: as it was counted; `day`: folded. */
export type DayKind = 'minutes' | 'day';

/** `2026-11-23`, in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export class LedgerFiles {
  readonly #folder: StateFolder;

  constructor(folder: StateFolder) {
    this.#folder = folder;
  }

  readEpoch(): StateReading<EpochState> {
    return this.#folder.read(EPOCH_STATE, EPOCH_FILE);
  }

  /** The key before is gone then, and what was set aside of it too. */
  writeEpoch(epoch: EpochState): Written {
    const written = this.#folder.write(EPOCH_STATE, EPOCH_FILE, epoch);
    if (!written.ok) return written;
    for (const name of this.#folder.names(FOLDER)) {
      if (name.startsWith('epoch.json.')) this.#removeQuietly(name);
    }
    return written;
  }

  /** The days that there is a file of, the oldest first. */
  days(): readonly { readonly day: string; readonly kinds: ReadonlySet<DayKind> }[] {
    const days = new Map<string, Set<DayKind>>();
    for (const name of this.#folder.names(FOLDER)) {
      const [, day, kind] = NAME.exec(name) ?? [];
      if (day === undefined) continue;
      days.set(day, (days.get(day) ?? new Set()).add(kind as DayKind));
    }
    return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, kinds]) => ({ day, kinds }));
  }

  /** Bytes; 0 where there is no such file. */
  size(day: string, kind: DayKind): number {
    try {
      return statSync(this.#path(day, kind)).size;
    } catch {
      return 0;
    }
  }

  /** Adds whole lines to the minutes of a day and brings them to the disk. Undefined, or why not; then nothing is added. */
  add(day: string, lines: string): string | undefined {
    const unheld = this.#folder.unheld();
    if (unheld !== undefined) return unheld;
    const { files, path } = this.#folder;
    try {
      if (files.mkdirSync(join(path, FOLDER), { recursive: true, mode: 0o700 }) !== undefined) syncFolder(files, path);
      const isNew = this.size(day, 'minutes') === 0;
      const descriptor = files.openSync(this.#path(day, 'minutes'), 'a+', 0o600);
      try {
        const before = fstatSync(descriptor).size;
        const isTorn = before > 0 && lastByteOf(descriptor, before) !== '\n';
        try {
          writeAll(files, descriptor, isTorn ? `\n${lines}` : lines);
          files.fsyncSync(descriptor);
        } catch (cause) {
          files.ftruncateSync(descriptor, before);
          throw cause;
        }
      } finally {
        files.closeSync(descriptor);
      }
      if (isNew) syncFolder(files, join(path, FOLDER));
      return undefined;
    } catch (cause) {
      return reasonOf(cause);
    }
  }

  /** The whole file or the old one; `fromByte`: what the minutes have from there on follows. Undefined, or why not. */
  replace(day: string, kind: DayKind, lines: string, fromByte = Infinity): string | undefined {
    const unheld = this.#folder.unheld();
    if (unheld !== undefined) return unheld;
    const { files } = this.#folder;
    const isMore = fromByte < this.size(day, 'minutes');
    const more = isMore ? files.readFileSync(this.#path(day, 'minutes')).subarray(fromByte) : Buffer.alloc(0);
    return writeWhole(files, this.#path(day, kind), Buffer.concat([Buffer.from(lines, 'utf8'), more]));
  }

  remove(day: string, kind: DayKind): void {
    if (this.#folder.unheld() === undefined) this.#removeQuietly(`${day}.${kind}`);
  }

  /** Its lines in order, without their ends; what is behind the last line end is no line. Throws what the system says. */
  async *lines(day: string, kind: DayKind, untilByte = Infinity): AsyncGenerator<string> {
    let rest: Buffer[] = [];
    const end = Number.isFinite(untilByte) ? { end: untilByte - 1 } : {};
    if (untilByte <= 0) return;
    for await (const chunk of createReadStream(this.#path(day, kind), end) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, at)]).toString('utf8');
        rest = [];
        from = at + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  }

  /** The last lines of a file, the last one first; none where it cannot be read. */
  lastLines(day: string, kind: DayKind): readonly string[] {
    try {
      const bytes = this.#folder.files.readFileSync(this.#path(day, kind));
      const text = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)).toString('utf8');
      return text.split('\n').slice(0, -1).reverse();
    } catch {
      return [];
    }
  }

  #path(day: string, kind: DayKind): string {
    return join(this.#folder.path, FOLDER, `${day}.${kind}`);
  }

  #removeQuietly(name: string): void {
    try {
      this.#folder.files.rmSync(join(this.#folder.path, FOLDER, name), { force: true });
    } catch {
      // The next turn tries again.
    }
  }
}

function lastByteOf(descriptor: number, size: number): string {
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, size - 1);
  return byte.toString('latin1');
}

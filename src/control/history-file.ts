// The history on the disk: lines are added, never changed, never rotated away. What a kill -9 tore is kept aside and marked. A disk
// that takes nothing is said loudly and stops nobody: the next record that can be written says how many are missing.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryHead } from '../change/gate-state.js';
import { DURABLE, type HistoryEvent, type Recovery } from '../change/history-record.js';
import { continuationOf, headOf, historyLineOf, type ChainEnd } from '../change/history.js';
import { isLoss, recoveryWords } from '../change/history-words.js';
import type { Problem } from '../document/problem.js';
import { reasonOf } from './start-failure.js';
import type { StateFolder, Written } from './state-folder.js';
import { syncFolder, writeAll, writeWhole } from './whole-file.js';

/** In the state folder. */
export const HISTORY_FILE = 'history.jsonl';

export interface HistoryFileOptions {
  /** Its lock is the history's too. */
  readonly folder: StateFolder;
  /** What the state knows of the history; null: nothing. */
  readonly known: HistoryHead | null;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Each mark that had to be written, in words: for the log. */
  readonly onRecovery: (problem: Problem) => void;
}

/** The chain as this process left it on the disk. */
interface OnDisk extends ChainEnd {
  readonly bytes: number;
}

export class HistoryFile {
  readonly #options: HistoryFileOptions;
  readonly #file: string;
  /** Undefined until the file was read, and after a failure that may have left half a line. */
  #onDisk: OnDisk | undefined;
  #head: HistoryHead | null;
  #missed = 0;

  constructor(options: HistoryFileOptions) {
    this.#options = options;
    this.#file = join(options.folder.path, HISTORY_FILE);
    this.#head = options.known;
  }

  /** The newest record; null: none. It goes into the next state. */
  get head(): HistoryHead | null {
    return this.#head;
  }

  /**
   * Adds a record, after the marks that are due. What lasts (`DURABLE`) is on the disk when this answers yes; after a no, nothing
   * of it is there. Never throws.
   */
  append(event: HistoryEvent): Written {
    const why = this.#options.folder.unheld() ?? this.#tryAppend(event);
    if (why === undefined) return { ok: true };
    this.#missed += 1;
    const message = `cannot write \`${this.#file}\`: ${why}`;
    return { ok: false, problem: { code: 'history-unwritten', severity: 'error', message } };
  }

  #tryAppend(event: HistoryEvent): string | undefined {
    try {
      if (this.#onDisk === undefined || sizeOf(this.#file) !== this.#onDisk.bytes) this.#open();
      if (this.#missed > 0) {
        this.#mark({ why: 'missed', records: this.#missed });
        this.#missed = 0;
      }
      this.#write(event);
      return undefined;
    } catch (cause) {
      return reasonOf(cause);
    }
  }

  /** Reads the file, keeps a torn end aside and writes the marks that are due. Throws what the system says. */
  #open(): void {
    this.#onDisk = undefined;
    const bytes = this.#read();
    const whole = bytes.lastIndexOf(0x0a) + 1;
    const torn = whole < bytes.length ? this.#tearOff(bytes, whole) : undefined;
    const lines = linesOf(bytes.subarray(0, whole).toString('utf8'));
    const { end, marks } = continuationOf(lines, this.#head);
    this.#onDisk = { ...end, bytes: whole };
    this.#head = headOf(lines, lines.length) ?? this.#head;
    if (torn !== undefined) this.#mark({ why: 'torn', kept: torn });
    for (const mark of marks) this.#mark(mark);
  }

  #read(): Buffer {
    const { files } = this.#options.folder;
    try {
      return files.readFileSync(this.#file);
    } catch (cause) {
      if (typeof cause !== 'object' || cause === null || !('code' in cause) || cause.code !== 'ENOENT') throw cause;
      return Buffer.alloc(0);
    }
  }

  /** The half line goes to a file of its own first; the name of that. */
  #tearOff(bytes: Buffer, whole: number): string {
    const { folder } = this.#options;
    const taken = folder.names().filter((name) => /^history\.torn-\d+$/.test(name));
    const kept = `history.torn-${Math.max(0, ...taken.map((name) => Number(name.slice('history.torn-'.length)))) + 1}`;
    const why = writeWhole(folder.files, join(folder.path, kept), bytes.subarray(whole));
    // Said as the code, which `reasonOf` then gives as it is.
    if (why !== undefined) throw Object.assign(new Error(why), { code: why });
    this.#cut(whole);
    return kept;
  }

  #mark(recovery: Recovery): void {
    this.#write({ kind: 'recovered', ...recovery });
    this.#options.onRecovery(problemOf(recovery, this.#file));
  }

  /** One line at the end; where that fails, the file is as it was, or is read again before the next. Throws what the system says. */
  #write(event: HistoryEvent): void {
    const before = this.#onDisk;
    if (before === undefined) throw new Error('the history is not open');
    const { files, path } = this.#options.folder;
    const line = historyLineOf(event, this.#options.clock(), before);
    const text = `${line.text}\n`;
    const descriptor = files.openSync(this.#file, 'a', 0o600);
    try {
      try {
        writeAll(files, descriptor, text);
        if (DURABLE.has(event.kind)) files.fsyncSync(descriptor);
        if (before.bytes === 0) syncFolder(files, path);
      } finally {
        files.closeSync(descriptor);
      }
    } catch (cause) {
      this.#onDisk = undefined;
      this.#cut(before.bytes);
      this.#onDisk = before;
      throw cause;
    }
    this.#onDisk = { seq: line.seq, sum: line.sum, bytes: before.bytes + Buffer.byteLength(text) };
    this.#head = { seq: line.seq, hash: line.hash };
  }

  #cut(bytes: number): void {
    const { files } = this.#options.folder;
    const descriptor = files.openSync(this.#file, 'r+');
    try {
      files.ftruncateSync(descriptor, bytes);
      files.fsyncSync(descriptor);
    } finally {
      files.closeSync(descriptor);
    }
  }
}

/** Without their ends; a last line without one counts. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function sizeOf(file: string): number {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return fstatSync(descriptor).size;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return -1;
  }
}

function problemOf(recovery: Recovery, file: string): Problem {
  const severity = isLoss(recovery) ? 'error' : 'warning';
  return { code: `history-${recovery.why}`, severity, message: `\`${file}\` ${recoveryWords(recovery)}` };
}

// The state folder: named documents, each written whole or not at all, read back exactly or refused. What is wrong is kept aside
// and said; nothing is guessed. INVARIANT: a document that was lost reads as a problem until it is written anew, never as absent.
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sealed, unsealed } from '../change/sealed.js';
import type { StateDocument } from '../change/state-documents.js';
import type { Outcome, Problem } from '../document/problem.js';
import { SYSTEM_FILES, type FileOperations } from './file-operations.js';
import { FolderLock } from './folder-lock.js';
import { reasonOf } from './start-failure.js';
import { LEFT_BEHIND, syncFolder, writeWhole } from './whole-file.js';

export type StateReading<T> =
  /** null: it was never written. */
  { readonly ok: true; readonly value: T | null } | { readonly ok: false; readonly problem: Problem };

export type Written = { readonly ok: true } | { readonly ok: false; readonly problem: Problem };

export class StateFolder {
  readonly path: string;
  readonly files: FileOperations;
  #lock: FolderLock | undefined;
  #unlocked = 'it was opened for reading only';

  /** For reading only: sets nothing aside and answers every write with a problem. `openStateFolder` is for the gateway. */
  constructor(path: string, files: FileOperations = SYSTEM_FILES) {
    this.path = path;
    this.files = files;
  }

  /** Takes the lock where it is not held (any more). A problem: another gateway has it (`state-in-use`), or it cannot be made (`state-unlocked`). */
  async acquire(): Promise<Problem | undefined> {
    if (this.isHeld()) return undefined;
    this.#lock?.release();
    this.#lock = undefined;
    const taken = await FolderLock.take(this.path);
    if (taken.ok) {
      this.#lock = taken.lock;
      this.#removeLeftovers();
      return undefined;
    }
    this.#unlocked = taken.isInUse ? `it is in use by ${taken.why}` : `its lock cannot be made: ${taken.why}`;
    const message = taken.isInUse
      ? `state folder \`${this.path}\` is in use by ${taken.why}: a folder is of one gateway`
      : `state folder \`${this.path}\` cannot be locked: ${taken.why}`;
    return { code: taken.isInUse ? 'state-in-use' : 'state-unlocked', severity: 'error', message };
  }

  /** Whether this process may write: looked at anew each time. */
  isHeld(): boolean {
    return this.#lock?.isHeld() === true;
  }

  /** Why this process may not write, in plain words; undefined: it may. */
  unheld(): string | undefined {
    if (this.isHeld()) return undefined;
    return this.#lock === undefined ? this.#unlocked : 'another gateway has taken the folder';
  }

  /** Gives the lock back; writes are refused from here on. */
  close(): void {
    this.#lock?.release();
    this.#lock = undefined;
    this.#unlocked = 'it is closed';
  }

  /** `name` is a path inside the folder, of ours. A bad file is renamed to `NAME.corrupt-N` where the lock is held. */
  read<T>(document: StateDocument<T>, name: string): StateReading<T> {
    let text: string;
    try {
      text = this.files.readFileSync(join(this.path, name)).toString('utf8');
    } catch (cause) {
      const lost = isAbsence(cause) ? this.#lostAs(name) : undefined;
      if (lost?.length === 0) return { ok: true, value: null };
      if (lost === undefined)
        return unread('state-unreadable', `cannot read \`${this.#at(name)}\`: ${reasonOf(cause)}`);
      const kept = lost.map((each) => `\`${each}\``).join(', ');
      return unread('state-lost', `\`${this.#at(name)}\` was lost and not written since: what was left is ${kept}`);
    }
    const opened = unsealed(name, text);
    const value = opened.ok ? document.read(opened.value) : undefined;
    if (value !== undefined) return { ok: true, value };
    const why = opened.ok ? mismatchOf(opened.value, document.version) : opened.why;
    const aside = this.isHeld() ? this.#setAside(name) : undefined;
    const kept = aside === undefined ? '' : `; it is kept as \`${aside}\``;
    return unread('state-corrupt', `\`${this.#at(name)}\` is not used: ${why}${kept}`);
  }

  /** The whole document or the old one. Never throws. */
  write<T>(document: StateDocument<T>, name: string, value: T): Written {
    const refuse = (why: string): Written => {
      const message = `cannot write \`${this.#at(name)}\`: ${why}`;
      return { ok: false, problem: { code: 'state-unwritten', severity: 'error', message } };
    };
    const unheld = this.unheld();
    if (unheld !== undefined) return refuse(unheld);
    if (document.read(value) === undefined) return refuse('it does not have its own shape: a defect in headgate');
    const folder = dirname(name) === '.' ? undefined : this.#makeFolder(dirname(name));
    const why = folder ?? writeWhole(this.files, join(this.path, name), sealed(name, value));
    return why === undefined ? { ok: true } : refuse(why);
  }

  /** Names in a folder of ours; none where it is not there or cannot be read. */
  names(folder = '.'): readonly string[] {
    try {
      return this.files.readdirSync(join(this.path, folder)).sort();
    } catch {
      return [];
    }
  }

  #at(name: string): string {
    return join(this.path, name);
  }

  #makeFolder(name: string): string | undefined {
    try {
      if (this.files.mkdirSync(join(this.path, name), { recursive: true, mode: 0o700 }) !== undefined) {
        syncFolder(this.files, this.path);
      }
      return undefined;
    } catch (cause) {
      return reasonOf(cause);
    }
  }

  /** What was set aside of a document that is not there; undefined where that cannot be told. */
  #lostAs(name: string): readonly string[] | undefined {
    try {
      return this.#asides(name);
    } catch (cause) {
      return isAbsence(cause) ? [] : undefined;
    }
  }

  #asides(name: string): readonly string[] {
    const names = this.files.readdirSync(join(this.path, dirname(name)));
    return names.filter((each) => each.startsWith(`${basename(name)}.corrupt-`)).sort();
  }

  /** Undefined where it cannot be moved: then it stays where it is, and is refused again. */
  #setAside(name: string): string | undefined {
    try {
      const numbers = this.#asides(name).map((each) => Number(each.slice(`${basename(name)}.corrupt-`.length)) || 0);
      const aside = `${name}.corrupt-${Math.max(0, ...numbers) + 1}`;
      this.files.renameSync(this.#at(name), this.#at(aside));
      syncFolder(this.files, dirname(this.#at(name)));
      return aside;
    } catch {
      return undefined;
    }
  }

  /** Drafts of a writer that was killed, and names of locks that never were. */
  #removeLeftovers(): void {
    for (const folder of ['.', 'policies']) {
      for (const name of this.names(folder)) {
        if (!LEFT_BEHIND.test(name) && !(folder === '.' && /^lock\.\d+\.[0-9a-f]+$/.test(name))) continue;
        try {
          this.files.rmSync(join(this.path, folder, name), { force: true });
        } catch {
          // It is in nobody's way.
        }
      }
    }
  }
}

/**
 * For the gateway: made where it is not there (0700), locked. A folder in use by another gateway, or none at all, is no folder; one
 * that cannot be locked (a full disk) is given for reading with a warning: `acquire` tries again. Never throws.
 */
export async function openStateFolder(
  path: string,
  files: FileOperations = SYSTEM_FILES,
): Promise<Outcome<StateFolder>> {
  const problems: Problem[] = [];
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!statSync(path).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
    tighten(path, problems);
  } catch (cause) {
    const message = `cannot use state folder \`${path}\`: ${reasonOf(cause)}`;
    return { ok: false, problems: [{ code: 'state-folder', severity: 'error', message }] };
  }
  const folder = new StateFolder(path, files);
  const problem = await folder.acquire();
  if (problem?.code === 'state-in-use') return { ok: false, problems: [...problems, problem] };
  if (problem !== undefined) problems.push({ ...problem, severity: 'warning' });
  return { ok: true, value: folder, problems };
}

function tighten(path: string, problems: Problem[]): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o700);
  } catch (cause) {
    if ((statSync(path).mode & 0o007) === 0) return;
    const message = `state folder \`${path}\` is open to every user of this machine, and cannot be closed: ${reasonOf(cause)}`;
    problems.push({ code: 'state-mode', severity: 'warning', message, help: `chmod 700 ${path}` });
  }
}

function mismatchOf(value: unknown, version: number): string {
  const own = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  return typeof own === 'number' && own !== version
    ? `it is of version ${own}: this headgate reads version ${version}`
    : 'it does not have the shape of its version';
}

function isAbsence(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT';
}

function unread(code: string, message: string): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, severity: 'error', message } };
}

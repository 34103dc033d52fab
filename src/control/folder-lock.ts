// One gateway per state folder. The lock is a listening unix socket in the folder: the kernel ends it with its process, kill -9
// included, and it holds between containers that share the folder on one machine, where process ids say nothing.
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { reasonOf } from './start-failure.js';

/** In the folder. */
export const LOCK_NAME = 'lock';

export type Taken =
  | { readonly ok: true; readonly lock: FolderLock }
  /** `isInUse`: another process has it; else it could not be made, for example on a full disk. `why` in plain words. */
  | { readonly ok: false; readonly isInUse: boolean; readonly why: string };

const ATTEMPTS = 5;
/** How long a holder may take to say its process id; it holds the folder without saying it too. */
const ANSWER_WITHIN_MS = 500;

export class FolderLock {
  readonly #server: Server;
  readonly #file: string;
  readonly #inode: bigint;
  readonly #descriptor: number;

  private constructor(server: Server, place: { file: string; inode: bigint; descriptor: number }) {
    this.#server = server;
    this.#file = place.file;
    this.#inode = place.inode;
    this.#descriptor = place.descriptor;
  }

  /** Takes over what a dead process left. Never throws. */
  static async take(folder: string): Promise<Taken> {
    let descriptor: number;
    try {
      descriptor = openSync(folder, 'r');
    } catch (cause) {
      return { ok: false, isInUse: false, why: reasonOf(cause) };
    }
    // The path of a socket has 107 bytes at most (unix(7)); through the descriptor any folder is near.
    const short = `/proc/self/fd/${descriptor}`;
    const base = existsSync(short) ? short : folder;
    const own = `${LOCK_NAME}.${process.pid}.${randomBytes(6).toString('hex')}`;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${process.pid}\n`);
    }).unref();
    try {
      await listen(server, `${base}/${own}`);
      const inode = inodeOf(join(folder, own));
      const holder = await claim(folder, { base, own });
      rmSync(join(folder, own), { force: true });
      if (holder === undefined) {
        return { ok: true, lock: new FolderLock(server, { file: join(folder, LOCK_NAME), inode, descriptor }) };
      }
      end(server, descriptor);
      return { ok: false, isInUse: true, why: holder };
    } catch (cause) {
      end(server, descriptor);
      return { ok: false, isInUse: false, why: reasonOf(cause) };
    }
  }

  /** Looks again: false when another gateway has taken the folder, or the file is gone. */
  isHeld(): boolean {
    try {
      return this.#server.listening && inodeOf(this.#file) === this.#inode;
    } catch {
      return false;
    }
  }

  /** On a file system that became read-only the file stays: nobody listens behind it, so the next one takes it over. */
  release(): void {
    try {
      if (this.isHeld()) rmSync(this.#file, { force: true });
    } catch {
      // It is as after a kill.
    }
    if (this.#server.listening) end(this.#server, this.#descriptor);
  }
}

/** Undefined when the name is ours now; else who has it. It appears listening already: a link, not a bind, so nobody finds it dead. */
async function claim(folder: string, { base, own }: { base: string; own: string }): Promise<string | undefined> {
  const file = join(folder, LOCK_NAME);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      linkSync(join(folder, own), file);
      return undefined;
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    }
    const seen = inodeUnlessGone(file);
    const holder = await holderOf(`${base}/${LOCK_NAME}`);
    if (holder !== undefined) return holder;
    // Between this look and the removal another may have taken over: whoever loses so sees it in isHeld, before each write.
    if (seen !== undefined && inodeUnlessGone(file) === seen) rmSync(file, { force: true });
  }
  return 'another process that is starting';
}

/** Who listens there, in words; undefined for nobody. */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    const done = (holder: string | undefined): void => {
      socket.destroy();
      resolve(holder);
    };
    const named = (): void => done(/^\d+$/.test(text.trim()) ? `process ${text.trim()}` : 'another process');
    socket.once('error', (error) => {
      const code = codeOf(error);
      done(code === 'ECONNREFUSED' || code === 'ENOENT' ? undefined : 'another process');
    });
    socket.on('data', (part) => (text += part.toString('latin1').slice(0, 20)));
    socket.once('end', named);
    socket.setTimeout(ANSWER_WITHIN_MS, named);
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function end(server: Server, descriptor: number): void {
  server.close(() => closeSync(descriptor));
}

function inodeOf(file: string): bigint {
  return statSync(file, { bigint: true }).ino;
}

function inodeUnlessGone(file: string): bigint | undefined {
  try {
    return inodeOf(file);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

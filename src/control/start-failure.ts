// Why the gateway could not start, as problems to be rendered at the edge; never a stack for a user.
import type { Problem } from '../document/problem.js';

export class StartFailure extends Error {
  readonly problems: readonly Problem[];
  /** The problems as they are to be printed, with their lines; null: they have none. */
  readonly text: string | null;

  constructor(problems: readonly Problem[], text: string | null = null) {
    super(problems.map((problem) => problem.message).join('; '));
    this.problems = problems;
    this.text = text;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EMFILE: 'too many open files',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file may not grow further',
  EROFS: 'the file system is read-only',
  EIO: 'the disk failed',
  EPERM: 'not permitted',
  EEXIST: 'something else has this name',
};

/** A system error in plain words; an unknown one by its code, never by Node's sentence. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return 'an unexpected error';
  return REASONS[code] ?? code;
}

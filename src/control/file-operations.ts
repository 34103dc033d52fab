// The file operations that must not be torn, as a value: whoever writes the state gets them as an argument, so that a fault in any
// of them can be tried.
import {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

export interface FileOperations {
  readonly chmodSync: typeof chmodSync;
  readonly closeSync: typeof closeSync;
  readonly fsyncSync: typeof fsyncSync;
  readonly ftruncateSync: typeof ftruncateSync;
  readonly linkSync: typeof linkSync;
  readonly mkdirSync: typeof mkdirSync;
  readonly openSync: typeof openSync;
  /** The whole file. */
  readonly readFileSync: (file: string) => Buffer;
  /** Names in a folder. */
  readonly readdirSync: (folder: string) => string[];
  readonly renameSync: typeof renameSync;
  readonly rmSync: typeof rmSync;
  /** How many bytes were written, which may be fewer than were given. */
  readonly writeSync: (descriptor: number, bytes: Uint8Array) => number;
}

/** The system's own. */
export const SYSTEM_FILES: FileOperations = {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync: (file) => readFileSync(file),
  readdirSync: (folder) => readdirSync(folder),
  renameSync,
  rmSync,
  writeSync: (descriptor, bytes) => writeSync(descriptor, bytes),
};

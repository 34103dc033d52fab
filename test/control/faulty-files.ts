// File operations that fail, or that end the process, at a given one of them: for tests of whoever is given them.
import { SYSTEM_FILES, type FileOperations } from '../../src/control/file-operations.js';

/** Changes something on the disk, or says that it is there. */
const COUNTED = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'closeSync',
  'linkSync',
  'renameSync',
  'rmSync',
  'mkdirSync',
  'ftruncateSync',
] as const;

export interface Fault {
  /** Called before each operation with its number (from 1) and name; throws to let it fail. */
  readonly before?: (number: number, name: string) => void;
  /** The same, after it. */
  readonly after?: (number: number, name: string) => void;
  /** How many bytes one write takes at most. Default: all. */
  readonly writeBytes?: number;
}

export function faultyFiles({ before, after, writeBytes = Infinity }: Fault): FileOperations {
  let number = 0;
  const wrapped = COUNTED.map((name) => {
    const original = SYSTEM_FILES[name] as (...words: readonly unknown[]) => unknown;
    return [
      name,
      (...words: readonly unknown[]) => {
        number += 1;
        const own = number;
        before?.(own, name);
        const given =
          name === 'writeSync' && words[1] instanceof Uint8Array ? [words[0], words[1].subarray(0, writeBytes)] : words;
        const result = original(...given);
        after?.(own, name);
        return result;
      },
    ];
  });
  return { ...SYSTEM_FILES, ...(Object.fromEntries(wrapped) as Partial<FileOperations>) };
}

export const failure = (code: string): Error => Object.assign(new Error(code), { code });

// Configuration files of the run's programs, each in the program's own folder.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PEERS = join(dirname(fileURLToPath(import.meta.url)), 'peers');

export function write(folder, file, text) {
  mkdirSync(folder, { recursive: true });
  // A program that gives up being root must still reach its files.
  chmodSync(folder, 0o777);
  const path = join(folder, file);
  writeFileSync(path, text);
  return path;
}

/** A file of peers/ with its `@WORDS@` filled in. */
export function fill(file, folder, words) {
  const text = readFileSync(join(PEERS, file), 'utf8').replace(/@([A-Z]+)@/g, (_, word) => {
    if (words[word] === undefined) throw new Error(`${file} asks for @${word}@`);
    return words[word];
  });
  return write(folder, file, text);
}

export const lines = (texts) => `${texts.join('\n')}\n`;
export const nginxWords = (folder, path) => ['nginx', '-p', folder, '-c', path, '-e', 'stderr'];

// Reading a file that a person wrote: its text, or the one line that says why not.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { relative } from 'node:path';
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { reasonOf } from './start-failure.js';

/** Larger files are not read at all: no policy of the largest operator comes near. */
const BYTES_MOST = 64 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** The text of `file`, called `shown` in problems. Invalid UTF-8 becomes U+FFFD, which every parser of ours refuses. */
export function readSource(file: string, shown = file): Outcome<Source> {
  try {
    const bytes = readBounded(file);
    if (typeof bytes !== 'number')
      return { ok: true, value: { file: shown, text: bytes.toString('utf8') }, problems: [] };
    return refusal(`cannot read \`${shown}\`: ${bytes} bytes, at most ${BYTES_MOST}`);
  } catch (cause) {
    return refusal(`cannot read \`${shown}\`: ${reasonOf(cause)}`);
  }
}

/** The bytes; where there are too many, how many there are at least. Reads no further: a device has no end. */
function readBounded(file: string): Buffer | number {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > BYTES_MOST) return size;
    const chunks: Buffer[] = [];
    let length = 0;
    while (length <= BYTES_MOST) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(descriptor, chunk);
      if (count === 0) return Buffer.concat(chunks, length);
      chunks.push(chunk.subarray(0, count));
      length += count;
    }
    return length;
  } finally {
    closeSync(descriptor);
  }
}

function refusal(message: string): Outcome<Source> {
  return { ok: false, problems: [{ code: 'file', severity: 'error', message }] };
}

/** A path as a person standing in `folder` would write it: relative below it, absolute elsewhere. */
export function pathFrom(folder: string, file: string): string {
  const short = relative(folder, file);
  return short === '' || short.startsWith('..') ? file : short;
}

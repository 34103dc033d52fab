// The lines of a large file, one after the other, in bounded memory. What is in them is not looked at, and goes into no error.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { reasonOf } from './start-failure.js';

/** A longer line is no line of a log: HAProxy's are 8 KiB at most by default. */
const LINE_MOST = 64 * 1024;

/**
 * Calls `onLine` for each line without its end, with its number from 1; null: it is longer than 64 KiB. `-` is standard input. The bytes
 * are characters of their own (Latin-1). What kept the file from being read to its end, in words; undefined: nothing.
 */
export async function readLogLines(
  file: string,
  onLine: (line: string | null, number: number) => void,
): Promise<string | undefined> {
  const stream: Readable = file === '-' ? process.stdin : createReadStream(file);
  stream.setEncoding('latin1');
  let rest = '';
  let isLong = false;
  let number = 0;
  const end = (text: string): void => {
    number += 1;
    onLine(isLong || text.length > LINE_MOST ? null : text.endsWith('\r') ? text.slice(0, -1) : text, number);
    isLong = false;
  };
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const text = rest + chunk;
      let start = 0;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', start)) {
        end(text.slice(start, at));
        start = at + 1;
      }
      rest = text.slice(start);
      if (rest.length > LINE_MOST) {
        isLong = true;
        rest = '';
      }
    }
  } catch (cause) {
    return reasonOf(cause);
  }
  if (rest !== '' || isLong) end(rest);
  return undefined;
}

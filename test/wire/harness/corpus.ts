// The realistic requests of test/wire/corpus/ as bytes: what browsers, apps, old phones and enrichers send. A file is blocks with an
// empty line between: `# name`, the lines of the head, and `> ` the body where there is one. A request framed in chunks has its
// body as one chunk. Everything beyond printable ASCII is written `\r`, `\n`, `\t`, `\xNN`; a backslash is `\\`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chunkedBody, head } from './values.js';

const FOLDER = join(process.cwd(), 'test/wire/corpus');

export interface Realistic {
  readonly name: string;
  readonly method: string;
  /** Latin1, as sent. */
  readonly bytes: string;
  /** Without the start line. */
  readonly lines: readonly string[];
  readonly body: string;
}

const LETTERS: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    const found = LETTERS[letter ?? ''];
    if (found === undefined) throw new Error(`\`\\${letter}\` in the corpus`);
    return found;
  });
}

function realisticOf(block: string): Realistic {
  const [title = '', ...rest] = block.split('\n');
  const written = rest.filter((line) => !line.startsWith('> ')).map(unescaped);
  const body = unescaped(rest.find((line) => line.startsWith('> '))?.slice(2) ?? '');
  const isChunked = written.includes('Transfer-Encoding: chunked');
  return {
    name: title.slice(2),
    method: written[0]?.split(' ', 1)[0] ?? '',
    bytes: head(...written) + (isChunked ? chunkedBody(body) : body),
    lines: written.slice(1),
    body,
  };
}

/** By family: the name of the file. */
export function corpus(): readonly (readonly [family: string, requests: readonly Realistic[]])[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => [
      file.replace('.txt', ''),
      readFileSync(join(FOLDER, file), 'latin1').trimEnd().split('\n\n').map(realisticOf),
    ]);
}

// The last test of all: searches everything that the product wrote while it was tested for the values that it was given.
// `node test/written/main.mjs [FOLDER]`, default build/written. Exit code 1 where something is found, or nothing was there to search.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { valuesIn } from './spellings.mjs';

/** More than this is not printed of one file. */
const MOST = 5;

const folder = process.argv[2] ?? 'build/written';
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => statSync(path).isFile())
  : [];

let bytes = 0;
let found = 0;
for (const path of files) {
  const text = readFileSync(path, 'latin1');
  bytes += text.length;
  let here = 0;
  for (const { what, at } of valuesIn(relative(folder, path))) {
    found += 1;
    console.error(`${path}: ${what} in the file's name, at ${at}`);
  }
  for (const { what, at } of valuesIn(text)) {
    found += 1;
    here += 1;
    if (here > MOST) continue;
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
    const context = line.slice(-120) + text.slice(at, at + 60).split('\n', 1)[0];
    console.error(`${path}: ${what} at byte ${at}: ${JSON.stringify(context)}`);
  }
  if (here > MOST) console.error(`${path}: and ${here - MOST} more`);
}

if (bytes === 0) {
  console.error(`nothing to search in \`${folder}\`: run the wire and e2e tests first`);
  process.exitCode = 1;
} else {
  console.log(
    `${files.length} files, ${bytes} bytes searched: ${found === 0 ? 'no test value' : `${found} test values`}`,
  );
  process.exitCode = found === 0 ? 0 : 1;
}

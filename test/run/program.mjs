// Runs a TypeScript program of the tests in this process, outside jest: its folder's neighbours and src/ are compiled file by file
// to build/programs, without looking at types (`make lint` does).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

/** What programs import beside src/. */
const FOLDERS = ['src', 'test/control', 'test/decision', 'test/fuzz', 'test/http', 'test/soak', 'test/wire/harness'];

function compile(folder, target) {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue;
    const filename = join(folder, path);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    });
    const file = join(target, folder, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}

/** `path`: from the root of the repository, where it runs too. The program sets the exit code. */
export async function runProgram(path) {
  const target = resolve('build/programs', String(process.pid));
  try {
    for (const folder of FOLDERS) compile(folder, target);
    process.setSourceMapsEnabled(true);
    const { main } = await import(pathToFileURL(join(target, path.replace(/\.ts$/, '.js'))).href);
    process.exitCode = await main();
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

// The programs in src/wasm, compiled: `node test/wasm/main.mjs` writes them where the product has them. The same compiler gives the
// same bytes, so that a test can tell whether they are what their source says.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Source and module, from the root, and the name under which the module gives the program. */
const PROGRAMS = [
  { source: 'src/wasm/field-lines.as', target: 'src/http/field-lines-wasm.ts', name: 'FIELD_LINES' },
  { source: 'src/wasm/leaving-lines.as', target: 'src/egress/leaving-lines-wasm.ts', name: 'LEAVING_LINES' },
];

/** The text of the module. Throws with what the compiler says. */
async function moduleOf({ source, name }) {
  const options = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--use', 'abort='];
  let program;
  // The compiler takes names that end in `.ts` alone.
  const { error, stderr } = await asc.main(['program.ts', ...options, '--outFile', 'program.wasm'], {
    readFile: (name) => (name === 'program.ts' ? readFileSync(`${ROOT}/${source}`, 'utf8') : null),
    writeFile: (_, contents) => (program = contents),
  });
  if (error !== null) throw new Error(`${source}: ${stderr.toString()}`);
  const lines = Buffer.from(program)
    .toString('base64')
    .match(/.{1,110}/g);
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  return `// Made from ${source} by \`make wasm\`; not to be changed by hand.\nexport const ${name} =\n${text};\n`;
}

// Into a folder instead, if one is given.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv;
  for (const program of PROGRAMS) {
    const target =
      folder === undefined ? `${ROOT}/${program.target}` : `${folder}/${program.target.replaceAll('/', '-')}`;
    writeFileSync(target, await moduleOf(program));
  }
}

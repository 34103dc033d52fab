// The house holds what docs/house.md says: its table of arrows is run against the rules, and the rules against src/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesUnder = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => path.endsWith('.ts'))
    .sort();
const SOURCES = filesUnder('src');

interface Row {
  readonly folder: string;
  readonly isPure: boolean;
  readonly imports: readonly string[] | 'everything';
}
const HOUSE: readonly Row[] = read('docs/house.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells[2] === 'pure' || cells[2] === 'I/O')
  .map((cells) => ({
    folder: (cells[1] ?? '').replaceAll('`', ''),
    isPure: cells[2] === 'pure',
    imports:
      cells[5] === 'everything'
        ? 'everything'
        : [...(cells[5] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  }));
const PURE = HOUSE.filter(({ isPure }) => isPure).map(({ folder }) => folder);

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}
/** Runs the repository's rules over the `src/` of a folder. */
const violationsIn = (folder: string): readonly Violation[] => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      join(ROOT, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      'src',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  try {
    return (JSON.parse(stdout) as { summary: { violations: readonly Violation[] } }).summary.violations;
  } catch {
    throw new Error(`dependency-cruiser gave no report: ${stderr}`);
  }
};

test('docs/house.md has a row for each folder of src and for no other', () => {
  const folders = readdirSync(join(ROOT, 'src')).filter((name) => statSync(join(ROOT, 'src', name)).isDirectory());
  expect(HOUSE.map(({ folder }) => folder).sort()).toEqual(folders.sort());
});

test('src keeps every rule', () => {
  const broken = violationsIn(ROOT).map(({ from, to, rule }) => `${from} -> ${to} (${rule.name})`);
  expect(broken).toEqual([]);
}, 60_000);

describe('the rules permit each arrow of docs/house.md and no other', () => {
  const lab = mkdtempSync(join(tmpdir(), 'headgate-arrows-'));
  afterAll(() => rmSync(lab, { recursive: true, force: true }));
  const put = (path: string, text: string): void => {
    mkdirSync(resolve(join(lab, path), '..'), { recursive: true });
    writeFileSync(join(lab, path), text);
  };
  let caught: readonly Violation[] = [];
  beforeAll(() => {
    writeFileSync(
      join(lab, 'tsconfig.json'),
      '{"compilerOptions":{"module":"nodenext","moduleResolution":"nodenext"}}',
    );
    writeFileSync(join(lab, 'package.json'), '{"type":"module"}');
    for (const { folder } of HOUSE) {
      put(`src/${folder}/leaf.ts`, 'export const leaf = 1;\n');
      put(`src/${folder}/to-fs.ts`, "import 'node:fs';\n");
      for (const other of HOUSE) {
        if (other.folder !== folder)
          put(`src/${folder}/to-${other.folder}.ts`, `import '../${other.folder}/leaf.js';\n`);
      }
    }
    put('src/policy/catalogue-data.ts', 'export const data = 1;\n');
    put('src/egress/to-data.ts', "import '../policy/catalogue-data.js';\n");
    caught = violationsIn(lab).filter(({ rule }) => rule.name !== 'no-orphans' && rule.name !== 'no-circular');
  }, 60_000);
  const isCaught = (from: string): boolean => caught.some((violation) => violation.from === from);

  test.each(HOUSE.map((row) => [row.folder, row] as const))('%s', (folder, { imports, isPure }) => {
    const wrong = HOUSE.filter((other) => other.folder !== folder)
      .map((other) => ({
        arrow: `${folder} -> ${other.folder}`,
        permitted: imports === 'everything' || imports.includes(other.folder),
        caught: isCaught(`src/${folder}/to-${other.folder}.ts`),
      }))
      .filter((arrow) => arrow.permitted === arrow.caught);
    expect(wrong).toEqual([]);
    expect(isCaught(`src/${folder}/to-fs.ts`)).toBe(isPure);
  });

  test('the second look may read the catalogue’s data', () => {
    expect(isCaught('src/egress/to-data.ts')).toBe(false);
  });
});

describe('pure folders import of Node only the functions that docs/house.md names', () => {
  const PERMITTED: Readonly<Record<string, readonly string[]>> = {
    'node:crypto': ['createHash', 'createHmac', 'createPublicKey', 'verify', 'timingSafeEqual'],
    'node:net': ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress'],
    'node:url': ['domainToASCII', 'domainToUnicode'],
  };

  test('the list here is the list there', () => {
    const sentence =
      read('docs/house.md').match(/Pure folders import of Node only named functions:(.*?)\n- /s)?.[1] ?? '';
    const named = [...sentence.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    expect(named).toEqual(Object.entries(PERMITTED).flatMap(([module, names]) => [module, ...names]));
  });

  /** What a file imports of Node: `module.name`; `module.*` for a namespace, default, bare or dynamic import. */
  const importsOfNode = (path: string, text: string): string[] => {
    const found: string[] = [];
    const walk = (node: ts.Node): void => {
      if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
        const module = (node.moduleSpecifier as ts.StringLiteral).text;
        if (!module.startsWith('.')) {
          const bindings = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined;
          if (
            bindings !== undefined &&
            ts.isNamedImports(bindings) &&
            !(ts.isImportDeclaration(node) && node.importClause?.name)
          ) {
            found.push(
              ...bindings.elements.map((element) => `${module}.${(element.propertyName ?? element.name).text}`),
            );
          } else found.push(`${module}.*`);
        }
      }
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) found.push('import().*');
      ts.forEachChild(node, walk);
    };
    walk(ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true));
    return found.filter((name) => /^(node:|import\(\)|(crypto|net|url|fs|http|os|path|process)\.)/.test(name));
  };

  test('the reader sees named, renamed, namespace, default, bare and dynamic imports', () => {
    const text = `import { a as b, type C } from 'node:net'; import * as n from 'node:url'; import d from 'node:crypto';
      import 'node:fs'; export * from 'node:os'; const e = await import('node:vm'); import { x } from './x.js';`;
    expect(importsOfNode('x.ts', text)).toEqual([
      'node:net.a',
      'node:net.C',
      'node:url.*',
      'node:crypto.*',
      'node:fs.*',
      'node:os.*',
      'import().*',
    ]);
  });

  test.each(PURE)('%s', (folder) => {
    const permitted = Object.entries(PERMITTED).flatMap(([module, names]) => names.map((name) => `${module}.${name}`));
    const wrong = SOURCES.filter((path) => path.startsWith(`src/${folder}/`)).flatMap((path) =>
      importsOfNode(path, read(path))
        .filter((name) => !permitted.includes(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

test('no file has a name that is no noun', () => {
  const nameless = /^(utils?|common|helpers?|lib|types|constants|index)\.ts$/;
  expect([...SOURCES, ...filesUnder('test')].filter((path) => nameless.test(basename(path)))).toEqual([]);
});

test('internals of Node have one place', () => {
  const users = SOURCES.filter((path) => /\b_handle\b|\bbinding\(|internalBinding/.test(read(path)));
  expect(users).toEqual(['src/proxy/handle-seam.ts']);
});

test('no file of src is over 400 lines', () => {
  const long = SOURCES.map((path) => ({ path, lines: read(path).split('\n').length - 1 })).filter(
    ({ lines }) => lines > 400,
  );
  expect(long).toEqual([]);
});

test('every file of src opens with what it is for', () => {
  const silent = SOURCES.filter(
    (path) => !/^(#!.*\n)?\/\/ \S+ \S+/.test(read(path)) && !/^(#!.*\n)?\/\*\*? \S+ \S+/.test(read(path)),
  );
  expect(silent).toEqual([]);
});

test('the top of the repository holds the agreed entries and no others', () => {
  const { stdout } = spawnSync('git', ['ls-files'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const entries =
    stdout === ''
      ? readdirSync(ROOT)
      : [
          ...new Set(
            stdout
              .trim()
              .split('\n')
              .map((path) => path.split('/')[0] ?? ''),
          ),
        ];
  const ignored = ['node_modules', 'dist', 'build', '.git'];
  const agreed = [
    '.ci',
    '.dependency-cruiser.cjs',
    '.dockerignore',
    '.gitignore',
    '.prettierignore',
    '.prettierrc.json',
    'CHANGELOG.md',
    'Dockerfile',
    'LICENSE',
    'Makefile',
    'README.md',
    'charts',
    'config',
    'deploy',
    'docs',
    'eslint.config.mjs',
    'jest.config.cjs',
    'package-lock.json',
    'package.json',
    'src',
    'test',
    'tsconfig.build.json',
    'tsconfig.json',
  ];
  expect(entries.filter((entry) => !ignored.includes(entry) && !agreed.includes(entry))).toEqual([]);
});

// Makes the folder that is installed: the program compiled anew, the npm packages that it needs as the lock file has them, settings, docs, chart,
// units, a bill of materials and checksums. It asks no network. `--folder DIR` makes DIR/headgate-VERSION; `--tarball DIR` also packs it there,
// the same bytes for the same sources.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const { values } = parseArgs({ options: { folder: { type: 'string' }, tarball: { type: 'string' } } });
const parent = values.folder ?? values.tarball;
if (parent === undefined) {
  console.error('usage: node deploy/pack.mjs --folder DIR | --tarball DIR');
  process.exit(64);
}

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
const name = `headgate-${manifest.version}`;
const target = resolve(parent, name);
/** The time that everything in the tarball has: of the environment, else of the commit. */
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? said('git', ['log', '-1', '--format=%ct']) ?? 0);

function said(program, words) {
  try {
    return execFileSync(program, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

/** The packages of the lock file that are not for development; what is optional and not installed is left out. */
function packagesNeeded() {
  const { packages } = JSON.parse(read('package-lock.json'));
  return Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional);
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

// Into an empty folder, so that nothing of an older source is in it. Types are judged by `make build`, and only once.
execFileSync(process.execPath, [
  join(ROOT, 'node_modules/typescript/bin/tsc'),
  '--noCheck',
  '-p',
  join(ROOT, 'tsconfig.build.json'),
  '--outDir',
  join(target, 'dist'),
]);
for (const [path, { version, optional }] of packagesNeeded()) {
  let installed;
  try {
    installed = JSON.parse(read(join(path, 'package.json'))).version;
  } catch {
    if (optional) continue;
    fail(`${path} is not installed: make install`);
  }
  if (installed !== version) fail(`${path} is ${installed}, the lock file has ${version}: make install`);
  cpSync(join(ROOT, path), join(target, path), { recursive: true, dereference: true });
}
for (const path of ['config', 'charts', 'docs', 'LICENSE', 'README.md', 'CHANGELOG.md']) {
  // The chart's rules are a link to those of config/.
  cpSync(join(ROOT, path), join(target, path), { recursive: true, dereference: true });
}
cpSync(join(ROOT, 'deploy/systemd'), join(target, 'systemd'), { recursive: true });
cpSync(join(ROOT, 'deploy/install.sh'), join(target, 'install.sh'));
mkdirSync(join(target, 'bin'));
cpSync(join(ROOT, 'deploy/headgate.sh'), join(target, 'bin/headgate'));
const { devDependencies: _, scripts: __, ...kept } = manifest;
writeFileSync(join(target, 'package.json'), `${JSON.stringify(kept, undefined, 2)}\n`);
writeFileSync(join(target, 'VERSION'), `${manifest.version}\n`);

// npm names it after the folder, gives it the time and a number of chance, and with `--omit=dev` leaves out what is needed twice.
const bill = JSON.parse(
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  }),
);
const needed = new Set(
  packagesNeeded().map(([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`),
);
bill.components = bill.components.filter(({ 'bom-ref': ref }) => needed.has(ref));
for (const { 'bom-ref': ref } of bill.components) needed.delete(ref);
if (needed.size > 0) fail(`the bill of materials lacks ${[...needed].join(', ')}`);
const there = new Set([bill.metadata.component['bom-ref'], ...bill.components.map((each) => each['bom-ref'])]);
bill.dependencies = bill.dependencies
  .filter(({ ref }) => there.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => there.has(each)) }));
bill.metadata.component.name = manifest.name;
bill.metadata.timestamp = new Date(epoch * 1000).toISOString();
delete bill.serialNumber;
writeFileSync(join(target, 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`);

const files = readdirSync(target, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(target, join(entry.parentPath ?? entry.path, entry.name)))
  .sort();
const sum = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
writeFileSync(join(target, 'SHA256SUMS'), files.map((file) => `${sum(join(target, file))}  ${file}\n`).join(''));

if (values.tarball === undefined) {
  console.log(target);
  process.exit(0);
}
const tarball = `${target}.tar.gz`;
const order = [
  '--sort=name',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mode=u+rwX,go+rX,go-w',
  `--mtime=@${epoch}`,
];
const tar = execFileSync('tar', [...order, '-C', resolve(parent), '-cf', '-', name], { maxBuffer: 1 << 30 });
writeFileSync(tarball, execFileSync('gzip', ['-9n'], { input: tar, maxBuffer: 1 << 30 }));
writeFileSync(`${tarball}.sha256`, `${sum(tarball)}  ${name}.tar.gz\n`);
console.log(tarball);

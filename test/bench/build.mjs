// What the run needs beside the product, made in build/bench/: its own load and origin, compiled, and the peers that are npm
// packages, installed with exact versions from test/bench/peers/. They are no dependencies of the product.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
export const OUT = resolve('build/bench');
/** Where the Node peers run: beside their packages. */
export const NODE_PEERS = join(OUT, 'peers');

/** Program to Debian package. */
const PACKAGES = {
  cc: 'gcc libc6-dev',
  haproxy: 'haproxy',
  nginx: 'nginx-light',
  openssl: 'openssl',
  squid: 'squid',
  taskset: 'util-linux',
};

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/** undefined where the program is there, else one line that names the package. */
export function lacking(program) {
  if (FOLDERS.some((folder) => folder !== '' && existsSync(join(folder, program)))) return undefined;
  return `\`${program}\` is not there: apt-get install ${PACKAGES[program] ?? program}`;
}

/** Compiles a C file of this folder where it is newer than its program; the program's path. */
export function compiled(name) {
  mkdirSync(OUT, { recursive: true });
  const [source, program] = [join(HERE, `${name}.c`), join(OUT, name)];
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program;
  const { status, stderr, error } = spawnSync('cc', ['-O2', '-std=c11', '-Wall', '-Wextra', '-o', program, source], {
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`${name}.c is not compiled (apt-get install ${PACKAGES.cc}): ${stderr ?? error?.message}`);
  return program;
}

/** undefined where the packages are installed as the lock file has them, else one line that says why not. */
export function installPeers() {
  const from = join(HERE, 'peers');
  mkdirSync(NODE_PEERS, { recursive: true });
  const locked = join(NODE_PEERS, 'package-lock.json');
  const isInstalled =
    existsSync(join(NODE_PEERS, 'node_modules', '.package-lock.json')) &&
    existsSync(locked) &&
    readFileSync(locked, 'utf8') === readFileSync(join(from, 'package-lock.json'), 'utf8');
  for (const file of readdirSync(from)) {
    if (/\.(mjs|json)$/.test(file)) cpSync(join(from, file), join(NODE_PEERS, file));
  }
  if (isInstalled) return undefined;
  console.error('bench: installing the peers that are npm packages');
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stderr, error } = spawnSync('npm', words, { cwd: NODE_PEERS, encoding: 'utf8' });
  if (status === 0) return undefined;
  const why = error?.message ?? stderr.trim().split('\n')[0];
  return `the npm packages cannot be installed: ${why}`;
}

/** Every name that the gateway strips, from itself. */
export function catalogueOf(main) {
  const rows = JSON.parse(
    execFileSync(process.execPath, [main, 'catalogue', '--format', 'json'], { encoding: 'utf8' }),
  );
  return rows.filter(({ action }) => action === 'strip').map(({ header }) => header);
}

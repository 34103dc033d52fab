// Programs of the system that some tests need. Where one is missing its tests are skipped, each with the program in its name,
// so that `make test` can count and name them; under STRICT=1 the run then fails. Never skip in another way.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** As in test/run/packages.mjs, which installs them; helm is in no archive of Debian. */
export type Program =
  | 'amtool'
  | 'curl'
  | 'go'
  | 'haproxy'
  | 'helm'
  | 'ip'
  | 'nginx'
  | 'openssl'
  | 'prometheus'
  | 'prometheus-alertmanager'
  | 'promtool'
  | 'python3'
  | 'redis-server'
  | 'squid'
  | 'ssh-keygen'
  | 'systemd-analyze'
  | 'systemd-notify';

const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter(
  (folder) => folder !== '',
);

/** The program's path, or undefined where it is not installed. */
export function findProgram(name: Program): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** As findProgram; throws where it is not installed: for use inside describeWith. */
export function programPath(name: Program): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

/** A `describe` whose tests need programs; skipped, and named by what is missing, where they are not all there. */
export function describeWith(programs: readonly Program[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) describe(name, tests);
  else describe.skip(`[needs ${missing.join(', ')}] ${name}`, tests);
}

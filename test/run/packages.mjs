// Installs the Debian packages whose programs the tests use, where that works: as root, with apt-get and an archive that
// answers. It never fails: a test whose program is missing is skipped and named (test/programs.ts). HEADGATE_NO_APT=1: leave
// this machine as it is.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.mjs';

/** Program to package. */
export const PACKAGES = {
  amtool: 'prometheus-alertmanager',
  curl: 'curl',
  // With the libraries of the program that renders the chart: 500 MB, half a minute.
  go: 'golang-go golang-github-masterminds-sprig-dev',
  haproxy: 'haproxy',
  ip: 'iproute2',
  nginx: 'nginx-light',
  openssl: 'openssl',
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  promtool: 'prometheus',
  python3: 'python3',
  'redis-server': 'redis-server',
  squid: 'squid',
  'ssh-keygen': 'openssh-client',
  'systemd-analyze': 'systemd',
  'systemd-notify': 'systemd',
};

const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
const isThere = (program) => FOLDERS.some((folder) => folder !== '' && existsSync(join(folder, program)));
const missing = () => Object.keys(PACKAGES).filter((program) => !isThere(program));

// RUNLEVEL=1 keeps the packages' own services from starting: the tests start what they need, where they need it.
const APT = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };

/** Counts as no test; says in `note` what is missing in the end. */
export async function installPackages() {
  const wanted = missing();
  const may = process.env.HEADGATE_NO_APT !== '1' && process.getuid?.() === 0 && isThere('apt-get');
  if (wanted.length > 0 && may) {
    const packages = [...new Set(wanted.flatMap((program) => PACKAGES[program].split(' ')))];
    await runCommand(['apt-get', 'update', '-qq'], { env: APT });
    await runCommand(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages], { env: APT });
  }
  const still = missing();
  const note =
    still.length === 0 ? 'all there' : `not there: ${still.map((name) => `${name} (${PACKAGES[name]})`).join(', ')}`;
  return { passed: 0, failed: [], skipped: [], note };
}

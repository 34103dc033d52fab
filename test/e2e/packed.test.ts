// What is handed to operators, as they use it: the tarball, installed and run where no network is, under a service manager's socket; and the
// image's file system, made by the steps of the Dockerfile and run in a root of its own.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { NotifySocket } from '../control/notify-socket.js';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { PATHS } from '../wire/harness/paths.js';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const VERSION = (JSON.parse(read('package.json')) as { version: string }).version;
const NAME = `headgate-${VERSION}`;
/** A time limit, not a measure. */
const PACKED_WITHIN_MS = 300_000;

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly hashes?: readonly unknown[];
  }[];
}

/** Name and version of each package that is not for development, as the lock file has it. */
const LOCKED = Object.entries(
  (JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string; dev?: boolean }> }).packages,
)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
  .sort();

const SETTINGS = (folder: string): string => `
listeners: [{ name: internet, address: "127.0.0.1:8080", clients: ["127.0.0.0/8"], trust: none }]
metrics: { address: "127.0.0.1:9464" }
policy: ${folder}/policy.yaml
state: ${folder}/state
paths: ${JSON.stringify(PATHS)}
approval: { required: 0 }
`;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'headgate-packed-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['curl', 'ip', 'python3', 'systemd-notify'], 'the tarball', () => {
  let unpacked: string;
  let root: string;
  /** In a network namespace that has not even loopback. */
  const install = (from: string, to: string) =>
    spawnSync('unshare', ['-rn', 'sh', join(from, 'install.sh')], {
      env: { ...process.env, DESTDIR: to },
      encoding: 'utf8',
    });

  beforeAll(() => {
    execFileSync(process.execPath, ['deploy/pack.mjs', '--tarball', join(folder, 'packed')], { cwd: ROOT });
    mkdirSync(join(folder, 'unpacked'));
    execFileSync('tar', ['-xzf', join(folder, 'packed', `${NAME}.tar.gz`), '-C', join(folder, 'unpacked')]);
    unpacked = join(folder, 'unpacked', NAME);
    root = join(folder, 'root');
    const { status, stderr } = install(unpacked, root);
    if (status !== 0) throw new Error(stderr);
  }, PACKED_WITHIN_MS);

  test('is what its checksum says, and so is each file in it', () => {
    const check = (cwd: string, file: string) => spawnSync('sha256sum', ['--check', '--quiet', file], { cwd }).status;
    expect(check(join(folder, 'packed'), `${NAME}.tar.gz.sha256`)).toBe(0);
    expect(check(unpacked, 'SHA256SUMS')).toBe(0);
    const summed = readFileSync(join(unpacked, 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.slice(66));
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(unpacked, path)).isFile(),
    );
    expect([...summed, 'SHA256SUMS'].sort()).toEqual(files.sort());
  });

  test('has each package of the lock file that runs, with its hash in the bill of materials, and none for development', () => {
    const bill = JSON.parse(readFileSync(join(unpacked, 'sbom.cdx.json'), 'utf8')) as Bill;
    expect([bill.bomFormat, bill.metadata.component.name]).toEqual(['CycloneDX', 'headgate']);
    expect(bill.components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(LOCKED);
    expect(bill.components.filter(({ hashes = [] }) => hashes.length === 0)).toEqual([]);
    for (const name of LOCKED.map((each) => each.replace(/@[^@]+$/, ''))) {
      expect(existsSync(join(unpacked, 'node_modules', name, 'package.json'))).toBe(true);
    }
    expect(existsSync(join(unpacked, 'node_modules/typescript'))).toBe(false);
    expect(existsSync(join(unpacked, 'test'))).toBe(false);
  });

  test('is installed beside older ones, behind one link, with its units', () => {
    expect(readlinkSync(join(root, 'opt/headgate'))).toBe(NAME);
    expect(readdirSync(join(root, 'etc/systemd/system')).sort()).toEqual([
      'headgate-canary.service',
      'headgate-mirror.service',
      'headgate.service',
    ]);
    expect(existsSync(join(root, 'etc/headgate'))).toBe(false);
    const again = install(unpacked, root);
    expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/this version is installed/)]);
  });

  test('is not installed when a file in it was changed', () => {
    const changed = join(folder, 'changed');
    cpSync(unpacked, changed, { recursive: true });
    appendFileSync(join(changed, 'dist/cli/main.js'), '\n');
    const { status, stderr } = install(changed, join(folder, 'other'));
    expect([status, stderr]).toEqual([1, expect.stringMatching(/files of this folder are not those of SHA256SUMS/)]);
    expect(existsSync(join(folder, 'other/opt'))).toBe(false);
  });

  describe('in a network namespace with no route', () => {
    const running: ChildProcess[] = [];
    let socket: NotifySocket | undefined;
    beforeAll(async () => {
      writeFileSync(join(folder, 'headgate.yaml'), SETTINGS(folder));
      writeFileSync(join(folder, 'policy.yaml'), 'version: 1\nreleasesNothing: true\n');
      // A new gateway runs nothing without a baseline; here nobody has to sign it.
      const words = ['approve', '--config', join(folder, 'headgate.yaml'), '--baseline', '--reason', 'first', '--yes'];
      const { status, stdout, stderr } = spawnSync(join(root, 'opt/headgate/bin/headgate'), words, {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stdout + stderr);
      socket = await NotifySocket.open();
    }, 120_000);
    afterAll(() => {
      for (const child of running) child.kill('SIGKILL');
      socket?.close();
    });

    /** The command of a unit, at the places of this test, in a namespace that has loopback alone. */
    const startUnit = (name: string, places: Readonly<Record<string, string>>) => {
      const unit = readFileSync(join(root, 'etc/systemd/system', `${name}.service`), 'utf8');
      let command = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '';
      for (const [from, to] of Object.entries({ '/opt/headgate': join(root, 'opt/headgate'), ...places })) {
        command = command.replaceAll(from, to);
      }
      const child = spawn('unshare', ['-rn', 'sh', '-c', `ip link set lo up && exec ${command}`], {
        env: { PATH: process.env['PATH'], NOTIFY_SOCKET: socket?.path, WATCHDOG_USEC: '2000000' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.push(child);
      let said = '';
      child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
      child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
      return { child, said: () => said };
    };
    const inside = (child: ChildProcess, ...words: string[]) =>
      spawnSync('nsenter', ['--target', String(child.pid), '--user', '--net', '--preserve-credentials', ...words], {
        encoding: 'utf8',
      });

    test('the gateway’s unit starts, says it is ready, serves, reloads, beats and drains', async () => {
      const { child, said } = startUnit('headgate', { '/etc/headgate': folder });
      const heard = async (line: RegExp): Promise<void> => {
        try {
          await eventually(String(line), () => socket?.messages.some((each) => line.test(each)) === true, 60_000);
        } catch (error) {
          throw new Error(`${(error as Error).message}; heard: ${socket?.messages.join(' ') ?? ''}; said: ${said()}`);
        }
      };
      await heard(/^READY=1\|STATUS=ready/);
      expect(inside(child, 'ip', 'route').stdout).toBe('');
      expect(inside(child, 'curl', '-sS', 'http://127.0.0.1:9464/readyz').stdout).toBe('ready\n');
      const page = inside(
        child,
        'curl',
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-x',
        '127.0.0.1:8080',
        'http://192.0.2.1/',
      );
      // It takes the request, and has nowhere to go with it.
      expect(page.stdout).toMatch(/^50[0-9]$/);
      child.kill('SIGHUP');
      await heard(/^RELOADING=1\|MONOTONIC_USEC=\d+$/);
      await heard(/^WATCHDOG=1$/);
      const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      child.kill('SIGTERM');
      await heard(/^STOPPING=1\|STATUS=draining\|EXTEND_TIMEOUT_USEC=40000000$/);
      expect(await ended).toBe(0);
    }, 120_000);

    test('the mirror’s unit starts', async () => {
      const { said } = startUnit('headgate-mirror', { '/etc/headgate': folder });
      await eventually('its address', () => said().includes('mirror: http://0.0.0.0:8088/'), 60_000);
    }, 120_000);

    test('the canary’s unit starts: a file that is not there is said as such', async () => {
      const { child, said } = startUnit('headgate-canary', { '/etc/headgate': join(folder, 'none') });
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect([code, said()]).toEqual([1, expect.stringMatching(/cannot read `.*canary\.yaml`/)]);
    }, 120_000);
  });
});

describe('the image', () => {
  const [build = '', last = ''] = read('Dockerfile').split(/^FROM scratch$/m);
  const instructions = (text: string, word: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^${word} (.*(?:\\\\\\n.*)*)`, 'gm'))].map(([, rest = '']) => rest);
  let rootfs: string;

  test('is built on Node 24, and runs as a user without a name of root', () => {
    expect(instructions(build, 'ARG')[0]).toBe('NODE_IMAGE=node:24-bookworm-slim');
    expect(instructions(last, 'USER')).toEqual(['65532:65532']);
    expect(instructions(last, 'COPY')).toEqual(['--from=build /rootfs /']);
    expect(instructions(last, 'RUN')).toEqual([]);
  });

  test('installs packages as the Makefile does', () => {
    expect(instructions(build, 'RUN')[0]).toBe('npm install --no-save --no-audit --no-fund --ignore-scripts');
    expect(read('Makefile')).toMatch(/NPM := .*--no-audit --no-fund.*\n/);
    expect(read('Makefile')).toMatch(/\$\(NPM\) install --no-save/);
  });

  test(
    'has a file system that its steps make of what .dockerignore leaves',
    () => {
      const source = join(folder, 'source');
      const left = readdirSync(ROOT).filter((name) => !IGNORED.includes(name) && !name.endsWith('.log'));
      for (const name of left) cpSync(join(ROOT, name), join(source, name), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
      rootfs = join(folder, 'rootfs');
      const env = { ...process.env, OUT: join(folder, 'out'), ROOTFS: rootfs, SOURCE_DATE_EPOCH: '0' };
      for (const step of instructions(build, 'RUN').slice(1)) execFileSync('sh', ['-ec', step], { cwd: source, env });
      const programs = readdirSync(rootfs, { recursive: true, encoding: 'utf8' })
        .filter((path) => !path.startsWith('opt/') && statSync(join(rootfs, path)).isFile())
        .filter((path) => (statSync(join(rootfs, path)).mode & 0o111) !== 0 && !/\.so[.\d]*$/.test(path));
      expect(programs.sort()).toEqual(['nodejs/bin/node', 'usr/local/bin/headgate']);
    },
    PACKED_WITHIN_MS,
  );

  const IGNORED = read('.dockerignore')
    .split('\n')
    .filter((line) => /^[\w.]+$/.test(line));

  /** In a root of its own. */
  const run = (...words: string[]) =>
    spawnSync('unshare', ['-r', 'chroot', rootfs, ...words], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/usr/sbin:/bin' },
    });

  test('runs by its entry point, and by its name for `kubectl exec`', () => {
    const entry = JSON.parse(instructions(last, 'ENTRYPOINT')[0] ?? '[]') as string[];
    const wanted = `headgate ${VERSION} (node ${process.version})`;
    expect(run(...entry, 'version').stdout.trim()).toBe(wanted);
    expect(run('/usr/local/bin/headgate', 'version').stdout.trim()).toBe(wanted);
  });

  test('has the `node` that the chart names for its preStop, and no shell', () => {
    const command = /command: \[([^,]+), -e,/.exec(read('charts/headgate/templates/_pod.tpl'))?.[1] ?? '';
    expect(run(command, '-e', 'process.exit(7)').status).toBe(7);
    expect(existsSync(join(rootfs, 'bin/sh'))).toBe(false);
  });

  test('has a bill of materials, with Node in it', () => {
    const bill = JSON.parse(readFileSync(join(rootfs, 'opt/headgate/sbom.cdx.json'), 'utf8')) as Bill;
    const names = bill.components.map(({ name, version }) => `${name}@${version}`);
    expect(names).toEqual(expect.arrayContaining([...LOCKED, `node@${process.versions.node}`]));
  });

  test('leaves nothing of its making that runs as somebody else', () => {
    const all = readdirSync(rootfs, { recursive: true, encoding: 'utf8' }).map((path) => join(rootfs, path));
    expect(all.filter((path) => existsSync(path) && (statSync(path).mode & 0o6000) !== 0)).toEqual([]);
    expect(dirname(all[0] ?? '')).toBe(rootfs);
  });
});

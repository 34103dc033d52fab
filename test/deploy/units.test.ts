// The units of systemd: valid, hardened to a score that is held, and started with verbs that exist.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeWith, programPath } from '../programs.js';

const ROOT = resolve(__dirname, '../..');
const UNITS = join(ROOT, 'deploy/systemd');
const NAMES = readdirSync(UNITS)
  .filter((name) => name.endsWith('.service'))
  .sort();
const textOf = (name: string): string => readFileSync(join(UNITS, name), 'utf8');
const valueOf = (text: string, key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];

/** The most exposure, in tenths, that `systemd-analyze security` may find: 0 is none, 100 is a service of root without a word. */
const MOST: Readonly<Record<string, number>> = {
  'headgate-canary.service': 12,
  'headgate-mirror.service': 12,
  'headgate.service': 18,
};

test('there are three units, each with a score', () => {
  expect(NAMES).toEqual(Object.keys(MOST));
});

test.each(NAMES)('%s starts the program of the folder that is installed, as a user that owns none of it', (name) => {
  const text = textOf(name);
  expect(valueOf(text, 'ExecStart')).toMatch(/^\/opt\/headgate\/bin\/headgate (serve|canary|mirror) --/);
  expect(valueOf(text, 'User')).toBe('headgate');
  expect(readFileSync(join(UNITS, 'headgate.sysusers.conf'), 'utf8')).toMatch(/^u headgate /m);
});

test('the gateway is told to stop alone, and in time', () => {
  const text = textOf('headgate.service');
  expect(valueOf(text, 'KillMode')).toBe('mixed');
  expect(valueOf(text, 'Type')).toBe('notify');
  expect(valueOf(text, 'NotifyAccess')).toBe('all');
  // Five minutes of not being ready, and then some.
  expect(valueOf(text, 'TimeoutStartSec')).toBe('6min');
});

describeWith(['systemd-analyze'], 'systemd-analyze', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'headgate-units-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What verify says of a unit whose program is where it is here. */
  const verified = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text.replaceAll('/opt/headgate/bin/headgate', join(ROOT, 'deploy/headgate.sh')));
    const { status, stdout, stderr } = spawnSync(programPath('systemd-analyze'), ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    return status === 0 ? stderr : `exit ${status}: ${stdout}${stderr}`;
  };
  const isWithin = (file: string, most: number): boolean =>
    spawnSync(programPath('systemd-analyze'), ['security', '--offline=true', '--no-pager', `--threshold=${most}`, file])
      .status === 0;

  test.each(NAMES)('verify has nothing to say of %s', (name) => {
    expect(verified(name, textOf(name))).toBe('');
  });

  test('verify names a word that systemd does not know', () => {
    const text = textOf('headgate.service').replace('ProtectSystem=', 'ProtectSytem=');
    expect(verified('headgate.service', text)).toMatch(/Unknown key (name )?'ProtectSytem'/);
  });

  test.each(Object.entries(MOST))('security finds no more exposure of %s than %d tenths', (name, most) => {
    const file = join(folder, name);
    copyFileSync(join(UNITS, name), file);
    expect(isWithin(file, most)).toBe(true);
    // And it is that much: what takes one protection away is found.
    writeFileSync(
      file,
      textOf(name)
        .replace(/^NoNewPrivileges=yes$/m, '')
        .replace(/^ProtectSystem=.*$/m, ''),
    );
    expect(isWithin(file, most)).toBe(false);
  });
});

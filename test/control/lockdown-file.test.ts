// The switch file says everyone whenever it does not clearly say less.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockdownOrderIn, readLockdownFile } from '../../src/control/lockdown-file.js';

const KNOWN = new Set(['acme-pay', 'mms']);

test.each([
  ['nothing', ''],
  ['white space', ' \n\t\n'],
  ['only comments', '# who is this for?\n'],
  ['`all`', 'all\n'],
  ['`all` beside a partner', 'acme-pay\nall # really\n'],
  ['a name that is no partner', 'acme-pai\n'],
  ['a partner and a name that is none', 'acme-pay\nacme-pai\n'],
  ['two partners on one line', 'acme-pay mms\n'],
  ['`off`', 'off\n'],
  ['bytes that are no text', '\ufffd\0'],
  ['another case', 'ACME-PAY\n'],
])('%s means everyone', (_, text) => {
  expect(lockdownOrderIn(text, KNOWN)).toMatchObject({ kind: 'all' });
});

test.each([
  ['a line', 'acme-pay', ['acme-pay']],
  [
    'lines, with comments, empty lines and Windows line ends',
    '# today\r\nacme-pay # billing\r\n\r\n mms\r\n',
    ['acme-pay', 'mms'],
  ],
  ['the same twice', 'mms\nmms\n', ['mms']],
])('known partners mean these partners: %s', (_, text, ids) => {
  expect(lockdownOrderIn(text, KNOWN)).toEqual({ kind: 'partners', ids });
});

test('what an unknown line says is not repeated', () => {
  expect(JSON.stringify(lockdownOrderIn('acme-pay\n447700900123\n', KNOWN))).not.toContain('4477');
});

describe('a file', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'headgate-test-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const order = (name = 'LOCKDOWN') => readLockdownFile(join(folder, name), KNOWN);

  test('that is not there asks for nothing, nor does a folder that is not there', () => {
    expect(order()).toEqual({ kind: 'absent' });
    expect(order('none/LOCKDOWN')).toEqual({ kind: 'absent' });
    writeFileSync(join(folder, 'plain'), '');
    expect(order('plain/LOCKDOWN')).toEqual({ kind: 'absent' });
  });

  test('is read, through a link too', () => {
    writeFileSync(join(folder, 'order'), 'mms\n');
    symlinkSync('order', join(folder, 'LOCKDOWN'));
    expect(order()).toEqual({ kind: 'partners', ids: ['mms'] });
  });

  test('that is a folder means everyone', () => {
    mkdirSync(join(folder, 'LOCKDOWN'));
    expect(order()).toMatchObject({ kind: 'all', why: 'it is no plain file' });
  });

  test('that is a pipe means everyone, and nobody waits for it', () => {
    execFileSync('mkfifo', [join(folder, 'LOCKDOWN')]);
    expect(order()).toMatchObject({ kind: 'all', why: 'it is no plain file' });
  });

  test('that leads to itself means everyone: it is there and cannot be read', () => {
    symlinkSync('LOCKDOWN', join(folder, 'LOCKDOWN'));
    expect(order()).toMatchObject({ kind: 'all' });
  });

  test('that may not be read means everyone', () => {
    writeFileSync(join(folder, 'LOCKDOWN'), 'mms\n');
    chmodSync(join(folder, 'LOCKDOWN'), 0);
    // The superuser reads it all the same.
    const expected = process.getuid?.() === 0 ? { kind: 'partners' } : { kind: 'all' };
    expect(order()).toMatchObject(expected);
  });

  test('that is too long to be one means everyone', () => {
    writeFileSync(join(folder, 'LOCKDOWN'), `mms\n${'#'.repeat(70_000)}`);
    expect(order()).toMatchObject({ kind: 'all' });
  });
});

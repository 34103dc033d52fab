// The state folder gives back what was written whole, or a problem; what is wrong is kept aside, and a lost document is never absent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealed } from '../../src/change/sealed.js';
import { CLOCK_MARK } from '../../src/change/state-documents.js';
import { StateFolder, openStateFolder } from '../../src/control/state-folder.js';
import { failure, faultyFiles } from './faulty-files.js';

const NAME = 'clock.json';
const mark = (highest: number) => ({ version: 1 as const, highest });
let root: string;
let path: string;
const opened: StateFolder[] = [];

/** For the gateway; fails the test where it is none. */
const open = async (...words: Parameters<typeof openStateFolder>): Promise<StateFolder> => {
  const outcome = await openStateFolder(...words);
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
  opened.push(outcome.value);
  return outcome.value;
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headgate-state-'));
  path = join(root, 'state');
});
afterEach(() => {
  for (const folder of opened.splice(0)) folder.close();
  rmSync(root, { recursive: true, force: true });
});

test('it is made where it is not there, for the owner alone, and its documents too', async () => {
  path = join(root, 'a/b');
  const folder = await open(path);
  expect(folder.read(CLOCK_MARK, NAME)).toEqual({ ok: true, value: null });
  expect(folder.write(CLOCK_MARK, NAME, mark(7))).toEqual({ ok: true });
  expect(folder.write(CLOCK_MARK, 'policies/x.json', mark(8))).toEqual({ ok: true });
  expect(folder.read(CLOCK_MARK, NAME)).toEqual({ ok: true, value: mark(7) });
  const modes = ['.', NAME, 'policies', 'policies/x.json'].map((name) => statSync(join(path, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600, 0o700, 0o600]);
});

test('a folder that others could read is closed to them', async () => {
  mkdirSync(path);
  chmodSync(path, 0o755);
  await open(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a folder that cannot be made is none', async () => {
  writeFileSync(join(root, 'file'), '');
  const outcomes = [await openStateFolder(join(root, 'file')), await openStateFolder(join(root, 'file/state'))];
  expect(outcomes.map(({ ok, problems }) => [ok, problems.map(({ message }) => message)])).toEqual([
    [false, [`cannot use state folder \`${root}/file\`: something else has this name`]],
    [false, [`cannot use state folder \`${root}/file/state\`: a part of the path is no folder`]],
  ]);
});

test('a shape that is wrong is not written', async () => {
  const folder = await open(path);
  expect(folder.write(CLOCK_MARK, NAME, mark(-1)).ok).toBe(false);
  expect(existsSync(join(path, NAME))).toBe(false);
});

describe('a document that is wrong', () => {
  const good = sealed(NAME, mark(7));
  test.each([
    ['cut', good.slice(0, -5), 'it is cut short or no JSON'],
    ['empty', '', 'it is cut short or no JSON'],
    ['changed', good.replace(':7', ':9'), 'its content does not have its checksum'],
    ['another', sealed('state.json', mark(7)), 'it is another document under this name'],
    ['of version 2', sealed(NAME, { version: 2, highest: 7 }), 'it is of version 2: this headgate reads version 1'],
    ['of another shape', sealed(NAME, { ...mark(7), more: 1 }), 'it does not have the shape of its version'],
  ])('because it is %s is kept aside, and is a problem until it is written anew', async (_, text, why) => {
    const folder = await open(path);
    writeFileSync(join(path, NAME), text);
    const reading = folder.read(CLOCK_MARK, NAME);
    const message = `\`${path}/${NAME}\` is not used: ${why}; it is kept as \`${NAME}.corrupt-1\``;
    expect(reading).toEqual({ ok: false, problem: { code: 'state-corrupt', severity: 'error', message } });
    expect(readFileSync(join(path, `${NAME}.corrupt-1`), 'utf8')).toBe(text);
    folder.close();

    const again = await open(path);
    const lost = `\`${path}/${NAME}\` was lost and not written since: what was left is \`${NAME}.corrupt-1\``;
    for (const reader of [again, new StateFolder(path)]) {
      expect(reader.read(CLOCK_MARK, NAME)).toMatchObject({
        ok: false,
        problem: { code: 'state-lost', message: lost },
      });
    }
    expect(again.write(CLOCK_MARK, NAME, mark(8))).toEqual({ ok: true });
    expect(again.read(CLOCK_MARK, NAME)).toEqual({ ok: true, value: mark(8) });
    writeFileSync(join(path, NAME), 'bad');
    expect(again.read(CLOCK_MARK, NAME).ok).toBe(false);
    expect(readdirSync(path).filter((name) => name !== 'lock')).toEqual([`${NAME}.corrupt-1`, `${NAME}.corrupt-2`]);
  });

  test('is left where it is by whoever only reads', async () => {
    await open(path);
    writeFileSync(join(path, NAME), 'bad');
    const message = `\`${path}/${NAME}\` is not used: it is cut short or no JSON`;
    expect(new StateFolder(path).read(CLOCK_MARK, NAME)).toMatchObject({ ok: false, problem: { message } });
    expect(readFileSync(join(path, NAME), 'utf8')).toBe('bad');
  });

  test('and cannot be moved is refused where it is', async () => {
    const fail = (_: number, name: string): void => {
      if (name === 'renameSync') throw failure('EROFS');
    };
    const folder = await open(path, faultyFiles({ before: fail }));
    writeFileSync(join(path, NAME), 'bad');
    expect([folder.read(CLOCK_MARK, NAME).ok, folder.read(CLOCK_MARK, NAME).ok]).toEqual([false, false]);
  });

  test.each(['EIO', 'EACCES'])('because the disk says %s is no absence, and is left alone', async (code) => {
    const folder = await open(path);
    const broken = new StateFolder(path, {
      ...folder.files,
      readFileSync: () => {
        throw failure(code);
      },
    });
    expect(broken.read(CLOCK_MARK, NAME)).toMatchObject({ ok: false, problem: { code: 'state-unreadable' } });
  });

  test('because a folder stands in its place is no absence', async () => {
    const folder = await open(path);
    mkdirSync(join(path, NAME));
    const message = `cannot read \`${path}/${NAME}\`: it is a folder`;
    expect(folder.read(CLOCK_MARK, NAME)).toMatchObject({ ok: false, problem: { message } });
    expect(folder.write(CLOCK_MARK, NAME, mark(1))).toMatchObject({ ok: false });
  });
});

test('drafts of a writer that was killed are gone at the next opening, other files stay', async () => {
  (await open(path)).close();
  for (const name of ['clock.json.draft', 'state.json.undo', 'lock.12.0af3', 'LOCKDOWN', 'notes.txt']) {
    writeFileSync(join(path, name), 'x');
  }
  await open(path);
  expect(readdirSync(path)).toEqual(['LOCKDOWN', 'lock', 'notes.txt']);
});

describe('one gateway per folder', () => {
  test('the second one is refused and names the first; when that ends, the folder is free', async () => {
    const first = await open(path);
    const second = await openStateFolder(path);
    const message = `state folder \`${path}\` is in use by process ${process.pid}: a folder is of one gateway`;
    expect(second).toEqual({ ok: false, problems: [{ code: 'state-in-use', severity: 'error', message }] });
    expect(first.write(CLOCK_MARK, NAME, mark(1))).toEqual({ ok: true });
    first.close();
    expect(existsSync(join(path, 'lock'))).toBe(false);
    expect(first.write(CLOCK_MARK, NAME, mark(2))).toMatchObject({ ok: false });
    expect((await open(path)).read(CLOCK_MARK, NAME)).toEqual({ ok: true, value: mark(1) });
  });

  test('of many that come at once exactly one has it', async () => {
    // A dead one's lock lies there, so that all of them want to take it over.
    mkdirSync(path);
    await leaveDeadLock(path);
    const all = await Promise.all(Array.from({ length: 8 }, () => openStateFolder(path)));
    const folders = all.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
    opened.push(...folders);
    expect(folders.filter((folder) => folder.isHeld())).toHaveLength(1);
  });

  test('a lock that a kill -9 left is taken over', async () => {
    mkdirSync(path);
    await leaveDeadLock(path);
    expect(existsSync(join(path, 'lock'))).toBe(true);
    expect((await open(path)).write(CLOCK_MARK, NAME, mark(1))).toEqual({ ok: true });
  });

  test('any other file that is called so is taken over too', async () => {
    mkdirSync(path);
    writeFileSync(join(path, 'lock'), 'x');
    expect((await open(path)).isHeld()).toBe(true);
  });

  test('whoever lost the folder writes nothing more, and gives nothing back that is not his', async () => {
    const first = await open(path);
    rmSync(join(path, 'lock'));
    const second = await open(path);
    const message = `cannot write \`${path}/${NAME}\`: another gateway has taken the folder`;
    expect(first.write(CLOCK_MARK, NAME, mark(1))).toMatchObject({ ok: false, problem: { message } });
    first.close();
    expect(second.write(CLOCK_MARK, NAME, mark(2))).toEqual({ ok: true });
    expect((await openStateFolder(path)).ok).toBe(false);
  });

  test('a folder with a path longer than a socket’s may be is locked as well', async () => {
    path = join(root, 'x'.repeat(120), 'y'.repeat(120));
    const folder = await open(path);
    expect(folder.isHeld()).toBe(true);
    expect((await openStateFolder(path)).ok).toBe(false);
  });

  test('by another path it is the same folder', async () => {
    await open(path);
    symlinkSync(path, join(root, 'other'));
    expect((await openStateFolder(join(root, 'other'))).ok).toBe(false);
  });

  test('a holder that is stopped holds it still', async () => {
    mkdirSync(path);
    const script = `require('net').createServer().listen(${JSON.stringify(join(path, 'lock'))}, () => console.log('there'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      child.kill('SIGSTOP');
      const outcome = await openStateFolder(path);
      expect(outcome.problems.map(({ message }) => message)).toEqual([
        `state folder \`${path}\` is in use by another process: a folder is of one gateway`,
      ]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

/** A socket without a listener under the lock's name, as the kernel leaves it after a kill. */
async function leaveDeadLock(folder: string): Promise<void> {
  const server = createServer();
  server.listen(join(folder, 'dying'));
  await once(server, 'listening');
  linkSync(join(folder, 'dying'), join(folder, 'lock'));
  server.close();
  await once(server, 'close');
}

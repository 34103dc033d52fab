// A full disk and a read-only one, as the kernel has them: every write is refused in one clear line, what was there stays whole, and
// when there is room again everything goes on. A file system of 128 kB is mounted in a mount namespace of the test's own (unshare),
// since permissions bind no root; where that is not permitted the full disk is /dev/full, behind the draft's name.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GateStore } from '../../src/control/gate-store.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { stateOf } from '../change/admitted-fixture.js';
import { compileInto } from '../cli/product.js';

const ROOT = join(import.meta.dirname, '../..');
const BUILD = join(ROOT, 'build', `disk-${process.pid}`);
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;
const describeMounted = canMount ? describe : describe.skip;
let path: string;

beforeAll(() => {
  for (const folder of ['src', 'test/change', 'test/control']) compileInto(join(ROOT, folder), join(BUILD, folder));
  mkdirSync(BUILD, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(BUILD, 'package.json'));
}, 60_000);
afterAll(() => rmSync(BUILD, { recursive: true, force: true }));
beforeEach(() => (path = mkdtempSync(join(tmpdir(), 'headgate-disk-'))));
afterEach(() => rmSync(path, { recursive: true, force: true }));

test('a device that is full refuses a document, and the old one stays', async () => {
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error('no folder');
  const store = new GateStore(opened.value);
  expect(store.writeState(stateOf(1))).toEqual({ ok: true });
  symlinkSync('/dev/full', join(path, 'state.json.draft'));
  const message = `cannot write \`${path}/state.json\`: the disk is full`;
  expect(store.writeState(stateOf(2))).toEqual({
    ok: false,
    problem: { code: 'state-unwritten', severity: 'error', message },
  });
  expect(store.readState()).toEqual({ ok: true, value: stateOf(1) });
  expect(store.writeState(stateOf(2))).toEqual({ ok: true });
  opened.value.close();
});

describeMounted(`${canMount ? '' : '[needs mount namespaces] '}a small file system`, () => {
  /** Each line of what the programs printed. */
  const inside = (script: string): Record<string, unknown>[] => {
    const program = `${process.execPath} ${join(BUILD, 'test/control/disk-program.js')} ${path}`;
    const words = script.replaceAll('PROGRAM', program).replaceAll('PATH', path);
    const ran = spawnSync('unshare', ['-rm', 'sh', '-ec', words], { encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const ok = { ok: true };

  test('that is full refuses documents, the history and the clock, and takes them when there is room', () => {
    const [found] = inside('mount -t tmpfs -o size=128k tmpfs PATH; PROGRAM fill');
    expect(found).toMatchObject({
      opening: [],
      isCurrent: true,
      isWhole: true,
      again: [ok, ok],
      marks: ['history-missed'],
    });
    expect(found?.['number']).toBeGreaterThan(0);
    expect(found?.['refusal']).toMatch(/^cannot write `[^`]+`: the disk is full$/);
    expect(found?.['refused']).toMatchObject({
      ok: false,
      problem: { message: `cannot write \`${path}/history.jsonl\`: the disk is full` },
    });
    expect(found?.['clock']).toBe(`cannot write \`${path}/clock.json\`: the disk is full`);
    expect(found?.['last']).toMatchObject({ ok: true, recoveries: [{ why: 'missed' }] });
  }, 60_000);

  test('that is read-only is opened for reading with a warning, and refuses every write', () => {
    const found = inside(
      'mount -t tmpfs -o size=256k tmpfs PATH; PROGRAM fill; mount -o remount,ro PATH; PROGRAM read-only',
    )[1];
    const why = 'its lock cannot be made: the file system is read-only';
    expect(found?.['opening']).toEqual([
      `warning: state folder \`${path}\` cannot be locked: the file system is read-only`,
    ]);
    expect(found?.['before']).toMatchObject({ ok: true, value: { version: 1 } });
    expect(found?.['after']).toEqual(found?.['before']);
    const messages = (found?.['written'] as { ok: boolean; problem?: { message: string } }[]).map(
      ({ problem }) => problem?.message,
    );
    expect(messages[0]).toBe(`cannot write \`${path}/history.jsonl\`: ${why}`);
    expect(messages[2]).toBe(`cannot write \`${path}/lockdown.json\`: ${why}`);
    expect(messages[1]).toMatch(new RegExp(`: ${why}$`));
    expect(found?.['clock']).toEqual([true, `cannot write \`${path}/clock.json\`: ${why}`]);
  }, 60_000);
});

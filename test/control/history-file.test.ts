// The history on the disk verifies whatever happened to the process, the disk or the file; what was lost is marked and said.
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '../../src/change/history-record.js';
import { verifyHistory, type HistoryVerdict } from '../../src/change/history.js';
import { HistoryFile, linesOf } from '../../src/control/history-file.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { failure, faultyFiles, type Fault } from './faulty-files.js';

const T = Date.UTC(2026, 6, 1);
const lockdown = (reason: string): HistoryEvent => ({
  kind: 'lockdown-on',
  partner: null,
  reason,
  by: 'operate',
  way: 'api',
});
const start: HistoryEvent = { kind: 'started', version: '1.0.0', digest: null, generation: 0 };

let path: string;
let file: string;
let fault: Fault;
let folder: StateFolder;
let said: string[];

const open = (known: HistoryFile['head'] = null): HistoryFile =>
  new HistoryFile({ folder, known, clock: () => T, onRecovery: ({ code }) => said.push(code) });
const verdict = (): HistoryVerdict => verifyHistory(linesOf(readFileSync(file, 'utf8')));
const kinds = (): unknown[] =>
  linesOf(readFileSync(file, 'utf8')).map((line) => (JSON.parse(line) as { kind: unknown; why?: unknown }).kind);

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'headgate-history-'));
  file = join(path, 'history.jsonl');
  [fault, said] = [{}, []];
  const files = faultyFiles({ before: (number, name) => fault.before?.(number, name) });
  const outcome = await openStateFolder(path, files);
  if (!outcome.ok) throw new Error('no folder');
  folder = outcome.value;
});
afterEach(() => {
  folder.close();
  rmSync(path, { recursive: true });
});

test('records are added, for the owner alone, and go on after a restart', () => {
  const first = open();
  expect([first.append(start), first.append(lockdown('a'))]).toEqual([{ ok: true }, { ok: true }]);
  const again = open(first.head);
  expect(again.append(lockdown('b'))).toEqual({ ok: true });
  expect(verdict()).toEqual({ ok: true, head: again.head, recoveries: [] });
  expect([again.head?.seq, statSync(file).mode & 0o777, said]).toEqual([3, 0o600, []]);
});

test('a line that a kill tore is kept aside and marked, and the chain goes on', () => {
  const first = open();
  for (const event of [start, lockdown('a')]) first.append(event);
  const whole = readFileSync(file);
  const torn = Buffer.concat([Buffer.from('{"at":"2026 \u20ac').subarray(0, -1), Buffer.from([0])]);
  for (const round of [1, 2]) {
    appendFileSync(file, torn);
    expect(verdict().ok).toBe(false);
    expect(open(first.head).append(lockdown('b'))).toEqual({ ok: true });
    expect(readFileSync(join(path, `history.torn-${round}`))).toEqual(torn);
    expect(readFileSync(file).subarray(0, whole.length)).toEqual(whole);
    expect(verdict()).toMatchObject({ ok: true, recoveries: { length: round } });
  }
  expect(kinds()).toEqual(['started', 'lockdown-on', 'recovered', 'lockdown-on', 'recovered', 'lockdown-on']);
  expect(said).toEqual(['history-torn', 'history-torn']);
});

test('a history that is shorter than the state says is marked', () => {
  const first = open();
  for (const reason of ['a', 'b', 'c']) first.append(lockdown(reason));
  const lines = linesOf(readFileSync(file, 'utf8'));
  writeFileSync(file, `${lines.slice(0, 1).join('\n')}\n`);
  for (const _ of [1, 2]) open(first.head).append(start);
  expect(verdict()).toMatchObject({ ok: true, recoveries: [{ why: 'shorter', expected: first.head, seq: 2 }] });
  expect(said).toEqual(['history-shorter']);
});

test('one that goes away while the gateway runs is begun anew, with a mark', () => {
  const first = open();
  for (const reason of ['a', 'b']) first.append(lockdown(reason));
  const expected = first.head;
  renameSync(file, join(path, 'old'));
  expect(first.append(start)).toEqual({ ok: true });
  expect(verdict()).toMatchObject({ ok: true, recoveries: [{ why: 'shorter', expected, seq: 1 }] });
  expect([kinds(), said]).toEqual([['recovered', 'started'], ['history-shorter']]);
});

test('one that somebody changed goes on after a mark, and never verifies again', () => {
  const first = open();
  for (const reason of ['aa', 'bb']) first.append(lockdown(reason));
  writeFileSync(file, readFileSync(file, 'utf8').replace('aa', 'ab'));
  for (const _ of [1, 2]) open(first.head).append(start);
  expect(verdict()).toMatchObject({ ok: false, record: 1 });
  expect([kinds(), said]).toEqual([
    ['lockdown-on', 'lockdown-on', 'recovered', 'started', 'started'],
    ['history-broken'],
  ]);
});

test.each(['ENOSPC', 'EIO', 'EROFS', 'EACCES'])(
  'whichever operation fails with %s: a no leaves the file as it was',
  (code) => {
    const history = open();
    history.append(start);
    for (let at = 1; ; at += 1) {
      const before = readFileSync(file, 'utf8');
      let count = 0;
      fault = {
        before: () => {
          count += 1;
          if (count === at) throw failure(code);
        },
      };
      const written = history.append(lockdown(String(at)));
      fault = {};
      if (count < at) break;
      expect([at, written.ok, written.ok ? 'no' : readFileSync(file, 'utf8') === before]).toEqual([at, false, true]);
      expect(verdict().ok).toBe(true);
      expect(history.append(lockdown('again'))).toEqual({ ok: true });
      expect(verdict()).toMatchObject({ ok: true, recoveries: { length: at } });
    }
    expect(said.length).toBeGreaterThan(3);
    expect([...new Set(said)]).toEqual(['history-missed']);
  },
);

test('while the disk takes nothing at all each record is said to be missing, and counted when there is room', () => {
  const history = open();
  history.append(start);
  const known = history.head;
  fault = {
    before: () => {
      throw failure('ENOSPC');
    },
  };
  const refused = [1, 2, 3].map(() => history.append(lockdown('x')));
  const message = `cannot write \`${file}\`: the disk is full`;
  expect(refused).toEqual(
    [1, 2, 3].map(() => ({ ok: false, problem: { code: 'history-unwritten', severity: 'error', message } })),
  );
  expect(history.head).toEqual(known);
  fault = {};
  expect(history.append(lockdown('y'))).toEqual({ ok: true });
  expect(verdict()).toMatchObject({ ok: true, recoveries: [{ why: 'missed', records: 3 }] });
});

test('half a line that cannot be taken back is torn off at the next record', () => {
  const history = open();
  history.append(start);
  let writes = 0;
  fault = {
    before: (_, name) => {
      if (name === 'writeSync') writes += 1;
      if (name === 'ftruncateSync' || writes > 1) throw failure('EIO');
    },
  };
  const files = folder.files;
  const halving = new HistoryFile({
    folder: Object.assign(Object.create(folder) as StateFolder, {
      unheld: () => undefined,
      path,
      files: { ...files, writeSync: (fd: number, bytes: Uint8Array) => files.writeSync(fd, bytes.subarray(0, 10)) },
    }),
    known: history.head,
    clock: () => T,
    onRecovery: ({ code }) => said.push(code),
  });
  expect(halving.append(lockdown('x')).ok).toBe(false);
  expect(verdict().ok).toBe(false);
  fault = {};
  expect(halving.append(lockdown('y'))).toEqual({ ok: true });
  expect(verdict()).toMatchObject({ ok: true, recoveries: [{ why: 'torn' }, { why: 'missed', records: 1 }] });
  expect(readdirSync(path)).toContain('history.torn-1');
});

test('without the lock nothing is written', () => {
  const history = open();
  folder.close();
  expect(history.append(start)).toMatchObject({ ok: false });
  expect(readdirSync(path)).toEqual([]);
});

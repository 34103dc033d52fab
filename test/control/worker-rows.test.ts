// The rows by which workers give each other turns: a file without a name, a row of its own for each, and free when it ends.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AcceptTurns, MOST_ROWS } from '../../src/proxy/accept-turns.js';
import { turnsOf, WorkerRows } from '../../src/control/worker-rows.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'headgate-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const rowOf = (env: Readonly<Record<string, string>>): string | undefined => Object.values(env)[0];

function opened(folders: readonly string[]): WorkerRows {
  const rows = WorkerRows.open(folders);
  if (rows === null) throw new Error('no file');
  return rows;
}

test('the file has no name as soon as it is open', () => {
  const rows = opened([folder]);
  expect(readdirSync(folder)).toEqual([]);
  rows.close();
});

test('where the first place is missing the second is taken, and without any there are no rows', () => {
  const missing = join(folder, 'none');
  opened([missing, folder]).close();
  expect(WorkerRows.open([missing])).toBeNull();
});

test('each worker has its own row, the lowest that is free', () => {
  const rows = opened([folder]);
  const [first, second] = [rows.take(), rows.take()];
  expect([first, second].map(({ env }) => rowOf(env))).toEqual(['0', '1']);
  first.free();
  expect(rowOf(rows.take().env)).toBe('0');
  expect(rowOf(rows.take().env)).toBe('2');
  rows.close();
});

test('nobody waits for a worker that has ended', () => {
  const rows = opened([folder]);
  const [own, other] = [rows.take(), rows.take()];
  let waits = 0;
  const turns = new AcceptTurns(rows.descriptor, Number(rowOf(own.env)), () => {
    waits += 1;
  });
  new AcceptTurns(rows.descriptor, Number(rowOf(other.env))).closed(0);
  turns.accepted(9);
  other.free();
  turns.accepted(10);
  expect(waits).toBe(1);
  rows.close();
});

test('a worker for which there is no row goes without', () => {
  const rows = opened([folder]);
  const last = Array.from({ length: MOST_ROWS + 1 }, () => rows.take()).at(-1);
  expect(last?.env).toEqual({});
  expect(turnsOf(last?.env ?? {})).toEqual({});
  last?.free();
  rows.close();
});

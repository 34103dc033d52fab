// The gate's documents: a state is kept with every policy that it names, and earlier ones go when no state names them.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EARLIER_KEPT, type LockdownState } from '../../src/change/gate-state.js';
import { GateStore } from '../../src/control/gate-store.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { digestOfNumber, recordOf, stateOf } from '../change/admitted-fixture.js';
import { failure, faultyFiles } from './faulty-files.js';

const path = mkdtempSync(join(tmpdir(), 'headgate-store-'));
let failing: string | undefined;
let folder: StateFolder;
beforeAll(async () => {
  const files = faultyFiles({
    before: (_, name) => {
      if (name === failing) throw failure('ENOSPC');
    },
  });
  const outcome = await openStateFolder(path, files);
  if (!outcome.ok) throw new Error('no folder');
  folder = outcome.value;
});
afterEach(() => (failing = undefined));
afterAll(() => {
  folder.close();
  rmSync(path, { recursive: true });
});

test('nothing is there before anything was written', () => {
  const store = new GateStore(folder);
  const absent = { ok: true, value: null };
  expect([store.readState(), store.readLockdown(), store.readEarlier(digestOfNumber(1))]).toEqual([
    absent,
    absent,
    absent,
  ]);
});

test('a state is read back, with the policies that it names, and no more than are kept', () => {
  const store = new GateStore(folder);
  const previous: string[] = [];
  for (let number = 0; number < EARLIER_KEPT + 5; number += 1) {
    const state = stateOf(number, { previous: previous.slice(0, EARLIER_KEPT) });
    expect(store.writeState(state)).toEqual({ ok: true });
    expect(store.readState()).toEqual({ ok: true, value: state });
    for (const digest of state.previous)
      expect(store.readEarlier(digest)).toMatchObject({ ok: true, value: { digest } });
    previous.unshift(digestOfNumber(number));
  }
  expect(readdirSync(join(path, 'policies'))).toHaveLength(EARLIER_KEPT + 1);
  expect(store.readEarlier(digestOfNumber(0))).toEqual({ ok: true, value: null });
});

test('the policy of a break-glass is kept too', () => {
  const store = new GateStore(folder);
  const breakGlass = { record: recordOf(100), until: 5, approval: digestOfNumber(0) };
  expect(store.writeState(stateOf(99, { breakGlass }))).toEqual({ ok: true });
  expect(store.readEarlier(digestOfNumber(100))).toEqual({ ok: true, value: recordOf(100) });
  expect(readdirSync(join(path, 'policies'))).toHaveLength(2);
});

test('on a full disk the state stays the one before', () => {
  const store = new GateStore(folder);
  expect(store.writeState(stateOf(1))).toEqual({ ok: true });
  failing = 'writeSync';
  const written = store.writeState(stateOf(2));
  expect(written).toMatchObject({ ok: false, problem: { code: 'state-unwritten' } });
  expect(written.ok ? '' : written.problem.message).toMatch(/^cannot write `[^`]+`: the disk is full$/);
  failing = undefined;
  expect(store.readState()).toEqual({ ok: true, value: stateOf(1) });
  expect(store.writeState(stateOf(2))).toEqual({ ok: true });
});

test('a lockdown is read back', () => {
  const store = new GateStore(folder);
  const lockdown: LockdownState = {
    version: 1,
    lockdowns: [{ partner: null, since: 5, reason: 'INC-1', by: 'operate', via: 'api' }],
  };
  expect(store.writeLockdown(lockdown)).toEqual({ ok: true });
  expect(store.readLockdown()).toEqual({ ok: true, value: lockdown });
});

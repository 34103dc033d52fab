// The switch: on by anyone and at once, kept through everything, off only by a named person with a reason.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LockdownState } from '../../src/change/gate-state.js';
import {
  LockdownSwitch,
  type LockdownEvent,
  type LockdownOptions,
  type LockdownStore,
} from '../../src/control/lockdown.js';
import type { Lockdown } from '../../src/decision/plan-types.js';
import type { Problem } from '../../src/document/problem.js';
import type { Log } from '../../src/telemetry/log.js';

const NOW = Date.UTC(2026, 5, 1);
const FULL: Problem = { code: 'state-unwritten', severity: 'error', message: 'cannot write `lockdown.json`: ENOSPC' };
const ALICE = { by: 'alice@operator.example', reason: 'numbers seen at a stranger' };

class Disk implements LockdownStore {
  kept: LockdownState | null = null;
  fault: Problem | null = null;
  throws = false;

  readLockdown(): ReturnType<LockdownStore['readLockdown']> {
    if (this.throws) throw new Error('EIO');
    return this.fault === null ? { ok: true, value: this.kept } : { ok: false, problem: this.fault };
  }

  writeLockdown(state: LockdownState): ReturnType<LockdownStore['writeLockdown']> {
    if (this.throws) throw new Error('EIO');
    if (this.fault !== null) return { ok: false, problem: this.fault };
    this.kept = structuredClone(state);
    return { ok: true };
  }
}

let folder: string;
let file: string;
let disk: Disk;
const running: LockdownSwitch[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-test-'));
  file = join(folder, 'LOCKDOWN');
  disk = new Disk();
});
afterEach(() => {
  for (const each of running.splice(0)) each.close();
  rmSync(folder, { recursive: true });
});

async function begun(partners: readonly string[] = ['pay', 'mms'], sharing?: LockdownOptions['sharing']) {
  const told: Lockdown[] = [];
  const events: LockdownEvent[] = [];
  const said: string[] = [];
  const say = (event: string, message: string, fields?: object): void => {
    said.push(`${event} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const known = new Set(partners);
  const lockdown = new LockdownSwitch({
    store: disk,
    file,
    partners: () => known,
    apply: (state) => {
      told.push(state);
      return Promise.resolve();
    },
    record: (event) => events.push(event),
    clock: () => NOW,
    log,
    ...(sharing === undefined ? {} : { sharing }),
  });
  running.push(lockdown);
  await lockdown.begin();
  return { lockdown, told, events, said, known };
}

/** Waits for what the file system tells. */
async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 4000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`did not come: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const replace = (text: string): void => {
  writeFileSync(join(folder, 'new'), text);
  renameSync(join(folder, 'new'), file);
};

describe('on', () => {
  test('for everyone: told to the workers, kept, recorded, said', async () => {
    const { lockdown, told, events, said } = await begun();
    expect(lockdown.current).toBe('off');
    expect(await lockdown.on({ ...ALICE, via: 'api' })).toEqual({ isDone: true, problems: [] });
    expect(told.at(-1)).toBe('all');
    const entry = { ...ALICE, partner: null, since: NOW, via: 'api' };
    expect(lockdown.state).toEqual({ version: 1, lockdowns: [entry] });
    expect(disk.kept).toEqual(lockdown.state);
    expect(events).toEqual([{ ...ALICE, state: 'on', partner: null, via: 'api', at: NOW }]);
    expect(said.some((line) => line.startsWith('lockdown-on '))).toBe(true);
  });

  test('for partners: only they', async () => {
    const { lockdown, told } = await begun();
    await lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    await lockdown.on({ ...ALICE, partner: 'mms', via: 'redis' });
    expect(told.at(-1)).toEqual(new Set(['pay', 'mms']));
    await lockdown.on({ ...ALICE, via: 'api' });
    expect(told.at(-1)).toBe('all');
  });

  test('a second order changes nothing of the first', async () => {
    const { lockdown, events } = await begun();
    await lockdown.on({ ...ALICE, via: 'api' });
    expect(await lockdown.on({ by: 'bob@operator.example', reason: 'me too', via: 'api' })).toMatchObject({
      isDone: true,
    });
    expect(lockdown.state.lockdowns).toMatchObject([ALICE]);
    expect(events).toHaveLength(1);
  });

  test('for a partner that the policy does not have is refused through the API, with the nearest name', async () => {
    const { lockdown } = await begun(['acme-pay']);
    const { isDone, problems } = await lockdown.on({ ...ALICE, partner: 'acme-pai', via: 'api' });
    expect(isDone).toBe(false);
    expect(problems).toMatchObject([{ code: 'partner-unknown', help: 'did you mean `acme-pay`?' }]);
    expect(lockdown.current).toBe('off');
  });

  test.each([
    ['a full disk', () => void (disk.fault = FULL)],
    ['a store that throws', () => void (disk.throws = true)],
  ])('is in force with %s, loudly, and is written once that mends', async (_, breaks) => {
    const { lockdown, told, said } = await begun();
    breaks();
    const { isDone, problems } = await lockdown.on({ ...ALICE, via: 'api' });
    expect({ isDone, problems: problems.length }).toEqual({ isDone: true, problems: 1 });
    expect(told.at(-1)).toBe('all');
    expect(said.some((line) => line.startsWith('lockdown-unsaved '))).toBe(true);
    disk.fault = null;
    disk.throws = false;
    await until(() => disk.kept !== null);
    expect(disk.kept).toEqual(lockdown.state);
  });
});

describe('off', () => {
  test('by a named person with a reason: kept, told, recorded', async () => {
    const { lockdown, told, events } = await begun();
    await lockdown.on({ ...ALICE, via: 'api' });
    await lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    const bob = { by: 'bob@operator.example', reason: 'the enricher is mended' };
    expect(await lockdown.off(bob)).toEqual({ isDone: true, problems: [] });
    expect(told.at(-1)).toEqual(new Set(['pay']));
    expect(disk.kept?.lockdowns.map(({ partner }) => partner)).toEqual(['pay']);
    expect(events.at(-1)).toEqual({ ...bob, state: 'off', partner: null, via: 'api', at: NOW });
    expect(await lockdown.off({ ...bob, partner: 'pay' })).toMatchObject({ isDone: true });
    expect(told.at(-1)).toBe('off');
  });

  test.each([
    ['a name', { by: ' ', reason: 'done' }, 'lockdown-unsigned'],
    ['a reason', { by: 'bob@operator.example', reason: '' }, 'lockdown-unsigned'],
    ['a lockdown', { by: 'bob@operator.example', reason: 'done', partner: 'pay' }, 'lockdown-absent'],
  ])('is refused without %s', async (_, order, code) => {
    const { lockdown } = await begun();
    await lockdown.on({ ...ALICE, via: 'api' });
    expect(await lockdown.off(order)).toMatchObject({ isDone: false, problems: [{ code }] });
    expect(lockdown.current).toBe('all');
  });

  test.each([
    ['a full disk', () => void (disk.fault = FULL)],
    ['a store that throws', () => void (disk.throws = true)],
  ])('is refused with %s: a restart would have it on again', async (_, breaks) => {
    const { lockdown, told } = await begun();
    await lockdown.on({ ...ALICE, via: 'api' });
    breaks();
    expect(await lockdown.off(ALICE)).toMatchObject({ isDone: false });
    expect(lockdown.current).toBe('all');
    expect(told.at(-1)).toBe('all');
  });

  test.each([
    ['everyone', '', undefined],
    ['a partner', 'pay\n', 'pay'],
  ])('is refused while the file asks for %s, and says what to do first', async (_, text, partner) => {
    writeFileSync(file, text);
    const { lockdown } = await begun();
    const order = { ...ALICE, ...(partner === undefined ? {} : { partner }) };
    const before = lockdown.current;
    const refused = await lockdown.off(order);
    expect(refused).toMatchObject({
      isDone: false,
      problems: [{ code: 'lockdown-file', help: `remove \`${file}\` first` }],
    });
    expect(lockdown.current).toEqual(before);
    rmSync(file);
    expect(await lockdown.off(order)).toMatchObject({ isDone: true });
    expect(lockdown.current).toBe('off');
  });
});

describe('the file', () => {
  test('that is made while it runs is in force without a word through the API', async () => {
    const { lockdown, told, events } = await begun();
    replace('pay # the shop\n');
    await until(() => told.at(-1) !== 'off');
    expect(lockdown.current).toEqual(new Set(['pay']));
    expect(events).toMatchObject([{ state: 'on', partner: 'pay', via: 'file', by: 'file' }]);
    replace('all\n');
    await until(() => lockdown.current === 'all');
    expect(disk.kept?.lockdowns).toHaveLength(2);
  });

  test('that is empty means everyone, after the moment in which it may be half written', async () => {
    const { lockdown } = await begun();
    writeFileSync(file, '');
    await until(() => lockdown.current === 'all');
    expect(lockdown.state.lockdowns[0]?.reason).toContain('names no partner');
  });

  test('that is made empty and written a moment later means what it then says', async () => {
    const { lockdown } = await begun();
    writeFileSync(file, '');
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(file, 'mms\n');
    await until(() => lockdown.current !== 'off');
    expect(lockdown.current).toEqual(new Set(['mms']));
  });

  test('in a folder that is made later is seen too', async () => {
    file = join(folder, 'state', 'LOCKDOWN');
    const { lockdown } = await begun();
    renameSync(mkdtempSync(join(folder, 'x')), join(folder, 'state'));
    writeFileSync(file, 'all');
    await until(() => lockdown.current === 'all');
  });

  test('that vanishes ends nothing', async () => {
    writeFileSync(file, 'all');
    const { lockdown, told, said } = await begun();
    rmSync(file);
    await until(() => said.some((line) => line.startsWith('lockdown-file-gone ')));
    expect(lockdown.current).toBe('all');
    expect(told.at(-1)).toBe('all');
  });

  test('keeps to its partner when the policy drops it', async () => {
    writeFileSync(file, 'pay\n');
    const { lockdown, known, said } = await begun();
    known.delete('pay');
    await lockdown.on({ ...ALICE, partner: 'mms', via: 'api' });
    rmSync(file);
    await until(() => said.some((line) => line.startsWith('lockdown-file-gone ')));
    expect(lockdown.current).toEqual(new Set(['pay', 'mms']));
  });
});

describe('a restart', () => {
  test('has what was kept in force before anything is served, with who and since when', async () => {
    const first = await begun();
    await first.lockdown.on({ ...ALICE, partner: 'pay', via: 'api' });
    first.lockdown.close();
    const { lockdown, told, events } = await begun();
    expect(told).toEqual([new Set(['pay'])]);
    expect(lockdown.state).toEqual(first.lockdown.state);
    expect(events).toEqual([]);
  });

  test.each([
    ['a problem', () => void (disk.fault = { ...FULL, message: 'cannot read `lockdown.json`: it was changed' })],
    ['an exception', () => void (disk.throws = true)],
  ])('that cannot read what was kept (%s) locks down everyone', async (_, breaks) => {
    breaks();
    const { lockdown, told } = await begun();
    expect(told[0]).toBe('all');
    expect(lockdown.state.lockdowns).toMatchObject([{ partner: null, by: 'headgate' }]);
  });

  test('with the file there begins in lockdown, an empty file at once too', async () => {
    writeFileSync(file, '');
    const { told } = await begun();
    expect(told[0]).toBe('all');
  });
});

describe('of replicas that share', () => {
  const idOf = (digit: number): string => String(digit).repeat(32);
  const ORDER = { id: idOf(9), partner: null, by: 'bob@operator.example', reason: 'seen elsewhere' };

  async function sharing(partners?: readonly string[]) {
    let given = 0;
    let announced = 0;
    const begin = await begun(partners, {
      newOrder: () => idOf((given += 1)),
      announce: () => {
        announced += 1;
      },
    });
    return { ...begin, announced: () => announced };
  }

  test('what is set here is told under an order of its own, and kept with it', async () => {
    const { lockdown, announced } = await sharing();
    await lockdown.on({ ...ALICE, via: 'api' });
    expect(announced()).toBe(1);
    expect(lockdown.orders).toEqual([{ ...ALICE, id: idOf(1), partner: null }]);
    expect(disk.kept?.shared).toEqual({ held: [{ partner: null, orders: [idOf(1)] }], ended: [] });
  });

  test('an order of another is in force, kept and recorded as an own one, and not announced as news', async () => {
    const { lockdown, told, events, announced } = await sharing();
    await lockdown.hear([ORDER]);
    expect(told.at(-1)).toBe('all');
    expect(disk.kept?.lockdowns).toEqual([
      { partner: null, since: NOW, by: ORDER.by, reason: ORDER.reason, via: 'redis' },
    ]);
    expect(events).toMatchObject([{ state: 'on', partner: null, via: 'redis', by: ORDER.by }]);
    expect(announced()).toBe(0);
  });

  test('it outlives a restart, and so does that somebody ended it', async () => {
    const first = await sharing();
    await first.lockdown.hear([ORDER]);
    const second = await sharing();
    expect(second.lockdown.current).toBe('all');
    await second.lockdown.off(ALICE);
    const third = await sharing();
    await third.lockdown.hear([ORDER]);
    expect(third.lockdown.current).toBe('off');
    await third.lockdown.hear([{ ...ORDER, id: idOf(8) }]);
    expect(third.lockdown.current).toBe('all');
  });

  test('it is not ended by silence, by an empty list or by another order', async () => {
    const { lockdown } = await sharing();
    await lockdown.hear([ORDER]);
    await lockdown.hear([]);
    await lockdown.hear([{ ...ORDER, id: idOf(8), partner: 'pay' }]);
    expect(lockdown.current).toBe('all');
    expect(lockdown.isOnForPartners).toBe(true);
  });

  test('all orders of one lockdown end with it', async () => {
    const { lockdown } = await sharing();
    await lockdown.hear([ORDER, { ...ORDER, id: idOf(8) }]);
    await lockdown.hear([{ ...ORDER, id: idOf(7) }]);
    await lockdown.off(ALICE);
    await lockdown.hear([7, 8, 9].map((digit) => ({ ...ORDER, id: idOf(digit) })));
    expect(lockdown.current).toBe('off');
  });

  test('who ends nothing because the disk is full has ended no order either', async () => {
    const { lockdown } = await sharing();
    await lockdown.hear([ORDER]);
    disk.fault = FULL;
    expect(await lockdown.off(ALICE)).toMatchObject({ isDone: false });
    expect(lockdown.endedOrders.size).toBe(0);
    expect(lockdown.current).toBe('all');
  });

  test('one that was on before anything was shared is told too', async () => {
    const alone = await begun();
    await alone.lockdown.on({ ...ALICE, via: 'api' });
    const { lockdown } = await sharing();
    expect(lockdown.orders).toEqual([{ ...ALICE, id: idOf(1), partner: null }]);
  });

  test('to set it again is a new order, for those who ended the first', async () => {
    const { lockdown, announced } = await sharing();
    await lockdown.hear([ORDER]);
    await lockdown.on({ ...ALICE, via: 'api' });
    expect(announced()).toBe(1);
    expect(lockdown.orders.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(lockdown.state.lockdowns).toMatchObject([{ by: ORDER.by, via: 'redis' }]);
  });
});

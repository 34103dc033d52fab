// The desk with a real state folder: what outlives a restart, and what becomes of a state that cannot be read.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GateStore } from '../../src/control/gate-store.js';
import type { Quarantined } from '../../src/control/messages.js';
import { NoveltyDesk } from '../../src/control/novelty-desk.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { NameObserver } from '../../src/decision/name-observer.js';
import type { Policy } from '../../src/policy/policy.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { POLICY, RULESET } from '../decision/ruleset-fixture.js';
import { memoryLog } from './admin-memory.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1, 3);
let path: string;
let folder: StateFolder;
let log: ReturnType<typeof memoryLog>;
let now: number;
let policy: Policy;
let told: Quarantined[];

const open = async (): Promise<void> => {
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error('no state folder');
  folder = opened.value;
};
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'headgate-novelty-'));
  await open();
  log = memoryLog();
  now = START;
  policy = POLICY;
  told = [];
});
afterEach(() => {
  folder.close();
  rmSync(path, { recursive: true });
});

const deskOf = (): NoveltyDesk =>
  new NoveltyDesk({
    listeners: ['internet', 'roaming'],
    store: new GateStore(folder),
    policy: () => policy,
    quarantine: (quarantined) => void told.push(quarantined),
    log,
    clock: () => now,
  });
const seen = (listener: string, name = 'X-Net-Line') => {
  const observer = new NameObserver(new KeyedHash(new Uint8Array(8).fill(9)));
  for (let i = 0; i < 1500; i += 1) {
    const who = (i * 7) % 300;
    const fields = [{ name, value: `value-of-${String(who)}` }];
    observer.observe(
      { host: `site${String((i * 13) % 61)}.example`, subscriber: `who-${String(who)}`, fields },
      RULESET,
    );
  }
  return [{ listener, sightings: observer.take() }];
};
const held = (): Record<string, string[]> =>
  Object.fromEntries([...(told.at(-1) ?? [])].map(([listener, names]) => [listener, [...names]]));
const gaugesOf = (desk: NoveltyDesk): Record<string, number> =>
  Object.fromEntries(desk.gauges.map(({ labels, value }) => [labels.join(' '), value]));
/** Eight days of one request a day, of nothing unknown. */
const learned = (desk: NoveltyDesk): void => {
  for (let day = 0; day < 8; day += 1) {
    desk.take([
      { listener: 'internet', sightings: { requests: 1000, names: [] } },
      { listener: 'roaming', sightings: { requests: 1000, names: [] } },
    ]);
    now += DAY;
    for (let turn = 0; turn < 6; turn += 1) desk.turn();
  }
};

test('what follows is told to the workers of its listener, said, counted and written down at once', () => {
  const desk = deskOf();
  learned(desk);
  desk.take(seen('internet'));
  expect(held()).toEqual({ internet: ['xnetline'], roaming: [] });
  expect(log.said.map(({ level, event, fields }) => [level, event, fields])).toEqual([
    ['error', 'name-quarantined', { listener: 'internet', field: 'xnetline', learning: false }],
  ]);
  expect(gaugesOf(desk)).toMatchObject({ 'internet quarantined': 1, 'internet follows': 0, 'roaming quarantined': 0 });
  const written = readFileSync(join(path, 'novelty.json'), 'utf8');
  expect(written).toContain('"xnetline"');
  expect(written).not.toMatch(/value-of|who-|site\d/);
});

test('a restart knows it, and a line in the policy ends it', async () => {
  const desk = deskOf();
  learned(desk);
  desk.take(seen('internet'));
  desk.close();
  folder.close();
  await open();
  told = [];
  const again = deskOf();
  expect(held()).toEqual({ internet: ['xnetline'], roaming: [] });
  again.turn();
  expect(held()).toEqual({ internet: ['xnetline'], roaming: [] });
  policy = { ...POLICY, headers: [{ kind: 'name', key: 'xnetline', spelling: 'X-Net-Line', carries: 'token' }] };
  again.turn();
  expect(held()).toEqual({ internet: [], roaming: [] });
  expect(log.said.at(-1)).toMatchObject({ level: 'info', event: 'name-ended' });
});

test('a state that was spoiled makes nothing usual: what follows is withheld at once, and it is said why', async () => {
  const desk = deskOf();
  learned(desk);
  desk.close();
  folder.close();
  writeFileSync(join(path, 'novelty.json'), '{}');
  await open();
  log = memoryLog();
  const again = deskOf();
  expect(log.said[0]).toMatchObject({ level: 'error', event: 'state', fields: { cause: 'state-corrupt' } });
  again.take(seen('roaming', 'X-Usual'));
  expect(held()).toEqual({ internet: [], roaming: ['xusual'] });
});

test('a folder that cannot be written keeps nobody from being withheld, and it is said once', () => {
  const desk = deskOf();
  learned(desk);
  folder.close();
  desk.take(seen('internet'));
  desk.take(seen('internet', 'X-Other-Line'));
  expect(held()).toEqual({ internet: ['xnetline', 'xotherline'], roaming: [] });
  expect(log.said.filter(({ fields }) => fields['cause'] === 'state-unwritten')).toHaveLength(1);
});

test('a gateway without a request writes nothing', () => {
  deskOf().close();
  expect(folder.names().includes('novelty.json')).toBe(false);
});

test('what is kept is written every ten minutes', () => {
  const desk = deskOf();
  desk.take(seen('internet'));
  desk.turn();
  expect(folder.names().includes('novelty.json')).toBe(false);
  now += 600_000;
  desk.turn();
  expect(folder.names().includes('novelty.json')).toBe(true);
});

test('an answer has shares, estimates as whole numbers, and until when it learns', () => {
  const desk = deskOf();
  desk.take(seen('internet'));
  const [internet, roaming] = desk.answer.listeners;
  expect(internet).toMatchObject({
    listener: 'internet',
    requests: 1500,
    learningUntil: '2026-06-08T03:00:00.000Z',
    names: [{ name: 'xnetline', state: 'follows', share: 1, requests: 1500, first: '2026-06-01T03:00:00.000Z' }],
    more: 0,
  });
  expect(roaming).toMatchObject({ listener: 'roaming', requests: 0, names: [] });
  expect(roaming?.learningUntil).not.toBeNull();
});

test('a policy that only observes is told so', () => {
  policy = { ...POLICY, detection: { ...POLICY.detection, novelty: 'observe' } };
  const desk = deskOf();
  learned(desk);
  desk.take(seen('internet'));
  expect([desk.answer.novelty, gaugesOf(desk)['internet follows'], held()]).toEqual([
    'observe',
    1,
    { internet: [], roaming: [] },
  ]);
});

describe('usual names that the fleet tells', () => {
  const sourceOf = (desk: NoveltyDesk): readonly (string | undefined)[] =>
    desk.answer.listeners.map(({ usual: { from, at } }) => `${from} ${String(at)}`);

  test('end the learning of their listener alone, in the answer and the gauges too', () => {
    const desk = deskOf();
    expect([...desk.learners]).toEqual(['internet', 'roaming']);
    desk.takeTold('internet', new Set(['xusual']));
    expect([...desk.learners]).toEqual(['roaming']);
    expect(sourceOf(desk)).toEqual(['fleet 2026-06-01T03:00:00.000Z', 'learning null']);
    expect(desk.answer.listeners.map(({ learningUntil }) => learningUntil === null)).toEqual([true, false]);
    expect(gaugesOf(desk)).toMatchObject({ 'internet fleet': 1, 'internet learning': 0, 'roaming learning': 1 });
    desk.take([...seen('internet'), ...seen('roaming')]);
    expect(held()).toEqual({ internet: ['xnetline'], roaming: [] });
  });

  test('are on the disk with the first request, and a restart knows them', async () => {
    const desk = deskOf();
    desk.takeTold('internet', new Set(['xusual']));
    desk.take([{ listener: 'internet', sightings: { requests: 1, names: [] } }]);
    // Killed: nothing is closed.
    folder.close();
    await open();
    const again = deskOf();
    expect(sourceOf(again)).toEqual(['fleet 2026-06-01T03:00:00.000Z', 'learning null']);
    again.take([...seen('internet', 'X-Usual'), ...seen('internet')]);
    expect(held()).toEqual({ internet: ['xnetline'], roaming: [] });
  });

  test('are taken by no listener that has learned, and of none that is not there', () => {
    const desk = deskOf();
    learned(desk);
    desk.takeTold('internet', new Set(['xnetline']));
    desk.takeTold('elsewhere', new Set(['xnetline']));
    desk.take(seen('internet'));
    expect(held()).toEqual({ internet: ['xnetline'], roaming: [] });
    expect(log.said.filter(({ event }) => event === 'names-told')).toEqual([]);
    expect([desk.namesToTell('internet'), desk.namesToTell('elsewhere')]).toEqual([[], null]);
  });
});

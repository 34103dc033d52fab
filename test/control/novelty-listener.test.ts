import { NameObserver } from '../../src/decision/name-observer.js';
import type { Sightings } from '../../src/decision/novelty.js';
import { type Judgement, type KeptListener, NoveltyListener } from '../../src/control/novelty-listener.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { RULESET } from '../decision/ruleset-fixture.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 20, 3);
const TEN = 10_000;
/** It has learned: `xusual` on the last seven days. */
const learned = (names: ReadonlyMap<string, number> = new Map([['xusual', 900]])): KeptListener => ({
  learned: {
    since: NOW - 30 * DAY,
    days: Array.from({ length: 7 }, (_, i) => ({ day: Math.floor(NOW / DAY) - 7 + i, requests: 1000, names })),
  },
  quarantined: new Map(),
});
const NOBODY = (): boolean => false;

let now = NOW;
let listener: NoveltyListener;
beforeEach(() => {
  now = NOW;
  listener = new NoveltyListener(learned());
});

/** Requests of 300 people at 60 sites; each carries what `fields` says. */
const traffic = (
  requests: number,
  fieldsOf: (who: number, i: number) => Readonly<Record<string, string>>,
): Sightings => {
  const observer = new NameObserver(new KeyedHash(new Uint8Array(8).fill(9)));
  for (let i = 0; i < requests; i += 1) {
    const who = (i * 7) % 300;
    const fields = Object.entries(fieldsOf(who, i)).map(([name, value]) => ({ name, value }));
    observer.observe({ host: `site${String((i * 13) % 61)}.example`, subscriber: `s${String(who)}`, fields }, RULESET);
  }
  return observer.take();
};
const LEAK = traffic(1500, (who) => ({ 'X-Net-Line': `number ${String(who)}` }));
const judged = (changes: Partial<Judgement> = {}) =>
  listener
    .judge({ now, isInPolicy: NOBODY, mode: 'quarantine', ...changes })
    .map(({ kind, name, isLearning }) => `${kind} ${name}${isLearning ? ' while learning' : ''}`);
const stateOf = (name: string, isInPolicy: Judgement['isInPolicy'] = NOBODY) =>
  listener.names(isInPolicy).find((row) => row.name === name)?.state;

test('a name that follows the subscriber is quarantined at the first look, and said once', () => {
  listener.take(LEAK, now);
  expect(judged()).toEqual(['quarantined xnetline']);
  expect([...listener.quarantined]).toEqual(['xnetline']);
  expect(judged()).toEqual([]);
  expect(stateOf('xnetline')).toBe('quarantined');
});

test('what two workers saw in different ten seconds adds up to one minute', () => {
  const half = traffic(150, (who) => ({ 'X-Net-Line': `number ${String(who)}` }));
  const other = traffic(1300, (who) => ({ 'X-Net-Line': `number ${String(who)}` }));
  listener.take(half, now);
  expect(judged()).toEqual([]);
  listener.turn((now += TEN));
  listener.take(other, now);
  expect(judged()).toEqual(['quarantined xnetline']);
});

test('after a minute it is forgotten what was seen, and not that it is in quarantine', () => {
  listener.take(LEAK, now);
  judged();
  for (let i = 0; i < 6; i += 1) listener.turn((now += TEN));
  expect(listener.requests).toBe(0);
  expect(listener.names(NOBODY)).toMatchObject([{ name: 'xnetline', state: 'quarantined', requests: 0 }]);
});

test('five turns later it is still seen', () => {
  listener.take(LEAK, now);
  for (let i = 0; i < 5; i += 1) listener.turn((now += TEN));
  expect(listener.requests).toBe(1500);
});

describe('nothing is quarantined', () => {
  test('while it learns: it is said, loudly, and said to be of the learning', () => {
    listener = new NoveltyListener(undefined);
    listener.take(LEAK, now);
    expect(judged()).toEqual(['follows xnetline while learning']);
    expect([listener.quarantined.size, stateOf('xnetline')]).toEqual([0, 'follows']);
    now += 7 * DAY - 1;
    listener.take(LEAK, now);
    expect(judged()).toEqual([]);
    now += 1;
    expect(judged()).toEqual(['quarantined xnetline']);
  });
  test('where the policy only observes', () => {
    listener.take(LEAK, now);
    expect(judged({ mode: 'observe' })).toEqual(['follows xnetline']);
    expect(judged({ mode: 'quarantine' })).toEqual(['quarantined xnetline']);
  });
  test('that is usual here', () => {
    listener = new NoveltyListener(learned(new Map([['xnetline', 900]])));
    listener.take(LEAK, now);
    expect([judged(), stateOf('xnetline')]).toEqual([[], 'baseline']);
  });
  test('that the policy has a line on', () => {
    listener.take(LEAK, now);
    const isInPolicy = (name: string): boolean => name === 'xnetline';
    expect([judged({ isInPolicy }), stateOf('xnetline', isInPolicy)]).toEqual([[], 'policy']);
  });
  test('that only is everywhere', () => {
    listener.take(
      traffic(1500, (_, i) => ({ 'X-Blob': `new ${String(i)}` })),
      now,
    );
    expect([judged(), stateOf('xblob'), listener.quarantined.size]).toEqual([['everywhere xblob'], 'everywhere', 0]);
  });
});

describe('a quarantine ends', () => {
  const inPolicy = { isInPolicy: (name: string): boolean => name === 'xnetline' };
  test('by a line in the policy, and by nothing else: not by time, not by becoming usual', () => {
    listener.take(LEAK, now);
    judged();
    for (let day = 0; day < 10; day += 1) {
      now += DAY;
      listener.turn(now);
      listener.take(LEAK, now);
      expect(judged()).toEqual([]);
      expect([...listener.quarantined]).toEqual(['xnetline']);
    }
    expect(judged(inPolicy)).toEqual(['ended xnetline']);
    expect(listener.quarantined.size).toBe(0);
  });
  test('not by a restart', () => {
    listener.take(LEAK, now);
    judged();
    const again = new NoveltyListener(listener.kept);
    expect([...again.quarantined]).toEqual(['xnetline']);
    expect(again.names(NOBODY)).toMatchObject([{ name: 'xnetline', state: 'quarantined' }]);
  });
});

test('where nobody knows what was usual, what follows is withheld at once', () => {
  listener = new NoveltyListener({ learned: { since: 0, days: [] }, quarantined: new Map() });
  listener.take(LEAK, now);
  expect(judged()).toEqual(['quarantined xnetline']);
});

test('rows: the worst first, then the most frequent; with hosts, subscribers and values', () => {
  const rows = traffic(1500, (who, i) => ({
    'X-Net-Line': `number ${String(who)}`,
    'X-Usual': String(i),
    ...(i % 5 === 0 ? { 'X-Rare': 'r' } : {}),
    ...(i % 3 === 0 ? { 'X-Less-Rare': 'r' } : {}),
  }));
  listener.take(rows, now);
  judged();
  const shown = listener.names(NOBODY);
  expect(shown.map(({ name, state }) => `${state} ${name}`)).toEqual([
    'quarantined xnetline',
    'novel xlessrare',
    'novel xrare',
    'baseline xusual',
  ]);
  const [line] = shown;
  expect(line?.requests).toBe(1500);
  for (const [estimate, real] of [
    [line?.hosts, 61],
    [line?.subscribers, 300],
    [line?.values, 300],
  ] as const) {
    expect(Math.abs((estimate ?? 0) - real)).toBeLessThanOrEqual(4 * 0.065 * real);
  }
});

test('first seen: to the day where it was before this start, else to the moment', () => {
  listener.take(
    traffic(10, () => ({ 'X-Usual': 'u', 'X-New': 'n' })),
    now,
  );
  const firstOf = (name: string) => listener.names(NOBODY).find((row) => row.name === name)?.first;
  expect([firstOf('xusual'), firstOf('xnew')]).toEqual([(Math.floor(NOW / DAY) - 6) * DAY, NOW]);
});

test('a conduct is told for an hour after it was last seen', () => {
  listener = new NoveltyListener(undefined);
  listener.take(LEAK, now);
  judged();
  for (let i = 0; i < 6; i += 1) listener.turn((now += TEN));
  expect(stateOf('xnetline')).toBe('follows');
  listener.turn((now += 3_600_000));
  expect(stateOf('xnetline')).toBeUndefined();
});

describe('what the fleet has told', () => {
  const TOLD = new Set(['xusual', 'xfleet']);
  const FLEET = traffic(1500, (who) => ({ 'X-Fleet': `number ${String(who)}`, 'X-Net-Line': `number ${String(who)}` }));
  beforeEach(() => {
    listener = new NoveltyListener(undefined);
  });

  test('ends the learning before the first request: a name that is not among it is quarantined, one that is is not', () => {
    expect(listener.takeTold(TOLD, now)).toBe(true);
    expect([listener.isLearning(now), listener.usualSource(now)]).toEqual([false, { from: 'fleet', at: NOW }]);
    listener.take(FLEET, now);
    expect(judged()).toEqual(['quarantined xnetline']);
    expect([stateOf('xfleet'), stateOf('xnetline')]).toEqual(['baseline', 'quarantined']);
  });
  test('of a name that followed while it learned: it is quarantined then', () => {
    listener.take(LEAK, now);
    expect(judged()).toEqual(['follows xnetline while learning']);
    listener.takeTold(TOLD, now);
    expect(judged()).toEqual(['quarantined xnetline']);
  });
  test('is not taken twice, nor by a listener whose week is over, nor where the state was lost', () => {
    listener.takeTold(TOLD, now);
    expect(listener.takeTold(new Set(['xnetline']), now)).toBe(false);
    for (const kept of [learned(), { learned: { since: 0, days: [] }, quarantined: new Map<string, number>() }]) {
      listener = new NoveltyListener(kept);
      expect(listener.takeTold(new Set(['xnetline']), now)).toBe(false);
      listener.take(LEAK, now);
      expect(judged()).toEqual(['quarantined xnetline']);
    }
  });
  test('counts until its own week is over, and then its own week alone', () => {
    listener.takeTold(new Set(['xnetline']), now);
    listener.take(
      traffic(10, () => ({})),
      now,
    );
    now += 7 * DAY - 1;
    listener.take(LEAK, now);
    expect(judged()).toEqual([]);
    now += 1;
    expect(judged()).toEqual(['quarantined xnetline']);
    expect([listener.usualSource(now), listener.kept?.told]).toEqual([{ from: 'own', at: now }, undefined]);
  });
  test('outlives a restart', () => {
    listener.takeTold(TOLD, now);
    listener.take(
      traffic(10, () => ({})),
      now,
    );
    listener = new NoveltyListener(listener.kept);
    expect(listener.usualSource(now)).toEqual({ from: 'fleet', at: NOW });
    listener.take(FLEET, now);
    expect(judged()).toEqual(['quarantined xnetline']);
  });
});

describe('what is told to the fleet', () => {
  test('what is usual and in no quarantine', () => {
    expect(listener.namesToTell(now)).toEqual(['xusual']);
    listener.take(LEAK, now);
    judged();
    for (let day = 0; day < 3; day += 1) listener.take(LEAK, (now += DAY));
    expect(listener.namesToTell(now)).toEqual(['xusual']);
  });
  test('nothing while it learns, with what the fleet has told too, nor where the state was lost', () => {
    const lost = { learned: { since: 0, days: [] }, quarantined: new Map<string, number>() };
    const [fresh, told] = [new NoveltyListener(undefined), new NoveltyListener(undefined)];
    told.takeTold(new Set(['xusual']), now);
    for (const each of [fresh, told]) each.take(LEAK, now);
    expect([fresh, told, new NoveltyListener(lost)].map((each) => each.namesToTell(now))).toEqual([null, null, null]);
  });
});

test('it says from where it knows what is usual', () => {
  const lost = { learned: { since: 0, days: [] }, quarantined: new Map<string, number>() };
  const fresh = new NoveltyListener(undefined);
  expect(fresh.usualSource(now)).toEqual({ from: 'learning', at: null });
  fresh.take(LEAK, now);
  expect(fresh.usualSource(now)).toEqual({ from: 'learning', at: NOW });
  expect(listener.usualSource(now)).toEqual({ from: 'own', at: NOW - 23 * DAY });
  const without = new NoveltyListener(lost);
  expect(without.usualSource(now)).toEqual({ from: 'lost', at: null });
  for (let day = 0; day < 3; day += 1) without.take(LEAK, now + day * DAY);
  expect(without.usualSource(now)).toEqual({ from: 'own', at: null });
});

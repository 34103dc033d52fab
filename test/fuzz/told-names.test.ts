// Whatever the fleet tells and whenever, no name passes that would not pass without it: a listener that hears it holds in quarantine
// at least what the same listener holds that hears nothing, through restarts, days and changes of the policy.
import fc from 'fast-check';
import { NoveltyListener } from '../../src/control/novelty-listener.js';
import { NameObserver } from '../../src/decision/name-observer.js';
import type { NameSighting, Sightings } from '../../src/decision/novelty.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { RULESET } from '../decision/ruleset-fixture.js';
import { holds } from './property.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1);
const NAMES = ['xone', 'xtwo', 'xthree', 'xfour', 'xfive'];

/** What a name does that follows the subscriber, on each of 1,500 requests. */
const FOLLOWS: NameSighting = (() => {
  const observer = new NameObserver(new KeyedHash(new Uint8Array(8).fill(9)));
  for (let i = 0; i < 1500; i += 1) {
    const who = String((i * 7) % 300);
    const fields = [{ name: 'X-One', value: `value ${who}` }];
    observer.observe({ host: `site${String((i * 13) % 61)}.example`, subscriber: who, fields }, RULESET);
  }
  const [sighting] = observer.take().names;
  if (sighting === undefined) throw new Error('nothing was seen');
  return sighting;
})();
const seen = (names: readonly string[]): Sightings => ({
  requests: 1500,
  names: names.map((name) => ({ ...FOLLOWS, name })),
});

const some = fc.subarray(NAMES, { maxLength: 2 });
const told = fc.subarray(NAMES);
/** Some go right over the own week. */
const later = fc.oneof(fc.integer({ min: 0, max: 2 * DAY }), fc.integer({ min: 6 * DAY, max: 8 * DAY }));
const isLost = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);
const step = fc.oneof(
  { weight: 6, arbitrary: some.map((names) => ({ kind: 'seen' as const, names })) },
  { weight: 3, arbitrary: later.map((ms) => ({ kind: 'later' as const, ms })) },
  { weight: 2, arbitrary: told.map((names) => ({ kind: 'told' as const, names })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: some.map((names) => ({ kind: 'policy' as const, names })) },
);

test('what the fleet tells only ever adds to a quarantine', () => {
  let [narrower, over] = [0, 0];
  holds(
    fc.record({ steps: fc.array(step, { maxLength: 40 }), isLost }),
    ({ steps, isLost: lost }) => {
      const kept = lost ? { learned: { since: 0, days: [] }, quarantined: new Map<string, number>() } : undefined;
      let [alone, hearing] = [new NoveltyListener(kept), new NoveltyListener(kept)];
      let [now, lines] = [START, [] as readonly string[]];
      for (const each of steps) {
        switch (each.kind) {
          case 'seen':
            for (const listener of [alone, hearing]) listener.take(seen(each.names), now);
            break;
          case 'later':
            now += each.ms;
            for (let turn = 0; turn < 6; turn += 1) for (const listener of [alone, hearing]) listener.turn(now);
            break;
          case 'told':
            if (hearing.takeTold(new Set(each.names), now)) narrower += 1;
            break;
          case 'restart':
            [alone, hearing] = [new NoveltyListener(alone.kept), new NoveltyListener(hearing.kept)];
            break;
          case 'policy':
            lines = each.names;
            break;
          default:
            each satisfies never;
        }
        const before = hearing.usualSource(now).from;
        const judgement = { now, isInPolicy: (name: string) => lines.includes(name), mode: 'quarantine' as const };
        for (const listener of [alone, hearing]) listener.judge(judgement);
        const more = [...alone.quarantined].filter((name) => !hearing.quarantined.has(name));
        if (more.length > 0) throw new Error(`passes because of the fleet: ${more.join()}`);
        if (before === 'own' && alone.quarantined.size > 0) over += 1;
      }
    },
    3,
  );
  // Both were looked at: listeners that were told, and quarantines after the own week.
  expect([narrower > 0, over > 0]).toEqual([true, true]);
});

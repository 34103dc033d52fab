// How often the detectors are wrong: ordinary requests and requests with other people's numbers, by the hundred thousand, through both
// plans. HEADGATE_RATES_REQUESTS says how many of the first (a twentieth of the second), HEADGATE_RATES_SEED which.
import { shapeOf, shapesOf } from '../../src/decision/number-shape.js';
import type { Field } from '../../src/http/message.js';
import type { NumberPlan } from '../../src/policy/policy.js';
import { rulesetFor } from '../decision/ruleset-fixture.js';
import { APPS } from './apps.js';
import { BothPlans } from './both-plans.js';
import { BROWSERS } from './browsers.js';
import { CALLERS } from './contacts.js';
import { drawingOf } from './drawing.js';
import { callingRequests, ordinaryRequests, type Made } from './requests.js';

const COUNT = Number(process.env['HEADGATE_RATES_REQUESTS'] ?? 20_000);
const SEED = Number(process.env['HEADGATE_RATES_SEED'] || Date.now() % 0x7fff_ffff);
const PATIENCE_MS = 60_000 + COUNT;

/** Wide ranges, as portability makes them: the more there is to be wrong about. */
const NUMBERS: NumberPlan = {
  countryCode: '44',
  ranges: [{ prefix: '44770', digits: 12 }],
  plmns: ['00101'],
  placeholders: ['99999999999'],
};

/** What belongs to one connection. */
const OF_CONNECTION = new Set(['connection', 'te', 'keep-alive']);

interface Tally {
  requests: number;
  /** Fields of the senders' own that did not leave, by name; by both plans. */
  readonly withheld: Map<string, number>;
  /** Requests that the plan on bytes decided. */
  onBytes: number;
  /** By detector and what came of it, or by place. */
  readonly found: Map<string, number>;
}

const raise = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

const areEqual = (one: readonly Field[], other: readonly Field[]): boolean =>
  one.length === other.length &&
  one.every(({ name, value }, i) => name === other[i]?.name && value === other[i]?.value);

const plans = new BothPlans(rulesetFor({ numbers: [NUMBERS] }));

function tallyOf(requests: Iterable<Made>): Tally {
  const tally: Tally = { requests: 0, withheld: new Map(), onBytes: 0, found: new Map() };
  for (const { method, path, host, own, added } of requests) {
    tally.requests += 1;
    const lines = [`Host: ${host}`, ...[...own, ...added].map(([name, value]) => `${name}: ${value}`)];
    const { fields, counts, onBytes } = plans.judge(`${method} ${path}`, lines);
    const due = own.filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()));
    let at = 0;
    for (const [name, value] of due) {
      const next = fields[at];
      if (next?.name === name && next.value === value) at += 1;
      else raise(tally.withheld, name);
    }
    if (at !== fields.length) throw new Error('more left than was sent');
    if (onBytes !== null) {
      tally.onBytes += 1;
      if (!areEqual(fields, onBytes)) throw new Error('the plan on bytes lets something else leave');
    }
    for (const { detector, outcome } of counts.leaked) raise(tally.found, `${detector} ${outcome}`);
    for (const { detector, place } of counts.seen) raise(tally.found, `${detector} seen in ${place}`);
  }
  return tally;
}

/** What is there to be wrong about; what did not happen is said too. */
const KINDS = ['exact', 'number', 'hint'].flatMap((detector) => [
  ...['contained', 'counted', 'seen in cookie', 'seen in referer', 'seen in target'].map(
    (what) => `${detector} ${what}`,
  ),
]);

function say(what: string, { requests, withheld, onBytes, found }: Tally): void {
  const rates = [...new Set([...KINDS, ...found.keys()])].flatMap((key) => {
    const count = found.get(key) ?? 0;
    if (count === 0) return key.endsWith('contained') || key.endsWith('counted') ? [`  ${key}: 0`] : [];
    return [`  ${key}: ${String(count)}, ${((100 * count) / requests).toPrecision(2)} %`];
  });
  const names = [...withheld].map(([name, count]) => `  withheld by name: ${name} ${String(count)} times`);
  const bytes = ((100 * onBytes) / requests).toFixed(1);
  const head = `${what}: ${String(requests)} requests, seed ${String(SEED)}; ${bytes} % decided on bytes, digests always looked at`;
  process.stderr.write(`${[head, ...names, ...rates].join('\n')}\n`);
}

const contained = ({ found }: Tally): string[] => [...found.keys()].filter((key) => key.endsWith('contained'));

test('the generator has browsers and kinds of apps enough, each by its own name', () => {
  expect(BROWSERS.length).toBeGreaterThanOrEqual(5);
  expect(APPS.length + CALLERS.length).toBeGreaterThanOrEqual(20);
  const names = [...BROWSERS, ...APPS, ...CALLERS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test(
  'of ordinary requests no field is withheld, by either plan, but by its name',
  () => {
    const tally = tallyOf(ordinaryRequests(SEED, COUNT));
    say('ordinary requests', tally);
    expect(contained(tally)).toEqual([]);
    // The address of a handset's description is of the catalogue: strangers do not receive it from anybody.
    expect([...tally.withheld.keys()]).toEqual(['x-wap-profile']);
    // The subscriber's own number is in nothing that the generator makes up.
    expect([...tally.found.keys()].filter((key) => key.startsWith('exact'))).toEqual([]);
    expect(tally.onBytes / tally.requests).toBeGreaterThan(0.3);
  },
  PATIENCE_MS,
);

test(
  'of requests with somebody else’s number in a field nothing is withheld, and the numbers are counted',
  () => {
    const tally = tallyOf(callingRequests(SEED, Math.ceil(COUNT / 20)));
    say('other people’s numbers', tally);
    expect(contained(tally)).toEqual([]);
    expect([...tally.withheld]).toEqual([]);
    expect([...tally.found.keys()].filter((key) => key.startsWith('exact'))).toEqual([]);
    // They are not overlooked: what is written without gaps has the shape of a number of ours.
    expect((tally.found.get('number counted') ?? 0) / tally.requests).toBeGreaterThan(0.4);
  },
  PATIENCE_MS,
);

test('the same requests with the subscriber’s own number in the field are withheld: the silence above is no deafness', () => {
  const tally: Tally = { requests: 0, withheld: new Map(), onBytes: 0, found: new Map() };
  const draw = drawingOf(SEED);
  for (const caller of CALLERS) {
    const number = `447700900${draw.digits(3)}`;
    const lines = caller.fields(draw, number).map(([name, value]) => `${name}: ${value}`);
    // Written with gaps it is several runs, and none is the number.
    if (lines.some((line) => /\+44 7|\(0\)7/.test(line))) continue;
    tally.requests += 1;
    const { counts, onBytes } = plans.judge('POST /', ['Host: api.a.example', ...lines, `X-MSISDN: ${number}`]);
    if (counts.leaked.some(({ detector, outcome }) => detector === 'exact' && outcome === 'contained')) {
      raise(tally.found, 'found');
    }
    expect(onBytes).toBeNull();
  }
  expect(tally.found.get('found')).toBe(tally.requests);
  expect(tally.requests).toBeGreaterThan(3);
});

describe('a prefix meets a random run of digits as often as chance says', () => {
  const PER_LENGTH = 8;
  const RUNS = 10 * COUNT;
  const LENGTHS = [8, 9, 10, 11, 12, 13, 14, 15, 16];
  const DIGITS = 12;
  const draw = drawingOf(SEED);

  /** 40 plans, 8 of each length of prefix, of countries of two digits; no prefix begins as another does. */
  const plansOf = (length: number): readonly NumberPlan[] => {
    const prefixes = new Set<string>();
    while (prefixes.size < PER_LENGTH) prefixes.add(draw.id(length));
    return [...prefixes].map((prefix) => ({
      countryCode: prefix.slice(0, 2),
      ranges: [{ prefix, digits: DIGITS }],
      plmns: [],
      placeholders: [],
    }));
  };

  /** By hand: a run of each length is as likely; `prefix` of 12 digits, `00` and it of 14, `0` and the rest of 11. */
  const chanceOf = (prefixes: readonly string[]): number => {
    const forms = new Map<number, Set<string>>([
      [DIGITS, new Set(prefixes)],
      [DIGITS + 2, new Set(prefixes.map((prefix) => `00${prefix}`))],
      [DIGITS - 1, new Set(prefixes.map((prefix) => `0${prefix.slice(2)}`))],
    ]);
    let chance = 0;
    for (const starts of forms.values()) for (const start of starts) chance += 10 ** -start.length / LENGTHS.length;
    return chance;
  };

  test(
    'for 40 prefixes of 5 to 9 digits',
    () => {
      const groups = [5, 6, 7, 8, 9].map((length) => {
        const numbers = plansOf(length);
        const prefixes = numbers.flatMap(({ ranges }) => ranges.map(({ prefix }) => prefix));
        return { length, shapes: shapesOf(numbers), expected: chanceOf(prefixes) * RUNS, hits: 0 };
      });
      for (let i = 0; i < RUNS; i += 1) {
        const run = draw.digits(draw.oneOf(LENGTHS));
        for (const group of groups) if (shapeOf(run, group.shapes) !== undefined) group.hits += 1;
      }
      for (const { length, expected, hits } of groups) {
        const each = (count: number): string => (count / PER_LENGTH / RUNS).toExponential(2);
        process.stderr.write(
          `a prefix of ${String(length)} digits: ${String(hits)} of ${String(RUNS)} random runs met one of ${String(PER_LENGTH)}, ` +
            `${expected.toFixed(1)} expected; ${each(hits)} a run and prefix, ${each(expected)} expected\n`,
        );
        // Five standard deviations of a Poisson count, and one hit where hardly any is due.
        expect(Math.abs(hits - expected)).toBeLessThan(5 * Math.sqrt(expected) + 2);
      }
      expect(groups[0]?.hits).toBeGreaterThan(3);
    },
    PATIENCE_MS + RUNS / 10,
  );
});

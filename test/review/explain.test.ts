// Explain says what the plan does: for random policies and questions every fate is compared with what the plan forwards and counts,
// and every stranger near a partner with the conditions that the ruleset applies.
import fc from 'fast-check';
import { plan } from '../../src/decision/plan.js';
import type { Compiled } from '../../src/policy/compile.js';
import type { Places } from '../../src/policy/places.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Ask } from '../../src/review/ask.js';
import { explain } from '../../src/review/explain.js';
import { fields, HOSTS, policy } from '../fuzz/arbitraries.js';
import { holds } from '../fuzz/property.js';
import { NOW, PERIOD, POLICY, circumstancesWith } from '../decision/ruleset-fixture.js';

/** A policy that was built by hand has no lines. */
const NO_PLACES = new Proxy({}, { get: () => () => undefined }) as Places;
const compiledOf = (value: Policy): Compiled => ({ policy: value, digest: '0'.repeat(64), places: NO_PLACES });

const ask: fc.Arbitrary<Ask> = fc
  .record({
    host: fc.constantFrom(...HOSTS, 'shops.partner.example', 'x.y.shops.partner.example', 'secure.example'),
    fields,
    listener: fc.constantFrom('internet', 'roaming', ''),
    at: fc.constantFrom(NOW, NOW, PERIOD.from, PERIOD.from - 1, PERIOD.until - 1, PERIOD.until),
    trusted: fc.boolean(),
  })
  .map(({ host, ...rest }) => ({ ...rest, url: `http://${host}/p?q` }));

/** The plan of the same request, asked for without the code under test. */
const planOf = (value: Policy, { url, fields: asked, listener, at, trusted }: Ask) =>
  plan(
    rulesetOf(value, '0'.repeat(64)),
    {
      method: 'GET',
      target: url,
      version: '1.1',
      fields: [{ name: 'Host', value: url.split('/')[2] ?? '' }, ...asked],
    },
    circumstancesWith({
      now: at,
      highestMs: at,
      skewMs: 0,
      listener,
      trusted,
      keys: new Map(['one', 'two', 'gone'].map((id) => [id, new Uint8Array(32).fill(1)])),
    }),
  );

test('the headers that leave are those that the plan forwards, in their order', () => {
  holds(fc.tuple(policy, ask), ([value, question]) => {
    const decided = planOf(value, question);
    const said = explain(compiledOf(value), rulesetOf(value, '0'.repeat(64)), question);
    expect(said.verdict).toBe(decided.verdict);
    if (decided.kind !== 'forward') {
      expect([said.partner, said.headers]).toEqual([null, []]);
      return;
    }
    expect(said.partner?.id ?? null).toBe(decided.partner);
    expect(said.route).toEqual({
      transport: decided.route.transport,
      host: decided.route.host,
      port: decided.route.port,
    });
    expect(said.headers.map(({ header }) => header)).toEqual(question.fields.map(({ name }) => name));
    expect(said.headers.flatMap(({ leavesAs }) => (leavesAs === null ? [] : [leavesAs]))).toEqual(
      decided.fields.slice(1).map(({ name }) => name),
    );
    const released = said.headers.filter(
      ({ fate, leavesAs }) => (fate === 'unchanged' || fate === 'pseudonym') && leavesAs !== null,
    );
    expect(released.map(({ fate }) => fate).sort()).toEqual(decided.counts.released.map(({ form }) => form).sort());
    expect(said.headers.filter(({ fate, leavesAs }) => fate === 'withheld' && leavesAs !== null)).toEqual([]);
  });
});

test('a stranger whose host a pattern covers misses something, and a partner nothing', () => {
  const conditions = new Set(['port', 'listener', 'period', 'denied']);
  const seen = new Set<string>();
  holds(
    fc.tuple(policy, ask),
    ([value, question]) => {
      const said = explain(compiledOf(value), rulesetOf(value, '0'.repeat(64)), question);
      if (said.partner !== null) {
        expect(said.misses).toEqual([]);
        return;
      }
      said.misses.forEach(({ kind }) => seen.add(kind));
      const [, authority = ''] = /^http:\/\/([^/]+)/.exec(question.url) ?? [];
      // The same host where nothing else can be missed: on some port, on the listener of the fixture, in its period, without denies.
      const atAll = [80, 8080].some((port) => {
        const ruleset = rulesetOf({ ...value, deny: [] }, '');
        const host = authority.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
        return ruleset.release({ host, port, listener: 'internet', times: [NOW], skewMs: 0 }) !== undefined;
      });
      expect(said.misses.some(({ kind }) => conditions.has(kind))).toBe(atAll);
    },
    10,
  );
  expect([...seen].sort()).toEqual(expect.arrayContaining(['denied', 'listener', 'period', 'port']));
});

test('each reason that a condition gives is the one that fails', () => {
  const missed = (url: string, over: Partial<Ask> = {}): readonly string[] => {
    const question = { url, fields: [], listener: 'internet', at: NOW, trusted: true, ...over };
    return explain(compiledOf(POLICY), rulesetOf(POLICY, ''), question).misses.map(({ kind }) => kind);
  };
  expect(missed('http://partner.example/')).toEqual([]);
  expect(missed('http://partner.example:81/')).toEqual(['port']);
  expect(missed('http://pay.secure.example/', { listener: 'roaming' })).toEqual(['listener']);
  expect(missed('http://partner.example/', { at: PERIOD.until })).toEqual(['period']);
  expect(missed('http://partner.example/', { at: PERIOD.from - 1 })).toEqual(['period']);
  expect(missed('http://cut.denied.example/')).toEqual(['denied']);
  expect(missed('http://cut.denied.example:81/', { at: PERIOD.until })).toEqual(['port', 'period', 'denied']);
  expect(missed('http://shops.partner.example/')).toEqual(['apex', 'below']);
});

describe('a deny is named only where it is in force', () => {
  const [deny] = POLICY.deny;
  const missedWith = (over: Partial<NonNullable<typeof deny>>, at: number): readonly string[] => {
    const value: Policy = { ...POLICY, deny: deny === undefined ? [] : [{ ...deny, ...over }] };
    const question = { url: 'http://cut.denied.example:81/', fields: [], listener: 'internet', at, trusted: true };
    return explain(compiledOf(value), rulesetOf(value, ''), question).misses.map(({ kind }) => kind);
  };
  const period = { from: NOW, until: NOW + 1000 };

  test.each<[string, Parameters<typeof missedWith>[0], number, readonly string[]]>([
    ['on this listener', { listeners: ['internet'] }, NOW, ['port', 'denied']],
    ['not on another', { listeners: ['roaming'] }, NOW, ['port']],
    ['from its start', { period }, NOW, ['port', 'denied']],
    ['not before it', { period }, NOW - 1, ['port']],
    ['to its last instant', { period }, NOW + 999, ['port', 'denied']],
    ['not after it', { period }, NOW + 1000, ['port']],
  ])('%s', (_, over, at, kinds) => {
    expect(missedWith(over, at)).toEqual(kinds);
  });
});

// A change is covered exactly where approvals of that very point are enough: compared with brute force over every host of a small world.
import fc from 'fast-check';
import type { ApprovalRule, Consent, Signer } from '../../src/change/consent.js';
import { uncoveredReleases, type Narrowing } from '../../src/change/coverage.js';
import type { Delta, ReleaseGrant } from '../../src/change/grant.js';
import type { Where } from '../../src/change/pattern-index.js';
import type { Axis } from '../../src/policy/axis.js';
import type { ReleaseChange } from '../../src/policy/diff.js';
import type { Permitted } from '../../src/policy/exposure.js';
import type { HostPattern } from '../../src/policy/policy.js';

const PLAIN: Permitted = { form: 'unchanged', keys: [], route: { transport: 'http' }, partner: 'bank' };
const OVER_TLS: Permitted = { ...PLAIN, route: { transport: 'tls', port: 443 } };
const PSEUDONYM: Permitted = { ...OVER_TLS, form: 'pseudonym', keys: ['bank/k1'] };
const EVERY = { kind: 'except', members: [] } as const;
const ONE: ApprovalRule = { required: 1, groups: {} };
const ALICE: Signer = { person: 'alice@operator.example', groups: ['privacy'] };
const BOB: Signer = { person: 'bob@operator.example', groups: [] };

const pattern = (text: string): HostPattern => {
  const match = /^(\*{0,2})\.?(.*)$/.exec(text);
  return { kind: match?.[1] === '*' ? 'one' : match?.[1] === '**' ? 'any' : 'exact', host: match?.[2] ?? '' };
};
const where = (text: string, ...except: readonly string[]): Where => ({
  pattern: pattern(text),
  except: except.map(pattern),
});
const grant = (places: readonly Where[], more: Partial<ReleaseGrant> = {}): ReleaseGrant => ({
  member: 'name:xmsisdn',
  label: 'x-msisdn',
  permitted: PLAIN,
  listeners: EVERY,
  ports: { kind: 'only', members: [80] },
  from: null,
  until: null,
  where: places,
  ...more,
});
const consent = (releases: readonly ReleaseGrant[], more: Partial<Consent> = {}): Consent => ({
  id: 'a',
  createdMs: 100,
  delta: { releases, settings: [] },
  signers: [ALICE],
  isEnough: false,
  ...more,
});
const change = (places: readonly Where[], more: Partial<ReleaseGrant> = {}): ReleaseChange => {
  const { listeners, ports, from, until, permitted } = grant(places, more);
  return {
    member: { kind: 'name', id: more.member ?? 'name:xmsisdn', label: 'x-msisdn', key: 'xmsisdn', sample: 'xmsisdn' },
    direction: 'widening',
    before: { form: 'none', keys: [], route: null, partner: null },
    after: permitted,
    listeners,
    ports,
    from,
    until,
    regions: places.map((place) => ({ ...place, witness: 'w' })),
    breadth: 'host',
    witness: { url: '', host: '', port: 80, listener: '', time: 0, route: { transport: 'http' } },
  };
};
const hostsLeft = (
  changes: readonly ReleaseChange[],
  consents: readonly Consent[],
  more: { rule?: ApprovalRule; narrowings?: readonly Narrowing[]; now?: number } = {},
): readonly string[] =>
  uncoveredReleases(changes, { consents, rule: ONE, narrowings: [], now: 1000, ...more }).map(({ host }) => host);

describe('an approval covers what it says and nothing beside it', () => {
  test.each<[string, readonly Where[], readonly Where[]]>([
    ['the very host', [where('pay.bank.example')], [where('pay.bank.example')]],
    ['a host under an approved subtree', [where('pay.bank.example')], [where('**.bank.example')]],
    ['one label under an approved subtree', [where('*.bank.example')], [where('**.bank.example')]],
    [
      'a subtree that two lines cover together',
      [where('**.b.example')],
      [where('*.b.example'), where('**.b.example', '*.b.example')],
    ],
    [
      'a region with a hole where the approval has the hole',
      [where('**.b.example', 'x.b.example')],
      [where('**.b.example', 'x.b.example')],
    ],
    ['an address', [where('192.0.2.7')], [where('192.0.2.7')]],
  ])('%s', (_, added, approved) => {
    expect(hostsLeft([change(added)], [consent([grant(approved)])])).toEqual([]);
  });

  test.each<[string, readonly Where[], readonly Where[], string]>([
    ['one label more', [where('a.pay.bank.example')], [where('pay.bank.example')], 'a.pay.bank.example'],
    [
      'the apex of a wildcard',
      [where('bank.example')],
      [where('*.bank.example'), where('**.bank.example')],
      'bank.example',
    ],
    ['two labels where one is approved', [where('**.bank.example')], [where('*.bank.example')], 'y.x.bank.example'],
    [
      'a host in the hole of the approval',
      [where('x.b.example')],
      [where('**.b.example', 'x.b.example')],
      'x.b.example',
    ],
    [
      'a wildcard where hosts are approved',
      [where('*.b.example')],
      [where('x.b.example'), where('y.b.example')],
      'x0.b.example',
    ],
    ['everyone where a subtree is approved', [where('**')], [where('**.example')], 'x'],
    ['a look-alike that ends the same', [where('evilbank.example')], [where('**.bank.example')], 'evilbank.example'],
  ])('but not %s', (_, added, approved, host) => {
    expect(hostsLeft([change(added)], [consent([grant(approved)])])).toEqual([host]);
  });

  test('a wider form, a wider route, another key, another header are not covered; narrower ones are', () => {
    const place = [where('pay.bank.example')];
    const left = (wanted: Permitted, given: Permitted): number =>
      hostsLeft([change(place, { permitted: wanted })], [consent([grant(place, { permitted: given })])]).length;
    expect([
      left(PLAIN, OVER_TLS),
      left(OVER_TLS, PSEUDONYM),
      left({ ...PSEUDONYM, keys: ['bank/k2'] }, PSEUDONYM),
    ]).toEqual([1, 1, 1]);
    expect(left({ ...OVER_TLS, route: { transport: 'tls', port: 8443 } }, OVER_TLS)).toBe(1);
    expect([left(OVER_TLS, PLAIN), left(PSEUDONYM, OVER_TLS), left(PSEUDONYM, PSEUDONYM)]).toEqual([0, 0, 0]);
    expect(hostsLeft([change(place, { member: 'name:ximsi' })], [consent([grant(place)])])).toHaveLength(1);
  });

  test('another listener, another port, a later end are not covered', () => {
    const place = [where('pay.bank.example')];
    const given = consent([grant(place, { listeners: { kind: 'only', members: ['internet'] }, until: 5000 })]);
    const left = (more: Partial<ReleaseGrant>): number => hostsLeft([change(place, more)], [given]).length;
    const here = { listeners: { kind: 'only', members: ['internet'] } as Axis<string>, until: 5000 };
    expect(left(here)).toBe(0);
    expect(left({ ...here, until: 4000 })).toBe(0);
    expect(left({ ...here, until: 5001 })).toBe(1);
    expect(left({ ...here, until: null })).toBe(1);
    expect(left({ ...here, listeners: EVERY })).toBe(1);
    expect(left({ ...here, ports: { kind: 'only', members: [80, 8080] } })).toBe(1);
  });
});

describe('people are counted, not approvals', () => {
  const place = [where('pay.bank.example')];
  const two: ApprovalRule = { required: 2, groups: { privacy: 1 } };
  const left = (consents: readonly Consent[], rule = two): number =>
    hostsLeft([change(place)], consents, { rule }).length;
  test('two people over two approvals of the same member are two; one person twice is one', () => {
    expect(left([consent([grant(place)]), consent([grant(place)], { id: 'b', signers: [BOB] })])).toBe(0);
    expect(left([consent([grant(place)]), consent([grant(place)], { id: 'b' })])).toBe(1);
  });
  test('two approvals that each cover half are not two people for the whole', () => {
    const [half, other] = [[where('a.bank.example')], [where('b.bank.example')]];
    const consents = [consent([grant(half)]), consent([grant(other)], { id: 'b', signers: [BOB] })];
    expect(hostsLeft([change([...half, ...other])], consents, { rule: two })).toHaveLength(1);
    expect(hostsLeft([change([...half, ...other])], consents, { rule: ONE })).toEqual([]);
  });
  test('a named group must be among them', () => {
    const carol = { person: 'carol@operator.example', groups: [] };
    expect(left([consent([grant(place)], { signers: [BOB, carol] })])).toBe(1);
    expect(left([consent([grant(place)], { signers: [BOB, ALICE] })])).toBe(0);
  });
  test('with `required: 0` an unsigned approval is enough, and none is not', () => {
    const nobody: ApprovalRule = { required: 0, groups: {} };
    expect(left([consent([grant(place)], { signers: [] })], nobody)).toBe(0);
    expect(left([], nobody)).toBe(1);
  });
});

test('a member that a later narrowing took away needs a new approval', () => {
  const place = [where('pay.bank.example')];
  const narrowings: readonly Narrowing[] = [
    { at: 200, delta: { releases: [grant([where('**.bank.example')])], settings: [] } },
  ];
  expect(hostsLeft([change(place)], [consent([grant(place)])], { narrowings })).toHaveLength(1);
  expect(hostsLeft([change(place)], [consent([grant(place)], { createdMs: 201 })], { narrowings })).toEqual([]);
  const elsewhere = [where('pay.shop.example')];
  expect(hostsLeft([change(elsewhere)], [consent([grant(elsewhere)])], { narrowings })).toEqual([]);
});

describe('brute force agrees', () => {
  const LABELS = ['a', 'b', 'z'];
  // Two labels more than the longest name of a rule: as deep as any class reaches.
  const DEPTH = 5;
  const HOSTS: readonly string[] = Array.from({ length: DEPTH - 1 }).reduce<{ all: string[]; last: string[] }>(
    ({ all, last }) => {
      const next = last.flatMap((host) => LABELS.map((label) => `${label}.${host}`));
      return { all: [...all, ...next], last: next };
    },
    { all: LABELS, last: LABELS },
  ).all;
  const isIn = ({ kind, host }: HostPattern, asked: string): boolean => {
    if (kind === 'exact') return asked === host;
    const rest = host === '' ? asked : asked.endsWith(`.${host}`) ? asked.slice(0, -host.length - 1) : '';
    return rest !== '' && (kind === 'any' || !rest.includes('.'));
  };
  const isWhere = (places: readonly Where[], host: string): boolean =>
    places.some((place) => isIn(place.pattern, host) && !place.except.some((hole) => isIn(hole, host)));
  const aHost = fc.constantFrom('a', 'b', 'a.a', 'b.a', 'a.b', 'a.b.a', 'b.b.a');
  const aPattern = fc.record({
    kind: fc.constantFrom('exact', 'one', 'any'),
    host: aHost,
  }) as fc.Arbitrary<HostPattern>;
  const aPlace = fc.record({ pattern: aPattern, except: fc.array(aPattern, { maxLength: 2 }) });
  const anAxis = <T>(members: readonly T[]): fc.Arbitrary<Axis<T>> =>
    fc.record({ kind: fc.constantFrom('only', 'except'), members: fc.subarray([...members]) });
  const aGrant: fc.Arbitrary<ReleaseGrant> = fc
    .record({
      where: fc.array(aPlace, { minLength: 1, maxLength: 3 }),
      listeners: anAxis(['l1', 'l2']),
      ports: anAxis([80, 81]),
      from: fc.constantFrom(null, 500, 1500),
      until: fc.constantFrom(null, 2000, 3000),
    })
    .map((more) => grant(more.where, more));
  const someDelta: fc.Arbitrary<Delta> = fc
    .array(aGrant, { minLength: 1, maxLength: 3 })
    .map((releases) => ({ releases, settings: [] }));
  const someConsents = fc.array(
    fc
      .record({ delta: someDelta, createdMs: fc.constantFrom(100, 300), signers: fc.subarray([ALICE, BOB]) })
      .map((more) => consent([], more)),
    { maxLength: 4 },
  );
  const someNarrowings = fc.array(fc.record({ at: fc.constant(200), delta: someDelta }), { maxLength: 1 });
  const NOW = 1000;

  test('a point of the change is uncovered if and only if the change is said to be', () => {
    const seen = { covered: 0, uncovered: 0 };
    fc.assert(
      fc.property(
        aGrant,
        someConsents,
        someNarrowings,
        fc.constantFrom(1, 2),
        fc.constantFrom(null, 100, 300),
        (added, consents, narrowings, required, mirror) => {
          const rule = { required, groups: {} };
          // Two runs in three approve the very change, before or after the narrowing, so that covered and spent ones occur.
          const all =
            mirror !== null
              ? [...consents, consent([added], { createdMs: mirror, signers: [ALICE, BOB] })].slice(-3)
              : consents;
          const has = <T>({ kind, members }: Axis<T>, member: T): boolean =>
            members.includes(member) === (kind === 'only');
          const holds = (
            g: ReleaseGrant,
            at: { host: string; listener: string; port: number; time: number },
          ): boolean =>
            isWhere(g.where, at.host) &&
            has(g.listeners, at.listener) &&
            has(g.ports, at.port) &&
            (g.from ?? 0) <= at.time &&
            at.time < (g.until ?? Infinity);
          let bad = false;
          for (const host of HOSTS)
            for (const listener of ['l1', 'l2', 'l3'])
              for (const port of [80, 81, 82])
                for (const time of [NOW, 1500, 2000, 3000, 9000]) {
                  const at = { host, listener, port, time };
                  if (!holds(added, at)) continue;
                  const lost = narrowings.some(({ delta }) => delta.releases.some((g) => holds(g, at)));
                  const people = new Set(
                    all
                      .filter(
                        ({ delta, createdMs }) =>
                          delta.releases.some((g) => holds(g, at)) && (!lost || createdMs > 200),
                      )
                      .flatMap(({ signers }) => signers.map(({ person }) => person)),
                  );
                  if (people.size < required) bad = true;
                }
          const found = uncoveredReleases([change(added.where, added)], { consents: all, rule, narrowings, now: NOW });
          seen[bad ? 'uncovered' : 'covered'] += 1;
          expect(found.length > 0).toBe(bad);
          for (const point of found) expect(isWhere(added.where, point.host)).toBe(true);
        },
      ),
      { numRuns: Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 400) },
    );
    expect(Math.min(seen.covered, seen.uncovered)).toBeGreaterThan(20);
  });
});

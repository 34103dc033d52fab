// The runtime decision: who receives what, when, where; unsure clocks narrow; spellings do not matter.
import fc from 'fast-check';
import type { HostPattern, Period } from '../../src/policy/policy.js';
import type { Question, Ruleset } from '../../src/policy/ruleset.js';
import { hostIndexOf } from '../../src/policy/host-index.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { compiled, NOW, partnerFile } from './fixture.js';

const rulesetFor = (file: Record<string, unknown>): Ruleset => {
  const { policy, digest } = compiled(file);
  return rulesetOf(policy, digest);
};
const ask = (ruleset: Ruleset, over: Partial<Question>): string | undefined =>
  ruleset.release({ listener: 'internet', host: 'pay.bank.example', port: 80, times: [NOW], skewMs: 0, ...over })
    ?.partner.id;

describe('hosts, ports and listeners', () => {
  const ruleset = rulesetFor({
    partners: [
      partnerFile({ id: 'exact', hosts: ['pay.bank.example'], ports: [80, 8080] }),
      partnerFile({ id: 'one', hosts: ['*.shop.example'], listeners: ['mvno'] }),
      partnerFile({ id: 'any', hosts: ['**.deep.example'] }),
      partnerFile({ id: 'own', own: true, hosts: ['mms', '192.0.2.7', '2001:db8::7'] }),
    ],
    deny: [
      { hosts: ['**.no.deep.example'], reason: 'regulator' },
      { hosts: ['mms'], reason: 'tests', listeners: ['mvno'] },
    ],
  });

  test.each<[string, Partial<Question>, string | undefined]>([
    ['an exact host is released to', {}, 'exact'],
    ['at a second port', { port: 8080 }, 'exact'],
    ['not at another port', { port: 443 }, undefined],
    ['not its parent', { host: 'bank.example' }, undefined],
    ['not a host under it', { host: 'x.pay.bank.example' }, undefined],
    ['not one that ends alike', { host: 'xpay.bank.example' }, undefined],
    ['not one that begins alike', { host: 'pay.bank.example.evil.example' }, undefined],
    ['one label under `*.`', { host: 'a.shop.example', listener: 'mvno' }, 'one'],
    ['not at another listener', { host: 'a.shop.example' }, undefined],
    ['not the apex of `*.`', { host: 'shop.example', listener: 'mvno' }, undefined],
    ['not two labels under `*.`', { host: 'a.b.shop.example', listener: 'mvno' }, undefined],
    ['one label under `**.`', { host: 'a.deep.example' }, 'any'],
    ['nine labels under `**.`', { host: 'a.b.c.d.e.f.g.h.i.deep.example' }, 'any'],
    ['not the apex of `**.`', { host: 'deep.example' }, undefined],
    ['a deny wins over its partner', { host: 'x.no.deep.example' }, undefined],
    ['a deny does not cover its apex', { host: 'no.deep.example' }, 'any'],
    ['a single label', { host: 'mms' }, 'own'],
    ['a deny holds at its listener only', { host: 'mms', listener: 'mvno' }, undefined],
    ['an IPv4 address', { host: '192.0.2.7' }, 'own'],
    ['an IPv6 address', { host: '2001:db8::7' }, 'own'],
    ['not the address beside it', { host: '192.0.2.8' }, undefined],
    ['not an empty host', { host: '' }, undefined],
    ['not a dot', { host: '.' }, undefined],
    ['not a label of an object', { host: '__proto__' }, undefined],
  ])('%s', (_rule, over, expected) => {
    expect(ask(ruleset, over)).toBe(expected);
  });

  test('a release carries its rules by key', () => {
    const release = ruleset.release({ listener: 'internet', host: 'mms', port: 80, times: [NOW], skewMs: 0 });
    expect([...(release?.rules.keys() ?? [])]).toEqual(['xmsisdn']);
    expect(release?.rules.get('xmsisdn')).toEqual(release?.partner.release[0]);
  });
});

describe('time', () => {
  const from = Date.parse('2026-12-01T00:00:00Z');
  const until = Date.parse('2027-01-01T00:00:00Z');
  const period = { from: '2026-12-01', until: '2026-12-31' };
  const released = rulesetFor({ partners: [partnerFile(period)] });
  const denied = rulesetFor({
    partners: [partnerFile()],
    deny: [{ hosts: ['pay.bank.example'], reason: 'r', ...period }],
  });
  const suppressed = rulesetFor({
    partners: [partnerFile()],
    identity: { watch: [{ name: 'Client-ID', reason: 'r', owner: 'o', ...period }] },
    suppressions: [{ field: 'X-Phone', host: 'a.example', reason: 'r', owner: 'o', ...period }],
  });
  const DAY = 86_400_000;

  /** [rule, times, skew, released there, denied there] */
  const rows: readonly [string, number[], number, boolean, boolean][] = [
    ['its first instant', [from], 0, true, true],
    ['just before its first instant', [from - 1], 0, false, false],
    ['its last instant', [until - 1], 0, true, true],
    ['its end', [until], 0, false, false],
    ['a skew after its start', [from + 30_000], 30_000, true, true],
    ['less than a skew after its start', [from + 29_999], 30_000, false, true],
    ['a skew before its start', [from - 30_000], 30_000, false, true],
    ['more than a skew before its start', [from - 30_001], 30_000, false, false],
    ['a skew and 1 ms before its end', [until - 30_001], 30_000, true, true],
    ['a skew before its end', [until - 30_000], 30_000, false, true],
    ['less than a skew after its end', [until + 29_999], 30_000, false, true],
    ['a skew after its end', [until + 30_000], 30_000, false, false],
    ['two times, both inside', [from + DAY, from + 2 * DAY], 0, true, true],
    ['two times, one before it', [from - DAY, from + DAY], 0, false, true],
    ['two times, one after it', [from + DAY, until + DAY], 0, false, true],
    ['two times, one before and one after it', [from - DAY, until + DAY], 0, false, false],
    ['a time that is no number', [Number.NaN], 0, false, true],
    ['no time at all', [], 0, false, true],
  ];
  test.each(rows)('%s', (_rule, times, skewMs, isReleased, isDenied) => {
    expect(ask(released, { times, skewMs }) !== undefined).toBe(isReleased);
    const unlimited = times.length > 0 && times.every((time) => time < until + 300 * DAY);
    if (unlimited) expect(ask(denied, { times, skewMs }) === undefined).toBe(isDenied);
    expect(suppressed.isWatched('clientid', times, skewMs)).toBe(isReleased);
    expect(suppressed.isSuppressed('xphone', 'a.example', times, skewMs)).toBe(isReleased);
  });

  test('a deny that is shorter than the skew is still met', () => {
    const short = rulesetFor({
      partners: [partnerFile()],
      deny: [{ hosts: ['pay.bank.example'], reason: 'r', from: '2026-12-01T00:00:00Z', until: '2026-12-01T00:00:01Z' }],
    });
    expect(ask(short, { times: [from - 10_000], skewMs: 30_000 })).toBeUndefined();
    expect(ask(short, { times: [from - 60_000], skewMs: 30_000 })).toBe('bank');
  });

  test('where one partner follows another, neither is sure within the skew, and never both', () => {
    const two = rulesetFor({
      partners: [partnerFile({ until: '2026-12-31' }), partnerFile({ id: 'shop', from: '2027-01-01' })],
    });
    expect(ask(two, { times: [until - 1] })).toBe('bank');
    expect(ask(two, { times: [until] })).toBe('shop');
    expect(ask(two, { times: [until], skewMs: 1 })).toBeUndefined();
  });

  test('what is not watched or suppressed is not', () => {
    expect(suppressed.isWatched('xmsisdn', [from], 0)).toBe(false);
    expect(suppressed.isSuppressed('xphone', 'b.example', [from], 0)).toBe(false);
    expect(suppressed.isSuppressed('xtoken', 'a.example', [from], 0)).toBe(false);
  });
});

describe('names', () => {
  const ruleset = rulesetFor({
    partners: [partnerFile()],
    identity: {
      headers: [
        { name: 'X-Acme-Line', carries: 'msisdn' },
        { prefix: 'X-Acme-Sub-', carries: 'token' },
        { name: 'X-Subscriber-Id', carries: 'token' },
        { name: 'X-MSISDN', carries: 'imsi_imei' },
        { name: 'http-acme', carries: 'token' },
      ],
    },
  });

  test.each([
    ['x_acme.LINE', { key: 'xacmeline', label: 'x-acme-line', class: 'msisdn', action: 'strip', source: 'own' }],
    ['HTTP_X_ACME_LINE', { key: 'xacmeline', label: 'x-acme-line' }],
    ['X-Acme-Sub-Anything', { key: 'xacmesubanything', label: 'x-acme-sub-*', source: 'own' }],
    ['HTTP-X-Acme-Sub-9', { key: 'xacmesub9', label: 'x-acme-sub-*' }],
    ['X-Subscriber-Id', { label: 'x-subscriber-id', action: 'strip', source: 'own', common: false }],
    ['x-msisdn', { class: 'imsi_imei', source: 'own' }],
    ['X-IMSI', { class: 'imsi_imei', source: 'catalogue', label: 'x-imsi' }],
    ['Http-Acme', { key: 'httpacme', source: 'own' }],
    ['http-http-acme', { key: 'httpacme', source: 'own' }],
    ['Client_Id', { key: 'clientid', common: true }],
    ['Via', { action: 'count' }],
  ])('%s is known', (name, expected) => {
    expect(ruleset.identify(name)).toMatchObject(expected);
    expect(ruleset.identify(name)).toMatchObject(expected);
  });

  test.each(['Acme', 'X-Acme', 'X-Acme-Su', 'Host', '', '__proto__', 'constructor'])('%j is not', (name) => {
    expect(ruleset.identify(name)).toBeUndefined();
    expect(ruleset.identify(name)).toBeUndefined();
  });

  test('spelling does not matter: every change of case and separators, with and without HTTP_, is known alike', () => {
    const spelling = fc
      .array(fc.tuple(fc.boolean(), fc.constantFrom('', '-', '_', '.', '--')), { minLength: 9, maxLength: 9 })
      .map((marks) =>
        marks
          .map(([upper, mark], index) => mark + ('xacmeline'[index] ?? '')[upper ? 'toUpperCase' : 'toLowerCase']())
          .join(''),
      );
    fc.assert(
      fc.property(spelling, fc.constantFrom('', 'HTTP_', 'http-', 'Http.'), (name, before) => {
        expect(ruleset.identify(before + name)?.key).toBe('xacmeline');
      }),
    );
  });

  test('a flood of names changes no answer', () => {
    for (let index = 0; index < 10_000; index += 1) expect(ruleset.identify(`x-flood-${index}`)).toBeUndefined();
    expect(ruleset.identify('x_acme_line')?.key).toBe('xacmeline');
    expect(ruleset.identify(`x-acme-sub-${'y'.repeat(10_000)}`)?.label).toBe('x-acme-sub-*');
  });

  test('every label that identify() gives has its slot, once', () => {
    const labels = ruleset.headerLabels.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const name of ['x-acme-line', 'x-acme-sub-1', 'x-subscriber-id', 'x-imsi', 'x-h3g-new', 'via', 'http-acme']) {
      const identity = ruleset.identify(name);
      expect(ruleset.headerLabels).toContainEqual({ label: identity?.label, class: identity?.class });
    }
    expect(ruleset.headerLabels).toContainEqual({ label: 'x-msisdn', class: 'imsi_imei' });
  });
});

test('the index and plain matching agree on every host of four labels', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const pattern: fc.Arbitrary<HostPattern> = fc.record({ kind: fc.constantFrom('exact', 'one', 'any'), host });
  const covers = (item: HostPattern, name: string): boolean => {
    if (item.kind === 'exact') return item.host === name;
    const more = name.endsWith(`.${item.host}`) ? name.slice(0, -item.host.length - 1).split('.').length : 0;
    return item.kind === 'one' ? more === 1 : more > 0;
  };
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), host, fc.nat(6), (patterns, name, refusedIndex) => {
      const index = hostIndexOf(patterns.map((item, position) => [item, position] as const));
      const accepted = (position: number): boolean => position !== refusedIndex;
      const found = index.find(name, accepted);
      const expected = patterns.flatMap((item, position) =>
        covers(item, name) && accepted(position) ? [position] : [],
      );
      if (found === undefined) expect(expected).toEqual([]);
      else expect(expected).toContain(found);
    }),
    { numRuns: 2000 },
  );
});

test('a period without bounds holds always', () => {
  const unbounded: Period = { from: null, until: null };
  const ruleset = rulesetOf(
    {
      ...compiled({ partners: [partnerFile()] }).policy,
      watch: [{ key: 'k', spelling: 'k', reason: '', owner: '', period: unbounded }],
    },
    '',
  );
  expect(ruleset.isWatched('k', [0], 1e15)).toBe(true);
});

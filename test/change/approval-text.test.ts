// An approval reads back as what was written; whatever the words of a line say, its data says; nothing is guessed.
import fc from 'fast-check';
import type { Approval } from '../../src/change/approval.js';
import { readApproval, renderApproval } from '../../src/change/approval-text.js';
import type { ReleaseGrant, SettingGrant } from '../../src/change/grant.js';
import { confirmationOf } from '../../src/change/grant-words.js';
import type { HostPattern } from '../../src/policy/policy.js';

const GRANT: ReleaseGrant = {
  member: 'name:xmsisdn',
  label: 'x-msisdn',
  permitted: { form: 'unchanged', keys: [], route: { transport: 'tls', port: 443 }, partner: 'bank' },
  listeners: { kind: 'except', members: [] },
  ports: { kind: 'only', members: [80] },
  from: null,
  until: Date.parse('2027-01-01T00:00:00Z'),
  where: [{ pattern: { kind: 'exact', host: 'pay.bank.example' }, except: [] }],
};
const APPROVAL: Omit<Approval, 'id'> = {
  kind: 'widening',
  audience: 'edge-prod-lon',
  generation: 3,
  proposer: 'alice@operator.example',
  reason: 'a second checkout',
  ticket: 'CHG-1',
  createdMs: Date.parse('2026-11-22T10:00:00Z'),
  applyBeforeMs: Date.parse('2026-11-25T10:00:00Z'),
  untilMs: null,
  base: 'b0',
  candidate: 'c0',
  delta: { releases: [GRANT], settings: [] },
};
const TEXT = renderApproval(APPROVAL);
const read = (text: string) => readApproval({ file: 'a.approval.yaml', text });
const problemsOf = (text: string): readonly string[] => {
  const outcome = read(text);
  return outcome.ok ? [] : outcome.problems.map(({ code, span, message }) => `${span?.line ?? 0} ${code}: ${message}`);
};

test('the words of a line are on one line, before its data', () => {
  expect(TEXT).toContain(
    '  - says: "`bank` receives `x-msisdn` (unchanged, over TLS to port 443) on `pay.bank.example`; port `80`; until 2027-01-01T00:00:00Z"\n',
  );
});

const aHost = fc.constantFrom(
  'example',
  'bank.example',
  'pay.bank.example',
  'xn--mnchen-3ya.example',
  '192.0.2.7',
  '2001:db8::7',
);
const aPattern: fc.Arbitrary<HostPattern> = fc
  .record({ kind: fc.constantFrom('exact', 'one', 'any'), host: aHost })
  .map(({ kind, host }) => ({ kind: /^[\d.]+$|:/.test(host) ? 'exact' : kind, host }));
const aRoot = fc.constantFrom<HostPattern>({ kind: 'any', host: '' }, { kind: 'one', host: '' });
const anInstant = fc.option(fc.integer({ min: 0, max: 4_000_000_000 }).map((s) => s * 1000));
const someText = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' });
const aGrant: fc.Arbitrary<ReleaseGrant> = fc
  .record({
    name: fc.constantFrom(
      ['name:xmsisdn', 'x-msisdn'],
      ['prefix:xacmesub', 'x-acme-sub-*'],
      ['unexamined:xphone', 'x-phone, whatever it holds'],
      ['other:number', 'other holding a number of ours'],
    ),
    form: fc.constantFrom('unchanged', 'pseudonym'),
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    partner: fc.option(fc.constantFrom('bank', 'acme-pay')),
    listeners: fc.uniqueArray(fc.constantFrom('internet', 'mms'), { minLength: 1 }),
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
    from: anInstant,
    until: anInstant,
    where: fc.array(fc.record({ pattern: fc.oneof(aPattern, aRoot), except: fc.array(aPattern, { maxLength: 8 }) }), {
      minLength: 1,
      maxLength: 9,
    }),
  })
  .map(({ name, form, port, partner, listeners, ports, from, until, where }) => ({
    member: name[0] ?? '',
    label: name[1] ?? '',
    permitted: {
      form: form,
      keys: form === 'pseudonym' ? ['bank/k1', 'bank/k2'] : [],
      route: port === null ? { transport: 'http' } : { transport: 'tls', port },
      partner,
    },
    listeners: { kind: 'only', members: listeners },
    ports: ports.length === 0 ? { kind: 'except', members: [] } : { kind: 'only', members: ports },
    from,
    until,
    where,
  }));
const aSetting: fc.Arbitrary<SettingGrant> = fc.record({
  setting: fc.constantFrom('listeners.internet.trust', 'approval.required'),
  before: fc.oneof(fc.constant(null), fc.nat(), someText, fc.array(someText)),
  after: fc.oneof(fc.constant(null), fc.nat(), someText, fc.array(someText)),
});

test('what a replay said reads back, and what is agreed to is the same with it and without', () => {
  const replay = [
    'replayed the log `access.log`: 70 requests',
    '',
    '  - says: "everyone receives everything"',
    '# " `',
  ];
  const outcome = read(renderApproval({ ...APPROVAL, replay }));
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join());
  const { id: _id, replay: said, ...rest } = outcome.value;
  expect(said).toEqual(replay);
  expect(rest).toEqual(APPROVAL);
});

test('what is written reads back the same', () => {
  fc.assert(
    fc.property(
      fc.array(aGrant, { maxLength: 4 }),
      fc.array(aSetting, { maxLength: 3 }),
      someText,
      (releases, settings, reason) => {
        const approval = { ...APPROVAL, reason, delta: { releases, settings } };
        const outcome = read(renderApproval(approval));
        expect(outcome.problems).toEqual([]);
        expect(outcome.ok && { ...outcome.value, id: '' }).toEqual({ ...approval, id: '' });
      },
    ),
    { numRuns: Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 200) },
  );
});

describe('what people read is what counts', () => {
  test.each<[string, string | RegExp, string, string]>([
    ['another host than the words name', '      - "pay.bank.example"', '      - "**.bank.example"', 'approval-says'],
    [
      'one host more',
      '      - "pay.bank.example"',
      '      - "pay.bank.example"\n      - "evil.example"',
      'approval-says',
    ],
    ['a wider form', 'form: unchanged', 'form: pseudonym\n    keys: ["bank/k1"]', 'approval-says'],
    ['plain http in place of TLS', '    route: tls\n    connect: 443', '    route: http', 'approval-says'],
    ['every port', '    ports: { only: [80] }\n', '', 'approval-says'],
    ['no end', /    until: .*\n/, '', 'approval-says'],
    ['another header under the old words', 'member: "name:xmsisdn"', 'member: "name:ximsi"', 'approval-line'],
    ['a header called something harmless', /header: "x-msisdn"/, 'header: "x-request-id"', 'approval-line'],
  ])('%s is refused', (_, from, to, code) => {
    const changed = TEXT.replace(from, to);
    expect(changed).not.toBe(TEXT);
    expect(problemsOf(changed).join('\n')).toContain(code);
  });

  test('the place of the words is named', () => {
    const changed = TEXT.replace('      - "pay.bank.example"', '      - "**.bank.example"');
    expect(problemsOf(changed)).toEqual([
      expect.stringMatching(
        /^\d+ approval-says: the words say something else than the line means: it means `.*\*\*\.bank\.example.*`$/,
      ),
    ]);
  });
});

test('times are in order and bounded', () => {
  const withTimes = (more: Partial<Approval>): readonly string[] =>
    problemsOf(renderApproval({ ...APPROVAL, ...more }));
  const { createdMs } = APPROVAL;
  const day = 86_400_000;
  expect(withTimes({ applyBeforeMs: createdMs + 30 * day })).toEqual([]);
  expect(withTimes({ applyBeforeMs: createdMs + 30 * day + 1000 })).toHaveLength(1);
  expect(withTimes({ applyBeforeMs: createdMs })).toHaveLength(1);
  expect(withTimes({ kind: 'break-glass', untilMs: createdMs + day / 6 })).toEqual([]);
  expect(withTimes({ kind: 'break-glass', untilMs: createdMs + day / 6 + 1000 })).toHaveLength(1);
  expect(withTimes({ kind: 'break-glass' })).toHaveLength(1);
  expect(withTimes({ untilMs: createdMs + 1000 })).toHaveLength(1);
});

test('an approver types how many newly receive, or whose whole name space does', () => {
  const confirm = (...patterns: readonly HostPattern[]): string =>
    confirmationOf({
      releases: [{ ...GRANT, where: patterns.map((pattern) => ({ pattern, except: [] })) }],
      settings: [],
    });
  expect(confirm({ kind: 'exact', host: 'a.example' }, { kind: 'exact', host: 'b.example' })).toBe('2');
  expect(confirm({ kind: 'exact', host: 'a.example' }, { kind: 'one', host: 'bank.example' })).toBe(
    'everyone under bank.example',
  );
  expect(confirm({ kind: 'any', host: 'x.bank.example' }, { kind: 'one', host: 'bank.example' })).toBe(
    'everyone under bank.example',
  );
  expect(confirm({ kind: 'any', host: '' })).toBe('everyone');
  expect(confirmationOf({ releases: [], settings: [{ setting: 'skewMs', before: 30_000, after: 0 }] })).toBe(
    'settings',
  );
});

test('the id is the digest of the text', () => {
  const outcome = read(TEXT);
  expect(outcome.ok && outcome.value.id).toMatch(/^[0-9a-f]{64}$/);
  const other = read(TEXT.replace('a second checkout', 'a third checkout'));
  expect(other.ok && outcome.ok && other.value.id).not.toBe(outcome.ok && outcome.value.id);
});

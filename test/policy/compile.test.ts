// What a policy file becomes: values and defaults, frozen and plain; the same meaning has the same digest, and only that.
// Refusals stand in test/cases/policy.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from '../../src/document/parse-yaml.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { digestOf, effectivePolicyOf } from '../../src/policy/effective.js';
import { underlined } from '../document/underlined.js';
import { compiled, NOW, partnerFile, policyText } from './fixture.js';

const ROOT = resolve(__dirname, '../..');

describe('the policy as shipped', () => {
  const source = { file: 'config/policy.yaml', text: readFileSync(join(ROOT, 'config/policy.yaml'), 'utf8') };
  const outcome = compilePolicy(source, { now: NOW });

  test('compiles without a warning', () => {
    expect(outcome.problems).toEqual([]);
    expect(outcome.ok).toBe(true);
  });

  test('has O2’s three reasons and the own MMSC, on hosts that are nobody’s', () => {
    if (!outcome.ok) throw new Error('not compiled');
    const { partners } = outcome.value.policy;
    expect(partners.map((partner) => partner.purpose)).toEqual([
      'age verification',
      'carrier billing',
      'account pages without a password on the mobile network',
      'picture messages',
    ]);
    for (const { host } of partners.flatMap((partner) => partner.hosts)) expect(host).toMatch(/^mms$|\.example$/);
  });
});

test('defaults are what docs/policy.md says', () => {
  expect(compiled({ partners: [partnerFile()] }).policy).toEqual({
    version: 1,
    timezone: 'UTC',
    headers: [],
    watch: [],
    numbers: [],
    detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' },
    partners: [
      {
        id: 'bank',
        own: false,
        name: 'Bank plc',
        purpose: 'age verification',
        contract: null,
        owner: 'partners@operator.example',
        basis: null,
        country: null,
        hosts: [{ kind: 'exact', host: 'pay.bank.example' }],
        transport: 'tls',
        ports: [80],
        connect: 443,
        listeners: null,
        release: [{ key: 'xmsisdn', header: 'X-MSISDN', class: 'msisdn', form: 'unchanged', keyIds: [] }],
        period: { from: null, until: Date.UTC(2028, 0, 1) },
      },
    ],
    deny: [],
    suppressions: [],
    releasesNothing: false,
  });
});

test('every part of the language arrives in the policy', () => {
  const until = '2027-06-30';
  const { policy } = compiled({
    timezone: 'Europe/London',
    identity: {
      headers: [
        { name: 'X-Acme-Line', carries: 'msisdn' },
        { prefix: 'x-acme-sub-', carries: 'token' },
      ],
      watch: [{ name: 'Client-ID', reason: 'apps', owner: 'ops@operator.example', from: '2026-07-01', until }],
      numbers: [
        {
          countryCode: '44',
          ranges: [{ prefix: '447700900', digits: 12 }],
          plmns: ['00101'],
          placeholders: ['99999999999'],
        },
      ],
    },
    detection: { exact: 'count', numbers: 'withhold', hints: 'withhold', novelty: 'observe' },
    partners: [
      partnerFile({
        hosts: ['*.a.example', '**.b.example'],
        ports: [80, 8080],
        connect: 8443,
        listeners: ['internet', 'mvno'],
        release: [
          { header: 'x_acme.line', as: 'pseudonym', key: ['k-2026', 'k-2027'] },
          { header: 'X-Acme-Sub-Id', as: 'pseudonym', key: 'k-2026' },
        ],
        from: '2026-12-01T10:00:00+01:00',
      }),
      partnerFile({ id: 'mms', own: true, transport: 'http', hosts: ['mms', '2001:DB8::7'] }),
    ],
    deny: [{ hosts: ['**.co.uk'], reason: 'regulator', listeners: ['mvno'], until: '2099-12-31' }],
    suppressions: [{ field: 'X_Phone', host: 'API.taxi.example', reason: 'own', owner: 'ops@operator.example', until }],
  });
  const end = Date.parse('2027-06-30T23:00:00Z');
  expect(policy.headers).toEqual([
    { kind: 'name', key: 'xacmeline', spelling: 'X-Acme-Line', carries: 'msisdn' },
    { kind: 'prefix', key: 'xacmesub', spelling: 'x-acme-sub-', carries: 'token' },
  ]);
  expect(policy.watch).toEqual([
    {
      key: 'clientid',
      spelling: 'Client-ID',
      reason: 'apps',
      owner: 'ops@operator.example',
      period: { from: Date.parse('2026-06-30T23:00:00Z'), until: end },
    },
  ]);
  expect(policy.numbers).toEqual([
    {
      countryCode: '44',
      ranges: [{ prefix: '447700900', digits: 12 }],
      plmns: ['00101'],
      placeholders: ['99999999999'],
    },
  ]);
  expect(policy.detection).toEqual({ exact: 'count', numbers: 'withhold', hints: 'withhold', novelty: 'observe' });
  expect(policy.partners[0]).toMatchObject({
    hosts: [
      { kind: 'one', host: 'a.example' },
      { kind: 'any', host: 'b.example' },
    ],
    ports: [80, 8080],
    connect: 8443,
    listeners: ['internet', 'mvno'],
    release: [
      { key: 'xacmeline', header: 'x_acme.line', class: 'msisdn', form: 'pseudonym', keyIds: ['k-2026', 'k-2027'] },
      { key: 'xacmesubid', header: 'X-Acme-Sub-Id', class: 'token', form: 'pseudonym', keyIds: ['k-2026'] },
    ],
    period: { from: Date.parse('2026-12-01T09:00:00Z'), until: Date.UTC(2028, 0, 1) },
  });
  expect(policy.partners[1]).toMatchObject({
    own: true,
    connect: null,
    hosts: [{ host: 'mms' }, { host: '2001:db8::7' }],
  });
  expect(policy.deny).toEqual([
    {
      hosts: [{ kind: 'any', host: 'co.uk' }],
      reason: 'regulator',
      listeners: ['mvno'],
      period: { from: null, until: Date.UTC(2100, 0, 1) },
    },
  ]);
  expect(policy.suppressions).toEqual([
    {
      key: 'xphone',
      spelling: 'X_Phone',
      host: 'api.taxi.example',
      reason: 'own',
      owner: 'ops@operator.example',
      period: { from: null, until: end },
    },
  ]);
});

test('a policy is frozen to its leaves, and plain data', () => {
  const { policy } = compiled({ partners: [partnerFile()] });
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  expect(isFrozen(policy)).toBe(true);
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
});

describe('the end may lie three years ahead, whole days, in every zone', () => {
  const reached = (until: string, timezone = 'UTC', maxYears?: number): boolean =>
    compilePolicy(
      { file: 'p', text: policyText({ timezone, partners: [partnerFile({ until })] }) },
      { now: NOW, ...(maxYears === undefined ? {} : { maxYears }) },
    ).ok;
  test.each([
    ['2029-11-22', 'UTC', true],
    ['2029-11-22', 'Pacific/Pago_Pago', true],
    ['2029-11-22', 'Pacific/Kiritimati', true],
    ['2029-11-25', 'UTC', false],
    ['2029-11-25', 'Pacific/Kiritimati', false],
  ])('%s in %s: %s', (until, zone, expected) => {
    expect(reached(until, zone)).toBe(expected);
  });
  test('a setting lowers the limit and never lifts it', () => {
    expect(reached('2028-01-01', 'UTC', 1)).toBe(false);
    expect(reached('2027-11-22', 'UTC', 1)).toBe(true);
    expect(reached('2032-01-01', 'UTC', 10)).toBe(false);
  });
  test('an end in the past is no error: the policy that runs must still be read', () => {
    expect(reached('2020-01-01')).toBe(true);
  });
});

describe('the digest', () => {
  const two = [
    partnerFile({ hosts: ['a.example', 'b.example'], ports: [80, 81], listeners: ['x', 'y'] }),
    partnerFile({
      id: 'shop',
      hosts: ['c.example'],
      release: [
        { header: 'X-MSISDN', as: 'unchanged' },
        { header: 'X-IMSI', as: 'unchanged' },
      ],
    }),
  ];
  const base = compiled({ partners: two, deny: [{ hosts: ['d.example', 'e.example'], reason: 'r' }] });

  const ALL = [compiled({ partners: [partnerFile()] }).digest];

  test('is 64 hexadecimal digits, and the same at another time', () => {
    expect(base.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(
      compiled({ partners: two, deny: [{ hosts: ['d.example', 'e.example'], reason: 'r' }] }, NOW + 86_400_000).digest,
    ).toBe(base.digest);
  });

  test('does not depend on order, spelling of hosts, comments or quoting', () => {
    const reversed = {
      deny: [{ reason: 'r', hosts: ['e.example', 'd.example'] }],
      partners: [
        partnerFile({
          id: 'shop',
          hosts: ['C.example.'],
          release: [
            { header: 'X-IMSI', as: 'unchanged' },
            { header: 'X-MSISDN', as: 'unchanged' },
          ],
        }),
        partnerFile({ hosts: ['b.example', 'A.EXAMPLE'], ports: [81, 80], listeners: ['y', 'x'] }),
      ],
    };
    expect(compiled(reversed).digest).toBe(base.digest);
    const yaml = `# a comment\n${policyText(reversed).replaceAll('"tls"', 'tls')}\n# another\n`;
    const outcome = compilePolicy({ file: 'other.yaml', text: yaml }, { now: NOW });
    expect(outcome.ok && outcome.value.digest).toBe(base.digest);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a host', { partners: [partnerFile({ hosts: ['a.example'] })] }],
    ['a wildcard for a host', { partners: [partnerFile({ hosts: ['*.bank.example'] })] }],
    ['a deeper wildcard', { partners: [partnerFile({ hosts: ['**.bank.example'] })] }],
    ['a form', { partners: [partnerFile({ release: [{ header: 'X-MSISDN', as: 'pseudonym', key: 'k-2026' }] })] }],
    ['another key', { partners: [partnerFile({ release: [{ header: 'X-MSISDN', as: 'pseudonym', key: 'k-2027' }] })] }],
    [
      'two keys in an order',
      { partners: [partnerFile({ release: [{ header: 'X-MSISDN', as: 'pseudonym', key: ['a', 'b'] }] })] },
    ],
    [
      'two keys in another order',
      { partners: [partnerFile({ release: [{ header: 'X-MSISDN', as: 'pseudonym', key: ['b', 'a'] }] })] },
    ],
    ['a spelling for the partner', { partners: [partnerFile({ release: [{ header: 'X_MSISDN', as: 'unchanged' }] })] }],
    ['an end', { partners: [partnerFile({ until: '2027-12-30' })] }],
    ['a start', { partners: [partnerFile({ from: '2026-01-01' })] }],
    ['a transport', { partners: [partnerFile({ transport: 'http' })] }],
    ['a port', { partners: [partnerFile({ ports: [8080] })] }],
    ['a port that we connect to', { partners: [partnerFile({ connect: 8443 })] }],
    ['a listener', { partners: [partnerFile({ listeners: ['internet'] })] }],
    ['an own service', { partners: [partnerFile({ own: true })] }],
    ['a detector', { partners: [partnerFile()], detection: { exact: 'count' } }],
    [
      'an own header',
      { partners: [partnerFile()], identity: { headers: [{ name: 'X-Acme-Line', carries: 'msisdn' }] } },
    ],
    [
      'an own prefix',
      { partners: [partnerFile()], identity: { headers: [{ prefix: 'X-Acme-Line', carries: 'msisdn' }] } },
    ],
    ['a deny', { partners: [partnerFile()], deny: [{ hosts: ['a.example'], reason: 'r' }] }],
    ['a purpose', { partners: [partnerFile({ purpose: 'carrier billing' })] }],
    ['nothing at all', { releasesNothing: true }],
  ])('is another for %s', (_what, file) => {
    ALL.push(compiled(file).digest);
    expect(new Set(ALL).size).toBe(ALL.length);
  });

  test('covers the engine’s data, and whatever is added to the effective policy', () => {
    const effective = effectivePolicyOf(base.policy);
    expect(digestOf(effective)).toBe(base.digest);
    const { engine } = effective;
    for (const key of Object.keys(engine)) {
      expect(digestOf({ ...effective, engine: { ...engine, [key]: 'another' } })).not.toBe(base.digest);
    }
    expect(digestOf(effectivePolicyOf(base.policy, { keys: { 'k-2026': 'thumbprint' } }))).not.toBe(base.digest);
  });

  test('names the suffix list that is installed', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/tldts/package.json'), 'utf8')) as {
      version: string;
    };
    expect(effectivePolicyOf(base.policy).engine.suffixList).toBe(`tldts-${version}`);
  });
});

test('the places of a policy’s items are those of the file', () => {
  const text = [
    'version: 1',
    'identity:',
    '  headers: [{ name: X-Acme-Line, carries: msisdn }]',
    '  watch: [{ name: Client-ID, reason: r, owner: o, until: 2027-01-01 }]',
    'partners:',
    '  - id: bank',
    '    name: Bank',
    '    purpose: age',
    '    owner: me',
    '    hosts: [a.example, "*.b.example"]',
    '    transport: tls',
    '    release: [{ header: X-MSISDN, as: unchanged }, { header: X-IMSI, as: unchanged }]',
    '    until: 2027-12-31',
    'deny: [{ hosts: [d.example], reason: r }]',
    'detection: { exact: count }',
    'suppressions: [{ field: X-Phone, host: h.example, reason: r, owner: o, until: 2027-01-01 }]',
    '',
  ].join('\n');
  const source = { file: 'p.yaml', text };
  const outcome = compilePolicy(source, { now: NOW });
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  const { places } = outcome.value;
  const at = (span: ReturnType<typeof places.partner>): string | undefined =>
    underlined(source, { code: '', severity: 'error', message: '', ...(span === undefined ? {} : { span }) });
  expect([
    at(places.partner(0)),
    at(places.partnerKey(0, 'transport')),
    at(places.partnerKey(0, 'ports')),
    at(places.host(0, 1)),
    at(places.release(0, 1)),
    at(places.deny(0)),
    at(places.denyHost(0, 0)),
    at(places.ownHeader(0)),
    at(places.watch(0)),
    at(places.suppression(0)),
    at(places.detection('exact')),
    at(places.partner(1)),
    at(places.numbers(0)),
  ]).toEqual([
    'bank',
    'tls',
    'bank',
    '"*.b.example"',
    '{ header: X-IMSI, as: unchanged }',
    '{ hosts: [d.example], reason: r }',
    'd.example',
    '{ name: X-Acme-Line, carries: msisdn }',
    '{ name: Client-ID, reason: r, owner: o, until: 2027-01-01 }',
    '{ field: X-Phone, host: h.example, reason: r, owner: o, until: 2027-01-01 }',
    'count',
    undefined,
    undefined,
  ]);
});

test('a file of 10 MB is refused before it is read', () => {
  const text = `version: 1\n${'# a comment\n'.repeat(1_000_000)}`;
  expect(compilePolicy({ file: 'p', text }, { now: NOW }).problems.map((problem) => problem.code)).toEqual([
    'yaml-size',
  ]);
  expect(parseDocument({ file: 'p', text }).ok).toBe(false);
});

test('partners that share a host on over a million combinations of port and listener are refused, and so is nothing else', () => {
  const partners = Array.from({ length: 101 }, (_, index) =>
    partnerFile({
      id: `p${index}`,
      ports: Array.from({ length: 100 }, (_port, port) => 1 + index * 100 + port),
      listeners: Array.from({ length: 100 }, (_listener, listener) => `l${listener}`),
    }),
  );
  const codes = (file: Record<string, unknown>): readonly string[] =>
    compilePolicy({ file: 'p', text: policyText(file) }, { now: NOW }).problems.map((problem) => problem.code);
  expect(codes({ partners })).toEqual(['partners-combinations']);
  expect(codes({ partners: partners.slice(1) })).toEqual([]);
});

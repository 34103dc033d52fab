// Generated decision tests: they pass as they are written, they stand on both sides of every edge, and a moved edge fails some of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderProblems } from '../../src/document/render.js';
import { compilePolicy, type Compiled } from '../../src/policy/compile.js';
import { boundaryTestsOf } from '../../src/review/boundary-tests.js';
import { readDecisionTests } from '../../src/review/decision-tests.js';
import { judgeTests } from '../../src/review/judge.js';
import { renderDecisionTests } from '../../src/review/render-tests.js';
import { formatYaml } from '../../src/document/format-yaml.js';
import { compiled, NOW, partnerFile } from '../policy/fixture.js';

const FILE = {
  timezone: 'Europe/London',
  identity: {
    headers: [{ name: 'X-Acme-Line', carries: 'msisdn' }],
    watch: [{ name: 'Client-ID', reason: 'r', owner: 'o@operator.example', until: '2027-06-30' }],
  },
  partners: [
    partnerFile({
      hosts: ['pay.bank.example', '*.shop.bank.example', '**.cdn.bank.example'],
      ports: [80, 8080],
      listeners: ['internet', 'roaming'],
      release: [
        { header: 'X-MSISDN', as: 'unchanged' },
        { header: 'X-IMSI', as: 'pseudonym', key: 'bank-2026' },
      ],
      from: '2026-01-01',
    }),
    partnerFile({ id: 'mms', own: true, hosts: ['mms', '192.0.2.7', '2001:db8::7'], transport: 'http' }),
    partnerFile({ id: 'over', hosts: ['over.example'], from: '2026-01-01', until: '2026-02-01' }),
  ],
  deny: [{ hosts: ['**.games.cdn.bank.example'], reason: 'regulator' }],
};
const BASE = compiled(FILE);

const textOf = (policy: Compiled): string =>
  renderDecisionTests(boundaryTestsOf(policy, NOW), {
    at: NOW,
    timezone: 'Europe/London',
    heading: ['Made for a test.'],
  });
const TEXT = textOf(BASE);

const failuresOf = (policy: Compiled, text = TEXT): readonly string[] => {
  const source = { file: 'tests.yaml', text };
  const tests = readDecisionTests(source, 'Europe/London');
  if (!tests.ok) throw new Error(renderProblems(tests.problems, [source]));
  return judgeTests(policy, tests.value).problems.map(({ message }) => message);
};

test('what is generated is a file of tests that pass', () => {
  expect(failuresOf(BASE)).toEqual([]);
  expect(TEXT.match(/- name:/g)?.length).toBeGreaterThan(40);
});

const ACCEPTED = resolve(__dirname, '../cases/policy');
test.each(readdirSync(ACCEPTED).filter((name) => /^accepted-.*\.yaml$/.test(name)))(
  'what is generated for %s passes',
  (name) => {
    const source = { file: name, text: readFileSync(join(ACCEPTED, name), 'utf8') };
    const outcome = compilePolicy(source, { now: NOW });
    if (!outcome.ok) throw new Error(renderProblems(outcome.problems, [source]));
    const tests = boundaryTestsOf(outcome.value, NOW);
    if (tests.length > 0) expect(failuresOf(outcome.value, textOf(outcome.value))).toEqual([]);
    expect(tests.length > 0).toBe(outcome.value.policy.partners.length + outcome.value.policy.deny.length > 0);
  },
);

test('every case has a comment above it, and no case stands twice', () => {
  const lines = TEXT.split('\n');
  const cases = lines.flatMap((line, index) => (line.startsWith('  - name: ') ? [index] : []));
  expect(cases.filter((index) => !(lines[index - 1] ?? '').startsWith('  # '))).toEqual([]);
  const bodies = TEXT.split(/^ {2}# .*\n {2}- name: .*\n/m).slice(1);
  expect(new Set(bodies).size).toBe(bodies.length);
});

test('both sides of every edge are asked about', () => {
  for (const url of [
    'http://pay.bank.example/',
    'http://x-boundary.pay.bank.example/',
    'http://x-boundary.bank.example/',
    'http://not-pay.bank.example/',
    'http://x-boundary.shop.bank.example/',
    'http://shop.bank.example/',
    'http://x-boundary.x-boundary.shop.bank.example/',
    'http://cdn.bank.example/',
    'http://x-boundary.x-boundary.cdn.bank.example/',
    'http://pay.bank.example:8080/',
    'http://pay.bank.example:81/',
    'http://mms/',
    'http://192.0.2.7/',
    'http://[2001:db8::7]/',
    'http://x-boundary.games.cdn.bank.example/',
  ])
    expect(TEXT).toContain(`url: "${url}"\n`);
  for (const at of [
    '2025-12-31T23:59:59.999Z',
    '2026-01-01T00:00:00Z',
    '2027-12-31T23:59:59.999Z',
    '2028-01-01T00:00:00Z',
  ])
    expect(TEXT).toContain(`at: ${at}\n`);
  for (const line of ['listener: "roaming"', 'listener: "x-boundary"', 'trusted: false', 'fields: ["X-Acme-Line"]'])
    expect(TEXT).toContain(line);
});

test('it is in the one layout already', () => {
  expect(formatYaml({ file: 'tests.yaml', text: TEXT })).toMatchObject({ ok: true, value: TEXT });
});

const [bank, ...others] = FILE.partners;
const changed = (over: Record<string, unknown>): Compiled =>
  compiled({ ...FILE, partners: [{ ...bank, ...over }, ...others] });

describe('each moved edge fails some of them', () => {
  test.each<[string, Compiled]>([
    ['a host taken away', changed({ hosts: ['*.shop.bank.example', '**.cdn.bank.example'] })],
    [
      'one label widened to any',
      changed({ hosts: ['pay.bank.example', '**.shop.bank.example', '**.cdn.bank.example'] }),
    ],
    [
      'an exact host made a wildcard',
      changed({ hosts: ['*.bank.example', '*.shop.bank.example', '**.cdn.bank.example'] }),
    ],
    [
      'the apex added',
      changed({ hosts: ['pay.bank.example', 'shop.bank.example', '*.shop.bank.example', '**.cdn.bank.example'] }),
    ],
    ['a port added', changed({ ports: [80, 81, 8080] })],
    ['a port taken away', changed({ ports: [80] })],
    ['a listener taken away', changed({ listeners: ['internet'] })],
    ['all listeners', compiled({ ...FILE, partners: [{ ...bank, listeners: undefined }, ...others] })],
    ['a later start', changed({ from: '2026-01-02' })],
    ['an earlier start', changed({ from: '2025-12-31' })],
    ['a later end', changed({ until: '2028-01-01' })],
    ['an earlier end', changed({ until: '2027-12-30' })],
    [
      'another form',
      changed({
        release: [
          { header: 'X-MSISDN', as: 'unchanged' },
          { header: 'X-IMSI', as: 'unchanged' },
        ],
      }),
    ],
    [
      'a header more',
      changed({ release: [...(bank?.['release'] as object[]), { header: 'X-Acme-Line', as: 'unchanged' }] }),
    ],
    ['a header less', changed({ release: [{ header: 'X-MSISDN', as: 'unchanged' }] })],
    ['another route', changed({ transport: 'http', hosts: ['pay.bank.example'] })],
    ['another connect', changed({ connect: 8443 })],
    ['a deny less', compiled({ ...FILE, deny: [] })],
    ['a watch less', compiled({ ...FILE, identity: { headers: FILE.identity.headers } })],
  ])('%s', (_, policy) => {
    expect(failuresOf(policy).length).toBeGreaterThan(0);
  });
});

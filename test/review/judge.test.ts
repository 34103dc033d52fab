// Decision tests: a true one passes, and each thing that a test can say fails when it is not so.
import { renderProblems } from '../../src/document/render.js';
import { readDecisionTests } from '../../src/review/decision-tests.js';
import { judgeTests } from '../../src/review/judge.js';
import { compiled, partnerFile } from '../policy/fixture.js';

const POLICY = compiled({
  timezone: 'Europe/London',
  identity: { watch: [{ name: 'Client-ID', reason: 'r', owner: 'o@operator.example', until: '2027-06-30' }] },
  partners: [
    partnerFile({
      hosts: ['pay.bank.example', '*.bank.example'],
      listeners: ['internet'],
      release: [
        { header: 'X-MSISDN', as: 'unchanged' },
        { header: 'X-IMSI', as: 'pseudonym', key: 'bank-2026' },
      ],
      from: '2026-01-01',
    }),
  ],
});

const judged = (text: string) => {
  const source = { file: 'tests.yaml', text };
  const tests = readDecisionTests(source, 'Europe/London');
  if (!tests.ok)
    return { passed: 0, failed: -1, said: renderProblems(tests.problems, [source]), problems: tests.problems };
  const outcome = judgeTests(POLICY, tests.value);
  return { ...outcome, said: renderProblems(outcome.problems, [source]) };
};
const one = (url: string, body: string) =>
  judged(`at: 2026-06-01\ntests:\n  - url: ${url}\n    listener: internet\n${body.replace(/^/gm, '    ')}\n`);
const PAY = 'http://pay.bank.example/';

describe('what is so passes', () => {
  test.each([
    [
      'a partner, its route and its headers',
      PAY,
      'fields: [X-MSISDN, X-IMSI, X-IMEI, Client-ID]\nexpect:\n  partner: bank\n  route: tls 443\n  headers: { X-MSISDN: unchanged, x_imsi: pseudonym, Client-ID: forwarded }\n  withheld: [X-IMEI]',
    ],
    ['a route without its port', PAY, 'expect: { partner: bank, route: tls }'],
    [
      'a stranger',
      'http://a.example/',
      'fields: { X-MSISDN: "447700900123", X-Other: ["447700900123"] }\nexpect: { stranger: true, withheld: [X-MSISDN, X-Other] }',
    ],
    ['an untrusted peer', PAY, 'trusted: false\nfields: [X-MSISDN]\nexpect: { partner: bank, withheld: [X-MSISDN] }'],
    ['a refusal', 'http://pay..bank.example/', 'expect: { refused: target }'],
    ['a tunnel', 'https://pay.bank.example/', 'expect: { tunnelled: true }'],
    ['a time of its own', PAY, 'at: 2025-12-31T23:59:59Z\nexpect: { stranger: true }'],
    ['a day in the zone of the policy', PAY, 'at: 2026-01-01\nexpect: { partner: bank }'],
    [
      'two spellings with two values',
      PAY,
      'fields: { X-MSISDN: ["447700900001", "447700900002"] }\nexpect: { partner: bank, withheld: [X-MSISDN] }',
    ],
  ])('%s', (_, url, body) => {
    expect(one(url, body)).toMatchObject({ passed: 1, failed: 0, said: '' });
  });
});

describe('what is not so fails, at the line that expects it, with what is so', () => {
  test.each([
    ['another partner', PAY, 'expect: { partner: shop }', 'expected partner `shop`, got partner `bank`', '`shop`'],
    ['no stranger', PAY, 'expect: { stranger: true }', 'expected stranger, got partner `bank`', 'true'],
    ['a stranger', 'http://a.example/', 'expect: { partner: bank }', 'expected partner `bank`, got stranger', 'bank'],
    [
      'another route',
      PAY,
      'expect: { partner: bank, route: http 80 }',
      'expected route `http 80`, got `tls 443`',
      'http 80',
    ],
    [
      'another port',
      PAY,
      'expect: { partner: bank, route: tls 8443 }',
      'expected route `tls 8443`, got `tls 443`',
      'tls 8443',
    ],
    [
      'another form',
      PAY,
      'fields: [X-IMSI]\nexpect: { partner: bank, headers: { X-IMSI: unchanged } }',
      'expected `X-IMSI` unchanged, got pseudonym',
      'unchanged',
    ],
    [
      'a header that is released',
      PAY,
      'fields: [X-MSISDN]\nexpect: { partner: bank, withheld: [X-MSISDN] }',
      'expected `X-MSISDN` withheld, got unchanged',
      'X-MSISDN',
    ],
    [
      'a header that is withheld',
      PAY,
      'fields: [X-IMEI]\nexpect: { partner: bank, headers: { X-IMEI: unchanged } }',
      'expected `X-IMEI` unchanged, got withheld',
      'unchanged',
    ],
    [
      'a release that the test does not name',
      PAY,
      'fields: [X-MSISDN, X-IMSI]\nexpect: { partner: bank, headers: { X-IMSI: pseudonym } }',
      'expected no other release, got `xmsisdn` unchanged',
      '{ X-IMSI: pseudonym }',
    ],
    [
      'a header that is not asked about',
      PAY,
      'expect: { partner: bank, withheld: [X-IMEI] }',
      'expected `X-IMEI` withheld, got nothing: it is not among `fields`',
      'X-IMEI',
    ],
    ['no refusal', PAY, 'expect: { refused: target }', 'expected refused `target`, got partner `bank`', 'target'],
    ['no tunnel', PAY, 'expect: { tunnelled: true }', 'expected tunnelled, got partner `bank`', 'true'],
  ])('%s', (_, url, body, message, underlined) => {
    const { failed, problems, said } = one(url, body);
    expect(failed).toBe(1);
    expect(problems.map((problem) => problem.message.replace(`${url}: `, ''))).toEqual([message]);
    expect(problems[0]).toMatchObject({ code: 'test-failed', severity: 'error' });
    const [, source = '', carets = ''] = said.split('\n');
    expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe(underlined.replaceAll('`', ''));
  });

  test('the line of the policy that decided is named', () => {
    const { problems } = one(PAY, 'fields: [X-MSISDN]\nexpect: { partner: bank, withheld: [X-MSISDN] }');
    expect(problems[0]?.help).toMatch(/^decided at policy\.yaml:\d+:\d+$/);
    expect(one(PAY, 'expect: { stranger: true }').problems[0]?.help).toMatch(/^decided at policy\.yaml:\d+:\d+$/);
  });

  test('a stranger near a partner is told what is missed', () => {
    const { problems } = one('http://bank.example/', 'expect: { partner: bank }');
    expect(problems[0]?.message).toContain(
      'got stranger (`bank.example` is the apex of `*.bank.example`: a wildcard does not cover it)',
    );
  });

  test('every test is run, and counted', () => {
    const text = `at: 2026-06-01
tests:
  - { name: a, url: "${PAY}", listener: internet, expect: { stranger: true } }
  - { name: b, url: "${PAY}", listener: internet, expect: { partner: bank } }
  - { name: c, url: "${PAY}", expect: { partner: bank } }
`;
    expect(judged(text)).toMatchObject({ passed: 1, failed: 2 });
    expect(judged(text).problems.map(({ message }) => message)).toEqual([
      'a: expected stranger, got partner `bank`',
      'c: expected partner `bank`, got stranger (no listener was named: `bank` receives identity on `internet`)',
    ]);
  });
});

describe('a file of another shape is refused', () => {
  test.each([
    ['no time', `tests: [{ url: "${PAY}", expect: { stranger: true } }]`, 'missing-key'],
    ['no tests', 'at: 2026-06-01\ntests: []', 'empty-list'],
    [
      'a key that nobody knows',
      `at: 2026-06-01\ntests: [{ url: "${PAY}", expects: {}, expect: { stranger: true } }]`,
      'unknown-key',
    ],
    ['an expectation of nothing', `at: 2026-06-01\ntests: [{ url: "${PAY}", expect: {} }]`, 'wrong-value'],
    [
      'an expectation of two things',
      `at: 2026-06-01\ntests: [{ url: "${PAY}", expect: { stranger: true, partner: bank } }]`,
      'wrong-value',
    ],
    [
      'a number that is not quoted',
      `at: 2026-06-01\ntests: [{ url: "${PAY}", fields: { X-MSISDN: 447700900123 }, expect: { stranger: true } }]`,
      'not-quoted',
    ],
    [
      'a day that does not exist',
      `at: 2026-02-30\ntests: [{ url: "${PAY}", expect: { stranger: true } }]`,
      'time-impossible',
    ],
    [
      'a form that is none',
      `at: 2026-06-01\ntests: [{ url: "${PAY}", expect: { partner: bank, headers: { X-IMSI: hashed } } }]`,
      'wrong-value',
    ],
  ])('%s', (_, text, code) => {
    const { failed, problems } = judged(text);
    expect(failed).toBe(-1);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0]?.span).toBeDefined();
  });
});

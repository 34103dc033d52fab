// Beside each rule of a policy stands an authority that the policy gives to nobody; none of them is a partner's.
import { edgesOf } from '../../src/canary/edges.js';
import { releaseAt, rulesOf, type Rules } from '../../src/canary/rules.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { parseAuthority } from '../../src/names/authority.js';
import { partner, policyText } from '../wire/harness/policy-text.js';

const nowMs = Date.now();
const at = { listener: null, nowMs };
const rules = (partners: readonly object[], more: object = {}): Rules => {
  const compiled = compilePolicy({ file: 'policy.yaml', text: policyText(partners, { ...more }) }, { now: nowMs });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  return rulesOf(compiled.value.policy, compiled.value.digest);
};
const release = [{ header: 'X-MSISDN', as: 'unchanged' }];
const hostsOf = (drawn: Rules, agreed = drawn): readonly string[] =>
  edgesOf(drawn, agreed, at).map(({ authority }) => authority);

test.each([
  [
    'pay.acme.example',
    [
      'x-boundary.pay.acme.example',
      'x-boundary.acme.example',
      'acme.example',
      'not-pay.acme.example',
      'pay.acme.example.x-boundary.example',
      'pay.acme.example:81',
    ],
  ],
  [
    '*.acme.example',
    [
      'acme.example',
      'x-boundary.x-boundary.acme.example',
      'not-acme.example',
      'acme.example.x-boundary.example',
      'x-boundary.acme.example:81',
    ],
  ],
  [
    '**.shop.acme.example',
    [
      'shop.acme.example',
      'x-boundary.acme.example',
      'acme.example',
      'not-shop.acme.example',
      'shop.acme.example.x-boundary.example',
      'x-boundary.shop.acme.example:81',
    ],
  ],
])('beside `%s`', (host, edges) => {
  const transport = host.startsWith('*') ? { transport: 'tls' } : {};
  expect(hostsOf(rules([partner({ id: 'acme', hosts: [host], release, ...transport })]))).toEqual(edges);
});

test('a host that another partner has is no edge, nor is one twice', () => {
  const both = rules([
    partner({ id: 'a', hosts: ['pay.acme.example'], release }),
    partner({ id: 'b', hosts: ['acme.example', 'not-pay.acme.example'], release }),
  ]);
  const hosts = hostsOf(both);
  expect(hosts).not.toContain('acme.example');
  expect(hosts).not.toContain('not-pay.acme.example');
  expect(new Set(hosts).size).toBe(hosts.length);
});

test('a host that is denied is an edge though a partner’s wildcard covers it', () => {
  const denied = rules([partner({ id: 'a', hosts: ['**.acme.example'], release, transport: 'tls' })], {
    deny: [{ hosts: ['shop.acme.example'], reason: 'regulator' }],
  });
  expect(hostsOf(denied)).toContain('shop.acme.example');
});

test('a port that the partner has is none, and 80 is one where it is not the partner’s', () => {
  const ports = rules([partner({ id: 'a', hosts: ['pay.acme.example'], release, ports: [8080, 8081], own: true })]);
  expect(hostsOf(ports)).toEqual(expect.arrayContaining(['pay.acme.example', 'x-boundary.pay.acme.example:8080']));
  expect(hostsOf(ports)).not.toContain('pay.acme.example:8081');
});

test('no edge of a wide policy is a partner’s in the agreed one, and each edge of the agreed one that the wide covers is asked', () => {
  const agreed = rules([partner({ id: 'a', hosts: ['pay.acme.example'], release })]);
  const wide = rules([partner({ id: 'a', hosts: ['**.acme.example'], release, transport: 'tls' })]);
  expect(
    hostsOf(agreed).filter((text) => {
      const authority = parseAuthority(text, 80);
      return authority !== undefined && releaseAt(wide, authority, at) !== undefined;
    }),
  ).toEqual(['x-boundary.pay.acme.example', 'x-boundary.acme.example', 'not-pay.acme.example']);
  expect(hostsOf(wide, agreed)).not.toContain('pay.acme.example');
});

// Admitted records and states that differ by a number, with a policy that was compiled.
import { createHash } from 'node:crypto';
import type { AdmittedRecord } from '../../src/change/admitted.js';
import type { GateState } from '../../src/change/gate-state.js';
import type { Policy } from '../../src/policy/policy.js';

export const TEXT = `version: 1
partners:
  - id: pay
    name: Acme Direct Billing Ltd
    purpose: carrier billing
    contract: DPA-2026-014
    owner: partners@operator.example
    hosts: [pay.acme.example, "*.checkout.acme.example"]
    transport: http
    release: [{ header: X-Acme-Token, as: pseudonym, key: acme }]
    from: 2026-01-01
    until: 2026-12-31
identity:
  headers: [{ name: X-Acme-Token, carries: token }]
deny: [{ hosts: ["**.gambling.example"], reason: regulator }]
`;

const period = { from: Date.UTC(2026, 0, 1), until: Date.UTC(2027, 0, 1) };

/** As `TEXT` compiles, written out: a program that is started hundreds of times need not compile it (test/change/state-documents.test.ts). */
export const POLICY: Policy = {
  version: 1,
  timezone: 'UTC',
  headers: [{ kind: 'name', key: 'xacmetoken', spelling: 'X-Acme-Token', carries: 'token' }],
  watch: [],
  numbers: [],
  detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' },
  partners: [
    {
      id: 'pay',
      own: false,
      name: 'Acme Direct Billing Ltd',
      purpose: 'carrier billing',
      contract: 'DPA-2026-014',
      owner: 'partners@operator.example',
      basis: null,
      country: null,
      hosts: [
        { kind: 'exact', host: 'pay.acme.example' },
        { kind: 'one', host: 'checkout.acme.example' },
      ],
      transport: 'http',
      ports: [80],
      connect: null,
      listeners: null,
      release: [{ key: 'xacmetoken', header: 'X-Acme-Token', class: 'token', form: 'pseudonym', keyIds: ['acme'] }],
      period,
    },
  ],
  deny: [
    {
      hosts: [{ kind: 'any', host: 'gambling.example' }],
      reason: 'regulator',
      listeners: null,
      period: { from: null, until: null },
    },
  ],
  suppressions: [],
  releasesNothing: false,
};

export const digestOfNumber = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

/** `padding` makes the document larger than one write of the system may be. */
export function recordOf(number: number, padding = 0): AdmittedRecord {
  return {
    digest: digestOfNumber(number),
    policy: POLICY,
    engine: { meaning: 1, keyRule: 1 },
    gated: { 'listeners.internet.clients': ['127.0.0.0/8'], maxYears: 3, 'approval.audience': 'edge' },
    runtime: {
      listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'path' }],
      destinations: {
        hosts: { 'news.example': { host: '192.0.2.7', port: 80 } },
        default: null,
        permit: [],
        refusedPorts: [22],
        resolvers: [],
        tls: { ca: [] },
      },
      connectPorts: [443],
      skewMs: 30_000,
      maxYears: 3,
    },
    rule: { required: 1, groups: { privacy: 1 }, audience: 'edge', signers: null, revoked: null },
    text: `${TEXT}# ${number}${'.'.repeat(padding)}\n`,
    admittedAt: Date.UTC(2026, 1, 1) + number,
    generation: 1,
    approvals: [digestOfNumber(-number - 1)],
  };
}

export function stateOf(number: number, more: Partial<GateState> = {}): GateState {
  return {
    version: 1,
    current: recordOf(number),
    breakGlass: null,
    previous: [],
    highestGeneration: 1,
    narrowings: [
      {
        at: 5,
        delta: {
          releases: [
            {
              member: 'name:xacmetoken',
              label: 'x-acme-token',
              permitted: { form: 'unchanged', keys: [], route: { transport: 'tls', port: 443 }, partner: 'pay' },
              listeners: { kind: 'except', members: [] },
              ports: { kind: 'only', members: [80] },
              from: null,
              until: 7,
              where: [
                { pattern: { kind: 'any', host: 'acme.example' }, except: [{ kind: 'exact', host: 'a.acme.example' }] },
              ],
            },
          ],
          settings: [{ setting: 'maxYears', before: 2, after: 3 }],
        },
      },
    ],
    history: null,
    ...more,
  };
}

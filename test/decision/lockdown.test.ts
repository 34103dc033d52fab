import type { Circumstances, Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import type { Policy } from '../../src/policy/policy.js';
import { circumstancesWith, headOf, rulesetFor } from './ruleset-fixture.js';

const NUMBER = '447700900123';
const PARTNER = 'Host: partner.example';
const SECURE = 'Host: pay.secure.example';
const STRANGER = 'Host: stranger.example';
const ID = `X-MSISDN: ${NUMBER}`;

const under = (
  lockdown: Circumstances['lockdown'],
  lines: readonly string[],
  policy: Partial<Policy> = {},
  more: Partial<Circumstances> = {},
): Forward => {
  const head = headOf('GET / HTTP/1.1', ...lines);
  const planned = plan(rulesetFor(policy), head, circumstancesWith({ lockdown, ...more }));
  if (planned.kind !== 'forward') throw new Error(JSON.stringify(planned));
  return planned;
};
const linesOf = ({ fields }: Forward): readonly string[] => fields.map(({ name, value }) => `${name}: ${value}`);

describe('lockdown for all', () => {
  test('a partner receives no identity header, in no form', () => {
    const lines = [PARTNER, 'Accept: */*', ID, 'X-IMSI: 001010123456789', 'X-Acme-Line: 447700900124', 'X-A: 1'];
    expect(linesOf(under('off', lines))).toHaveLength(6);
    const planned = under('all', lines);
    expect(linesOf(planned)).toEqual([PARTNER, 'Accept: */*', 'X-A: 1']);
    expect(planned.verdict).toBe('stripped');
    expect(planned.counts.released).toEqual([]);
    expect(planned.counts.stripped.map(({ header }) => header)).toEqual(['x-msisdn', 'x-imsi', 'x-acme-line']);
    expect(planned.counts.spoofed).toEqual([]);
  });

  test('the operator’s own service receives none either', () => {
    const lines = ['Host: mms', `x-up-calling-line-id: ${NUMBER}`];
    expect(linesOf(under('off', lines))).toEqual(lines);
    expect(linesOf(under('all', lines))).toEqual(['Host: mms']);
  });

  test('every name of the catalogue but Via is withheld, whatever its grade', () => {
    const names = CATALOGUE.map((entry) => entry.name ?? `${entry.prefix ?? ''}more`);
    const lines = [PARTNER, ...names.map((name) => `${name}: ${NUMBER}`)];
    expect(linesOf(under('all', lines, {}, { limits: { headBytes: 1e6, fields: 1000 } }))).toEqual([PARTNER]);
    expect(linesOf(under('all', [STRANGER, 'Via: 1.1 gw']))).toEqual([STRANGER, 'Via: 1.1 gw']);
  });

  test('a watched name is withheld', () => {
    const lines = [STRANGER, 'Client-ID: abcdefghijklmnopqrstuvwxyz'];
    expect(linesOf(under('off', lines))).toEqual(lines);
    expect(linesOf(under('all', lines))).toEqual([STRANGER]);
  });

  test('no suppression holds', () => {
    const lines = ['Host: api.taxi.example', ID, `X-Phone: ${NUMBER}`];
    expect(linesOf(under('off', lines))).toEqual(['Host: api.taxi.example', `X-Phone: ${NUMBER}`]);
    const planned = under('all', lines);
    expect(linesOf(planned)).toEqual(['Host: api.taxi.example']);
    expect(planned.counts.leaked).toEqual([
      { class: 'msisdn', detector: 'exact', outcome: 'contained', field: 'X-Phone' },
    ]);
  });

  test.each([
    ['a needle', [ID, `X-Tracking: ${NUMBER}`]],
    ['a number of ours', ['X-Tracking: 447700900555']],
    ['a name that hints at a number', ['X-New-Msisdn: abc']],
  ])('what detectors find is withheld though the policy only counts it: %s', (_what, lines) => {
    const detection = { exact: 'count', numbers: 'count', hints: 'count', novelty: 'observe' } as const;
    const numbers = [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: [], placeholders: [] }];
    const policy = { detection, numbers };
    expect(linesOf(under('off', [STRANGER, ...lines], policy))).toHaveLength(2);
    expect(linesOf(under('all', [STRANGER, ...lines], policy))).toEqual([STRANGER]);
  });

  test('Cookie, Referer and the target stay the subscriber’s', () => {
    const lines = [STRANGER, `Cookie: m=${NUMBER}`, `Referer: http://a.example/?m=${NUMBER}`];
    expect(linesOf(under('all', [...lines, ID]))).toEqual(lines);
  });
});

/** Of eight values at most is each looked for elsewhere in its request: which ones must not change. */
describe('a value that was looked for without lockdown is looked for under it', () => {
  const TOKEN = 'OTgxNTk2NDk0AKt3vhJ9';
  const eight = (name: string): string[] => [...'abcdefgh'].map((letter) => `${name}: OTgxNTk2NDk0AKt3vh${letter}`);
  const withheld = (lockdown: Circumstances['lockdown'], lines: readonly string[]): void => {
    expect(linesOf(under('off', lines)).join()).not.toContain('X-Tracking');
    expect(linesOf(under(lockdown, lines)).join()).not.toContain('X-Tracking');
  };

  test.each(['all', new Set(['plain'])] as const)(
    'what would leave unchanged stands before what would not (%p)',
    (lockdown) => {
      withheld(lockdown, [PARTNER, ...eight('X-UIDH'), `X-Acme-Sub-Plan: ${TOKEN}`, `X-Tracking: ${TOKEN}`]);
    },
  );

  test.each(['Client-ID', 'X-Telenor-ACR'])('what lockdown alone withholds stands last: %s', (name) => {
    withheld('all', [STRANGER, ...eight(name), `X-UIDH: ${TOKEN}`, `X-Tracking: ${TOKEN}`]);
  });
});

describe('lockdown of a partner', () => {
  const plainOnly = new Set(['plain']);

  test('it receives what a stranger does; the others what they did', () => {
    expect(linesOf(under(plainOnly, [PARTNER, ID]))).toEqual([PARTNER]);
    expect(linesOf(under(plainOnly, ['Host: one.shops.partner.example', ID]))).toEqual([
      'Host: one.shops.partner.example',
    ]);
    expect(linesOf(under(plainOnly, [SECURE, ID]))).toEqual([SECURE, ID]);
    expect(linesOf(under(new Set(['nobody']), [PARTNER, ID]))).toEqual([PARTNER, ID]);
  });

  test.each(['all', new Set(['secure'])] as const)('the route stays its own: TLS to its port (%p)', (lockdown) => {
    const planned = under(lockdown, [SECURE, ID]);
    expect(linesOf(planned)).toEqual([SECURE]);
    expect(planned.route).toEqual({ transport: 'tls', host: 'pay.secure.example', kind: 'name', port: 8443 });
    expect(planned.partner).toBe('secure');
  });

  test('a name in quarantine is withheld from it, as from a stranger', () => {
    const quarantined = new Set(['xnew']);
    const lines = [PARTNER, 'X-New: 1'];
    expect(linesOf(under('off', lines, {}, { quarantined }))).toEqual(lines);
    expect(linesOf(under(plainOnly, lines, {}, { quarantined }))).toEqual([PARTNER]);
  });

  test('no suppression holds at its hosts', () => {
    const suppressions = [
      {
        key: 'xphone',
        spelling: 'X-Phone',
        host: 'partner.example',
        reason: 'its own',
        owner: 'ops@operator.example',
        period: { from: null, until: null },
      },
    ];
    const lines = [PARTNER, ID, `X-Phone: ${NUMBER}`];
    expect(linesOf(under('off', lines, { suppressions }))).toEqual(lines);
    expect(linesOf(under(plainOnly, lines, { suppressions }))).toEqual([PARTNER]);
  });

  test('a watched name reaches it, as it reaches a stranger', () => {
    const lines = [PARTNER, 'Client-ID: abc'];
    expect(linesOf(under(plainOnly, lines))).toEqual(lines);
  });
});

test.each(['all', new Set(['plain'])] as const)(
  'a header named in Connection is withheld all the same (%p)',
  (lockdown) => {
    const planned = under(lockdown, [PARTNER, 'Connection: X-MSISDN', ID]);
    expect(linesOf(planned)).toEqual([PARTNER]);
    expect(planned.counts.nominated).toBe(1);
  },
);

test('a tunnel is opened all the same: nothing of its head leaves', () => {
  const head = headOf('CONNECT partner.example:443 HTTP/1.1', 'Host: partner.example:443', ID);
  expect(plan(rulesetFor(), head, circumstancesWith({ lockdown: 'all' })).kind).toBe('tunnel');
});

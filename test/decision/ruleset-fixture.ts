// One policy, built by hand as a value, for the tests of the decision: partners over http and TLS, every kind of pattern.
import type { RequestHead } from '../../src/http/message.js';
import type { Circumstances } from '../../src/decision/plan-types.js';
import type { HostPattern, Partner, Policy, ReleaseRule } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Ruleset } from '../../src/policy/ruleset.js';

export const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
/** The fixture's partners hold in this period. */
export const PERIOD = { from: NOW - 30 * DAY, until: NOW + 30 * DAY };

const exact = (host: string): HostPattern => ({ kind: 'exact', host });
const unchanged = (header: string, key: string, carries: ReleaseRule['class']): ReleaseRule => ({
  key,
  header,
  class: carries,
  form: 'unchanged',
  keyIds: [],
});

const partner = (id: string, rest: Partial<Partner>): Partner => ({
  id,
  own: false,
  name: id,
  purpose: 'tests',
  contract: null,
  owner: 'partners@operator.example',
  basis: null,
  country: null,
  hosts: [],
  transport: 'http',
  ports: [80],
  connect: null,
  listeners: null,
  release: [],
  period: PERIOD,
  ...rest,
});

export const POLICY: Policy = {
  version: 1,
  timezone: 'UTC',
  headers: [
    { kind: 'name', key: 'xacmeline', spelling: 'X-Acme-Line', carries: 'msisdn' },
    { kind: 'prefix', key: 'xacmesub', spelling: 'X-Acme-Sub-', carries: 'token' },
  ],
  watch: [
    {
      key: 'clientid',
      spelling: 'Client-ID',
      reason: 'common API header',
      owner: 'ops@operator.example',
      period: { from: null, until: PERIOD.until },
    },
  ],
  numbers: [
    {
      countryCode: '44',
      ranges: [{ prefix: '447700900', digits: 12 }],
      plmns: ['00101'],
      placeholders: ['99999999999'],
    },
  ],
  detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' },
  partners: [
    partner('plain', {
      hosts: [exact('partner.example'), { kind: 'one', host: 'shops.partner.example' }, exact('cut.denied.example')],
      ports: [80, 8080],
      release: [
        unchanged('X-MSISDN', 'xmsisdn', 'msisdn'),
        unchanged('X-Acme-Sub-Plan', 'xacmesubplan', 'token'),
        { key: 'ximsi', header: 'X-IMSI', class: 'imsi_imei', form: 'pseudonym', keyIds: ['one'] },
        { key: 'xacmeline', header: 'X-Acme-Line', class: 'msisdn', form: 'pseudonym', keyIds: ['one', 'two'] },
        { key: 'xnokiamsisdn', header: 'X-Nokia-MSISDN', class: 'msisdn', form: 'pseudonym', keyIds: ['gone'] },
        unchanged('X-Forwarded-For', 'xforwardedfor', 'address'),
      ],
    }),
    partner('secure', {
      hosts: [exact('pay.secure.example'), { kind: 'any', host: 'deep.secure.example' }],
      transport: 'tls',
      connect: 8443,
      listeners: ['internet'],
      release: [unchanged('X-MSISDN', 'xmsisdn', 'msisdn')],
    }),
    partner('mms', {
      own: true,
      hosts: [exact('mms')],
      release: [unchanged('x-up-calling-line-id', 'xupcallinglineid', 'msisdn')],
    }),
  ],
  deny: [
    {
      hosts: [{ kind: 'any', host: 'denied.example' }],
      reason: 'regulator',
      listeners: null,
      period: { from: null, until: null },
    },
  ],
  suppressions: [
    {
      key: 'xphone',
      spelling: 'X-Phone',
      host: 'api.taxi.example',
      reason: 'sends its own user’s number',
      owner: 'ops@operator.example',
      period: { from: null, until: null },
    },
  ],
  releasesNothing: false,
};

export const rulesetFor = (changes: Partial<Policy> = {}): Ruleset =>
  rulesetOf({ ...POLICY, ...changes }, '0'.repeat(64));

export const RULESET = rulesetFor();

export const KEYS: ReadonlyMap<string, Uint8Array> = new Map([
  ['one', new Uint8Array(32).fill(1)],
  ['two', new Uint8Array(32).fill(2)],
]);

export const circumstancesWith = (changes: Partial<Circumstances> = {}): Circumstances => ({
  now: NOW,
  highestMs: NOW,
  skewMs: 30_000,
  listener: 'internet',
  trusted: true,
  quarantined: new Set(),
  lockdown: 'off',
  keys: KEYS,
  connectPorts: [443],
  via: false,
  limits: { headBytes: 32_768, fields: 128 },
  ...changes,
});

/** `GET / HTTP/1.1` and lines of `Name: value`, as the head reader gives them. */
export function headOf(start: string, ...lines: string[]): RequestHead {
  const [method = '', target = '', version = ''] = start.split(' ');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '') };
  });
  return { method, target, version: version.replace('HTTP/', ''), fields };
}

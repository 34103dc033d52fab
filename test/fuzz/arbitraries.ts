// Requests as an attacker, a gateway and an application would write them, mixed: identity in every spelling, nominations,
// hop-by-hop fields, partners and strangers. Well-formed by construction; garbage.test.ts has the rest.
import fc from 'fast-check';
import type { Circumstances, Lockdown } from '../../src/decision/plan-types.js';
import type { Field, RequestHead } from '../../src/http/message.js';
import type { Policy } from '../../src/policy/policy.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import { circumstancesWith, NOW, PERIOD, POLICY } from '../decision/ruleset-fixture.js';

/** Names that are withheld unless released, written out from the data and not through the code under test. */
export const STRIPPED_NAMES: readonly string[] = [
  ...CATALOGUE.filter((entry) => entry.grade !== 'C').map((entry) => entry.name ?? `${entry.prefix ?? ''}more`),
  'X-Acme-Line',
  'X-Acme-Sub-Plan',
  'X-Acme-Sub-Other',
].filter((name) => name !== 'clientid');

/** Weighted towards what the fixture's partners are released. */
const identityName = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom('X-MSISDN', 'X-IMSI', 'X-Acme-Line', 'X-Acme-Sub-Plan', 'X-Up-Calling-Line-ID'),
  },
  { weight: 3, arbitrary: fc.constantFrom(...STRIPPED_NAMES) },
);

/** Another spelling with the same key: other case, other or no separators, `HTTP_` in front. */
export const spellingOf = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
      fc.constantFrom('-', '_', '.', '', '+', "'", '--', '~'),
      fc.constantFrom('', '', '', 'HTTP_', 'http-', '_'),
    )
    .map(([cases, separator, prefix]) => {
      const letters = [...name].map((char, index) => (cases[index] === true ? char.toUpperCase() : char.toLowerCase()));
      return prefix + letters.join('').replaceAll(/[^A-Za-z0-9]/g, separator);
    });

export const number = fc.integer({ min: 0, max: 999 }).map((n) => `447700900${String(n).padStart(3, '0')}`);
const imsi = fc.integer({ min: 0, max: 999 }).map((n) => `001010123456${String(n).padStart(3, '0')}`);
const token = fc.stringMatching(/^[A-Za-z0-9]{20,40}$/);
/** Identity as an address: what is in front of the host is read, the host is everybody's. */
const address = fc
  .tuple(
    fc.oneof(number, imsi, token),
    fc.constantFrom('', 'sip:', 'SIPS:+', 'sip:%2B', 'tel:+', '0', '6', 'urn:gsma:imei:'),
    fc.constantFrom(
      '',
      '@wlan.operator.example',
      '@ims.mnc001.mcc001.3gppnetwork.org',
      '@447700900123:5060;user=phone',
    ),
  )
  .map(([whose, before, behind]) => before + whose + behind);
const plain = fc.stringMatching(/^[ -~]{0,12}$/).map((text) => text.trim());

export const identityField: fc.Arbitrary<Field> = fc
  .tuple(identityName.chain(spellingOf), fc.oneof(number, number, imsi, token, plain, address))
  .map(([name, value]) => ({ name, value }));

/** Ordinary names, of which some hold a number. */
const ordinaryField: fc.Arbitrary<Field> = fc
  .tuple(
    fc.constantFrom(
      'Accept',
      'User-Agent',
      'Cookie',
      'Referer',
      'Client-ID',
      'X-Phone',
      'X-New',
      'Via',
      '__proto__',
      'X-Telenor-ACR',
    ),
    fc.oneof(
      plain,
      number,
      number.map((text) => `id=+${text};`),
      token,
      address,
    ),
  )
  .map(([name, value]) => ({ name, value }));

const connectionField: fc.Arbitrary<Field> = fc.oneof(
  fc
    .array(
      fc.oneof(
        fc.constantFrom('close', 'keep-alive', 'X-New', 'Host', 'Content-Length', 'Accept'),
        identityName.chain(spellingOf),
      ),
      { maxLength: 3 },
    )
    .map((options) => ({ name: 'Connection', value: options.join(', ') })),
  fc.constantFrom(
    { name: 'Keep-Alive', value: 'timeout=5' },
    { name: 'TE', value: 'trailers' },
    { name: 'Trailer', value: 'X-MSISDN' },
    { name: 'Proxy-Authorization', value: 'Basic eDp5' },
    { name: 'Transfer_Encoding', value: 'chunked' },
    { name: 'Upgrade', value: 'h2c' },
  ),
);

export const HOSTS = [
  'partner.example',
  'PARTNER.example.:80',
  'one.shops.partner.example',
  'pay.secure.example',
  'a.b.deep.secure.example',
  'mms',
  'stranger.example',
  'partner.example.evil.example',
  'partner.example:8080',
  'partner.example:81',
  'cut.denied.example',
  'api.taxi.example',
  '192.0.2.7',
] as const;

export const fields: fc.Arbitrary<readonly Field[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: identityField },
    { weight: 4, arbitrary: ordinaryField },
    { weight: 1, arbitrary: connectionField },
  ),
  { maxLength: 14 },
);

/** A well-formed head of GET, in origin-form or absolute-form; Host stands anywhere. */
export const head: fc.Arbitrary<RequestHead> = fc
  .record({
    host: fc.constantFrom(...HOSTS),
    uri: fc.option(fc.constantFrom(...HOSTS)),
    fields,
    at: fc.nat(14),
    version: fc.constantFrom('1.1', '1.1', '1.0'),
  })
  .map(({ host, uri, fields: others, at, version }) => ({
    method: 'GET',
    target: uri === null ? '/p?q' : `http://${uri}/p?q`,
    version,
    fields: [...others.slice(0, at), { name: 'Host', value: host }, ...others.slice(at)],
  }));

/** For all, of some of the fixture's partners, of nobody that there is. */
export const lockdown: fc.Arbitrary<Lockdown> = fc.oneof(
  { weight: 2, arbitrary: fc.constant('all' as const) },
  { weight: 3, arbitrary: fc.subarray(['plain', 'secure', 'mms', 'gone']).map((ids) => new Set(ids)) },
);

export const circumstances: fc.Arbitrary<Circumstances> = fc
  .record({
    trusted: fc.boolean(),
    now: fc.constantFrom(NOW, NOW, NOW, PERIOD.from, PERIOD.until),
    back: fc.constantFrom(0, 0, 30_000, PERIOD.until - NOW),
    listener: fc.constantFrom('internet', 'roaming'),
    quarantined: fc.constantFrom(new Set<string>(), new Set(['xnew'])),
    via: fc.boolean(),
  })
  .map(({ back, ...rest }) => circumstancesWith({ ...rest, highestMs: rest.now + back }));

/** The fixture's policy with some releases, partners and settings taken away or changed. */
export const policy: fc.Arbitrary<Policy> = fc
  .record({
    partners: fc.subarray([...POLICY.partners]),
    rules: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    watch: fc.subarray([...POLICY.watch]),
    deny: fc.subarray([...POLICY.deny]),
    suppressions: fc.subarray([...POLICY.suppressions]),
    exact: fc.constantFrom('withhold' as const, 'withhold' as const, 'count' as const),
    others: fc.constantFrom('withhold' as const, 'count' as const),
  })
  .map(({ partners, rules, watch, deny, suppressions, exact, others }) => ({
    ...POLICY,
    partners: partners.map((partner) => ({
      ...partner,
      release: partner.release.filter((_rule, index) => rules[index] !== false),
    })),
    watch,
    deny,
    suppressions,
    detection: { exact, numbers: others, hints: others, novelty: 'observe' as const },
  }));

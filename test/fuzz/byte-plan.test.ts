// The plan on bytes is the plan: whenever it does not leave a request to the strings, `plan()` keeps the same fields as they were sent and
// counts the same; for any policy, names in any spelling, values with needles in any encoding.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { BytePlan } from '../../src/decision/byte-plan.js';
import { ByteRules } from '../../src/decision/byte-rules.js';
import type { DetectionTally, Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import { LinePool } from '../../src/http/head-lines.js';
import { KNOWN } from '../../src/http/known-name.js';
import type { Field } from '../../src/http/message.js';
import { RequestReader } from '../../src/http/request-reader.js';
import { parseAuthority } from '../../src/names/authority.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstancesWith, NOW, PERIOD, POLICY } from '../decision/ruleset-fixture.js';
import { latin1, LIMITS } from '../http/transcript.js';
import { policy, spellingOf, STRIPPED_NAMES } from './arbitraries.js';
import { holds } from './property.js';

const SKEW = 30_000;

/** Few values, so that what is in an identity header is often elsewhere too. */
const VALUES = ['447700900123', '447700900789', '07700900123', '+447700900123', '7700900123', '001010123456789'];
const TOKENS = ['AbCdEf0123456789+/xyz0987', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'OTgxNTk2NDk0ADJVquRu5NS5'];
const secret = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 2, arbitrary: fc.constantFrom(...TOKENS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('1', '00101', '10.1.2.3', 'tel:+447700900123', '447700900123, 447700900789'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'sip:+447700900123@ims.mnc001.mcc001.3gppnetwork.org;user=phone',
      '6001010123456789@nai.epc.mnc001.mcc001.3gppnetwork.org',
      '447700900123@447700900789',
      'tel:+44-7700-900123',
      'f81d4fae-7dec-11d0-a765-00a0c91e6bf6@operator',
    ),
  },
);

const swapped = (digits: string): string =>
  digits.replaceAll(/(.)(.?)/g, (_, a: string, b: string) => `${b || 'f'}${a}`);
const digest = (algorithm: string, form: 'hex' | 'base64url', text: string): string =>
  createHash(algorithm).update(text, 'latin1').digest(form);
const escaped = (text: string, some: readonly boolean[]): string =>
  [...text].map((c, i) => (some[i] === true ? `%${c.charCodeAt(0).toString(16)}` : c)).join('');

/** A value in one of the ways that a gateway, an application or an attacker writes it. */
const written = fc.tuple(secret, fc.nat(13), fc.array(fc.boolean(), { maxLength: 12 })).map(([text, way, some]) => {
  switch (way) {
    case 0:
      return Buffer.from(text).toString('base64');
    case 1:
      return Buffer.from(`x${text}`).toString('base64url');
    case 2:
      return Buffer.from(`{"n":"${text}"}`).toString('base64');
    case 3:
      return Buffer.from(text).toString('hex');
    case 4:
      return swapped(text);
    case 5:
      return swapped(`0${text}`).toUpperCase();
    case 6:
      return digest('md5', 'hex', text);
    case 7:
      return digest('sha256', 'base64url', text);
    case 8:
      return escaped(text, some);
    case 9:
      return encodeURIComponent(text);
    case 10:
      return text.slice(-9);
    case 11:
      return `00${text}`;
    default:
      return text;
  }
});

/** What stands in ordinary values, and what a decoder or a run could trip over. */
const filler = fc.oneof(
  fc.constantFrom(
    '%20',
    '%3D',
    '%2F',
    '%2B',
    '%',
    '%4',
    '%C3%A9',
    '%30',
    '%41',
    '%7b',
    '%%20',
    '; a=',
    '/',
    '-',
    '_',
    '+',
    '=',
  ),
  fc.constantFrom(
    'text/html',
    'GA1.2.1234567890.1700000000',
    'd41d8cd98f00b204e9800998ecf8427e',
    'session',
    '7',
    'f',
    '0',
  ),
  fc.constantFrom(
    '1ABEy2zR4mk0uVfBIDbLog',
    '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
    '1700000000123',
    '{"a":12345678}',
    ' ',
  ),
  fc.stringMatching(/^[0-9]{1,14}$/),
  fc.stringMatching(/^[!-~]{0,10}$/),
);
const value = fc
  .array(fc.oneof({ weight: 3, arbitrary: filler }, { weight: 1, arbitrary: written }), { maxLength: 4 })
  .map((parts) => parts.join('').trim());

const identity = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        'X-MSISDN',
        'X-IMSI',
        'X-Acme-Line',
        'X-Acme-Sub-Plan',
        'X-Forwarded-For',
        'X-Up-Calling-Line-ID',
      ),
      fc.constantFrom(...STRIPPED_NAMES).chain(spellingOf),
      fc.constantFrom('X-Acme-Sub-Plan', 'x-h3g-other', 'http-x-h3g-any', 'HTTP_Client_ID').chain(spellingOf),
    ),
    fc.oneof({ weight: 4, arbitrary: secret }, { weight: 1, arbitrary: value }),
  )
  .map(([name, text]) => ({ name, value: text }));

const ordinary = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        'Accept',
        'User-Agent',
        'Cookie',
        'Referer',
        'Via',
        'X-New',
        'X-Phone',
        'Client-ID',
        'Max-Forwards',
      ),
      fc.constantFrom(
        'X-Runtime-Id',
        'X-My-Msisdn',
        'X-Sim-Signal',
        'X-Cell-Id',
        'X-Telenor-ACR',
        'Authorization',
        'X-Acr',
      ),
      fc.constantFrom(
        'Proxy-Foo',
        'ProxyFoo',
        'P-roxy-Foo',
        'proxy',
        'Proxy-Authorization',
        'Proxy-Client-IP',
        'Proxy_Imsi',
      ),
      fc.constantFrom(
        'close',
        'Close',
        'Keep-Alive',
        'TE',
        'Ho-st',
        'Content_Length',
        'Http-Host',
        'http',
        'httphttp-x-msisdn',
      ),
      fc.stringMatching(/^[A-Za-z_.-]{1,12}$/),
    ),
    value,
  )
  .map(([name, text]) => ({ name, value: text }));

const special = fc.constantFrom(
  { name: 'Connection', value: 'keep-alive' },
  { name: 'Connection', value: 'close' },
  { name: 'Content-Length', value: '3' },
  { name: 'transfer-encoding', value: 'chunked' },
  { name: 'Authorization', value: 'Negotiate abc' },
  { name: 'Authorization', value: 'ntlm TlRMTVNTUAAB' },
  { name: 'authorization', value: 'Bearer NTLMx' },
);

const hosts = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('partner.example', 'PARTNER.example', 'pay.secure.example', 'mms') },
  { weight: 3, arbitrary: fc.constantFrom('stranger.example', 'api.taxi.example', 'cut.denied.example') },
);

const numbers: fc.Arbitrary<Policy['numbers'] | undefined> = fc.constantFrom(
  undefined,
  undefined,
  [],
  [{ countryCode: '447', ranges: [{ prefix: '44770', digits: 8 }], plmns: [], placeholders: ['99999999999'] }],
);

/** As the fixture's partners are released it. */
const due = fc
  .tuple(fc.constantFrom('X-MSISDN', 'X-MSISDN', 'X-Forwarded-For', 'X-Acme-Sub-Plan', 'x-up-calling-line-id'), secret)
  .map(([name, text]) => ({ name, value: text }));

const request = fc.record({
  host: hosts,
  path: value.map((text) => `/${text.replaceAll(/[^!-~]|#/g, '')}`),
  fields: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: identity },
      { weight: 4, arbitrary: due },
      { weight: 3, arbitrary: ordinary },
      { weight: 1, arbitrary: special },
    ),
    { maxLength: 5 },
  ),
  at: fc.nat(8),
  trusted: fc.constantFrom(true, true, false),
  tally: fc.constantFrom(undefined, 0, 0, 0, 2),
});

/** One policy for a few requests: its automata take a few milliseconds. */
const given = fc.record({
  policy,
  numbers,
  isUnchangedOnly: fc.constantFrom(true, true, true, false),
  hasSuppressions: fc.boolean(),
  now: fc.constantFrom(NOW, NOW, NOW, NOW, PERIOD.until - SKEW, PERIOD.until, PERIOD.from - 1),
  requests: fc.array(request, { minLength: 1, maxLength: 12 }),
});

/** The fixture's policy changed further: no pseudonyms, so that partners are for bytes too. */
function changed(
  policyOf: Policy,
  plans: Policy['numbers'] | undefined,
  isUnchangedOnly: boolean,
  hasSuppressions: boolean,
): Policy {
  const partners = (isUnchangedOnly ? POLICY : policyOf).partners.map((partner) => ({
    ...partner,
    release: partner.release.filter(({ form }) => !isUnchangedOnly || form === 'unchanged'),
  }));
  const suppressions = hasSuppressions ? policyOf.suppressions : [];
  return { ...policyOf, partners, suppressions, numbers: plans ?? policyOf.numbers };
}

interface Seen {
  all: number;
  bytes: number;
  strings: number;
  /** Left to the strings although bytes could have said it. */
  needless: number;
  released: number;
  stripped: number;
  skipped: number;
}

type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const plans = new BytePlan();
const pools = new WeakMap<ByteRules, LinePool>();

function poolOf(rules: ByteRules): LinePool {
  const pool = pools.get(rules) ?? new LinePool(LIMITS);
  if (pool.classes !== rules.names) pool.classes = rules.names;
  pools.set(rules, pool);
  return pool;
}

function judge(rules: ByteRules, one: Request, now: number, seen: Seen): void {
  const { ruleset } = rules;
  const written = one.fields.map((field) => `${field.name}: ${field.value}\r\n`);
  written.splice(one.at, 0, `Host: ${one.host}\r\n`);
  const bytes = latin1(`GET ${one.path} HTTP/1.1\r\n${written.join('')}\r\n........`);
  const reader = new RequestReader({ pool: poolOf(rules), authorityOf: (text) => parseAuthority(text, 80) });
  if (reader.read(bytes, 0, bytes.length - 8) !== 'head' || reader.unusual !== null) return;
  seen.all += 1;
  const tallyOf = (): { tally?: DetectionTally } => {
    if (one.tally === undefined) return {};
    return { tally: { cutValues: 0, digestValuesLeft: one.tally, digestValuesSkipped: 0, needlesDropped: 0 } };
  };
  const [ours, theirs] = [tallyOf(), tallyOf()];
  const { host, port } = reader.authority;
  const release = ruleset.release({ listener: 'internet', host, port, times: [now], skewMs: SKEW });
  const byteRelease = rules.releaseFor(release, host);
  const { pathStart, pathEnd, lines } = reader;
  const { trusted } = one;
  const event = plans.make(rules, lines, { release: byteRelease, trusted, pathStart, pathEnd, ...ours });
  const circumstances = circumstancesWith({ now, highestMs: now, trusted, ...theirs });
  const planned = plan(ruleset, reader.head(), circumstances);
  if (planned.kind !== 'forward') throw new Error('the head is well-formed');
  if (event === 'strings') {
    expect(ours).toEqual(tallyOf());
    seen.strings += 1;
    if (isUsual(planned) && !byteRelease.needsStrings) seen.needless += 1;
    return;
  }
  seen.bytes += 1;
  if (plans.releasedCount > 0) seen.released += 1;
  if (plans.strippedCount > 0) seen.stripped += 1;
  if ((ours.tally?.digestValuesSkipped ?? 0) > 0) seen.skipped += 1;
  const { present, firsts } = lines;
  const drops = [...plans.drops.subarray(0, plans.dropped)];
  expect(drops).toEqual([...drops].sort((a, b) => a - b));
  const own = (['host', 'content-length', 'transfer-encoding'] as const).filter(
    (name) => (present & (1 << KNOWN[name])) !== 0,
  );
  const gone = new Set([...drops, ...own.map((name) => firsts[KNOWN[name]])]);
  expect(gone.size).toBe(drops.length + own.length);
  const textOf = ({ name, value: text }: Field): string => `${name}: ${text}`;
  const leaving = reader.head().fields.filter((_, i) => !gone.has(i));
  expect(leaving.map(textOf)).toEqual(planned.fields.slice(1).map(textOf));
  const stripped = [...plans.stripped.subarray(0, plans.strippedCount)].map((n) => rules.labels[n]);
  const { partner } = planned;
  expect(planned.counts).toEqual({
    stripped: stripped.map((label) => ({ header: label?.label, class: label?.class })),
    spoofed: trusted ? [] : stripped.map((label) => ({ header: label?.label })),
    released: [...plans.released.subarray(0, plans.releasedCount)].map((n) => ({
      partner,
      header: byteRelease.rules[n]?.label,
      form: byteRelease.rules[n]?.form,
      name: byteRelease.rules[n]?.header,
    })),
    ambiguous: [],
    leaked: [],
    seen: [],
    hostDisagrees: false,
    nominated: 0,
  });
  expect([plans.verdict, plans.needles, ours]).toEqual([planned.verdict, planned.needles, theirs]);
  const hasLogin = planned.fields.some(
    ({ name, value: text }) => name.toLowerCase() === 'authorization' && /(?:^|[\s,])(?:ntlm|negotiate)\b/i.test(text),
  );
  if (hasLogin) expect(plans.hasLogin).toBe(true);
}

/** What bytes could have said. */
function isUsual({ counts }: Forward): boolean {
  return counts.leaked.length + counts.seen.length + counts.ambiguous.length === 0;
}

test('what the plan on bytes keeps, withholds and counts is what the plan on strings does', () => {
  const seen: Seen = { all: 0, bytes: 0, strings: 0, needless: 0, released: 0, stripped: 0, skipped: 0 };
  holds(
    given,
    (one) => {
      const ruleset = rulesetOf(changed(one.policy, one.numbers, one.isUnchangedOnly, one.hasSuppressions), '');
      const rules = ByteRules.of(ruleset, { nowMs: one.now, skewMs: SKEW });
      // Any time of the stretch is as good as the one that it was asked for: its first moment, its last.
      const times = [one.now, Math.max(rules.fromMs, one.now - 60_000), Math.min(rules.untilMs - 1, one.now + 60_000)];
      one.requests.forEach((each, i) => {
        judge(rules, each, times[i % 3] ?? one.now, seen);
      });
    },
    2,
  );
  process.stderr.write(`  ${JSON.stringify(seen)}\n`);
  expect(seen.bytes / seen.all).toBeGreaterThan(0.2);
  expect(seen.strings / seen.all).toBeGreaterThan(0.2);
  expect(Math.min(seen.released, seen.stripped, seen.skipped)).toBeGreaterThan(20);
});

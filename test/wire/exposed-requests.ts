// Requests for the property that what leaves is within the exposure: identity in every spelling, the same values elsewhere in every
// encoding, at partners and strangers; and what of a request that arrived was not permitted.
import fc from 'fast-check';
import { permittedTo } from '../../src/policy/exposure.js';
import { headerMembersOf, type HeaderMember } from '../../src/policy/header-members.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import { spellingOf, STRIPPED_NAMES } from '../fuzz/arbitraries.js';
import { memberOf } from '../fuzz/member-of.js';
import { isIdentity } from '../fuzz/oracle.js';
import type { SeenRequest } from './harness/lenient.js';
import { dayFromNow, MSISDN_UNCHANGED, partner, policyText } from './harness/policy-text.js';

export const KEY_ID = 'wire-key';
const HOSTS = [
  ...[
    'pay.allow.example',
    'pay.allow.example',
    'one.shops.example',
    'mms',
    'cut.denied.example',
    'pay.allow.example:80',
  ],
  ...['api.taxi.example', 'news.example', 'pay.allow.example.evil.example', 'pay.allow.example:81', '192.0.2.7'],
];

/** Partners of every kind that a plain origin can be, a name that is watched, and one that detectors leave alone. */
export function exposedPolicy(detection: object): string {
  return policyText(
    [
      partner({
        id: 'pay',
        hosts: ['pay.allow.example', 'cut.denied.example'],
        release: [
          MSISDN_UNCHANGED,
          { header: 'X-IMSI', as: 'pseudonym', key: KEY_ID },
          { header: 'X-UIDH', as: 'unchanged' },
          { header: 'X-Forwarded-For', as: 'unchanged' },
        ],
      }),
      partner({
        id: 'shops',
        hosts: ['*.shops.example'],
        release: [{ header: 'X-MSISDN', as: 'pseudonym', key: KEY_ID }],
      }),
      partner({ id: 'mms', own: true, hosts: ['mms'], release: [{ header: 'x-up-calling-line-id', as: 'unchanged' }] }),
    ],
    {
      identity: {
        headers: [
          { name: 'X-Acme-Line', carries: 'msisdn' },
          { prefix: 'x-acme-sub-', carries: 'token' },
        ],
        watch: [{ name: 'Client-ID', reason: 'apps', owner: 'ops@operator.example', until: dayFromNow(90) }],
        numbers: [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'] }],
      },
      detection,
      deny: [{ hosts: ['**.denied.example'], reason: 'regulator' }],
      suppressions: [
        {
          ...{ field: 'X-Phone', host: 'api.taxi.example', reason: 'its own user’s number' },
          ...{ owner: 'ops@operator.example', until: dayFromNow(90) },
        },
      ],
    },
  );
}

/** Of no subscriber of these requests. */
const OTHERS_NUMBER = '447700900999';
const TOKEN = 'OTgxNTk2NDk0AKt3vhJ9f3kQ2xWz';

const escaped = (secret: string): string =>
  secret.replaceAll(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
/** The same for every kind; of a token nothing else is looked for. No digests: only so many a second are looked at. */
const ENCODINGS: readonly ((secret: string) => string)[] = [(secret) => secret, escaped];
const OF_NUMBERS: readonly ((digits: string) => string)[] = [
  (digits) => `+${digits}`,
  (digits) => Buffer.from(digits).toString('base64'),
  (digits) => Buffer.from(`n=${digits};`).toString('base64url'),
  (digits) => Buffer.from(digits).toString('hex'),
  (digits) => `%2B${digits}`,
];
const encoded = (secret: string, which: number): string => {
  const all = /^[0-9]+$/.test(secret) ? [...ENCODINGS, ...OF_NUMBERS] : ENCODINGS;
  return all[which % all.length]?.(secret) ?? secret;
};

export interface Exposed {
  /** The way in: a listener that is believed, or one that is not. */
  readonly listener: 'internet' | 'roaming';
  readonly host: string;
  readonly isAbsolute: boolean;
  readonly lines: readonly string[];
  /** Texts in fields of other names that hold a value of this request's identity. */
  readonly needles: readonly string[];
}

const REALM = 'mnc001.mcc001.3gppnetwork.org';
/** As the network writes it in its own header: mostly as it is, else as an address. */
const WRITTEN: Readonly<Record<'number' | 'imsi' | 'token', readonly ((secret: string) => string)[]>> = {
  number: [
    (digits) => `sip:+${digits}@ims.${REALM};user=phone`,
    (digits) => `<tel:+${digits}>;x=1`,
    (digits) => `${digits}@mms.operator.example`,
  ],
  imsi: [(digits) => `6${digits}@nai.epc.${REALM}`, (digits) => `sip:${digits}@ims.${REALM}`],
  token: [(text) => `${text}@operator.example`],
};

const number = fc.integer({ min: 100, max: 899 }).map((n) => `447700900${String(n)}`);
const secretField = fc
  .tuple(
    fc.constantFrom(
      'X-MSISDN',
      'X-MSISDN',
      'x-up-calling-line-id',
      'X-IMSI',
      'X-UIDH',
      'X-Acme-Line',
      'X-Nokia-MSISDN',
    ),
    number,
    fc.boolean(),
    fc.nat({ max: 8 }),
  )
  .chain(([name, msisdn, isPlain, which]) => {
    const imsi = `00101${msisdn.slice(2)}`;
    const secret = name === 'X-IMSI' ? imsi : name === 'X-UIDH' ? `${TOKEN}${msisdn.slice(-3)}` : msisdn;
    const ways = WRITTEN[name === 'X-IMSI' ? 'imsi' : name === 'X-UIDH' ? 'token' : 'number'];
    const written = ways[which]?.(secret) ?? secret;
    return (isPlain ? fc.constant(name) : spellingOf(name)).map((spelt) => ({ name: spelt, secret, written }));
  });
const otherIdentity = fc
  .tuple(
    fc.constantFrom(...STRIPPED_NAMES, 'X-Acme-Sub-Plan', 'X-Forwarded-For').chain(spellingOf),
    fc.constantFrom('10.1.2.3', '3G', 'internet', '00101', 'a'),
  )
  .map(([name, value]) => `${name}: ${value}`);
const ordinary = fc.constantFrom(
  ...['Accept: */*', 'Cookie: a=1', 'Client-ID: abc', `X-Peer: ${OTHERS_NUMBER}`, 'X-Our-Msisdn-Kind: b'],
  ...[
    'Connection: x-msisdn, keep-alive',
    'Connection: X-New',
    'TE: trailers',
    `Referer: http://a.example/${OTHERS_NUMBER}`,
  ],
);
const OWN_NAMES = ['Cookie', 'Referer'];
const holder = fc.tuple(
  fc.constantFrom('X-New', 'User-Agent', 'X-Phone', 'Authorization', 'Client-ID', 'X-My-Msisdn', ...OWN_NAMES),
  fc.nat({ max: 1 }),
  fc.nat({ max: 6 }),
  fc.constantFrom(...[(text: string) => text, (text: string) => `a=1; n=${text}; b=2`, (text: string) => `x ${text}`]),
);

/** One to two values of identity, one to three places more in which they stand. */
const exposed: fc.Arbitrary<Exposed> = fc
  .record({
    listener: fc.constantFrom('internet', 'internet', 'internet', 'roaming'),
    host: fc.constantFrom(...HOSTS),
    isAbsolute: fc.boolean(),
    secrets: fc.array(secretField, { minLength: 1, maxLength: 2 }),
    holders: fc.array(holder, { maxLength: 3 }),
    identity: fc.array(otherIdentity, { maxLength: 2 }),
    ordinary: fc.array(ordinary, { maxLength: 3 }),
    turn: fc.nat({ max: 9 }),
  })
  .map(({ listener, host, isAbsolute, secrets, holders, identity, ordinary: others, turn }) => {
    const held = holders.map(([name, which, encoding, around]) => {
      const text = encoded((secrets[which] ?? secrets[0])?.secret ?? '', encoding);
      return { name, text, line: `${name}: ${around(text)}` };
    });
    const lines = [
      ...secrets.map(({ name, written }) => `${name}: ${written}`),
      ...held.map(({ line }) => line),
      ...identity,
      ...others,
    ];
    const needles = held.filter(({ name }) => !OWN_NAMES.includes(name)).map(({ text }) => text);
    return { listener, host, isAbsolute, lines: [...lines.slice(turn), ...lines.slice(0, turn)], needles };
  });

export function exposedRequests(seed: number, count: number): readonly Exposed[] {
  return fc.sample(exposed, { seed, numRuns: count });
}

/** What of a request that arrived the exposure does not permit at its host, in words without a value. */
export function outside(ruleset: Ruleset, asked: Exposed, { fields }: SeenRequest): readonly string[] {
  const members = headerMembersOf([ruleset.policy]);
  const [name = '', port = '80'] = asked.host.split(':');
  const time = Date.now();
  const question = { listener: asked.listener, host: name, port: Number(port), times: [time], skewMs: 0 };
  const release = ruleset.release(question);
  const formOf = (member: HeaderMember): string => permittedTo(ruleset, member, { host: name, time, release }).form;
  const symbolic = (kind: HeaderMember['kind']): string => {
    const member = members.find((one) => one.kind === kind);
    return member === undefined ? 'none' : formOf(member);
  };
  const faults: string[] = [];
  for (const [field, value] of fields) {
    if (['cookie', 'referer', 'host'].includes(field.toLowerCase())) continue;
    if (isIdentity(field)) {
      const member = memberOf(field, members);
      const form = member === undefined ? 'none' : formOf(member);
      if (form === 'none' || asked.listener === 'roaming') faults.push(`${field} at ${asked.host}`);
      else if (form === 'pseudonym' && !/^wire-key\.[\w-]{43}$/.test(value)) faults.push(`${field} is no pseudonym`);
      continue;
    }
    const unexamined = members.find((member) => member.kind === 'unexamined' && member.key === 'xphone');
    if (field === 'X-Phone' && unexamined !== undefined && formOf(unexamined) !== 'none') continue;
    const holds = (text: string): boolean => value.includes(text);
    if (asked.needles.some(holds) && symbolic('value') === 'none') faults.push(`${field} holds a value`);
    if (holds(OTHERS_NUMBER) && symbolic('number') === 'none') faults.push(`${field} holds a number of ours`);
    if (/msisdn/i.test(field) && symbolic('hint') === 'none') faults.push(`${field} has a hint`);
  }
  return faults;
}

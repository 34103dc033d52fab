import { IdentityNames } from '../../src/egress/identity-names.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import { identifierOf } from '../../src/policy/identify.js';
import type { OwnHeader } from '../../src/policy/policy.js';

const OWN: readonly OwnHeader[] = [
  { kind: 'name', key: 'xacmeline', spelling: 'X-Acme-Line', carries: 'msisdn' },
  { kind: 'prefix', key: 'xacmesub', spelling: 'X-Acme-Sub-', carries: 'token' },
];
const names = new IdentityNames({ own: OWN, watched: [] });
const identify = identifierOf(OWN);

/** In a buffer of its own, so that nothing but what is given may be read. */
const readIn = (reader: IdentityNames, bytes: Buffer, start: number): number => {
  const own = new Uint8Array(bytes);
  return reader.read(own, new DataView(own.buffer), start);
};
/** undefined: the name is no token (RFC 9110, section 5.6.2), so no head with it leaves. */
const isSeenBy = (reader: IdentityNames, name: string): boolean | undefined => {
  const end = readIn(reader, Buffer.from(`${name}: value`, 'latin1'), 0);
  if (end === name.length) return false;
  return end === ~name.length ? true : undefined;
};
const isSeen = (name: string): boolean | undefined => isSeenBy(names, name);
const isStripped = (name: string): boolean => identify(name)?.action === 'strip';

/** Every catalogue name, prefixes as they are and with something behind, and own names. */
const PLAIN = [
  ...CATALOGUE.flatMap(({ name, prefix }) => (name !== undefined ? [name] : [`${prefix ?? ''}`, `${prefix ?? ''}zz`])),
  ...['X-Acme-Line', 'X-Acme-Sub-', 'X-Acme-Sub-9'],
];
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** As CGI spells them; what is new about them stands in the first `HTTP_`. */
const THROUGH_CGI = PLAIN.map((name) => `HTTP_${name.toUpperCase().replaceAll('-', '_')}`);
const BEHIND_HTTP = 6;

/** Each name with one byte changed to, put in as, or taken out: all 256 values at every position. */
function* changesOf(name: string, last = name.length): Generator<string> {
  for (let at = 0; at <= last; at += 1) {
    const before = name.slice(0, at);
    yield before + name.slice(at + 1);
    for (let byte = 0; byte < 256; byte += 1) {
      const character = String.fromCharCode(byte);
      yield before + character + name.slice(at);
      if (at < name.length) yield before + character + name.slice(at + 1);
    }
  }
}

test('both readings know the same names', () => {
  const names = [...PLAIN, ...THROUGH_CGI];
  expect(names.filter((name) => isSeen(name) !== isStripped(name))).toEqual([]);
  expect(names.filter(isSeen).length).toBeGreaterThan(300);
});

test('both readings agree on every change of one byte of every name', () => {
  const disagreements: string[] = [];
  let identity = 0;
  let others = 0;
  let stopped = 0;
  const compare = (changed: string): void => {
    const seen = isSeen(changed);
    if (seen !== (TOKEN.test(changed) || changed === '' ? isStripped(changed) : undefined)) disagreements.push(changed);
    if (seen === undefined) stopped += 1;
    else if (seen) identity += 1;
    else others += 1;
  };
  for (const name of PLAIN) for (const changed of changesOf(name)) compare(changed);
  for (const name of THROUGH_CGI) for (const changed of changesOf(name, BEHIND_HTTP)) compare(changed);
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(Math.min(identity, others, stopped)).toBeGreaterThan(100_000);
}, 120_000);

test('a watched name is not identity, in any spelling; an own name is, watched or not', () => {
  const watching = new IdentityNames({ own: OWN, watched: ['clientid', 'xacmeline'] });
  const seen = (name: string): boolean | undefined => isSeenBy(watching, name);
  expect(['Client-ID', 'clientid', 'HTTP_CLIENT_ID'].map(seen)).toEqual([false, false, false]);
  expect(isSeen('HTTP_CLIENT_ID')).toBe(true);
  expect(seen('X-Acme-Line')).toBe(true);
});

test('a name is read where it begins, up to its colon', () => {
  const bytes = Buffer.from('..HTTP_X-Msisdn: 1', 'latin1');
  const ends = [2, 7, 9, 10].map((start) => readIn(names, bytes, start));
  expect(ends).toEqual([~15, ~15, ~15, 15]);
});

test('one leading `http` counts as none, and only one', () => {
  expect(['http-x-msisdn', 'h.t.t.p.msisdn', 'http-http-msisdn', 'xhttpmsisdn', 'http', 'htt'].map(isSeen)).toEqual([
    ...[true, true, false, false, false, false],
  ]);
});

test('an own name that begins with `http` is read as a whole and without it', () => {
  const own: OwnHeader[] = [
    { kind: 'name', key: 'httpline', spelling: 'HTTP-Line', carries: 'msisdn' },
    { kind: 'prefix', key: 'htacme', spelling: 'Ht-Acme-', carries: 'token' },
  ];
  const reader = new IdentityNames({ own, watched: [] });
  const seen = [
    'HTTP-Line',
    'Line',
    'HTTP_HTTP_LINE',
    'HTTP-Lin',
    'HTTP-MSISDN',
    'Ht-Acme-9',
    'HTTP_Ht-Acme',
    'Ht-Acm',
  ];
  expect(seen.map((name) => isSeenBy(reader, name))).toEqual([true, false, true, false, true, true, true, false]);
});

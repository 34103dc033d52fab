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

const isSeen = (name: string): boolean =>
  names.keysIfIdentity(Buffer.from(name, 'latin1'), 0, name.length) !== undefined;
const isStripped = (name: string): boolean => identify(name)?.action === 'strip';

/** Every catalogue name, prefixes as they are and with something behind, and own names. */
const PLAIN = [
  ...CATALOGUE.flatMap(({ name, prefix }) => (name !== undefined ? [name] : [`${prefix ?? ''}`, `${prefix ?? ''}zz`])),
  ...['X-Acme-Line', 'X-Acme-Sub-', 'X-Acme-Sub-9'],
];
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
  const compare = (changed: string): void => {
    const seen = isSeen(changed);
    if (seen !== isStripped(changed)) disagreements.push(changed);
    if (seen) identity += 1;
    else others += 1;
  };
  for (const name of PLAIN) for (const changed of changesOf(name)) compare(changed);
  for (const name of THROUGH_CGI) for (const changed of changesOf(name, BEHIND_HTTP)) compare(changed);
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(Math.min(identity, others)).toBeGreaterThan(100_000);
}, 120_000);

test('a watched name is not identity, in any spelling; an own name is, watched or not', () => {
  const watching = new IdentityNames({ own: OWN, watched: ['clientid', 'xacmeline'] });
  const seen = (name: string): boolean =>
    watching.keysIfIdentity(Buffer.from(name, 'latin1'), 0, name.length) !== undefined;
  expect(['Client-ID', 'clientid', 'HTTP_CLIENT_ID'].map(seen)).toEqual([false, false, false]);
  expect(isSeen('HTTP_CLIENT_ID')).toBe(true);
  expect(seen('X-Acme-Line')).toBe(true);
});

test('the keys are those under which a reader may find the name', () => {
  const bytes = Buffer.from('..HTTP_X-Msisdn: 1', 'latin1');
  expect(names.keysIfIdentity(bytes, 2, 15)).toEqual(['httpxmsisdn', 'xmsisdn']);
  expect(names.keysIfIdentity(bytes, 7, 15)).toEqual(['xmsisdn']);
});

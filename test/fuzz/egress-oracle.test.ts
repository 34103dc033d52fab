// The fast second look says what the plain one says: for any head, well-formed or not, wherever it stands in a buffer, and
// whatever stands around it.
import fc from 'fast-check';
import { Expectation, Permission } from '../../src/egress/expectation.js';
import { egressCheckOf } from '../../src/egress/look.js';
import type { SoughtValue } from '../../src/egress/needle-bytes.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import { LEAVING, putIntoMemory } from '../egress/leaving-memory.js';
import { slowCheckOf, type SlowRules } from '../egress/slow-look.js';
import { identityField, number, spellingOf } from './arbitraries.js';
import { holds } from './property.js';
import { soughtOf } from '../egress/sought.js';

const own = [
  { kind: 'name', key: 'xacmeline' },
  { kind: 'prefix', key: 'xacmesub' },
  { kind: 'name', key: 'httpacme' },
] as const;
const RULES: readonly SlowRules[] = [
  { own, watched: ['clientid'], exact: 'withhold' },
  { own, watched: [], exact: 'withhold', hasLowTrust: true },
  { own, watched: [], exact: 'count' },
];
const CHECKS = RULES.map((rules) => ({
  fast: egressCheckOf(rules),
  found: egressCheckOf(rules, LEAVING),
  slow: slowCheckOf(rules),
}));

const NAMES = CATALOGUE.map(({ name, prefix }) => name ?? `${prefix ?? ''}more`);
const TOKEN = 'OTgxNTk2NDk0AKt3vhJ9f/3kQ2xWOTgxNTk2NDk0AKt3vhJ9f/3kQ2xW';
const HOST = 'news.example';
const token = fc
  .record({
    from: fc.nat({ max: 8 }),
    length: fc.oneof(fc.integer({ min: 16, max: 48 }), fc.integer({ min: 1, max: 15 })),
  })
  .map(({ from, length }) => TOKEN.slice(from, from + length));
const digits = fc.oneof(
  number,
  number.map((text) => `0${text.slice(2)}`),
  fc.stringMatching(/^[0-4]{6,16}$/),
  fc.constant('00101012345678'),
);
const needle: fc.Arbitrary<SoughtValue> = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), value: digits, key: fc.constantFrom('xmsisdn', 'ximsi') }),
  fc.record({ kind: fc.constant('token' as const), value: token, key: fc.constantFrom('xacr', 'xmsisdn') }),
);

/** Values that nearly hold a needle, that hold it, and others: text, and which needle of the request stands in it. */
type Part = string | number;
const filler: fc.Arbitrary<Part> = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[ -~]{0,9}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9:;]{0,9}$/) },
  { weight: 1, arbitrary: fc.constantFrom('0', '00', '+', '%', ' ', '\t', '\x01', '\x0b', '\xff', TOKEN) },
  { weight: 1, arbitrary: fc.integer({ min: 4060, max: 4100 }).map((length) => 'x'.repeat(length)) },
);
const sought: fc.Arbitrary<Part> = fc.oneof(fc.constant(''), fc.nat({ max: 2 }));
const value: fc.Arbitrary<readonly Part[]> = fc.tuple(
  filler,
  sought,
  fc.constantFrom('', '', '', '0', '5', 'x'),
  sought,
  filler,
);
const textOf = (parts: readonly Part[], needles: readonly SoughtValue[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : (needles[part]?.value ?? ''))).join('');

const OTHERS = [
  'A',
  'TE',
  'DNT',
  'Cookie',
  'cookie',
  'Referer',
  'Content-Length',
  'Content_Length',
  'X-Phone',
  'Via',
  'Host',
];
const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('User-Agent', 'Accept', 'X-App-Header-1', 'If-None-Match', 'X-New', 'Hos', 'Hosts'),
  },
  { weight: 4, arbitrary: fc.constantFrom(...OTHERS) },
  { weight: 1, arbitrary: fc.constantFrom(...OTHERS, ...NAMES).chain(spellingOf) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('X-MSISDN', 'x_msisdn', 'HTTP_X_MSISDN', 'X-IMSI', 'X-Acme-Sub-Plan', 'HTTP-Acme'),
  },
  { weight: 1, arbitrary: identityField.map((field) => field.name) },
  { weight: 1, arbitrary: fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{0,20}$/) },
);

/** One byte put in, taken out or changed, or none. */
const change = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true }),
      taken: fc.constantFrom(0, 1, 1, 2, 4),
      put: fc.oneof(
        fc.constantFrom('', '\r', '\n', '\0', ' ', ':', '\r\n', '\r\n\r\n', '0', '\t'),
        fc.nat({ max: 255 }).map((byte) => String.fromCharCode(byte)),
      ),
    }),
  },
);

const ASKED = ['GET / HTTP/1.1', 'OPTIONS * HTTP/1.1', 'POST /a?b=c&d=12345678 HTTP/1.1'];
const WRONG = ['GET  HTTP/1.1', ' / HTTP/1.1', 'GET / HTTP/1.0', 'G / HTTP/1.1 ', 'GET /\t HTTP/1.1', 'GET', ''];
const HOSTS = [`Host: ${HOST}`, `Host: ${HOST}`, `host:${HOST}\t `, `HOST: \t${HOST}`];
const NO_HOSTS = ['Host: other.example', `Host: ${HOST}x`, 'Host:', `Hos-t: ${HOST}`, 'A: b'];

const BETWEEN = [...Array.from({ length: 20 }, () => ': '), ':', ':\t ', ': \t', ' : '];
const TWINS = [[], [], ['X-MSISDN: 1'], ['x_msisdn: 1', 'HTTP_X_MSISDN: 2'], ['X-IMSI:', 'x-imsi:']];

const asked = fc.record({
  needles: fc.array(needle, { maxLength: 3 }),
  which: fc.nat({ max: RULES.length - 1 }),
  requestLine: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...ASKED).map((line): readonly Part[] => [line]) },
    { weight: 1, arbitrary: fc.constantFrom(...WRONG).map((line): readonly Part[] => [line]) },
    { weight: 1, arbitrary: fc.stringMatching(/^[GET/ HP1.]{0,20}$/).map((line): readonly Part[] => [line]) },
    { weight: 1, arbitrary: sought.map((part): readonly Part[] => ['GET /', part, ' HTTP/1.1']) },
  ),
  host: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...HOSTS) },
    { weight: 1, arbitrary: fc.constantFrom(...NO_HOSTS) },
  ),
  fields: fc.array(fc.record({ name, between: fc.constantFrom(...BETWEEN), value }), {
    maxLength: 6,
  }),
  twins: fc.constantFrom(...TWINS),
  change,
  released: fc.oneof(
    fc.constant([]),
    fc.constant(['xmsisdn', 'ximsi']),
    fc.subarray(['xmsisdn', 'ximsi', 'xacmesubplan', 'httpacme', 'httpxmsisdn', 'acme', 'xacr']),
  ),
  unchanged: fc.subarray(['xmsisdn', 'xacr']),
  suppressed: fc.subarray(['xphone', 'xnew', 'useragent']),
  before: fc.constantFrom('', 'GET / HTTP/1.1\r\nX-MSISDN: 1', '447700900', 'X-', '\r\n'),
  behind: fc.constantFrom('', '\n', '\r\n', '123', '\r\n\r\n', 'GET / HTTP/1.1\r\n'),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function headOf({ requestLine, host, fields, twins, needles, change: changed }: Asked): string {
  const lines = fields.map((field) => field.name + field.between + textOf(field.value, needles));
  const text = [textOf(requestLine, needles), host, ...twins, ...lines, '', ''].join('\r\n');
  if (changed === undefined) return text;
  const at = Math.floor(changed.place * text.length);
  return text.slice(0, at) + changed.put + text.slice(at + changed.taken);
}

const met = new Map<string, number>();

test('both looks say the same', () => {
  holds(
    asked,
    (given) => {
      const { fast, found, slow } = CHECKS[given.which] ?? {};
      const permitted = {
        authority: HOST,
        released: new Set(given.released),
        unchanged: new Set(given.unchanged),
        suppressed: new Set(given.suppressed),
      };
      const text = headOf(given);
      const alone = Buffer.from(text, 'latin1');
      const needles = given.needles.map(({ kind, value, key }) => ({
        kind,
        value,
        released: permitted.unchanged.has(key),
      }));
      const said = slow?.look(alone, { ...permitted, needles });
      const count = said?.rule ?? 'may leave';
      met.set(count, (met.get(count) ?? 0) + 1);
      const expectation = new Expectation(HOST, new Permission(permitted));
      // A buffer of just these bytes: what is read beyond them throws.
      const exact = Buffer.from(new Uint8Array(alone).buffer);
      expect(fast?.look(exact, 0, exact.length, expectation, soughtOf(given.needles))).toEqual(said);
      const around = Buffer.from(given.before + text + given.behind, 'latin1');
      const start = given.before.length;
      expect(fast?.look(around, start, start + alone.length, expectation, soughtOf(given.needles))).toEqual(said);
      // Where the lines are found beforehand; nothing is known of the names at first, then all of them are expected.
      putIntoMemory(around, start, around.at(-1) ?? 0);
      const [from, to] = [2 * start, 2 * start + alone.length];
      for (let time = 0; time < 5; time += 1) {
        expect(found?.look(LEAVING.bytes, from, to, expectation, soughtOf(given.needles))).toEqual(said);
      }
    },
    20,
  );
});

test('each answer was among them', () => {
  const rules = ['may leave', 'one-head', 'bytes', 'host', 'identity', 'repeated', 'needle'];
  expect(rules.filter((rule) => !met.has(rule))).toEqual([]);
});

// Garbage is refused or forwarded, never thrown; and what is forwarded is a head that everyone reads in the same way.
import fc from 'fast-check';
import { planAnswer } from '../../src/decision/answer.js';
import { plan } from '../../src/decision/plan.js';
import type { Field } from '../../src/http/message.js';
import { REFUSALS } from '../../src/http/refusal.js';
import { readResponse } from '../../src/http/response.js';
import { checkTrailers } from '../../src/http/trailers.js';
import { parseAddress, renderAddress } from '../../src/names/address.js';
import { parseAuthority, renderAuthority } from '../../src/names/authority.js';
import { refusedRangeOf } from '../../src/names/refused-range.js';
import { RULESET, circumstancesWith } from '../decision/ruleset-fixture.js';
import { HOSTS } from './arbitraries.js';
import { holds } from './property.js';

/** Pieces of the grammar, control characters, latin1, other scripts. */
const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 0x17f }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
});
const piece = fc.constantFrom(
  ...'\r\n\0 \t,;:@/\\?#[]%."\'()=-_+*',
  'http://',
  'chunked',
  'gzip',
  '80',
  '0x7f',
  '127.0.0.1',
  '::1',
  'a.example',
  '\xa0',
  '\u0130',
  '\u212a',
);
const soup = fc
  .array(fc.oneof(piece, fc.stringMatching(/^[a-z0-9]{1,4}$/)), { maxLength: 6 })
  .map((pieces) => pieces.join(''));
const text = fc.oneof(bytes, soup, fc.string({ unit: 'binary', maxLength: 8 }));

const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'Host',
      'Content-Length',
      'Transfer-Encoding',
      'Connection',
      'Expect',
      'Upgrade',
      'Max-Forwards',
      'X-MSISDN',
      'Sec-WebSocket-Key',
      '__proto__',
    ),
  },
  { weight: 1, arbitrary: text },
);
const value = fc.oneof(
  text,
  fc.constantFrom('5', '005', 'chunked', '100-continue', 'websocket', 'close, x-msisdn', '0', ...HOSTS),
);
const field: fc.Arbitrary<Field> = fc.record({ name, value });
const anyHead = fc.record({
  method: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('GET', 'POST', 'OPTIONS', 'CONNECT', 'TRACE') },
    { weight: 1, arbitrary: text },
  ),
  target: fc.oneof(
    fc.constantFrom('/', '*', 'http://partner.example/', 'partner.example:443'),
    text,
    soup.map((tail) => `http://${tail}`),
    soup.map((tail) => `/${tail}`),
  ),
  version: fc.oneof({ weight: 6, arbitrary: fc.constantFrom('1.1', '1.0') }, { weight: 1, arbitrary: text }),
  fields: fc
    .array(field, { maxLength: 6 })
    .chain((fields) => fc.constantFrom(fields, [{ name: 'Host', value: 'partner.example' }, ...fields])),
});
/** Sound heads among them, so that every kind of plan is met. */
const sound = (
  method: string,
  target: string,
): { method: string; target: string; version: string; fields: Field[] } => ({
  method,
  target,
  version: '1.1',
  fields: [{ name: 'Host', value: 'partner.example' }],
});
const head = fc.oneof(
  { weight: 8, arbitrary: anyHead },
  { weight: 1, arbitrary: fc.constant(sound('GET', '/')) },
  { weight: 1, arbitrary: fc.constant(sound('CONNECT', 'partner.example:443')) },
);

test('any request head is refused with a known code, tunnelled, or forwarded as one well-formed head', () => {
  const kinds = new Set<string>();
  holds(head, (given) => {
    const planned = plan(RULESET, given, circumstancesWith());
    kinds.add(planned.kind);
    if (planned.kind === 'refuse') expect(Object.keys(REFUSALS)).toContain(planned.code);
    if (planned.kind !== 'forward') return;
    expect(planned.path).toMatch(/^(?:\/[\x21-\x7e]*|\*)$/);
    for (const { name: left, value: right } of planned.fields) {
      expect(left).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);
      expect(right).not.toMatch(/[^\t\x20-\x7e\x80-\xff]/);
      expect(left.toLowerCase()).not.toMatch(
        /^(?:connection|content-length|transfer-encoding|expect|upgrade|te|trailer)$/,
      );
    }
    expect(planned.fields.filter((entry) => entry.name.toLowerCase() === 'host')).toHaveLength(1);
    expect(parseAuthority(planned.fields[0]?.value ?? '', 80)).toEqual(planned.authority);
  });
  expect([...kinds].sort()).toEqual(['forward', 'refuse', 'tunnel']);
});

test('any answer head is read or a fault', () => {
  const answer = fc.record({
    status: fc.oneof(fc.constantFrom(200, 204, 304, 101, 103), fc.integer(), fc.double()),
    reason: text,
    version: fc.constantFrom('1.1', '1.0', '2.0'),
    fields: fc.array(field, { maxLength: 6 }),
  });
  const kinds = new Set<string>();
  holds(fc.record({ answer, method: fc.constantFrom('GET', 'HEAD', '') }), (given) => {
    const read = readResponse(given.answer, given.method);
    kinds.add(read.kind);
    if (read.kind === 'response') planAnswer(RULESET, read.fields);
    checkTrailers(given.answer.fields);
  });
  expect([...kinds].sort()).toEqual(['fault', 'response']);
});

test('any text is an authority in one canonical form, or none', () => {
  holds(fc.oneof(text, soup, fc.ipV6(), fc.ipV4(), fc.domain()), (given) => {
    const authority = parseAuthority(given, 80);
    if (authority !== undefined) expect(parseAuthority(renderAuthority(authority, 80), 80)).toEqual(authority);
    const address = parseAddress(given);
    if (address !== undefined) expect(parseAddress(renderAddress(address))).toEqual(address);
    refusedRangeOf(given);
  });
});

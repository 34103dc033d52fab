// Rows 1 to 18: the name of an identity header in every spelling, and names that are none.
import { keep, refused, strip, type Row } from '../harness/row.js';
import { enriched, head, ID, NUMBER, OTHER_NUMBER, PARTNER, STRANGER } from '../harness/values.js';

const HOST = `Host: ${STRANGER}`;
const MANY = Array.from({ length: 40 }, (_, i) => `X-Filler-${i}: ${i}`);

/** One request to the stranger whose identity header is spelt so. */
function spelt(row: number, name: string): Row {
  return {
    row,
    says: `the spelling ${name} is the identity header too and is withheld`,
    send: head('GET / HTTP/1.1', `${name}: ${NUMBER}`, HOST),
    ...strip(),
    withheld: [`${name}:`],
  };
}

/** A field line that two parsers could read differently. */
function malformed(row: number, what: string, line: string): Row {
  return { row, says: `${what} is refused`, send: head('GET / HTTP/1.1', line, HOST), ...refused() };
}

export const NAME_ROWS: readonly Row[] = [
  {
    row: 1,
    says: 'a stranger receives no identity',
    send: enriched(HOST),
    ...strip(),
    withheld: ['msisdn'],
    host: STRANGER,
  },
  {
    row: 2,
    says: 'the partner receives the identity, its value byte for byte',
    send: enriched(`Host: ${PARTNER}`),
    ...keep(),
    host: PARTNER,
  },
  spelt(3, 'x-MsIsDn'),
  spelt(4, 'X_MSISDN'),
  spelt(5, 'X.MSISDN'),
  ...["X-MSISDN'", 'X+MSISDN', 'X!MSISDN', 'XMSISDN', 'HTTP_X_MSISDN'].map((name) => spelt(6, name)),
  {
    row: 7,
    says: 'three repeats in mixed case with 40 other fields between are all withheld, and the 40 arrive',
    send: head(
      'GET / HTTP/1.1',
      ID,
      HOST,
      ...MANY.slice(0, 20),
      `x-msisdn: ${OTHER_NUMBER}`,
      ...MANY.slice(20),
      `X-mSiSdN: ${NUMBER}`,
    ),
    ...strip(3),
    arrives: MANY,
    withheld: ['msisdn'],
  },
  {
    row: 8,
    says: 'two spellings with different values are ambiguous: the partner receives neither, and it is counted',
    send: enriched(`X_MSISDN: ${OTHER_NUMBER}`, `Host: ${PARTNER}`),
    outcome: { to: 'partner' },
    withheld: ['msisdn', NUMBER, OTHER_NUMBER],
    counts: [
      { metric: 'headgate_ambiguous_headers_total', by: 1 },
      { metric: 'headgate_released_headers_total', by: 0 },
    ],
  },
  {
    row: 8,
    says: 'two spellings with equal values reach the partner as the canonical field, once',
    send: enriched(`X_MSISDN: ${NUMBER}`, `Host: ${PARTNER}`),
    outcome: { to: 'partner' },
    arrives: [`X-MSISDN: ${NUMBER}`],
    withheld: ['X_MSISDN'],
    counts: [{ metric: 'headgate_released_headers_total', by: 1 }],
    also: (request) => {
      expect(request.head.match(/msisdn/gi)).toHaveLength(1);
    },
  },
  malformed(9, 'a space before the colon', `X-MSISDN : ${NUMBER}`),
  malformed(10, 'a tab before the colon', `X-MSISDN\t: ${NUMBER}`),
  malformed(11, 'a first field line that begins with a space', ` X-MSISDN: ${NUMBER}`),
  {
    row: 12,
    says: 'an empty name, which once hid the fields behind it, is refused',
    send: head('GET / HTTP/1.1', ': v', ID, HOST),
    ...refused(),
  },
  malformed(13, 'a field line without a colon', `X-MSISDN ${NUMBER}`),
  malformed(14, 'a NUL in a name', `X-MSI\0SDN: ${NUMBER}`),
  malformed(15, 'a C1 control at the end of a name', `X-MSISDN\x85: ${NUMBER}`),
  malformed(15, 'a no-break space at the end of a name', `X-MSISDN\xa0: ${NUMBER}`),
  malformed(15, 'a vertical tab at the end of a name', `X-MSISDN\x0b: ${NUMBER}`),
  malformed(16, 'a quoted name', `"X-MSISDN": ${NUMBER}`),
  malformed(16, 'a name with a comment', `X-MSISDN(a): ${NUMBER}`),
  malformed(17, 'a homoglyph in UTF-8 in a name', `X-MS\xc4\xb0SDN: ${NUMBER}`),
  {
    row: 18,
    says: 'names that are properties of every JavaScript object are ordinary fields, forwarded unchanged',
    send: head('GET / HTTP/1.1', '__proto__: v', 'constructor: v', 'hasOwnProperty: v', 'toString: v', HOST),
    outcome: { to: 'stranger' },
    arrives: ['__proto__: v', 'constructor: v', 'hasOwnProperty: v', 'toString: v'],
  },
];

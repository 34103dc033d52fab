// Messages of HTTP/1.1 as bytes: sound ones, and the same with a few places changed, as an attacker would; and how they are cut.
import fc from 'fast-check';

/** What mutations put in: the characters and words that parsers disagree on. */
const splinter = fc.constantFrom(
  ...['\r\n', '\n', '\r', '\0', ' ', '\t', ':', ',', ';', '=', '"', '\\', '%', '#', '?', '/', '@', '0', '5', 'a', 'X'],
  ...[
    '\x7f',
    '\x80',
    '\xff',
    '\x0b',
    '\x01',
    '\r\n ',
    '\r\n\r\n',
    '\r\n\t',
    ' :',
    '::',
    'chunked',
    'Host: b.example\r\n',
  ],
  ...[
    'Content-Length: 3\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 0\r\n',
    'HTTP/1.0',
    'HTTP/1.1',
    '0\r\n\r\n',
  ],
  ...[
    'Connection: close\r\n',
    'Connection: Host\r\n',
    'X_A: 447700900123\r\n',
    '_',
    '-',
    '+',
    '\xa0',
    '\xad',
    '{',
    '^',
  ],
);

interface Change {
  readonly kind: 'insert' | 'replace' | 'delete' | 'repeat' | 'flip';
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'replace', 'delete', 'repeat', 'flip'),
  // Without bias: most changes would else stand in front of everything.
  at: fc.noBias(fc.nat(9999)),
  length: fc.constantFrom(1, 1, 2, 5, 20),
  text: splinter,
});

function changed(text: string, { kind, at: where, length, text: put }: Change): string {
  const at = Math.floor((where * text.length) / 10_000);
  const [before, piece, behind] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (kind) {
    case 'insert':
      return before + put + piece + behind;
    case 'replace':
      return before + put + behind;
    case 'delete':
      return before + behind;
    case 'repeat':
      return before + piece + piece + behind;
    case 'flip':
      return (
        before + [...piece].map((byte) => String.fromCharCode(byte.charCodeAt(0) ^ (1 << (at % 8)))).join('') + behind
      );
    default:
      return kind satisfies never;
  }
}

const name = fc.oneof(
  fc.constantFrom(
    'Accept',
    'Cookie',
    'X-MSISDN',
    'x_up_calling',
    'User-Agent',
    '__proto__',
    'Max-Forwards',
    'Date',
    "!#$%&'*+.^`|~",
  ),
  fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/),
);
/** No white space around it. */
const value = fc.oneof(
  fc.constantFrom('', 'a', '447700900123', 'a, b', '"q\\"x"', 'a\tb', '\xff\xfe', 'keep-alive', '0', ','),
  fc.stringMatching(/^(?:[!-~](?:[ -~]{0,30}[!-~])?)?$/),
);
const gap = fc.constantFrom('', ' ', ' ', ' ', '  ', '\t');
const field = fc.tuple(name, gap, value, fc.constantFrom('', '', '', ' ', '\t')).map((parts) => {
  const [before, white, text, behind] = parts;
  return `${before}:${white}${text}${behind}\r\n`;
});
const fields = fc.array(field, { maxLength: 6 });

const content = fc.oneof(
  fc.constantFrom('', 'hello', 'GET /smug HTTP/1.1\r\nHost: b.example\r\n\r\n', '0\r\n\r\n', '\r\n'),
  fc.stringMatching(/^[ -~]{0,60}$/),
);
const extension = fc.constantFrom('', '', '', ';a', ';a=b', ';a="b c\\"";d', ';a=b;c=d');
const size = fc.constantFrom('', '0', '00', '000000000000');
const trailers = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.array(field, { maxLength: 3 }).map((lines) => lines.join('')) },
);

const chunked = fc
  .tuple(fc.array(content, { maxLength: 3 }), size, extension, trailers, fc.boolean())
  .map(([pieces, zeros, more, end, isUpper]) => {
    const chunks = pieces
      .filter((piece) => piece !== '')
      .map((piece) => {
        const digits = piece.length.toString(16);
        return `${zeros}${isUpper ? digits.toUpperCase() : digits}${more}\r\n${piece}\r\n`;
      });
    return `${chunks.join('')}0${more}\r\n${end}\r\n`;
  });

/** The framing line and the body that belongs to it. */
interface Framed {
  readonly line: string;
  readonly body: string;
}

const none: fc.Arbitrary<Framed> = fc.constant({ line: '', body: '' });
const framed: fc.Arbitrary<Framed> = fc.oneof(
  content.map((body) => ({ line: `Content-Length: ${body.length}\r\n`, body })),
  content.map((body) => ({ line: `content-length:00${body.length}\r\n`, body })),
  chunked.map((body) => ({ line: 'Transfer-Encoding: chunked\r\n', body })),
  chunked.map((body) => ({ line: 'TRANSFER-encoding:\tChunked\r\n', body })),
  fc
    .tuple(content, chunked, fc.constantFrom(' ', '\t', '  \t', ' \t '))
    .map(([body, chunks, white]) =>
      body.length % 2 === 0
        ? { line: `Content-Length: ${body.length}${white}\r\n`, body }
        : { line: `Transfer-Encoding: chunked${white}\r\n`, body: chunks },
    ),
);

/** The line stands somewhere among the fields. */
const lines = (framing: string, others: readonly string[], host: string): string =>
  [...others.slice(0, 2), host, ...others.slice(2, 3), framing, ...others.slice(3)].join('');

const requestLine = fc
  .tuple(
    fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'M-SEARCH', 'SOURCE', 'QUERY'),
    fc.oneof(
      fc.constantFrom(
        '/',
        '/p?q=%20',
        '//a/b',
        '/\\"<>^`{|}',
        'http://a.example/p',
        'HTTP://a_b.example:8080?x',
        'http://[::1]/',
      ),
      fc.stringMatching(/^\/[!-"$-~]{0,30}$/),
      fc.stringMatching(/^http:\/\/[a-z0-9_.-]{1,12}[a-z](?::[0-9]{1,4})?(?:[/?][!-"$-~]{0,9})?$/),
    ),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'),
  )
  .map((parts) => `${parts.join(' ')}\r\n`);

const host = fc.constantFrom(
  'Host: a.example\r\n',
  'host:A.EXAMPLE:8080\r\n',
  'HOST: \t192.0.2.7 \r\n',
  'Host: [::1]:81\r\n',
);
const special = fc.constantFrom(
  ...['', '', '', '', '', '', 'Connection: keep-alive\r\n', 'Connection: close\r\n', 'Connection: X-A, close\r\n'],
  ...[
    'Expect: 100-continue\r\n',
    'Connection: Upgrade\r\nUpgrade: h2c\r\n',
    'Upgrade: websocket\r\n',
    'Host: b.example\r\n',
  ],
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
);

const request = fc
  .tuple(requestLine, host, special, fields, fc.oneof(none, framed), fc.constantFrom('', '', '', '\r\n'))
  .map(([start, hostLine, more, others, framing, empty]) =>
    [empty, start, lines(framing.line, [...others, more], hostLine), '\r\n', framing.body].join(''),
  );

const connect = fc.constant('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n');

/** Two of five stay sound. */
const mutated = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const changes = fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
  );
  return fc.tuple(text, changes).map(([sound, all]) => all.reduce(changed, sound));
};

const noise = fc.array(fc.oneof(splinter, name, value), { maxLength: 20 }).map((parts) => parts.join(''));

/** One to three requests behind each other, or noise. */
export const requests: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: mutated(fc.array(request, { minLength: 1, maxLength: 3 }).map((all) => all.join(''))) },
  { weight: 1, arbitrary: mutated(connect) },
  { weight: 1, arbitrary: noise },
);

const statusLine = fc.constantFrom(
  ...[
    '200 OK',
    '200 OK',
    '200',
    '200 ',
    '204 No Content',
    '304 Not Modified',
    '404 \xff',
    '500 a\tb',
    '999 x',
    '302 Found',
  ],
);
const careless = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('', 'Connection: close\r\n', 'X-A: b\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('X-A : b\r\n', 'X-A: b\r\n c\r\n', 'X-A: b\n') },
);
const answerFraming: fc.Arbitrary<Framed> = fc.oneof(
  { weight: 8, arbitrary: framed },
  { weight: 3, arbitrary: content.map((body) => ({ line: '', body })) },
  {
    weight: 1,
    arbitrary: content.map((body) => ({
      line: `Content-Length: ${body.length}\r\nContent-Length: ${body.length}\r\n`,
      body,
    })),
  },
);
const interim = fc.constantFrom(
  '',
  '',
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n',
);

const answer = fc
  .tuple(interim, fc.constantFrom('1.1', '1.1', '1.1', '1.0'), statusLine, careless, fields, answerFraming)
  .map(([first, version, status, odd, others, framing]) =>
    [first, `HTTP/${version} ${status}\r\n`, lines(framing.line, others, odd), '\r\n', framing.body].join(''),
  );

/** An answer with interim ones before it, as a destination would send it, or with changes. */
export const answers: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: answer },
  {
    weight: 12,
    arbitrary: mutated(answer),
  },
  { weight: 1, arbitrary: noise },
);

/** The bytes in pieces of these sizes, over and over. */
export const cuts = fc.oneof(
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
);

export function piecesOf(text: string, sizes: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

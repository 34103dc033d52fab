// Rows 42 to 66: how long a message is. Two parsers that disagree about that execute different requests.
import { refused, strip, type Row } from '../harness/row.js';
import { BODY_NUMBER, chunkedBody, head, ID, NUMBER, PARTNER, SMUGGLED, STRANGER } from '../harness/values.js';

const HOST = `Host: ${STRANGER}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const BODY = '5\r\nhello\r\n0\r\n\r\n';

function post(...lines: readonly string[]): string {
  return head('POST / HTTP/1.1', ID, HOST, ...lines);
}

function framed(row: number, what: string, send: string, ...status: readonly number[]): Row {
  return { row, says: `${what} is refused`, send, ...refused(...status) };
}

/** A fault inside the body: the head may have gone on, a whole message never. */
function cut(row: number, what: string, body: string, ...status: readonly number[]): Row {
  return {
    row,
    says: `${what} is refused, no whole message goes on`,
    send: post(CHUNKED) + body,
    isCut: true,
    ...refused(...status),
  };
}

/** A body that looks like a request stays a body. */
function carried(row: number, method: string, lines: readonly string[], body: string): Row {
  return {
    row,
    says: `${method} with ${lines[0] === CHUNKED ? 'a chunked body' : 'a length'} that holds a request is one request`,
    send: head(`${method} / HTTP/1.1`, ID, HOST, ...lines) + body,
    ...strip(),
    line: `${method} / HTTP/1.1`,
    body: SMUGGLED,
  };
}

/** More than 16 KiB of chunk extensions in all, none of them long. */
const EXTENSIONS = Array.from({ length: 90 }, () => `1;e=${'x'.repeat(200)}\r\na\r\n`).join('');

export const FRAMING_ROWS: readonly Row[] = [
  framed(42, 'a length before chunked', post('Content-Length: 5', CHUNKED) + BODY),
  framed(42, 'chunked before a length', post(CHUNKED, 'Content-Length: 5') + BODY),
  framed(43, 'chunked on two lines', post(CHUNKED, CHUNKED) + BODY),
  framed(43, 'chunked twice in one value', post('Transfer-Encoding: chunked, chunked') + BODY),
  framed(44, 'an empty member before chunked', post('Transfer-Encoding: ,chunked') + BODY),
  ...['identity', 'xchunked', '"chunked"', 'chunked, identity', 'chunked;q=1', '\x0bchunked', 'chunked\xa0'].map(
    (value) =>
      framed(45, `the coding ${JSON.stringify(value)}`, `${post(`Transfer-Encoding: ${value}`)}${BODY}`, 400, 501),
  ),
  framed(45, 'identity before chunked', `${post('Transfer-Encoding: identity, chunked')}${BODY}`, 400, 501),
  framed(46, 'a coding that we do not know before chunked', post('Transfer-Encoding: gzip, chunked') + BODY, 501),
  framed(47, 'a space before the colon of Transfer-Encoding', post('Transfer-Encoding : chunked') + BODY),
  framed(47, 'Transfer-Encoding folded in its name', post('Transfer-', 'Encoding: chunked') + BODY),
  framed(47, 'Transfer-Encoding folded in its value', post('Transfer-Encoding:', ' chunked') + BODY),
  {
    row: 48,
    says: 'Transfer_Encoding frames nothing and does not travel; the bytes behind the head are refused as a request',
    send: head('POST / HTTP/1.1', HOST, 'Transfer_Encoding: chunked') + BODY,
    outcome: { to: 'stranger' },
    withheld: ['transfer_encoding'],
    body: '',
    thenRefused: true,
  },
  framed(49, 'a coding in HTTP/1.0', head('POST / HTTP/1.0', HOST, CHUNKED) + BODY),
  framed(49, 'a coding and a length in HTTP/1.0', head('POST / HTTP/1.0', HOST, CHUNKED, 'Content-Length: 5') + BODY),
  framed(50, 'a repeated equal length', `${post('Content-Length: 5', 'Content-Length: 5')}hello`),
  framed(50, 'two different lengths', `${post('Content-Length: 5', 'Content-Length: 0')}hello`),
  framed(50, 'a list of equal lengths', `${post('Content-Length: 5, 5')}hello`),
  ...['+5', '-5', '0x5', '0_5', '', '5 5', '18446744073709551621', '5;', '5.0', '٥'].map((value) =>
    framed(
      51,
      `the length ${JSON.stringify(value)}`,
      `${post(`Content-Length: ${Buffer.from(value).toString('latin1')}`)}hello`,
    ),
  ),
  {
    row: 52,
    says: 'a length with leading zeros is sent on as we counted it',
    send: `${post('Content-Length: 005')}hello`,
    ...strip(),
    arrives: ['Content-Length: 5'],
    body: 'hello',
  },
  ...['DELETE', 'OPTIONS'].map((method) => carried(53, method, [CHUNKED], chunkedBody(SMUGGLED))),
  ...['GET', 'HEAD'].map((method) => carried(54, method, [CHUNKED], chunkedBody(SMUGGLED))),
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'PUT'].map((method) =>
    carried(55, method, [`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
  ),
  framed(56, 'TRACE with a body', `${head('TRACE / HTTP/1.1', ID, HOST, 'Content-Length: 5')}hello`, 405),
  ...['5;a=b', '5;x="q\\"; "', '5 ;a', '5;a=b;c="d"'].slice(0, 2).map((line): Row => ({
    row: 57,
    says: `the chunk extension of ${JSON.stringify(line)} goes no further`,
    send: `${post(CHUNKED)}${line}\r\nhello\r\n0;last=1\r\n\r\n`,
    ...strip(),
    body: 'hello',
    also: (request) => {
      expect(request.rawBody).not.toContain(';');
    },
  })),
  {
    row: 58,
    says: 'an identity value in a chunk extension goes no further',
    send: `${post(CHUNKED)}5;id=${NUMBER}\r\nhello\r\n0;id="${NUMBER}"\r\n\r\n`,
    ...strip(),
    body: 'hello',
  },
  cut(59, 'a bare LF at the end of a chunk extension', '5;a\nhello\r\n0\r\n\r\n'),
  cut(59, 'a bare CR in a chunk extension', '5;a\rb\r\nhello\r\n0\r\n\r\n'),
  cut(59, 'a bare LF behind a chunk size', '5\nhello\r\n0\r\n\r\n'),
  cut(59, 'CR CR LF behind the last chunk size', '5\r\nhello\r\n0\r\r\n\r\n'),
  ...['0x5', '+5', '-5', '5 ', ' 5', '', '0_2e', '10000000000000005'].map((size) =>
    cut(60, `the chunk size ${JSON.stringify(size)}`, `${size}\r\nhello\r\n0\r\n\r\n`),
  ),
  cut(61, 'chunk data that is longer than its size', '5\r\nhelloX\r\n0\r\n\r\n'),
  cut(61, 'chunk data that is ended with a bare LF', '5\r\nhello\n0\r\n\r\n'),
  {
    ...cut(62, 'CR and a letter where the final CRLF belongs', '5\r\nhello\r\n0\r\n\rX'),
    deliveries: ['whole', 'byte by byte'],
  },
  cut(63, 'a chunk extension of more than 16 KiB', `5;e=${'x'.repeat(17_000)}\r\nhello\r\n0\r\n\r\n`, 413),
  ...[[], ['Trailer: X-MSISDN']].map((announced): Row => ({
    row: 64,
    says: `${announced.length === 0 ? 'an unannounced' : 'an announced'} identity trailer goes no further`,
    send: post(CHUNKED, ...announced) + chunkedBody('hello', [`X-MSISDN: ${NUMBER}`]),
    ...strip(),
    withheld: ['msisdn', 'trailer'],
    body: 'hello',
  })),
  {
    row: 64,
    says: 'a trailer does not reach a partner either',
    send:
      head('POST / HTTP/1.1', `Host: ${PARTNER}`, CHUNKED) + chunkedBody('hello', [`X-MSISDN: ${NUMBER}`, 'Foo: bar']),
    outcome: { to: 'partner' },
    withheld: ['msisdn', 'foo'],
    body: 'hello',
  },
  {
    row: 65,
    says: 'a Host in the trailers changes nothing',
    send: post(CHUNKED) + chunkedBody('hello', [`Host: ${PARTNER}`]),
    ...strip(),
    host: STRANGER,
    body: 'hello',
  },
  cut(66, 'a space before the colon of a trailer', chunkedBody('hello', [`X-MSISDN : ${NUMBER}`])),
  cut(66, 'a folded trailer', chunkedBody('hello', ['Foo: a', ` X-MSISDN: ${NUMBER}`])),
  {
    row: 53,
    says: 'a number in a body is the subscriber’s own and arrives',
    send: post(`Content-Length: ${BODY_NUMBER.length}`) + BODY_NUMBER,
    ...strip(),
    body: BODY_NUMBER,
  },
];

/**
 * Where the rows leave two outcomes: refused, or forwarded with our own framing and nothing else of it.
 */
export const EITHER_ROWS: readonly {
  readonly row: number;
  readonly says: string;
  readonly send: string;
  readonly refusedWith: number;
  readonly body: string;
}[] = [
  ...['Content-Length: 5', 'Transfer-Encoding: x', 'Transfer-Encoding: chunked'].map((line) => ({
    row: 65,
    says: `the trailer \`${line}\``,
    send: post(CHUNKED) + chunkedBody('hello', [line]),
    refusedWith: 400,
    body: 'hello',
  })),
  {
    row: 60,
    says: 'a chunk size of 17 digits that is 5',
    send: `${post(CHUNKED)}00000000000000005\r\nhello\r\n0\r\n\r\n`,
    refusedWith: 400,
    body: 'hello',
  },
  {
    // Node's parser counts the extensions of each chunk alone, so on the slow path these are dropped instead.
    row: 63,
    says: 'more than 16 KiB of chunk extensions, none of them long,',
    send: `${post(CHUNKED)}${EXTENSIONS}0\r\n\r\n`,
    refusedWith: 413,
    body: 'a'.repeat(90),
  },
];

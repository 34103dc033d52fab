import { parseAuthority } from '../../src/names/authority.js';
import { LinePool } from '../../src/http/head-lines.js';
import type { RefusalCode } from '../../src/http/refusal.js';
import { RequestReader } from '../../src/http/request-reader.js';
import { byteByByte, halves, latin1, LIMITS, readingWith, requestsOf, type Transcript, wholly } from './transcript.js';

const GET = 'GET / HTTP/1.1';
const HOST = 'Host: a.example';
const CHUNKED = 'Transfer-Encoding: chunked';
const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const post = (...lines: readonly string[]): string => head('POST / HTTP/1.1', HOST, ...lines);

/** A fault inside a message is found where it is, but the bytes of its piece may be left or taken. */
const anywhere = (transcript: Transcript): unknown =>
  expect.objectContaining({ messages: transcript.messages, end: transcript.end });

/** Whole, byte by byte, in two pieces cut anywhere, and with another request behind: always the same. */
function told(text: string): Transcript {
  const whole = requestsOf(wholly(text));
  expect(requestsOf(byteByByte(text))).toEqual(anywhere(whole));
  if (text.length < 400) {
    for (const pieces of halves(text)) expect(requestsOf(pieces)).toEqual(anywhere(whole));
  }
  if (whole.end === '' && whole.messages.at(-1)?.isWhole === true) {
    const behind = head('GET /behind HTTP/1.1', HOST);
    const { messages } = requestsOf(wholly(text + behind));
    expect(messages.slice(0, -1)).toEqual(whole.messages);
    expect(messages.at(-1)?.start).toBe('GET /behind HTTP/1.1');
    expect(requestsOf(byteByByte(text + behind)).messages).toEqual(messages);
  }
  return whole;
}

/** The one head of the text: path, `fast` or why it is slow, and so on. */
function read(text: string): Record<string, unknown> {
  const { messages, end } = told(text);
  const [message, ...others] = messages;
  if (message === undefined || end !== '') throw new Error(`refused: ${end}`);
  expect(others).toEqual([]);
  const [path, closes, isUnusual, authority, sent] = JSON.parse(message.more) as unknown[];
  const { start, fields, framing, body, isWhole } = message;
  return { start, fields, framing, body, isWhole, path, closes, isUnusual, authority, sent };
}

const A = { host: 'a.example', kind: 'name', port: 80 };

describe('a canonical request', () => {
  test('is fast, and is what its bytes say', () => {
    expect(read(head('GET /p?q=1 HTTP/1.1', HOST, 'X-A:  b c\t', 'X-Empty:', 'x_a:\xff'))).toEqual({
      start: 'GET /p?q=1 HTTP/1.1',
      fields: [
        { name: 'Host', value: 'a.example' },
        { name: 'X-A', value: 'b c' },
        { name: 'X-Empty', value: '' },
        { name: 'x_a', value: '\xff' },
      ],
      framing: 'none',
      body: '',
      isWhole: true,
      path: 'fast',
      closes: false,
      isUnusual: false,
      authority: A,
      sent: '/p?q=1',
    });
  });
  test.each([
    ['', false],
    ['Connection: keep-alive', false],
    ['Connection: Close', true],
    ['connection: KEEP-ALIVE', false],
  ])('says with %j whether it is the last', (line, closes) => {
    const lines = line === '' ? [HOST] : [HOST, line];
    expect(read(head(GET, ...lines))).toMatchObject({ path: 'fast', closes, isUnusual: false });
  });
  test('a host has one canonical form', () => {
    expect(read(head(GET, 'hOST: A.Example.:8080'))).toMatchObject({
      isUnusual: false,
      authority: { host: 'a.example', kind: 'name', port: 8080 },
    });
  });
  test('empty lines in front are skipped, and are no request', () => {
    expect(read(`\r\n\r\n${head(GET, HOST)}`)).toMatchObject({ path: 'fast', isWhole: true });
    const reader = new RequestReader(readingWith());
    expect(reader.read(latin1('\r\n\r'), 0, 3)).toBe('more');
    expect(reader.isBetween).toBe(true);
    expect(reader.read(latin1('\nG'), 0, 2)).toBe('more');
    expect(reader.isBetween).toBe(false);
  });
});

describe('what is fast, but is read as strings', () => {
  test.each([
    ['an absolute target', head('GET http://a.example/p HTTP/1.1', 'Host: b.example'), '/p'],
    ['a nomination', head(GET, HOST, 'Connection: close, X-A'), '/'],
    ['two lines of Connection', head(GET, HOST, 'Connection: close', 'Connection: X-A'), '/'],
    ['an upgrade that is no WebSocket', head(GET, HOST, 'Connection: Upgrade', 'Upgrade: h2c'), '/'],
    ['OPTIONS of the server', head('OPTIONS * HTTP/1.1', HOST), '*'],
    ['OPTIONS with Max-Forwards', head('OPTIONS / HTTP/1.1', HOST, 'Max-Forwards: 3'), '/'],
    ['a length of more than 15 digits', head(GET, HOST, 'Content-Length: 0000000000000000'), '/'],
  ])('%s', (_, text, sent) => {
    expect(read(text)).toMatchObject({ path: 'fast', isUnusual: true, authority: A, sent, isWhole: true });
  });
  test('the nominations and the close are known', () => {
    expect(read(head(GET, HOST, 'Connection: close, X-A'))).toMatchObject({ closes: true });
  });
  test('Max-Forwards of another method is a field like any other', () => {
    expect(read(head(GET, HOST, 'Max-Forwards: 0'))).toMatchObject({ isUnusual: false });
  });
});

describe('what is for the slow path', () => {
  test.each([
    ['connect', head('CONNECT a.example:443 HTTP/1.1', 'Host: a.example:443')],
    [
      'upgrade',
      head(
        GET,
        HOST,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ),
    ],
    ['expect', head(GET, HOST, 'Expect: 100-continue')],
    ['expect', `${post('Expect: 100-Continue', 'Content-Length: 1')}x`],
    ['http-1.0', head('GET / HTTP/1.0', HOST)],
    ['http-1.0', head('GET / HTTP/1.0', HOST, 'Expect: x')],
  ])('%s: %j', (why, text) => {
    expect(read(text)).toMatchObject({ path: why, isUnusual: true });
  });
  test('the bytes of the head are there to be handed over, however they came', () => {
    const text = head('GET / HTTP/1.0', HOST);
    for (const pieces of halves(`\r\n${text}`)) {
      const reader = new RequestReader(readingWith());
      let handed = '';
      for (const piece of pieces) {
        if (reader.read(piece, 0, piece.length) !== 'head') continue;
        handed =
          reader.lines.bytes.toString('latin1', reader.lines.start, reader.lines.end) +
          piece.toString('latin1', reader.at);
      }
      expect(handed).toBe(text);
    }
  });
});

describe('a refused head', () => {
  const after = (line: string): string => head(GET, HOST, line);
  test.each<[RefusalCode, string, string]>([
    ['syntax', 'a bare LF behind the start line', `${GET}\n${HOST}\r\n\r\n`],
    ['syntax', 'bare LF line ends', `${GET}\n${HOST}\n\n`],
    ['syntax', 'a bare LF in a field', after('X-A: a\nX-B: b')],
    ['syntax', 'a bare CR in a field', after('X-A: a\rX-B: b')],
    ['syntax', 'CR CR LF', after('X-A: a\r')],
    ['syntax', 'a NUL', after('X-A: a\0b')],
    ['syntax', 'a control character', after('X-A: abcd\x01')],
    ['syntax', 'a DEL', after('X-A: abcdefg\x7fh')],
    ['syntax', 'a vertical tab', after('X-A: \x0b')],
    ['syntax', 'a folded line', after('X-A: a\r\n b')],
    ['syntax', 'a tab as a fold', after('X-A: a\r\n\tb')],
    ['syntax', 'white space in front of the first field', head(GET, ` ${HOST}`)],
    ['syntax', 'a space before the colon', after('X-A : a')],
    ['syntax', 'a tab before the colon', after('X-A\t: a')],
    ['syntax', 'an empty name', after(': a')],
    ['syntax', 'no colon', after('X-A')],
    ['syntax', 'a name in quotes', after('"X-A": a')],
    ['syntax', 'a name with a byte over 0x7f', after('X-\xc4A: a')],
    ['syntax', 'CR and a letter where the head ends', `${GET}\r\n${HOST}\r\n\rX`],
    ['syntax', 'a bare LF in front', `\n${head(GET, HOST)}`],
    ['syntax', 'a bare CR in front', `\r${head(GET, HOST)}`],
    ['syntax', 'two spaces in the start line', head('GET  / HTTP/1.1', HOST)],
    ['syntax', 'two spaces before the version', head('GET /  HTTP/1.1', HOST)],
    ['syntax', 'a space behind the version', head(`${GET} `, HOST)],
    ['syntax', 'a space in front of the method', head(` ${GET}`, HOST)],
    ['syntax', 'a space in the target', head('GET /a b HTTP/1.1', HOST)],
    ['syntax', 'tabs in the start line', head('GET\t/\tHTTP/1.1', HOST)],
    ['syntax', 'no version', head('GET /p', HOST)],
    ['syntax', 'no target', head('GET HTTP/1.1', HOST)],
    ['syntax', 'a version in lower case', head('GET / http/1.1', HOST)],
    ['syntax', 'half a version', head('GET / HTTP/1', HOST)],
    ['syntax', 'something like a version', head('GET / HTTP/x.1', HOST)],
    ['syntax', 'something as long as a version', head('GET / HTTQ/1.1', HOST)],
    ['syntax', 'a method that is no token', head('G=":<>(e) / HTTP/1.1', HOST)],
    ['syntax', 'TLS', '\x16\x03\x01\0\xa5\x01'],
    ['version', 'HTTP/2.0', head('GET / HTTP/2.0', HOST)],
    ['version', 'HTTP/1.2', head('GET / HTTP/1.2', HOST)],
    ['version', 'HTTP/1.10', head('GET / HTTP/1.10', HOST)],
    ['version', 'HTTP/0.9', head('GET / HTTP/0.9', HOST)],
    ['version', 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['method', 'a method in lower case', head('get / HTTP/1.1', HOST)],
    ['method', 'a method that we do not know', head('FOO / HTTP/1.1', HOST)],
    ['trace', 'TRACE', head('TRACE / HTTP/1.1', HOST)],
    ['target', 'a relative target', head('GET p HTTP/1.1', HOST)],
    ['target', 'a fragment', head('GET /a#b HTTP/1.1', HOST)],
    ['target', 'a byte over 0x7f', head('GET /\xff HTTP/1.1', HOST)],
    ['target', 'a backslash as a slash', head('GET \\a HTTP/1.1', HOST)],
    ['target', '`*` of a GET', head('GET * HTTP/1.1', HOST)],
    ['target', 'userinfo', head('GET http://b@a.example/ HTTP/1.1', HOST)],
    ['target', 'CONNECT without a port', head('CONNECT a.example HTTP/1.1', HOST)],
    ['scheme', 'https', head('GET https://a.example/ HTTP/1.1', HOST)],
    ['connect-port', 'CONNECT to port 80', head('CONNECT a.example:80 HTTP/1.1', HOST)],
    ['host', 'no Host', head(GET, 'X-A: a')],
    ['host', 'two of them', head(GET, HOST, HOST)],
    ['host', 'two in different case', head(GET, HOST, 'hOST: a.example')],
    ['host', 'a list', head(GET, 'Host: a.example, b.example')],
    ['host', 'an empty one', head(GET, 'Host:')],
    ['host', 'Host by its key alone', head(GET, 'Ho-st: a.example')],
    ['host', 'a Host that is none beside an absolute target', head('GET http://a.example/ HTTP/1.1', 'Host: a b')],
    ['framing', 'a length and a coding', post('Content-Length: 5', CHUNKED)],
    ['framing', 'a coding and a length', post(CHUNKED, 'Content-Length: 5')],
    ['framing', 'two codings', post(CHUNKED, CHUNKED)],
    ['framing', 'two equal lengths', post('Content-Length: 5', 'Content-Length: 5')],
    ['framing', 'a list of lengths', post('Content-Length: 5, 5')],
    ['framing', 'a signed length', post('Content-Length: +5')],
    ['framing', 'an empty length', post('Content-Length:')],
    ['framing', 'a length over 2^53', post('Content-Length: 18446744073709551621')],
    ['framing', 'a tab behind a length, which parsers read differently', post('Content-Length: 5\t')],
    ['framing', 'white space behind chunked, which parsers read differently', post(`${CHUNKED} `)],
    ['framing', 'the same beside another oddity', head('OPTIONS * HTTP/1.1', HOST, `${CHUNKED}\t`)],
    ['framing', 'another coding', post('Transfer-Encoding: identity')],
    ['framing', 'an empty member', post('Transfer-Encoding: ,chunked')],
    ['framing', 'an empty coding', post('Transfer-Encoding:')],
    ['framing', 'a coding in HTTP/1.0', head('POST / HTTP/1.0', HOST, CHUNKED)],
    ['framing', 'CONNECT with a length', head('CONNECT a.example:443 HTTP/1.1', HOST, 'Content-Length: 0')],
    ['transfer-coding', 'gzip and chunked', post('Transfer-Encoding: gzip, chunked')],
    ['expect', 'another expectation', head(GET, HOST, 'Expect: 100-continue, x')],
    [
      'upgrade',
      'a handshake without a key',
      head(GET, HOST, 'Connection: upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'),
    ],
    [
      'upgrade-version',
      'another WebSocket',
      head(GET, HOST, 'Connection: upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 7'),
    ],
  ])('%s: %s', (code, _, text) => {
    const transcript = told(text);
    expect([transcript.messages, transcript.end]).toEqual([[], code]);
  });
  test('Max-Forwards: 0 of OPTIONS is owed an answer of ours', () => {
    expect(told(head('OPTIONS / HTTP/1.1', HOST, 'Max-Forwards: 0'))).toMatchObject({ end: 'method options' });
  });
  test('`Transfer_Encoding` and `Content_Length` frame nothing', () => {
    expect(read(post('Transfer_Encoding: chunked', 'Content_Length: 5'))).toMatchObject({ framing: 'none' });
  });
  test('it stays refused, whatever still comes', () => {
    const reader = new RequestReader(readingWith());
    const bad = latin1('X\r\n');
    const good = latin1(head(GET, HOST));
    expect(reader.read(bad, 0, bad.length)).toBe('refused');
    expect(reader.read(good, 0, good.length)).toBe('refused');
    expect([reader.refusal, reader.isBetween, reader.finish()]).toEqual(['syntax', false, false]);
    expect(() => reader.lines).toThrow('no head');
    expect(() => reader.authority).toThrow('no head');
  });
  test('it is refused at the byte that is wrong, before the head is whole', () => {
    for (const text of [`${GET}\r\n${HOST}\r\nX-A: a\0`, `${GET}\r\n${HOST}\r\nX-A `, 'GET /\r\n', 'G\x03']) {
      expect(requestsOf(wholly(text)).end).not.toBe('');
      expect(requestsOf(byteByByte(text)).end).not.toBe('');
      expect(requestsOf(wholly(text.slice(0, -1))).end).toBe('');
    }
  });
});

describe('limits', () => {
  const reading = readingWith({ bytes: 200, fields: 5 });
  const sized = (bytes: number): string => {
    const rest = head(GET, HOST, 'X-A: ').length;
    return head(GET, HOST, `X-A: ${'a'.repeat(bytes - rest)}`);
  };
  test('a head may be as long as the limit, and not a byte longer, however it comes', () => {
    for (const delivery of [wholly, byteByByte]) {
      expect(requestsOf(delivery(sized(200)), reading).end).toBe('');
      expect(requestsOf(delivery(sized(201)), reading).end).toBe('head-size');
      expect(requestsOf(delivery(`${sized(200)}${sized(200)}`), reading).messages).toHaveLength(2);
      expect(requestsOf(delivery('G'.repeat(300)), reading).end).toBe('head-size');
    }
    for (const pieces of halves(sized(201))) expect(requestsOf(pieces, reading).end).toBe('head-size');
  });
  test('fields may be as many as the limit, and what stands behind it still must be a field', () => {
    const filled = (fields: number, ...more: readonly string[]): string =>
      head(GET, HOST, ...Array.from({ length: fields - 1 }, (_, i) => `X-${i}: a`), ...more);
    for (const delivery of [wholly, byteByByte]) {
      expect(requestsOf(delivery(filled(5)), reading).end).toBe('');
      expect(requestsOf(delivery(filled(6)), reading).end).toBe('field-count');
      expect(requestsOf(delivery(filled(5, CHUNKED)), reading).end).toBe('field-count');
      expect(requestsOf(delivery(filled(7, 'X A')), reading).end).toBe('syntax');
    }
  });
  test('white space counts too', () => {
    expect(requestsOf(wholly(head(GET, HOST, `X-A:${' '.repeat(200)}a`)), reading).end).toBe('head-size');
  });
});

describe('a body', () => {
  test.each([
    ['a length', `${post('Content-Length: 5')}hello`, 'length 5', 'hello'],
    ['a length with zeros', `${post('Content-Length: 005 ')}hello`, 'length 5', 'hello'],
    ['no bytes', post('Content-Length: 0'), 'length 0', ''],
    ['chunks', `${post('transfer-encoding: CHUNKED')}5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`, 'chunked', 'hello!'],
    ['chunks of a GET', `${head(GET, HOST, CHUNKED)}2\r\n\r\n\r\n0\r\n\r\n`, 'chunked', '\r\n'],
    ['extensions', `${post(CHUNKED)}5;a=b;c;d="e\\" f";g=h\r\nhello\r\n0;x\r\n\r\n`, 'chunked', 'hello'],
    ['trailers', `${post(CHUNKED)}1\r\nx\r\n0\r\nX-MSISDN: 447700900123\r\nHost: b.example\r\n\r\n`, 'chunked', 'x'],
  ])('with %s is read whole', (_, text, framing, body) => {
    expect(read(text)).toMatchObject({ framing, body, isWhole: true, path: 'fast' });
  });
  test.each([
    ['framing', '5 \r\nhello\r\n0\r\n\r\n'],
    ['framing', '00000000000000005\r\nhello\r\n0\r\n\r\n'],
    ['framing', '5\r\nhelloX\r\n0\r\n\r\n'],
    ['framing', '5\r\nhello\n0\r\n\r\n'],
    ['framing', '5\r\nhello\rX0\r\n\r\n'],
    ['framing', '5\rXhello\r\n0\r\n\r\n'],
    ['framing', '0\r\n\rX'],
    ['framing', '\r\n'],
    ['chunk-extensions', `1;e=${'x'.repeat(17_000)}\r\na\r\n0\r\n\r\n`],
    ['chunk-extensions', `${`1;e=${'x'.repeat(200)}\r\na\r\n`.repeat(90)}0\r\n\r\n`],
    ['trailer', '0\r\nX-A : a\r\n\r\n'],
    ['trailer', '0\r\nX-A: a\r\n b\r\n\r\n'],
    ['trailer', '0\r\n X-A: a\r\n\r\n'],
    ['trailer', '0\r\nContent-Length: 5\r\n\r\n'],
    ['trailer', '0\r\ntransfer-encoding: x\r\n\r\n'],
    ['head-size', `0\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['field-count', `0\r\n${'X-A: x\r\n'.repeat(129)}\r\n`],
  ])('%s: malformed chunks are refused behind the head, and the request is never whole (%#)', (code, body) => {
    const transcript = told(post(CHUNKED) + body);
    expect([transcript.messages.map(({ isWhole }) => isWhole), transcript.end]).toEqual([[false], code]);
  });
  test('a body that looks like a request is a body', () => {
    const smuggled = head('GET /smug HTTP/1.1', HOST);
    expect(read(`${post(`Content-Length: ${smuggled.length}`)}${smuggled}`)).toMatchObject({ body: smuggled });
  });
});

describe('a client that ends its side', () => {
  const finished = (text: string): boolean | string => {
    const reader = new RequestReader(readingWith());
    const bytes = latin1(text);
    for (let at = 0; reader.read(bytes, at, bytes.length) !== 'more'; at = reader.at);
    return reader.finish() || reader.refusal;
  };
  test.each(['', '\r\n', '\r', head(GET, HOST), `${post('Content-Length: 1')}x`])(
    'between requests is done: %j',
    (text) => {
      expect(finished(text)).toBe(true);
    },
  );
  test.each(['G', head(GET, HOST).slice(0, -1), post('Content-Length: 1'), `${post(CHUNKED)}0\r\nA`])(
    'inside of one is refused: %j',
    (text) => {
      expect(finished(text)).toBe('syntax');
    },
  );
  test('right behind a head without a body is done too', () => {
    const reader = new RequestReader(readingWith());
    const bytes = latin1(head(GET, HOST));
    expect(reader.read(bytes, 0, bytes.length)).toBe('head');
    expect(reader.finish()).toBe(true);
  });
});

test('the caller’s own destination comes back as it was given, also for what is read as strings', () => {
  const known = { host: 'a.example', kind: 'name' as const, port: 80, mark: 1 };
  const asked: string[] = [];
  const reader = new RequestReader({
    pool: new LinePool(LIMITS),
    authorityOf: (text) => {
      asked.push(text);
      return parseAuthority(text, 80) === undefined ? undefined : known;
    },
  });
  for (const text of [head(GET, HOST), head('GET http://A.example:80/ HTTP/1.1', HOST)]) {
    const bytes = latin1(text);
    expect(reader.read(bytes, 0, bytes.length)).toBe('head');
    expect(reader.authority).toBe(known);
    expect(reader.read(bytes, reader.at, bytes.length)).toBe('end');
  }
  expect(asked).toEqual(['a.example', 'a.example']);
});

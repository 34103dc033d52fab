import type { Field, RequestHead } from '../../src/http/message.js';
import { type ReadRequest, readRequest } from '../../src/http/request.js';

const LIMITS = { headBytes: 32_768, fields: 128 };
const fieldsOf = (lines: readonly string[]): readonly Field[] =>
  lines.map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '') };
  });
const headOf = (start: string, ...lines: string[]): RequestHead => {
  const [method = '', target = '', version = ''] = start.split(' ');
  return { method, target, version: version.replace('HTTP/', ''), fields: fieldsOf(lines) };
};
const read = (start: string, ...lines: string[]): ReturnType<typeof readRequest> =>
  readRequest(headOf(start, ...lines), LIMITS);
const code = (start: string, ...lines: string[]): string => {
  const reading = read(start, ...lines);
  return reading.kind === 'refusal' ? reading.code : 'read';
};
const request = (start: string, ...lines: string[]): ReadRequest => {
  const reading = read(start, ...lines);
  if (reading.kind === 'refusal') throw new Error(reading.code);
  return reading;
};
const GET = 'GET / HTTP/1.1';
const HOST = 'Host: a.example';

describe('the version', () => {
  test.each(['2.0', '1.2', '0.9', '1.10', '3.0', '01.1'])(
    'HTTP/%s is not spoken, and passes no check by',
    (version) => {
      expect(code(`GET / HTTP/${version}`, HOST)).toBe('version');
    },
  );
  test.each(['', '1', 'x', '1.1.1', '1.1 '])('%j is none', (version) => {
    expect(readRequest({ ...headOf(GET, HOST), version }, LIMITS)).toMatchObject({ code: 'syntax' });
  });
  test('1.0 and 1.1 are', () => {
    expect(request('GET / HTTP/1.0', HOST).version).toBe('1.0');
    expect(request(GET, HOST).version).toBe('1.1');
  });
});

describe('the method', () => {
  test.each([
    ['get', 'method'],
    ['FOO', 'method'],
    ['PRI', 'method'],
    ['G=":<>(e)', 'syntax'],
    ['', 'syntax'],
    ['TRACE', 'trace'],
  ])('%s is refused with %s', (method, expected) => {
    expect(readRequest({ ...headOf(GET, HOST), method }, LIMITS)).toMatchObject({ kind: 'refusal', code: expected });
  });
});

describe('fields', () => {
  test.each([
    'X-A ',
    ' X-A',
    'X-A\t',
    '',
    'X\0A',
    'X\x85A',
    'X\xa0A',
    'X\x0bA',
    '"X-A"',
    'X-A(a)',
    'X-\xc4\xb0A',
    'X\u0130',
    'X,A',
    'X:A',
    'X\r\nA',
  ])('a name that is no token is refused: %j', (name) => {
    expect(
      readRequest({ ...headOf(GET, HOST), fields: [...fieldsOf([HOST]), { name, value: 'v' }] }, LIMITS),
    ).toMatchObject({ code: 'syntax' });
  });
  test.each(['a\0b', 'a\x01b', 'a\x7fb', 'a\rb', 'a\nb', 'a\r\nX: b', 'a\x1bb', 'a\u0100b'])(
    'a value with a control character is refused: %j',
    (value) => {
      expect(
        readRequest({ ...headOf(GET, HOST), fields: [...fieldsOf([HOST]), { name: 'X-A', value }] }, LIMITS),
      ).toMatchObject({ code: 'syntax' });
    },
  );
  test('bytes over 127, tabs and empty values are values', () => {
    expect(request(GET, HOST, 'X-A: \xff\xfe', 'X-B: a\tb', 'X-C:').fields.map(({ value }) => value)).toEqual([
      'a.example',
      '\xff\xfe',
      'a\tb',
      '',
    ]);
  });
  test('names of object members are names', () => {
    expect(request(GET, HOST, '__proto__: v', 'constructor: v', 'hasOwnProperty: v').fields).toHaveLength(4);
  });
  test('one field over the limit is refused, the limit itself is not', () => {
    const filler = Array.from({ length: 127 }, (_, index) => `X-${String(index)}: v`);
    expect(code(GET, HOST, ...filler)).toBe('read');
    expect(code(GET, HOST, ...filler, 'X-Last: v')).toBe('field-count');
  });
  test('the count is judged before what the fields say: a hidden length refuses nothing less', () => {
    const filler = Array.from({ length: 1_040 }, (_, index) => `X-${String(index)}: v`);
    expect(code(GET, HOST, ...filler, 'Transfer-Encoding: chunked')).toBe('field-count');
    expect(code(GET, HOST, ...filler, 'Host: b.example')).toBe('field-count');
  });
  test('the head is counted as it stands on the wire', () => {
    const head = headOf('GET /p HTTP/1.1', HOST, 'X-A: 12345');
    const bytes = 'GET /p HTTP/1.1\r\nHost: a.example\r\nX-A: 12345\r\n\r\n'.length;
    expect(readRequest(head, { headBytes: bytes, fields: 10 }).kind).toBe('request');
    expect(readRequest(head, { headBytes: bytes - 1, fields: 10 })).toMatchObject({ code: 'head-size' });
  });
});

describe('the authority', () => {
  test.each([
    ['no Host in 1.1', GET, []],
    ['no Host in 1.1 with an absolute target', 'GET http://a.example/ HTTP/1.1', []],
    ['no Host in 1.0 with a path: there is nowhere to go', 'GET / HTTP/1.0', []],
    ['two Hosts', GET, [HOST, 'Host: b.example']],
    ['two equal Hosts', GET, [HOST, HOST]],
    ['two Hosts in 1.0', 'GET / HTTP/1.0', [HOST, 'hOST: b.example']],
    ['two Hosts beside an absolute target', 'GET http://a.example/ HTTP/1.1', [HOST, 'Host: b.example']],
    ['an empty Host', GET, ['Host:']],
    ['an empty Host beside an absolute target', 'GET http://a.example/ HTTP/1.1', ['Host:']],
    ['a list', GET, ['Host: a.example, b.example']],
    ['userinfo', GET, ['Host: a.example:80@b.example']],
    ['a path', GET, ['Host: a.example/']],
    ['an escape', GET, ['Host: a%2eexample']],
    ['a number', GET, ['Host: 2130706433']],
    ['UTF-8', GET, ['Host: a\xe3\x80\x82example']],
    ['no Host for CONNECT in 1.1', 'CONNECT a.example:443 HTTP/1.1', []],
  ])('is refused: %s', (_what, start, lines) => {
    expect(code(start, ...lines)).toBe('host');
  });

  test('Host decides for a path, in canonical form', () => {
    expect(request('GET //b.example/p HTTP/1.1', 'Host: A.Example.:80')).toMatchObject({
      authority: { host: 'a.example', kind: 'name', port: 80 },
      path: '//b.example/p',
      hostDisagrees: false,
    });
  });

  test('the URI decides where there is one, and a Host that differs is noted', () => {
    expect(request('GET http://b.example/p HTTP/1.1', HOST)).toMatchObject({
      authority: { host: 'b.example' },
      path: '/p',
      hostDisagrees: true,
    });
    expect(request('GET http://a.example:8080/ HTTP/1.1', HOST)).toMatchObject({
      authority: { port: 8080 },
      hostDisagrees: true,
    });
    expect(request('GET http://A.example:80/ HTTP/1.1', 'Host: a.EXAMPLE.:')).toMatchObject({ hostDisagrees: false });
  });

  test('1.0 may leave Host out when the target is absolute', () => {
    expect(request('GET http://a.example/ HTTP/1.0')).toMatchObject({
      authority: { host: 'a.example' },
      hostDisagrees: false,
      form: 'absolute',
    });
  });

  test('CONNECT: host and port of the target; a Host without port is no disagreement', () => {
    expect(request('CONNECT a.example:443 HTTP/1.1', HOST)).toMatchObject({
      form: 'authority',
      authority: { host: 'a.example', port: 443 },
      hostDisagrees: false,
      path: '',
    });
    expect(request('CONNECT a.example:443 HTTP/1.1', 'Host: b.example')).toMatchObject({ hostDisagrees: true });
  });

  test('what the target is refused for is the refusal', () => {
    expect(code('GET https://a.example/ HTTP/1.1', HOST)).toBe('scheme');
    expect(code('GET http://a@b.example/ HTTP/1.1', HOST)).toBe('target');
    expect(code('CONNECT a.example:80 HTTP/1.1', HOST)).toBe('connect-port');
  });
});

describe('the body', () => {
  test('is framed by what the fields say, whatever the method', () => {
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST']) {
      expect(request(`${method} / HTTP/1.1`, HOST, 'Transfer-Encoding: chunked').framing).toEqual({ kind: 'chunked' });
      expect(request(`${method} / HTTP/1.1`, HOST, 'Content-Length: 005').framing).toEqual({
        kind: 'length',
        bytes: 5,
      });
      expect(request(`${method} / HTTP/1.1`, HOST).framing).toEqual({ kind: 'none' });
    }
  });
  test.each([
    ['both framings', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['both framings, the other way round', ['Transfer-Encoding: chunked', 'content-length: 5']],
    ['a coding in two spellings', ['Transfer-Encoding: chunked', 'transfer-encoding: chunked']],
  ])('is refused: %s', (_what, lines) => {
    expect(code('POST / HTTP/1.1', HOST, ...lines)).toBe('framing');
  });
  test('a coding that we do not undo is 501', () => {
    expect(code('POST / HTTP/1.1', HOST, 'Transfer-Encoding: gzip, chunked')).toBe('transfer-coding');
  });
  test('chunked in 1.0 is refused', () => {
    expect(code('POST / HTTP/1.0', HOST, 'Transfer-Encoding: chunked')).toBe('framing');
  });
  test('Transfer_Encoding frames nothing', () => {
    expect(request('POST / HTTP/1.1', HOST, 'Transfer_Encoding: chunked').framing).toEqual({ kind: 'none' });
  });
  test.each(['Content-Length: 0', 'Content-Length: 5', 'Transfer-Encoding: chunked'])(
    'CONNECT has none: %s',
    (line) => {
      expect(code('CONNECT a.example:443 HTTP/1.1', HOST, line)).toBe('framing');
    },
  );
});

describe('an expectation', () => {
  const post = (...lines: string[]): ReturnType<typeof readRequest> =>
    read('POST / HTTP/1.1', HOST, 'Content-Length: 5', ...lines);
  test('of 100-continue, with a body, is kept', () => {
    expect(post('Expect: 100-Continue')).toMatchObject({ expectContinue: true });
    expect(post()).toMatchObject({ expectContinue: false });
  });
  test.each([['y 100-continue'], ['100-continue, x'], ['100-continue;q'], ['foo'], [''], ['"100-continue"']])(
    'other than that is refused: %j',
    (value) => {
      expect(post(`Expect: ${value}`)).toMatchObject({ code: 'expect' });
    },
  );
  test('said twice is refused', () => {
    expect(post('Expect: 100-continue', 'expect: 100-continue')).toMatchObject({ code: 'expect' });
  });
  test('of 1.0 is no expectation', () => {
    expect(read('POST / HTTP/1.0', HOST, 'Content-Length: 5', 'Expect: foo')).toMatchObject({
      kind: 'request',
      expectContinue: false,
    });
  });
  test('without a body waits for nothing', () => {
    expect(read(GET, HOST, 'Expect: 100-continue')).toMatchObject({ kind: 'request', expectContinue: false });
  });
});

describe('Max-Forwards', () => {
  test('of OPTIONS is one less when it leaves, in its place', () => {
    expect(request('OPTIONS / HTTP/1.1', HOST, 'max-Forwards: 3', 'X-A: 1').fields.slice(1)).toEqual([
      { name: 'max-Forwards', value: '2' },
      { name: 'X-A', value: '1' },
    ]);
  });
  test('of OPTIONS at 0 is answered by us', () => {
    expect(read('OPTIONS * HTTP/1.1', HOST, 'Max-Forwards: 0')).toEqual({
      kind: 'refusal',
      code: 'method',
      local: 'options',
    });
    expect(read('OPTIONS * HTTP/1.1', HOST, 'Max-Forwards: 00')).toMatchObject({ local: 'options' });
  });
  test('may be larger than any number of ours', () => {
    expect(request('OPTIONS / HTTP/1.1', HOST, `Max-Forwards: ${'9'.repeat(400)}`).fields[1]?.value).toBe('255');
  });
  test.each(['', '-1', 'x', '1, 2'])('of OPTIONS that is no number is refused: %j', (value) => {
    expect(code('OPTIONS / HTTP/1.1', HOST, `Max-Forwards: ${value}`)).toBe('syntax');
  });
  test('twice is refused', () => {
    expect(code('OPTIONS / HTTP/1.1', HOST, 'Max-Forwards: 1', 'Max-Forwards: 0')).toBe('syntax');
  });
  test('of other methods is left alone', () => {
    expect(request(GET, HOST, 'Max-Forwards: 0').fields[1]).toEqual({ name: 'Max-Forwards', value: '0' });
  });
});

describe('an Upgrade', () => {
  const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
  const lines = [HOST, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  test('to a WebSocket gives the key', () => {
    expect(request(GET, ...lines, `Sec-WebSocket-Key: ${KEY}`).webSocketKey).toBe(KEY);
  });
  test('is refused when the handshake is malformed', () => {
    expect(code(GET, ...lines)).toBe('upgrade');
    expect(code(GET, ...lines, `Sec-WebSocket-Key: ${KEY}`, 'Content-Length: 5')).toBe('framing');
    expect(code(GET, ...lines, `Sec-WebSocket-Key: ${KEY}`, 'Transfer-Encoding: chunked')).toBe('framing');
  });
  test('with a length of nothing has no body', () => {
    expect(request(GET, ...lines, `Sec-WebSocket-Key: ${KEY}`, 'Content-Length: 0').webSocketKey).toBe(KEY);
  });
  test('to h2c is a plain request', () => {
    expect(
      request(GET, HOST, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__')
        .webSocketKey,
    ).toBeNull();
  });
});

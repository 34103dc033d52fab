import { ANSWER_LIMITS, AnswerReader } from '../../src/http/answer-reader.js';
import { LinePool } from '../../src/http/head-lines.js';
import { answersOf, byteByByte, halves, latin1, type Transcript, wholly } from './transcript.js';

const OK = 'HTTP/1.1 200 OK';
const LENGTH = 'Content-Length: 5';
const CHUNKED = 'Transfer-Encoding: chunked';
const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

/** A fault inside a message is found where it is, but the bytes of its piece may be left or taken. */
const anywhere = (transcript: Transcript): unknown =>
  expect.objectContaining({ messages: transcript.messages, end: transcript.end });

/** Whole, byte by byte, in two pieces cut anywhere; and with bytes behind, where it ends before its connection does. */
function told(text: string, method = 'GET'): Transcript {
  const whole = answersOf(wholly(text), method);
  expect(answersOf(byteByByte(text), method)).toEqual(anywhere(whole));
  if (text.length < 400) {
    for (const pieces of halves(text)) expect(answersOf(pieces, method)).toEqual(anywhere(whole));
  }
  const last = whole.messages.at(-1);
  if (last?.isWhole === true && last.framing !== 'close' && whole.end === '') {
    const behind = answersOf(wholly(`${text}HTTP/1.1`), method);
    expect(behind).toEqual({ ...whole, taken: text.length });
  }
  return whole;
}

/** The final answer. */
function read(text: string, method?: string): Record<string, unknown> {
  const { messages, end } = told(text, method);
  const last = messages.at(-1);
  if (last === undefined || end !== '') throw new Error(`fault: ${end}`);
  const [repairs, declaredBytes, connectionClose, unusual] = JSON.parse(last.more) as unknown[];
  const { start, fields, framing, body, isWhole } = last;
  return { start, fields, framing, body, isWhole, repairs, declaredBytes, connectionClose, unusual };
}

describe('a canonical answer', () => {
  test('is what its bytes say', () => {
    expect(read(`${head(OK, LENGTH, 'Connection: keep-alive', 'X-A: \xff')}hello`)).toEqual({
      start: OK,
      fields: [
        { name: 'Content-Length', value: '5' },
        { name: 'Connection', value: 'keep-alive' },
        { name: 'X-A', value: '\xff' },
      ],
      framing: 'length 5',
      body: 'hello',
      isWhole: true,
      repairs: [],
      declaredBytes: 5,
      connectionClose: false,
      unusual: null,
    });
  });
  test.each([
    ['chunks', `${head(OK, CHUNKED)}5;a=b\r\nhello\r\n0\r\nX-T: a\r\n\r\n`, 'chunked', 'hello'],
    ['the connection', `${head(OK, 'Connection: close')}hello`, 'close', 'hello'],
    ['an empty phrase', `${head('HTTP/1.1 200 ', LENGTH)}hello`, 'length 5', 'hello'],
    ['an unknown status', `${head('HTTP/1.1 999 No \t\xff', LENGTH)}hello`, 'length 5', 'hello'],
    ['no bytes', head(OK, 'Content-Length: 0'), 'length 0', ''],
  ])('with %s has its body', (_, text, framing, body) => {
    expect(read(text)).toMatchObject({ framing, body, isWhole: true, unusual: null, repairs: [] });
  });
  test.each([
    ['HEAD', head(OK, LENGTH), 5],
    ['HEAD', head(OK, CHUNKED), null],
    ['HEAD', head(OK), null],
    ['GET', head('HTTP/1.1 204 No Content'), null],
    ['GET', head('HTTP/1.1 304 Not Modified', LENGTH), 5],
  ])('to %s has no body: %j', (method, text, declaredBytes) => {
    expect(read(text, method)).toMatchObject({ framing: 'none', body: '', isWhole: true, declaredBytes });
  });
});

describe('an answer that is read as strings', () => {
  test('what Connection names is taken out', () => {
    expect(read(`${head(OK, LENGTH, 'Connection: close, X-A', 'X-A: 1', 'X-B: 2')}hello`)).toMatchObject({
      connectionClose: true,
      unusual: [{ name: 'X-B', value: '2' }],
      body: 'hello',
    });
  });
  test('of HTTP/1.0 closes its connection', () => {
    expect(read(`${head('HTTP/1.0 200 OK', LENGTH)}hello`)).toMatchObject({
      connectionClose: true,
      framing: 'length 5',
    });
    expect(read(`${head('HTTP/1.0 200 OK')}hello`)).toMatchObject({ connectionClose: true, framing: 'close' });
  });
  test('with a length of more than 15 digits is framed by it', () => {
    expect(read(`${head(OK, 'Content-Length: 0000000000000005')}hello`)).toMatchObject({ framing: 'length 5' });
  });
});

describe('repairs', () => {
  test.each([
    ['reason', `${head('HTTP/1.1 200', LENGTH)}hello`, 'X'],
    ['equal-lengths', `${head(OK, LENGTH, LENGTH)}hello`, 'X'],
    ['equal-lengths', `${head(OK, 'Content-Length: 5, 5')}hello`, 'X'],
    ['space-before-colon', `${head(OK, 'X-A \t: a', LENGTH)}hello`, 'a'],
    ['space-before-colon', `${head(OK, 'Content-Length : 5', 'X-A: a')}hello`, 'a'],
    ['folded', `${head(OK, LENGTH, 'X-A: a', ' \tb')}hello`, 'a b'],
    ['folded', `${head(OK, LENGTH, 'X-A:', '\ta')}hello`, 'a'],
    ['bare-lf', 'HTTP/1.1 200 OK\nContent-Length: 5\nX-A: a\n\nhello', 'a'],
    ['bare-lf', 'HTTP/1.1 200 OK\r\nContent-Length: 5\nX-A: a\r\n\r\nhello', 'a'],
    ['bare-lf', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: a\r\n\nhello', 'a'],
  ])('%s: %j is read, and counted once', (kind, text, value) => {
    const answer = read(text);
    expect(answer).toMatchObject({ framing: 'length 5', body: 'hello', isWhole: true, repairs: [kind] });
    if (value !== 'X') expect(answer['fields']).toContainEqual({ name: 'X-A', value });
  });
  test('several at once are all counted', () => {
    const text = 'HTTP/1.1 200\nContent-Length : 5\n 	\nContent-Length: 5\n\nhello';
    expect(read(text)).toMatchObject({
      start: 'HTTP/1.1 200 ',
      body: 'hello',
      repairs: ['bare-lf', 'space-before-colon', 'folded', 'reason', 'equal-lengths'],
    });
  });
  test.each([
    ['a fold where no field is to be continued', head(OK, ' X-A: a', LENGTH)],
    ['white space alone before the colon', head(OK, ' : a', LENGTH)],
    ['a bare CR among bare LF', 'HTTP/1.1 200 OK\nX-A: a\rb\n\n'],
    ['a NUL in a folded value', head(OK, 'X-A: a', ' b\0', LENGTH)],
    ['a start line that is none', 'SSH-2.0-OpenSSH\n\n'],
    ['a name with a space in it', head(OK, 'X A: a')],
    ['a name with a space in it and behind it', head(OK, 'X A : a')],
    ['CR and a space', `${OK}\r\nX-A: a\r b\r\n\r\n`],
  ])('%s is not repaired', (_, text) => {
    expect(told(text)).toMatchObject({ messages: [], end: 'answer-syntax' });
  });
  test('a folded length is no length', () => {
    expect(told(head(OK, 'Content-Length: 5', ' 6')).end).toBe('answer-framing');
  });
  test('a careless head has the limits of any other', () => {
    for (const delivery of [wholly, byteByByte]) {
      expect(answersOf(delivery(`${OK}\nX-A: ${'a'.repeat(66_000)}\n\n`)).end).toBe('answer-size');
      expect(answersOf(delivery(`${OK}\n${'X-A: a\n'.repeat(257)}\n`)).end).toBe('answer-size');
    }
  });
});

describe('interim answers', () => {
  test('come before the final one, each whole', () => {
    const text = `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 103 Early Hints', 'Link: <a>')}${head(OK, LENGTH)}hello`;
    expect(told(text).messages).toMatchObject([
      { start: 'HTTP/1.1 100 Continue', isWhole: true, framing: 'none' },
      { start: 'HTTP/1.1 103 Early Hints', isWhole: true, framing: 'none', fields: [{ name: 'Link', value: '<a>' }] },
      { start: OK, isWhole: true, body: 'hello' },
    ]);
  });
  test('may be careless too', () => {
    expect(told(`HTTP/1.1 100\n\n${head(OK, LENGTH)}hello`).messages).toHaveLength(2);
  });
  test('are 16 at most', () => {
    const interim = head('HTTP/1.1 103 Early Hints');
    expect(told(`${interim.repeat(16)}${head(OK, 'Content-Length: 0')}`)).toMatchObject({ end: '' });
    expect(told(`${interim.repeat(17)}${head(OK, 'Content-Length: 0')}`)).toMatchObject({ end: 'too-many-interim' });
  });
  test('a 101 was asked for by nobody', () => {
    expect(told(head('HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'))).toMatchObject({
      messages: [],
      end: 'unasked-101',
    });
  });
});

describe('faults', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `F${i}: x`);
  test.each([
    ['answer-framing', 'two different lengths', head(OK, LENGTH, 'Content-Length: 6')],
    ['answer-framing', 'a list of different lengths', head(OK, 'Content-Length: 5, 6')],
    ['answer-framing', 'a length and a coding', head(OK, LENGTH, CHUNKED)],
    ['answer-framing', 'a signed length', head(OK, 'Content-Length: +5')],
    ['answer-framing', 'another coding', head(OK, 'Transfer-Encoding: gzip, chunked')],
    ['answer-framing', 'white space behind chunked, which parsers read differently', head(OK, `${CHUNKED} `)],
    ['answer-framing', 'a coding in HTTP/1.0', head('HTTP/1.0 200 OK', CHUNKED)],
    ['answer-framing', 'two codings', head(OK, CHUNKED, CHUNKED)],
    ['answer-syntax', 'a NUL', head(OK, 'X-A: a\0b')],
    ['answer-syntax', 'a DEL', head(OK, 'X-A: a\x7fb')],
    ['answer-syntax', 'a bare CR', head(OK, 'X-A: a\rX-B: b')],
    ['answer-syntax', 'an empty name', head(OK, ': a')],
    ['answer-syntax', 'no colon', head(OK, 'X-A')],
    ['answer-syntax', 'another version', head('HTTP/2.0 200 OK')],
    ['answer-syntax', 'half a version', head('HTTP/1')],
    ['answer-syntax', 'a status of two digits', head('HTTP/1.1 20 OK')],
    ['answer-syntax', 'a status of four digits', head('HTTP/1.1 2000 OK')],
    ['answer-syntax', 'a status under 100', head('HTTP/1.1 099 OK')],
    ['answer-syntax', 'two spaces before the status', head('HTTP/1.1  200 OK')],
    ['answer-syntax', 'an empty line in front', `\r\n${head(OK)}`],
    ['answer-syntax', 'something that is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['answer-size', 'more than 256 fields', head(OK, ...many(257))],
    ['answer-size', 'more than 64 KiB', head(OK, `X-A: ${'x'.repeat(66_000)}`)],
    ['answer-framing', 'a bad chunk', `${head(OK, CHUNKED)}5\r\nhelloX`],
    ['answer-framing', 'a chunk line with a bare LF', `${head(OK, CHUNKED)}5\nhello`],
    ['answer-framing', 'a malformed trailer', `${head(OK, CHUNKED)}0\r\nX-A : a\r\n\r\n`],
    ['cut', 'a length that is not reached', `${head(OK, LENGTH)}hell`],
    ['cut', 'chunks without the last', `${head(OK, CHUNKED)}5\r\nhello\r\n`],
    ['cut', 'a head without an end', `${OK}\r\nX-A: a\r\n`],
    ['cut', 'a careless head without an end', `${OK}\nX-A: a\n`],
    ['cut', 'nothing', ''],
    ['cut', 'an interim answer alone', head('HTTP/1.1 100 Continue')],
  ])('%s: %s', (fault, _, text) => {
    const transcript = told(text);
    expect(transcript.end).toBe(fault);
    expect(transcript.messages.filter(({ isWhole, framing }) => isWhole && framing !== 'none')).toEqual([]);
  });
  test('a head of 64 KiB and 256 fields is none', () => {
    const rest = head(OK, 'X-A: ').length;
    expect(answersOf(wholly(head(OK, `X-A: ${'x'.repeat(ANSWER_LIMITS.bytes - rest)}`))).end).toBe('');
    expect(answersOf(wholly(head(OK, ...many(256)))).end).toBe('');
  });
  test('bytes that nobody asked for are one, and it stays so', () => {
    const reader = new AnswerReader(new LinePool(ANSWER_LIMITS));
    const bytes = latin1(head(OK));
    expect(reader.finish()).toBe(true);
    expect(reader.read(bytes, 0, 0)).toBe('more');
    expect(reader.read(bytes, 0, bytes.length)).toBe('fault');
    expect(reader.read(bytes, 0, bytes.length)).toBe('fault');
    expect([reader.fault, reader.finish()]).toEqual(['answer-syntax', false]);
    expect(() => reader.lines).toThrow('no head');
  });
});

test('one reader reads one answer after the other, each to its own request', () => {
  const reader = new AnswerReader(new LinePool(ANSWER_LIMITS));
  for (const [method, text] of [
    ['HEAD', head(OK, LENGTH)],
    ['GET', `${head(OK, LENGTH)}hello`],
    ['GET', `${head('HTTP/1.0 200 OK')}`],
  ] as const) {
    reader.expect(method);
    const bytes = latin1(text);
    const events: string[] = [];
    for (let at = 0; ; at = reader.at) {
      const event = reader.read(bytes, at, bytes.length);
      events.push(event);
      if (event === 'end' || event === 'more') break;
    }
    if (method === 'HEAD') expect(events).toEqual(['head', 'end']);
    else expect(events).toEqual(text.startsWith('HTTP/1.0') ? ['head', 'more'] : ['head', 'body', 'end']);
    expect(reader.finish()).toBe(true);
  }
});

import { byteAnswer } from '../../src/decision/byte-answer.js';
import { ByteRules } from '../../src/decision/byte-rules.js';
import { ANSWER_LIMITS, AnswerReader } from '../../src/http/answer-reader.js';
import { LinePool } from '../../src/http/head-lines.js';
import { latin1 } from '../http/transcript.js';
import { NOW, RULESET } from './ruleset-fixture.js';

const RULES = ByteRules.of(RULESET, { nowMs: NOW, skewMs: 30_000 });

/** What goes on to the client of an answer with these lines, and whether it is a login. */
function answered(
  lines: readonly string[],
  classes = RULES.answerNames,
): readonly [readonly string[], boolean] | 'strings' {
  const pool = new LinePool(ANSWER_LIMITS);
  pool.classes = classes;
  const reader = new AnswerReader(pool);
  reader.expect('GET');
  const bytes = latin1(`HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n....`);
  expect(reader.read(bytes, 0, bytes.length - 4)).toBe('head');
  expect(reader.unusual).toBeNull();
  const out = { drops: new Int32Array(256), dropped: 0, hasLogin: false };
  if (byteAnswer(RULES, reader.lines, out) === 'strings') return 'strings';
  const drops = [...out.drops.subarray(0, out.dropped)];
  return [lines.filter((_, i) => !drops.includes(i)), out.hasLogin];
}

test('an ordinary answer loses what concerns one connection, in any spelling, and keeps its length', () => {
  const kept = ['Server: a', 'Content-Length: 0', 'Set-Cookie: a=b', 'Set-Cookie: c=d', 'Host: a', 'Expect: b'];
  const lost = [
    'Connection: keep-alive',
    'Keep-Alive: timeout=5',
    'Content_Length: 0',
    'Transfer.Encoding: chunked',
    'Trailer: a',
  ];
  expect(answered([...kept, ...lost])).toEqual([kept, false]);
  expect(answered(['Transfer-Encoding: chunked', 'Proxy-Authenticate: Basic', 'Proxy-Any: b'])).toEqual([
    ['Proxy-Any: b'],
    false,
  ]);
});

test.each([
  'X-MSISDN: 447700900123',
  'http_x_msisdn: 1',
  'X-Acme-Sub-Any: a',
  'Via: 1.1 a',
  'Client-ID: b',
  'Close: 1',
])('a name that may be identity, or that Connection may name, is for strings: %s', (line) => {
  expect(answered(['Server: a', line])).toBe('strings');
});

test.each([
  ['WWW-Authenticate: NTLM', true],
  ['www-authenticate: Basic realm="a", Negotiate', true],
  ['WWW-Authenticate: negotiate abcdef', true],
  ['WWW-Authenticate: Basic realm="a"', false],
  ['X-Authenticate: NTLM', false],
])('a scheme that logs the connection in is noticed: %s', (line, isLogin) => {
  expect(answered([line])).toEqual([[line], isLogin]);
});

test('an answer that was begun under other names is for strings', () => {
  const others = ByteRules.of(RULESET, { nowMs: NOW, skewMs: 30_000 });
  expect(answered(['Server: a'], others.answerNames)).toBe('strings');
});

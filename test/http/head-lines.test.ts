import { HeadLines, LinePool } from '../../src/http/head-lines.js';
import { latin1 } from './transcript.js';

const HEAD = 'GET / HTTP/1.1\r\nHost: a.example\r\nX-A:  b\t \r\nhost: c\r\n\r\n';

function linesOf(
  pieces: readonly string[],
  limits = { bytes: 1000, fields: 10 },
): { lines: HeadLines; event: string; at: number } {
  const lines = new HeadLines(limits);
  lines.begin('head');
  let event = 'more';
  for (const piece of pieces) {
    const bytes = latin1(`..${piece}!!`);
    event = lines.read(bytes, 2, 2 + piece.length);
    if (event === 'line') event = lines.goOn();
    // Only a head that came in one piece stays in the caller's bytes.
    if (event === 'more') bytes.fill('x');
  }
  return { lines, event, at: lines.at };
}

test.each([1, 2, 3, 4, 5, 7, 16, 40, 1000])('lines are the same offsets apart in pieces of %i bytes', (size) => {
  const pieces = HEAD.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  const { lines, event } = linesOf(pieces);
  const whole = linesOf([HEAD]).lines;
  expect(event).toBe('end');
  expect([...lines.offsets].map((offset, i) => (i < 12 ? offset - lines.start : 0))).toEqual(
    [...whole.offsets].map((offset, i) => (i < 12 ? offset - whole.start : 0)),
  );
  expect([lines.end - lines.start, lines.lineEnd - lines.start, lines.count]).toEqual([HEAD.length, 14, 3]);
  expect(lines.fields()).toEqual([
    { name: 'Host', value: 'a.example' },
    { name: 'X-A', value: 'b' },
    { name: 'host', value: 'c' },
  ]);
  expect([lines.present, lines.repeated, lines.firsts[1], lines.isWhole]).toEqual([2, 2, 0, true]);
});

test('a head that came whole stays where it is; one in pieces is copied', () => {
  const bytes = latin1(HEAD);
  const lines = new HeadLines({ bytes: 1000, fields: 10 });
  lines.begin('head');
  expect([lines.read(bytes, 0, bytes.length), lines.goOn(), lines.bytes === bytes, lines.at]).toEqual([
    'line',
    'end',
    true,
    bytes.length,
  ]);
  const { lines: copied } = linesOf(['GET / HT', HEAD.slice(8)]);
  expect(copied.bytes.toString('latin1', copied.start, copied.end)).toBe(HEAD);
});

test('at the end the rest of the piece is the caller’s', () => {
  expect(linesOf([`${HEAD}body`]).at).toBe(2 + HEAD.length);
  expect(linesOf(['GET /', `${HEAD.slice(5)}body`]).at).toBe(2 + HEAD.length - 5);
});

test.each([
  ['', 0],
  ['4477009', 1],
  ['447', 0],
  ['a4477009', 1],
  ['ab4477009z', 1],
  ['abc44770090', 1],
  ['+447700900123', 1],
  ['a\t4477009', 1],
  ['447\t900.123', 0],
  ['4.4.7.7.0.0.9', 0],
])('a value that holds seven digits in a row is marked, however it came: %j', (value, mark) => {
  const text = `G\r\nX: ${value}\r\nY: b\r\n\r\n`;
  for (let cut = 0; cut <= text.length; cut += 1) {
    const { lines } = linesOf([text.slice(0, cut), text.slice(cut)]);
    expect([...lines.digits.subarray(0, 2)]).toEqual([mark, 0]);
  }
  expect([...linesOf([...text]).lines.digits.subarray(0, 2)]).toEqual([mark, 0]);
});

test('fields beyond the limit are counted and not kept', () => {
  const { lines } = linesOf([HEAD], { bytes: 1000, fields: 2 });
  expect([lines.count, lines.fields().length, lines.offsets.length]).toEqual([3, 2, 8]);
});

test('of a fault the byte is known and where it stands', () => {
  const { lines, event } = linesOf(['GET / HTTP/1.1\r\nX A: b']);
  expect([event, lines.faultByte, lines.faultAt - lines.start]).toEqual(['fault', 0x20, 17]);
});

test('lines that are given back are taken again, with nothing left in them', () => {
  const pool = new LinePool({ bytes: 1000, fields: 10 });
  const first = pool.take('head');
  const bytes = latin1(HEAD);
  first.read(bytes, 0, 30);
  pool.give(first);
  const second = pool.take('head');
  expect(second).toBe(first);
  expect([second.count, second.present, second.bytes.length]).toEqual([0, 0, 0]);
  expect([second.read(bytes, 0, bytes.length), second.goOn()]).toEqual(['line', 'end']);
});

test('a head that comes byte by byte costs a few copies of it, not one for each byte', () => {
  const lines = new HeadLines({ bytes: 32_768, fields: 10 });
  lines.begin('head');
  const buffers = new Set<Buffer>();
  const bytes = latin1(`GET / HTTP/1.1\r\nX-A: ${'a'.repeat(30_000)}`);
  for (let at = 0; at < bytes.length; at += 1) {
    if (lines.read(bytes, at, at + 1) === 'line') lines.goOn();
    buffers.add(lines.bytes);
  }
  expect(buffers.size).toBeLessThan(10);
});

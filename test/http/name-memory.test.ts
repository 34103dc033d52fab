// The fast reading and the slow one, which sees no byte behind the last, take the same from the same bytes, whatever was read before.
import { deepStrictEqual } from 'node:assert/strict';
import { type HeadLines, LinePool } from '../../src/http/head-lines.js';
import { HTTP_NAMES } from '../../src/http/http-names.js';
import { NameMemory } from '../../src/http/name-memory.js';
import { latin1 } from './transcript.js';

const LIMITS = { bytes: 4000, fields: 20 };
const LINES = [
  'Host: a.example',
  'User-Agent: Mozilla/5.0 (X11; Linux) 1234567',
  'Connection: keep-alive',
  'Upgrade-Insecure-Requests: 1',
  'Access-Control-Request-Headers-And: over 32 bytes',
  'X-A: b',
  'X-Empty: ',
  'X-Wide:  c\t',
  'X-None:d',
  'X-Latin: \xe9t\xe9 447700900123',
  'X-Tab: a\tb 12345678',
  'TE: trailers',
];
const HEAD = `${LINES.join('\r\n')}\r\n\r\n`;

/** All that the lines say of a section without a start line. */
function told(lines: HeadLines, event: string): unknown {
  const { start, offsets, nameClass, digits, count, present, repeated, firsts, isTight } = lines;
  if (event === 'fault') return [event, lines.faultByte, lines.faultAt - start];
  return [
    event,
    lines.at,
    count,
    [...offsets.subarray(0, 4 * count)].map((offset) => offset - start),
    [...nameClass.subarray(0, count)],
    [...digits.subarray(0, count)],
    [...lines.listed.subarray(0, lines.listedCount)],
    [...lines.numbered.subarray(0, lines.numberedCount)],
    [present, repeated, isTight],
    [...firsts].map((first, i) => ((present & (1 << i)) === 0 ? -1 : first)),
  ];
}

function readBy(pool: LinePool, text: string, room: number): unknown {
  const lines = pool.take('trailers');
  const bytes = Buffer.alloc(text.length + room, '!');
  bytes.write(text, 'latin1');
  const event = lines.read(bytes, 0, text.length);
  const all = told(lines, event);
  // Nothing is left changed behind the last byte.
  deepStrictEqual(bytes.toString('latin1'), text + '!'.repeat(room));
  pool.give(lines);
  return all;
}

/** A pool that has seen these lines in this order often. */
function taught(text: string): LinePool {
  const pool = new LinePool(LIMITS);
  for (let i = 0; i < 100; i += 1) readBy(pool, text, 8);
  return pool;
}

test('a head is read the same by what was learned of it, with each of its bytes changed, taken out or doubled', () => {
  const pool = taught(HEAD);
  let events = 0;
  for (let at = 0; at < HEAD.length; at += 1) {
    for (const other of [
      '',
      HEAD[at]?.repeat(2) ?? '',
      'x',
      'X',
      '-',
      ' ',
      '\t',
      ':',
      '7',
      '\0',
      '\r',
      '\n',
      '\x7f',
      '\xff',
    ]) {
      const text = HEAD.slice(0, at) + other + HEAD.slice(at + 1);
      const fast = readBy(pool, text, 8);
      deepStrictEqual(fast, readBy(new LinePool(LIMITS), text, 0));
      if ((fast as unknown[])[0] === 'end') events += 1;
    }
  }
  expect(events).toBeGreaterThan(1000);
});

test.each([0, 8])('a value is marked where seven digits stand in a row, wherever they do (%i bytes behind)', (room) => {
  const fill = (length: number): string => ':;<=>?/a1'.repeat(3).slice(0, length);
  for (const digits of [6, 7, 8]) {
    for (let before = 0; before < 20; before += 1) {
      for (const behind of ['', 'x', ':', '?1', ';123456']) {
        const value = `a${fill(before)}a${'1234567890'.slice(0, digits)}${behind}`;
        const text = `User-Agent: ${value}\r\n\r\n`;
        const numbered = (readBy(taught('User-Agent: x\r\n\r\n'), text, room) as unknown[])[5];
        expect([value, numbered]).toEqual([value, [/\d{7}/.test(value) ? 1 : 0]]);
      }
    }
  }
});

test('a head that is cut anywhere is read the same', () => {
  const pool = taught(HEAD);
  for (let end = 0; end < HEAD.length; end += 1) {
    const text = HEAD.slice(0, end);
    for (const room of [7, 8, 9, 40]) deepStrictEqual(readBy(pool, text, room), readBy(new LinePool(LIMITS), text, 0));
  }
});

test('fields in another order, repeated, or from another head are read the same', () => {
  const pool = taught(HEAD);
  for (const order of [
    [...LINES].reverse(),
    [...LINES, ...LINES.slice(0, 5)],
    LINES.slice(3),
    [...LINES, 'X-New: a', 'host: b'],
  ]) {
    const text = `${order.join('\r\n')}\r\n\r\n`;
    for (let i = 0; i < 20; i += 1) expect(readBy(pool, text, 8)).toEqual(readBy(new LinePool(LIMITS), text, 0));
  }
});

test('more names than are kept are read the same, and so are the first of them afterwards', () => {
  const pool = taught(HEAD);
  for (let i = 0; i < 3000; i += 1) {
    const text = `X-A${i}: b\r\nX-${i}-B: ${i}\r\nConnection: close\r\n\r\n`;
    expect(readBy(pool, text, 8)).toEqual(readBy(new LinePool(LIMITS), text, 0));
  }
  expect(readBy(pool, HEAD, 8)).toEqual(readBy(new LinePool(LIMITS), HEAD, 0));
});

test('of the names that came, the one that came behind another last is expected there', () => {
  const memory = new NameMemory(HTTP_NAMES);
  const bytes = latin1('Host: a');
  const slots = Array.from({ length: 8 }, () => memory.slotOf(bytes, 0, 4, 77, 1, 1, 0));
  const slot = slots.at(-1) ?? 0;
  expect([slots[0], slot]).toEqual([0, 1]);
  expect([memory.following[0], memory.lengths[slot], memory.nameClass[slot], memory.known[slot]]).toEqual([
    slot,
    6,
    1,
    1,
  ]);
  // Nothing is expected in an empty slot.
  expect(memory.lengths[slot + 1]).toBe(0);
});

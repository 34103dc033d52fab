import fc from 'fast-check';
import { BEHIND } from '../../src/http/field-scan.js';
import { HeadLines } from '../../src/http/head-lines.js';
import { ByteLineFinder, LINE_FINDER, lineFinderFor } from '../../src/http/line-finder.js';
import { holds } from '../fuzz/property.js';

const PAGE = 65_536;
const MEMORY = new WebAssembly.Memory({ initial: 2, maximum: 2 });
const BYTES = Buffer.from(MEMORY.buffer, 0, PAGE);
const found = lineFinderFor(MEMORY, BYTES, PAGE + 256);
if (found === null) throw new Error('no WebAssembly with SIMD here');
const plain = new ByteLineFinder();

const ofFinder = ({ ends, runs, count }: typeof plain, until: number): unknown => {
  const met = runs.subarray(0, runs.indexOf(0x7fffffff));
  // Of what stands behind the lines either may say what it likes.
  return [[...ends.subarray(0, count)], [...met].filter((run) => run < until)];
};

/** What both find; undefined: not the same. */
function bothFind(text: string, from: number, behind: number): unknown {
  const bytes = Buffer.from(text, 'latin1');
  BYTES.fill(behind);
  BYTES.set(bytes, from);
  const stop = from + bytes.length;
  BYTES[stop] = 0;
  plain.find(BYTES, from, stop);
  found?.find(BYTES, from, stop);
  const until = plain.ends[plain.count - 1] ?? from;
  expect(ofFinder(found as typeof plain, plain.count === 0 ? 0 : until)).toEqual(
    ofFinder(plain, plain.count === 0 ? 0 : until),
  );
  return plain.count;
}

test.each([
  ['nothing', '', 0],
  ['a blank line', '\r\n', 0],
  ['a field', 'A: b\r\n', 1],
  ['fields and the blank line', 'A: b\r\nC: d\r\n\r\nA: b\r\n', 2],
  ['a line without its end', 'A: b\r\nC: d', 1],
  ['a byte that is not ASCII', 'A: b\r\nC: \xe9\r\nE: f\r\n', 1],
  ['a tab', 'A:\tb\r\n', 0],
  ['a bare LF', 'A: b\r\nC: d\nE: f\r\n', 1],
  ['long runs of digits', `A: 1234567\r\nB: 123456\r\nC: ${'1'.repeat(200)}\r\n`, 3],
])('%s', (_, text, lines) => {
  for (const from of [0, 1, 63, 64, 65])
    for (const behind of [0, 0x39, 0x0a]) expect(bothFind(text, from, behind)).toBe(lines);
});

test('more lines than there is room for are found in turns', () => {
  for (const line of ['A: b\r\n', 'A: 1234567 1234567 1234567\r\n']) {
    BYTES.fill(0);
    const length = BYTES.write(line.repeat(1300), 'latin1');
    found.find(BYTES, 0, length);
    expect(found.count).toBeGreaterThan(900 / (line.length > 10 ? 3 : 1));
    expect(found.count).toBeLessThanOrEqual(1024);
  }
});

const piece = fc.oneof(
  fc.constantFrom('\r\n', '\r\n', 'A: b', 'X-App-Field-1: ', '1234567', '12345678', '0'.repeat(70), '\r\n\r\n'),
  fc.stringMatching(/^[ -~]{0,90}$/),
  fc.constantFrom('\r', '\n', '\0', '\t', '\xff', '\x7f'),
);

test('for any bytes both find the same lines and runs, but that either may stop before a CR that has no LF behind it', () => {
  holds(
    fc.tuple(fc.array(piece, { maxLength: 40 }), fc.nat({ max: 130 }), fc.constantFrom(0, 0x0d, 0x39, 0x41)),
    ([pieces, from, behind]) => {
      // A CR and whatever is behind it: the caller sees that it is no LF.
      const text = pieces.join('').replaceAll(/\r(?!\n)/g, '');
      bothFind(text, from, behind);
    },
    10,
  );
});

/** All that a section's reader says of it. */
function readBy(lines: HeadLines, bytes: Buffer, from: number, stop: number): unknown {
  lines.begin('head');
  let event = lines.read(bytes, from, stop);
  if (event === 'line') event = lines.goOn();
  const { count, listedCount, numberedCount, present, repeated, isTight } = lines;
  const kept = Math.min(count, 100);
  return {
    ...{ event, count, present, repeated, isTight, at: lines.at - from },
    offsets: [...lines.offsets.subarray(0, 4 * kept)].map((place) => place - lines.start),
    digits: [...lines.digits.subarray(0, kept)],
    classes: [...lines.nameClass.subarray(0, kept)],
    listed: [...lines.listed.subarray(0, listedCount)],
    numbered: [...lines.numbered.subarray(0, numberedCount)],
  };
}

test('for any head the reader says the same with either', () => {
  const limits = { bytes: 32_768, fields: 100 };
  const [one, other] = [new HeadLines(limits, undefined, found), new HeadLines(limits, undefined, LINE_FINDER)];
  const name = fc.oneof(
    fc.constantFrom('Host', 'Accept', 'User-Agent', 'Content-Length', 'X-1234567', 'Transfer-Encoding', 'Connection'),
    fc.integer({ min: 0, max: 60 }).map((n) => `X-App-Field-${String(n)}`),
  );
  const value = fc.oneof(
    fc.stringMatching(/^[!-~][ -~]{0,70}$/),
    fc.stringMatching(/^[0-9a-f]{1,24}$/),
    fc.constantFrom('', ' ', 'a\tb', 'a ', '\xe9', '12345678', 'close'),
  );
  const field = fc.tuple(name, fc.constantFrom(': ', ': ', ': ', ':', ':\t'), value).map((parts) => parts.join(''));
  const others = fc.constantFrom(' folded', 'no colon', ': no name', 'A: bare\rCR', 'A: bare\nLF');
  const line = fc.oneof({ weight: 40, arbitrary: field }, { weight: 1, arbitrary: others });
  holds(
    fc.tuple(fc.array(line, { maxLength: 110 }), fc.nat({ max: 90 }), fc.constantFrom(0, 0x0d, 0x39)),
    ([fields, from, behind]) => {
      const text = ['GET / HTTP/1.1', ...fields, '', ''].join('\r\n');
      BYTES.fill(behind);
      const stop = from + BYTES.write(text, from, 'latin1');
      const alone = Buffer.concat([BYTES.subarray(0, stop), Buffer.alloc(BEHIND)]);
      expect(readBy(one, BYTES, from, stop)).toEqual(readBy(other, alone, from, stop));
      expect(BYTES[stop]).toBe(behind);
    },
    10,
  );
});

describe('letters', () => {
  const letters = (text: string, from: number, end: number, step: number): number => {
    const bytes = Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(32)]);
    return plain.letters(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), from, end, step);
  };

  test('both find the same', () => {
    const text = fc.stringMatching(/^[a-zA-Z0-9+/ ]{0,200}$/);
    const rare = fc.array(fc.tuple(fc.nat({ max: 150 }), fc.constantFrom('L', 'M', 'N', 'O')), { maxLength: 2 });
    const few = rare.map((all) =>
      all.reduce((sum, [at, letter]) => `${sum.slice(0, at)}${letter}${sum.slice(at + 1)}`, 'x'.repeat(160)),
    );
    holds(fc.tuple(fc.oneof(text, few), fc.nat({ max: 40 }), fc.constantFrom(4, 8)), ([some, from, step]) => {
      BYTES.fill(0x4d);
      BYTES.write(some, 0, 'latin1');
      BYTES.fill(0x41, some.length, some.length + 3);
      const end = Math.max(from, some.length - 3);
      const view = new DataView(MEMORY.buffer);
      expect(found.letters(BYTES, view, from, end, step)).toBe(letters(`${some}AAA`, from, end, step));
    });
  });

  test('any four characters of digits in base64, at any alignment, hold one', () => {
    holds(fc.tuple(fc.stringMatching(/^[0-9]{8,20}$/), fc.nat({ max: 2 })), ([digits, offset]) => {
      const form = Buffer.from(`${'x'.repeat(offset)}${digits}`)
        .toString('base64')
        .replaceAll('=', '');
      // The characters that are of the digits alone.
      const [from, to] = [Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + digits.length)) / 6)];
      for (let at = from; at + 4 <= to; at += 1) expect(letters(form, at, at + 1, 4)).toBe(at);
    });
  });
});

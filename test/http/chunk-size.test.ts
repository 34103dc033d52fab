// The line in front of a chunk (RFC 9112, section 7.1), each whole, byte by byte, and with a chunk behind it.
import { ChunkSize } from '../../src/http/chunk-size.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** The size, or why there is none; `more`: the line is not whole. */
function read(text: string): number | string {
  const line = new ChunkSize();
  line.begin();
  const bytes = latin1(text);
  const whole = line.read(bytes, 0, bytes.length);
  const [size, at] = [line.size, line.at];
  const slow = new ChunkSize();
  slow.begin();
  let cut: string = 'more';
  for (let i = 0; i < bytes.length && cut === 'more'; i += 1) cut = slow.read(bytes, i, i + 1);
  expect([cut, slow.at]).toEqual([whole, at]);
  if (whole === 'end') expect([slow.size, at]).toEqual([size, text.indexOf('\n') + 1]);
  return whole === 'end' ? size : whole;
}

test.each([
  ['0\r\n', 0],
  ['a\r\nhello', 10],
  ['FF\r\n', 255],
  ['000000000000000f\r\n', 15],
  ['1fffffffffffff\r\n', Number.MAX_SAFE_INTEGER],
  ['5;a\r\n', 5],
  ['5;a=b;c\r\n', 5],
  ['5;a="b c\t\xff"\r\n', 5],
  ['5;a="\\"\\\\"\r\n', 5],
  ['5;a="";b=c\r\n', 5],
])('%j is %s', (text, size) => {
  expect(read(text)).toBe(size);
});

test.each([
  ['no digit', '\r\n'],
  ['no digit before an extension', ';a\r\n'],
  ['a sign', '+5\r\n'],
  ['a prefix', '0x5\r\n'],
  ['white space before it', ' 5\r\n'],
  ['white space behind it', '5 \r\n'],
  ['17 digits', '00000000000000001\r\n'],
  ['more than a number holds', '20000000000000\r\n'],
  ['a bare LF', '5\n'],
  ['a bare CR', '5\rx'],
  ['an extension without a name', '5;\r\n'],
  ['an extension that begins with white space', '5; a\r\n'],
  ['an extension without a value', '5;a=\r\n'],
  ['a value that is no token', '5;a=b c\r\n'],
  ['a value with a control character', '5;a=b\x01\r\n'],
  ['a name with a control character', '5;a\x01\r\n'],
  ['a quoted line end', '5;a="b\r\n"\r\n'],
  ['a quoted NUL', '5;a="\0"\r\n'],
  ['a quoted DEL', '5;a="\x7f"\r\n'],
  ['a quoted pair of a control character', '5;a="\\\x01"\r\n'],
  ['a quoted pair of a line end', '5;a="\\\r\n"\r\n'],
  ['anything behind a quoted value', '5;a="b"c\r\n'],
])('%s is malformed', (_, text) => {
  expect(read(text)).toBe('framing');
});

test('16 KiB of extensions are read, one byte more is too much, over all lines of a body', () => {
  expect(read(`5;${'a'.repeat(16_383)}\r\n`)).toBe(5);
  expect(read(`5;${'a'.repeat(16_384)}\r\n`)).toBe('chunk-extensions');
  const line = new ChunkSize();
  line.begin();
  const half = latin1(`5;${'a'.repeat(8191)}\r\n`);
  for (let i = 0; i < 2; i += 1) {
    expect(line.read(half, 0, half.length)).toBe('end');
    line.next();
  }
  expect(line.read(latin1('5;'), 0, 2)).toBe('chunk-extensions');
});

test('the next body counts anew', () => {
  const line = new ChunkSize();
  for (let i = 0; i < 3; i += 1) {
    line.begin();
    const bytes = latin1(`5;${'a'.repeat(16_000)}\r\n`);
    expect(line.read(bytes, 0, bytes.length)).toBe('end');
  }
});

// Chunking does not matter: what is said of bytes is said of them however they were cut, and whatever came behind. Garbage is no
// line, and never throws. What is a line has one length, within what may be read.
import fc from 'fast-check';
import { MOST_PROXY_LINE_BYTES, type ProxyLine, readProxyLine } from '../../src/http/proxy-line.js';
import { binaryLine, BINARY_START } from '../http/proxy-lines.js';
import { holds } from './property.js';

const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 12 }));
const port = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 65_535 }).map(String) },
  fc.string({ maxLength: 6 }),
);
const text = fc
  .tuple(fc.constantFrom('TCP4', 'TCP4', 'TCP6', 'UNKNOWN', 'UDP4'), address, address, port, port)
  .map((words) => Buffer.from(`PROXY ${words.join(' ')}\r\n`, 'latin1'));
/** Nothing is wrong with it. */
const right = fc
  .oneof(
    fc.tuple(fc.constant('TCP4'), fc.ipV4(), fc.ipV4(), fc.nat({ max: 65_535 }), fc.nat({ max: 65_535 })),
    fc.tuple(fc.constant('TCP6'), fc.ipV6(), fc.ipV6(), fc.nat({ max: 65_535 }), fc.nat({ max: 65_535 })),
  )
  .map((words) => Buffer.from(`PROXY ${words.join(' ')}\r\n`, 'latin1'));
const binary = fc
  .tuple(fc.constantFrom(0x20, 0x21, 0x21, 0x11), fc.constantFrom(0x11, 0x21, 0x00, 0x31, 0x12), fc.nat({ max: 300 }))
  .map(([command, family, length]) => binaryLine(command, family, length));
const random = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const begun = fc
  .tuple(fc.constantFrom(Buffer.from('PROXY '), Buffer.from('PROXY TCP4 '), BINARY_START), random)
  .map((parts) => Buffer.concat(parts));
/** One byte of it is another. */
const mutated = fc
  .tuple(fc.oneof(text, binary), fc.nat(), fc.nat({ max: 255 }))
  .map(([bytes, at, byte]) => Buffer.from(bytes.map((old, i) => (i === at % bytes.length ? byte : old))));
const lines = fc.oneof(text, right, binary, mutated, begun, random);

function firstSaid(bytes: Buffer, cuts: readonly number[]): ProxyLine {
  for (const end of [...cuts.map((cut) => cut % (bytes.length + 1))].sort((a, b) => a - b)) {
    const line = readProxyLine(bytes.subarray(0, end));
    if (line.kind !== 'more') return line;
  }
  return readProxyLine(bytes);
}

test('a line is read the same however it is cut, and with anything behind it', () => {
  let taken = 0;
  let all = 0;
  holds(
    fc.tuple(lines, fc.array(fc.nat(), { maxLength: 8 }), random),
    ([bytes, cuts, behind]) => {
      const whole = readProxyLine(bytes);
      expect(firstSaid(bytes, cuts)).toEqual(whole);
      const more = Buffer.concat([bytes, behind]);
      if (whole.kind !== 'more') expect(readProxyLine(more)).toEqual(whole);
      if (whole.kind === 'line') {
        expect(whole.bytes).toBeLessThanOrEqual(Math.min(bytes.length, MOST_PROXY_LINE_BYTES));
        expect(readProxyLine(bytes.subarray(0, whole.bytes - 1)).kind).toBe('more');
        taken += 1;
      }
      all += 1;
    },
    6,
  );
  expect(taken / all).toBeGreaterThan(0.2);
});

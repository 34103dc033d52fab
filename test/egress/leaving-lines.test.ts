import fc from 'fast-check';
import { LeavingLines } from '../../src/egress/leaving-lines.js';
import { holds } from '../fuzz/property.js';
import { LEAVING, putIntoMemory } from './leaving-memory.js';

const lines = LeavingLines.in(LEAVING);

/** What there is, read plainly: places of CRs and of runs, counted from the start; undefined: not for it to say. */
function plain(text: string): { readonly ends: readonly number[]; readonly runs: readonly number[] } | undefined {
  const head = /^[^\r\n\0]*\r\n(?:[^\r\n\0]+\r\n)*\r\n$/.exec(text);
  if (head === null) return undefined;
  const places = (pattern: RegExp): number[] => [...text.matchAll(pattern)].map(({ index }) => index);
  return { ends: places(/\r/g).slice(0, -1), runs: places(/(?<![0-9])[0-9]{8,}/g) };
}

function found(text: string, start: number, behind: number): ReturnType<typeof plain> {
  if (lines === null) throw new Error('no WebAssembly with SIMD here');
  const bytes = Buffer.from(text, 'latin1');
  putIntoMemory(bytes, start, behind);
  const count = lines.find(LEAVING.bytes, start, start + bytes.length);
  if (count === -1) return undefined;
  const runs = lines.runs.subarray(0, lines.runs.indexOf(0x7fffffff));
  const within = [...runs].filter((run) => run < start + bytes.length);
  return { ends: [...lines.ends.subarray(0, count)].map((end) => end - start), runs: within.map((run) => run - start) };
}

test.each([
  ['one line', 'GET / HTTP/1.1\r\n\r\n'],
  ['fields', 'GET / HTTP/1.1\r\nA: b\r\nC: 12345678\r\n\r\n'],
  ['a run at its end', 'GET / HTTP/1.1\r\nA: 447700900123\r\n\r\n'],
  ['a run of seven', 'GET / HTTP/1.1\r\nA: 4477009\r\n\r\n'],
  ['a tab and bytes that are not ASCII', 'GET / HTTP/1.1\r\nA:\t\xe9\x7f\x01\r\n\r\n'],
])('%s', (_, text) => {
  expect(found(text, 0, 0)).toEqual(plain(text));
  expect(found(text, 0, 0)).toBeDefined();
});

test.each([
  ['nothing', ''],
  ['a line alone', 'GET / HTTP/1.1\r\n'],
  ['no line end', 'GET / HTTP/1.1'],
  ['more behind the blank line', 'GET / HTTP/1.1\r\n\r\nx'],
  ['two blank lines', 'GET / HTTP/1.1\r\n\r\n\r\n'],
  ['a bare CR', 'GET / HTTP/1.1\r\nA: b\rc\r\n\r\n'],
  ['a bare LF', 'GET / HTTP/1.1\r\nA: b\nc\r\n\r\n'],
  ['a NUL', 'GET / HTTP/1.1\r\nA: b\0\r\n\r\n'],
  ['more lines than there is room for', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(1030)}\r\n`],
  ['more runs than there is room for', `GET / HTTP/1.1\r\nA: ${'12345678 '.repeat(1030)}\r\n\r\n`],
])('not %s', (_, text) => {
  for (const behind of [0, 0x0d, 0x0a, 0x39]) expect(found(text, 3, behind)).toBeUndefined();
});

test('not bytes that lie elsewhere', () => {
  const head = Buffer.from('GET / HTTP/1.1\r\n\r\n');
  expect(lines?.find(head, 0, head.length)).toBe(-1);
});

test('for any bytes it says what a plain reading says, or nothing', () => {
  const piece = fc.oneof(
    fc.constantFrom('\r\n', '\r\n', 'A: b', 'X-App-Field-1: ', '\t', '\xff', '1234567', '12345678', '0'.repeat(40)),
    fc.stringMatching(/^[ -~]{0,90}$/),
    fc.constantFrom('\r', '\n', '\0', '\r\n\r\n'),
  );
  const line = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''));
  const clean = fc.stringMatching(/^[ -~]{1,90}$/);
  const head = fc.oneof(
    fc.array(line, { maxLength: 12 }).map((all) => `${all.join('\r\n')}\r\n\r\n`),
    fc
      .array(
        fc.oneof(
          clean,
          clean.map((text) => `${text}${'7'.repeat(text.length % 20)}`),
        ),
        { minLength: 1, maxLength: 40 },
      )
      .map((all) => `${all.join('\r\n')}\r\n\r\n`),
  );
  let said = 0;
  holds(
    fc.tuple(head, fc.nat({ max: 130 }), fc.constantFrom(0, 0x0a, 0x0d, 0x39, 0x41)),
    ([text, start, behind]) => {
      const outcome = found(text, start, behind);
      expect(outcome).toEqual(plain(text));
      if (outcome !== undefined) said += 1;
    },
    10,
  );
  expect(said).toBeGreaterThan(100);
});

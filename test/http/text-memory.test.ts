import { TextMemory } from '../../src/http/text-memory.js';
import { latin1 } from './transcript.js';

/** Many values that differ in one byte, of every length, more of them than are kept. */
const VALUES = Array.from({ length: 70 }, (_, length) =>
  Array.from({ length: Math.min(length + 1, 24) }, (_unused, i) => {
    const text = 'www.site.example:'.repeat(5).slice(0, length);
    return text.slice(0, i) + (length === i ? '' : '\xe9') + text.slice(i + 1);
  }),
).flat();

test('a value is itself, whatever came before it', () => {
  const memory = new TextMemory();
  for (let round = 0; round < 3; round += 1) {
    for (const [i, value] of VALUES.entries()) {
      const shift = i % 13;
      const bytes = latin1('x'.repeat(shift) + value + 'y'.repeat(i % 5));
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let again = 0; again < 2; again += 1) {
        expect(memory.textAt(bytes, view, shift, shift + value.length)).toBe(value);
      }
    }
  }
});

import fc from 'fast-check';
import { NameBytes } from '../../src/decision/name-bytes.js';
import { holds } from '../fuzz/property.js';

/** As a name stands in a head: something in front, a colon and more behind. */
function standing(name: string): [view: DataView, start: number, end: number] {
  const bytes = Buffer.from(`\r\n${name}:\r\n\r\n`, 'latin1');
  return [new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 2, 2 + Buffer.byteLength(name, 'latin1')];
}
const find = (names: NameBytes, name: string): number => names.find(...standing(name));
const give = (names: NameBytes, name: string): number => names.give(...standing(name));

test('a name has a number once it was given one, whatever stands around it', () => {
  const names = new NameBytes();
  expect(find(names, 'X-New-Line')).toBe(-1);
  const number = give(names, 'X-New-Line');
  expect(number).toBeGreaterThanOrEqual(0);
  expect(find(names, 'X-New-Line')).toBe(number);
  const other = Buffer.from('a: b\r\nX-New-Line : other', 'latin1');
  expect(names.find(new DataView(other.buffer, other.byteOffset, other.length), 6, 16)).toBe(number);
});

test.each([
  ['another case', 'x-New-Line'],
  ['less', 'X-New-Lin'],
  ['more', 'X-New-Line1'],
  ['another first word', 'Y-New-Line'],
  ['another last letter', 'X-New-Lina'],
])('%s is another name', (_, other) => {
  const names = new NameBytes();
  give(names, 'X-New-Line');
  expect(find(names, other)).toBe(-1);
});

test.each([1, 2, 3, 4, 5, 31, 32])('a name of %d characters is kept', (length) => {
  const names = new NameBytes();
  const name = 'n'.repeat(length);
  expect(give(names, name)).toBe(find(names, name));
  expect(find(names, name)).toBeGreaterThanOrEqual(0);
});

test.each([0, 33, 64])('one of %d is not', (length) => {
  const names = new NameBytes();
  expect(give(names, 'n'.repeat(length))).toBe(-1);
  expect(find(names, 'n'.repeat(length))).toBe(-1);
});

test('forgotten, they have none', () => {
  const names = new NameBytes();
  give(names, 'X-New');
  names.clear();
  expect(find(names, 'X-New')).toBe(-1);
});

test('for any names: a number that is found is below the size, and was given last for exactly this name', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '\xff'), minLength: 1, maxLength: 40 });
  holds(fc.array(name, { maxLength: 300 }), (drawn) => {
    const names = new NameBytes();
    const owners = new Map<number, string>();
    for (const each of drawn) {
      const found = find(names, each);
      if (found >= 0) expect(owners.get(found)).toBe(each);
      const number = found >= 0 ? found : give(names, each);
      expect(number).toBeLessThan(names.size);
      if (number >= 0) owners.set(number, each);
    }
  });
});

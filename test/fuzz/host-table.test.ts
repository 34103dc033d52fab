// Which item a host finds in the flat table is what reading the patterns one by one says: the longest pattern, exact before `*.`
// before `**.`, then as listed; also where different hosts have one hash, and after the table went to another process.
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { hostIndexOver } from '../../src/policy/host-index.js';
import { hostTableOf, type HostTable } from '../../src/policy/host-table.js';
import type { HostPattern } from '../../src/policy/policy.js';
import { holds } from './property.js';

/** Pairs of one FNV-1a hash, read from the last character: `costarring` and `liquid`, `declinate` and `macallums`. */
const TWINS = ['gnirratsoc', 'diuqil', 'etanilced', 'smullacam'];
const label = fc.constantFrom('a', 'b', 'aa', 'x-1', ...TWINS);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const pattern = fc.record<HostPattern>({ kind: fc.constantFrom('exact', 'exact', 'one', 'any'), host });
const groups = fc.array(fc.array(pattern, { maxLength: 4 }), { maxLength: 30 });

/** From the design: exactly, one label more, one or more labels more. */
function covers({ kind, host: named }: HostPattern, asked: string): boolean {
  if (kind === 'exact') return asked === named;
  if (!asked.endsWith(`.${named}`)) return false;
  return kind === 'any' || !asked.slice(0, -named.length - 1).includes('.');
}

function foundPlainly(listed: readonly (readonly HostPattern[])[], asked: string, refused: ReadonlySet<number>) {
  const order = { exact: 0, one: 1, any: 2 };
  return listed
    .flatMap((patterns, group) => patterns.map((each) => ({ each, group })))
    .filter(({ each, group }) => covers(each, asked) && !refused.has(group))
    .sort((a, b) => b.each.host.length - a.each.host.length || order[a.each.kind] - order[b.each.kind])[0]?.group;
}

test('the two pairs of twins are of one hash, so that the other properties speak to it', () => {
  const { exact } = hostTableOf([TWINS.map((name) => ({ kind: 'exact', host: name }))]);
  expect(exact.records.length - exact.places * 4).toBe(2 * 4);
});

test('the flat table answers as the list of patterns does', () => {
  holds(
    fc.tuple(groups, fc.array(host, { minLength: 1, maxLength: 6 }), fc.uniqueArray(fc.nat({ max: 29 }))),
    ([listed, asked, refused]) => {
      const table = deserialize(serialize(hostTableOf(listed))) as HostTable;
      const index = hostIndexOver<number, ReadonlySet<number>>(
        table,
        listed.map((_, group) => group),
      );
      const without = new Set(refused);
      for (const name of [
        ...asked,
        ...listed.flat().map((each) => each.host),
        ...listed.flat().map((each) => `b.${each.host}`),
      ]) {
        const found = index.find(name, (group, no) => !no.has(group), without);
        expect([name, found]).toEqual([name, foundPlainly(listed, name, without)]);
      }
    },
    2,
  );
});

test('a name that is no host finds nothing and ends', () => {
  const index = hostIndexOver(
    hostTableOf([
      [
        { kind: 'any', host: 'a.b' },
        { kind: 'exact', host: 'a' },
      ],
    ]),
    ['item'],
  );
  holds(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 600 })), (name) => {
    const isUnder = name.endsWith('.a.b') || name === 'a';
    expect(index.find(name, () => true)).toBe(isUnder ? 'item' : undefined);
  });
});

test('what is too large for the table is refused, not cut', () => {
  expect(() => hostTableOf([[{ kind: 'exact', host: 'a'.repeat(256) }]])).toThrow(RangeError);
});

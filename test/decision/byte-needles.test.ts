import { NeedleSets } from '../../src/decision/byte-needles.js';
import { needlesOf } from '../../src/decision/needles.js';
import { latin1 } from '../http/transcript.js';
import { POLICY } from './ruleset-fixture.js';

const NUMBERS = POLICY.numbers;

function spanOf(value: string, shift: number): { bytes: Buffer; view: DataView; start: number; end: number } {
  const bytes = latin1('x'.repeat(shift) + value + 'y');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { bytes, view, start: shift, end: shift + value.length };
}

/** More of them than are kept; some differ in bytes that no hash looks at. */
const VALUES = Array.from(
  { length: 12_000 },
  (_, i) => `4477${String((i * 7919) % 100_000).padStart(5, '0')}00123`,
).concat(['', '1', '123', 'abcd']);

test('a set is of the values that stand there, in order, whatever was asked before', () => {
  const sets = new NeedleSets(NUMBERS);
  const first = sets.with(sets.none, 'ximsi', 'imsi_imei', spanOf('001010123456789', 3));
  for (let round = 0; round < 2; round += 1) {
    for (const [i, value] of VALUES.entries()) {
      for (const before of [sets.none, first]) {
        const set = sets.with(before, 'xmsisdn', 'msisdn', spanOf(value, i % 5));
        const carried = [...before.carried, { key: 'xmsisdn', class: 'msisdn' as const, value }];
        expect(set.carried).toEqual(carried);
        if (i % 100 === 0) expect(set.needles).toEqual(needlesOf(carried, NUMBERS).needles);
      }
    }
  }
});

test('one value behind many others is of a set with each of them', () => {
  const sets = new NeedleSets(NUMBERS);
  const befores = VALUES.map((value) => sets.with(sets.none, 'ximsi', 'imsi_imei', spanOf(value, 1)));
  for (const before of befores) {
    const set = sets.with(before, 'xmsisdn', 'msisdn', spanOf('447700900123', 2));
    expect(set.carried[0]).toBe(before.carried[0]);
  }
});

test('a value of another name or class has another set; the same one has the same', () => {
  const sets = new NeedleSets(NUMBERS);
  const setOf = (key: string, carries: 'msisdn' | 'token'): unknown =>
    sets.with(sets.none, key, carries, spanOf('447700900123', 1));
  expect(setOf('xmsisdn', 'msisdn')).toBe(setOf('xmsisdn', 'msisdn'));
  expect(setOf('xmsisdn', 'msisdn')).not.toBe(setOf('xacr', 'msisdn'));
  expect(setOf('xmsisdn', 'token')).toMatchObject({ needles: [{ key: 'xmsisdn', class: 'token' }] });
  expect(setOf('xmsisdn', 'msisdn')).toMatchObject({ needles: [{ key: 'xmsisdn', class: 'msisdn' }] });
});

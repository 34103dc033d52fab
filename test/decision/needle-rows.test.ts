import { type Carrier, NeedleRows, NONE } from '../../src/decision/needle-rows.js';
import { needlesOf } from '../../src/decision/needles.js';
import { latin1 } from '../http/transcript.js';
import { POLICY } from './ruleset-fixture.js';

const NUMBERS = POLICY.numbers;
const MSISDN: Carrier = { known: 1, class: 'msisdn', key: 'xmsisdn', isOwnKey: false };
const IMSI: Carrier = { known: 2, class: 'imsi_imei', key: 'ximsi', isOwnKey: false };
const TOKEN: Carrier = { known: 3, class: 'token', key: 'xacr', isOwnKey: false };

function spanOf(value: string, shift: number): { bytes: Buffer; view: DataView; start: number; end: number } {
  const bytes = latin1('x'.repeat(shift) + value + 'y');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { bytes, view, start: shift, end: shift + value.length };
}

/** More of them than are kept; some differ in bytes that no hash looks at. */
const VALUES = Array.from(
  { length: 12_000 },
  (_, i) => `4477${String((i * 7919) % 100_000).padStart(5, '0')}00123`,
).concat(['', '1', '123', 'abcd', '12345', '1234567']);

/** Longer than a row, and different only behind what it holds. */
const LONG = 'AbCdEf0123456789'.repeat(5);
const LONG_VALUES = [LONG, `${LONG}x`, `${LONG.slice(0, -1)}x`, `${LONG.slice(0, 63)}x`, LONG.slice(0, 64)];

test('a set is of the values that stand there, in order, whatever was asked before', () => {
  const rows = new NeedleRows(NUMBERS);
  const wrong: unknown[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const [i, value] of VALUES.entries()) {
      for (const imsi of ['', '001010123456789']) {
        const before = imsi === '' ? NONE : rows.with(NONE, IMSI, spanOf(imsi, 3));
        const carried = [...rows.setOf(before).carried, { key: 'xmsisdn', class: 'msisdn' as const, value }];
        const row = rows.with(before, MSISDN, spanOf(value, i % 5));
        const had = rows.setOf(row).carried;
        const isRight = had.length === carried.length && had.every((each, k) => each.value === carried[k]?.value);
        if (!isRight || rows.valuesOf(row) !== carried.length) wrong.push([carried, had]);
        if (i % 100 === 0) {
          expect(had).toEqual(carried);
          expect(rows.setOf(row).needles).toEqual(needlesOf(carried, NUMBERS).needles);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('one value behind many others is of a set with each of them', () => {
  const rows = new NeedleRows(NUMBERS);
  const wrong: unknown[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const value of VALUES) {
      const row = rows.with(rows.with(NONE, IMSI, spanOf(value, 1)), MSISDN, spanOf('447700900123', 2));
      if (rows.setOf(row).carried[0]?.value !== value) wrong.push([value, rows.setOf(row).carried]);
    }
  }
  expect(wrong).toEqual([]);
});

test('values that are longer than a row are told apart by all their bytes', () => {
  const rows = new NeedleRows(NUMBERS);
  for (let round = 0; round < 2; round += 1) {
    for (const value of LONG_VALUES) {
      expect(rows.setOf(rows.with(NONE, TOKEN, spanOf(value, round))).carried[0]?.value).toBe(value);
    }
  }
});

test('a value of another name or class has another set; the same one has the same', () => {
  const rows = new NeedleRows(NUMBERS);
  const setOf = (carrier: Carrier): unknown => rows.setOf(rows.with(NONE, carrier, spanOf('447700900123', 1)));
  expect(setOf(MSISDN)).toBe(setOf(MSISDN));
  expect(setOf(MSISDN)).not.toBe(setOf({ ...MSISDN, known: 9, key: 'xacr' }));
  expect(setOf(TOKEN)).toMatchObject({ needles: [{ key: 'xacr', class: 'token' }] });
  expect(setOf(MSISDN)).toMatchObject({ needles: [{ key: 'xmsisdn', class: 'msisdn' }] });
});

test('names with one prefix have a class in common, and each its own needles', () => {
  const rows = new NeedleRows(NUMBERS);
  const keyOf = (key: string): unknown => {
    const row = rows.with(NONE, { known: 4, class: 'token', key, isOwnKey: true }, spanOf('447700900123', 1));
    return rows.setOf(row).carried[0]?.key;
  };
  expect([keyOf('xacmesuba'), keyOf('xacmesubb'), keyOf('xacmesuba')]).toEqual(['xacmesuba', 'xacmesubb', 'xacmesuba']);
});

test('what a row says is what its set says, and every four bytes of a word that can stand alone are its samples', () => {
  const rows = new NeedleRows(NUMBERS);
  for (const values of [
    ['447700900123'],
    ['447700900123', '001010123456789'],
    ['447700900123', '07700900789', '001010123456789', 'AbCdEf0123456789+/xyz0987'],
    ['1'],
    [],
  ]) {
    const row = values.reduce((before, value) => rows.with(before, MSISDN, spanOf(value, 1)), NONE);
    const set = rows.setOf(row);
    expect([rows.hasNumbers(row), rows.hasTokens(row)]).toEqual([set.hasNumbers, set.hasTokens]);
    if (rows.isUnsure(row)) continue;
    const at = rows.eightsAt(row);
    expect([...rows.cells.subarray(at, at + rows.eightsOf(row))]).toEqual([...set.eights]);
    for (const word of set.words) {
      expect(word.length).toBeGreaterThanOrEqual(rows.stepOf(row) + 3);
      for (let from = 0; from < rows.stepOf(row); from += 1) {
        expect(rows.isSample(row, latin1(word).readInt32LE(from))).toBe(true);
      }
    }
    expect(rows.isSample(row, latin1('#!!#').readInt32LE())).toBe(false);
  }
});

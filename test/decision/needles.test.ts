import { type Carried, needlesOf } from '../../src/decision/needles.js';
import type { IdentityClass } from '../../src/policy/policy.js';
import { OURS } from './detect-fixture.js';

const carried = (value: string, carries: IdentityClass = 'msisdn', key = 'xmsisdn'): Carried => ({
  key,
  class: carries,
  value,
});
const valuesOf = (...headers: Carried[]): readonly string[] =>
  needlesOf(headers, [OURS]).needles.map(({ value }) => value);

describe('a number is a needle', () => {
  test.each([
    ['447700900123', 'in international digits'],
    ['+447700900123', 'after a plus'],
    ['00447700900123', 'after 00'],
    ['tel:447700900123', 'after tel:'],
    ['TEL:+447700900123', 'after tel: and a plus'],
    ['07700900123', 'in the national form of a range of ours'],
    ['7700900123', 'without the country code that the operator took off'],
  ])('%s, %s, is the same international number', (value) => {
    expect(valuesOf(carried(value))).toEqual(['447700900123']);
  });

  test('a number of nobody we know keeps the digits that it came with', () => {
    expect(needlesOf([carried('07700900123')], []).needles).toMatchObject([{ value: '07700900123' }]);
  });

  test.each([['1234567'], ['447447447'.replace(/7/g, '4')], ['00101'], ['1'], ['10.100.246.217']])(
    '%s is none: too short, too long, too uniform, or shared by half the world',
    (value) => {
      expect(valuesOf(carried(value))).toEqual([]);
    },
  );

  test('8 and 16 digits are enough and not too many, and 3 different digits are enough', () => {
    expect(valuesOf(carried('12312312'))).toEqual(['12312312']);
    expect(valuesOf(carried('1231231231231231', 'imsi_imei'))).toEqual(['1231231231231231']);
    expect(valuesOf(carried('12121212'))).toEqual([]);
    expect(needlesOf([carried('12345678901234567')], [OURS]).needles).toMatchObject([{ kind: 'token' }]);
  });

  test('an IMSI of the test network keeps its leading zeros', () => {
    expect(valuesOf(carried('001010123456789', 'imsi_imei'))).toEqual(['001010123456789']);
  });

  test('a placeholder is none, in whatever form it is written', () => {
    const plan = { ...OURS, placeholders: ['447700900000'] };
    for (const value of ['447700900000', '+447700900000', '00447700900000']) {
      expect(needlesOf([carried(value)], [plan]).needles).toEqual([]);
    }
  });
});

describe('a token is a needle', () => {
  test.each([
    ['OTgxNTk2NDk0AKt3vhJ9f/3kQ2xW', 'base64'],
    ['OTgxNTk2NDk0AKt3vhJ9f_3kQ2-W', 'base64url'],
    ['40ce120a3509087f921cad9965', 'hex'],
    ['6fa459ea-ee8a-3ca4-894e-db77e160355e', 'a UUID'],
    ['4477009001231327500000', 'a number with a time behind it'],
  ])('%s: %s', (value) => {
    expect(needlesOf([carried(value, 'token', 'xuidh')], [OURS]).needles).toEqual([
      { kind: 'token', value, class: 'token', key: 'xuidh' },
    ]);
  });

  test.each([
    ['OTgxNTk2NDk0AKt', 'under 16 characters'],
    ['abcabcabcabcabcabcabc', 'under 8 different'],
    ['OTgxNTk2NDk0/3kQ2-WabcdefG', 'two alphabets mixed'],
    ['someone@wlan.operator.example', 'no alphabet of a token'],
    ['abcdefghij'.repeat(52), 'over 512 characters'],
  ])('%s is none: %s', (value) => {
    expect(valuesOf(carried(value, 'token'))).toEqual([]);
  });

  test('of a long one the first 64 characters count', () => {
    const long = 'abcdefghij'.repeat(20);
    expect(valuesOf(carried(long, 'token'))).toEqual([long.slice(0, 64)]);
  });
});

test('a composite value is split, and only its identity is a needle', () => {
  expect(valuesOf(carried('GPRS,447700900123,10.100.246.217,wap.example,unsecured'))).toEqual(['447700900123']);
  expect(valuesOf(carried('id="447700900124";x=<tel:+447700900125>|447700900126 447700900127', 'token'))).toEqual([
    '447700900124',
    '447700900125',
    '447700900126',
    '447700900127',
  ]);
  expect(valuesOf(carried('40ce120a3509087f921cad996518742a;ncc=00101;type=Dynamic', 'token'))).toEqual([
    '40ce120a3509087f921cad996518742a',
  ]);
});

test('network, location and address headers carry no needle', () => {
  for (const carries of ['network', 'location', 'address'] as const) {
    expect(valuesOf(carried('447700900123', carries))).toEqual([]);
  }
});

test('one value in two headers is one needle, under the key that carried it first', () => {
  const { needles, dropped } = needlesOf(
    [carried('447700900123'), carried('+447700900123', 'msisdn', 'xupcallinglineid')],
    [OURS],
  );
  expect(needles).toEqual([{ kind: 'number', value: '447700900123', class: 'msisdn', key: 'xmsisdn' }]);
  expect(dropped).toBe(0);
});

test('more than 8 needles are counted', () => {
  const lines = Array.from({ length: 11 }, (_, i) => `4477009001${String(i + 10)}`);
  const { needles, dropped } = needlesOf([carried(lines.join(','))], [OURS]);
  expect(needles.map(({ value }) => value)).toEqual(lines.slice(0, 8));
  expect(dropped).toBe(3);
});

test('no needle carries more than its 64 characters of a hostile 64 KiB value, and empty pieces cost nothing', () => {
  expect(valuesOf(carried(','.repeat(65_536)))).toEqual([]);
  expect(valuesOf(carried('1'.repeat(65_536)))).toEqual([]);
});

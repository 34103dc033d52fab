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

describe('of an address, who is addressed is read as a value of its own', () => {
  const REALM = 'mnc001.mcc001.3gppnetwork.org';
  test.each([
    ['a SIP address', `sip:+447700900123@ims.${REALM};user=phone`],
    ['a SIP address in brackets, behind a name', `"A. Name" <SIP:+447700900123@ims.${REALM}>;tag=1`],
    ['a SIP address with a port, over TLS', 'sips:447700900123@operator.example:5061;transport=tls'],
    ['a SIP address with a password', 'sip:+447700900123:word@operator.example'],
    ['a SIP address with a context in front of its host', `sip:07700900123;phone-context=ims.${REALM}@ims.${REALM}`],
    ['a SIP address of the form with 00', 'sip:00447700900123@operator.example'],
    ['a SIP address whose plus is percent-encoded', `sip:%2B447700900123@ims.${REALM}`],
    ['a SIP address with visual separators', 'sip:+44-7700-900123@operator.example'],
    ['a tel: with parameters', 'tel:+447700900123;phone-context=example.com;npdi'],
    ['a tel: with visual separators', 'tel:+44-(7700)-900.123'],
    ['a tel: of the national form with visual separators', 'tel:07700-900-123;phone-context=+44'],
    ['an address of mail', '447700900123@operator'],
    ['an address of mail with a plus', '+447700900123@mms.operator.example'],
    ['an identifier of network access behind another realm', `ims.${REALM}!447700900123@wlan.operator.example`],
  ])('the number of %s', (_, value) => {
    for (const carries of ['msisdn', 'token'] as const) {
      expect(needlesOf([carried(value, carries)], [OURS]).needles).toEqual([
        { kind: 'number', value: '447700900123', class: carries, key: 'xmsisdn' },
      ]);
    }
  });

  test.each([
    ['a permanent identity of EAP-AKA', `0001010123456789@nai.epc.${REALM}`],
    ['a permanent identity of EAP-SIM', `1001010123456789@wlan.${REALM}`],
    ['a permanent identity of EAP-AKA’', `6001010123456789@NAI.EPC.${REALM.toUpperCase()}`],
    [
      'one that is routed through another network',
      `nai.epc.${REALM}!0001010123456789@nai.epc.mnc002.mcc001.3gppnetwork.org`,
    ],
    ['a private identity of IMS', `001010123456789@ims.${REALM}`],
    ['a temporary public identity of IMS', `sip:001010123456789@ims.${REALM}`],
  ])('the IMSI of %s, in a header of any class', (_, value) => {
    for (const carries of ['msisdn', 'imsi_imei', 'token'] as const) {
      expect(needlesOf([carried(value, carries, 'xnaiid')], [OURS]).needles).toEqual([
        { kind: 'number', value: '001010123456789', class: 'imsi_imei', key: 'xnaiid' },
      ]);
    }
  });

  test('the digit in front of an IMSI belongs to it where the realm is not of its network', () => {
    expect(valuesOf(carried(`6001010123456789@nai.epc.mnc002.mcc001.3gppnetwork.org`, 'token'))).toEqual([
      '6001010123456789',
    ]);
    expect(valuesOf(carried(`2001010123456789@nai.epc.${REALM}`, 'token'))).toEqual(['2001010123456789']);
  });

  test('the IMEI of a URN', () => {
    expect(valuesOf(carried('urn:gsma:imei:00101012-345678-90', 'imsi_imei', 'ximei'))).toEqual(['0010101234567890']);
  });

  test('a token', () => {
    expect(needlesOf([carried('eGtUdrzFWHqbGxQk2w9I-@sprint.example', 'token', 'clientid')], []).needles).toEqual([
      { kind: 'token', value: 'eGtUdrzFWHqbGxQk2w9I-', class: 'token', key: 'clientid' },
    ]);
  });

  test.each([
    ['the host of an address', `anonymous@ims.${REALM}`],
    ['a host of digits', 'anonymous@447700900123'],
    ['a host of digits, in SIP', 'sip:447.700@447700900123:44770090'],
    ['an address of the network', 'sip:203.0.113.100:5060'],
    ['an address of the network, with a user', '1@10.100.246.217'],
    ['a host alone', `sip:ims.${REALM}`],
    ['a host of one label', 'sip:registrar-0123456789'],
    ['a port', 'proxy.example:44770090'],
    ['a page', 'http://shop.example/447700900123'],
    ['a page behind a user', 'http://447700900123@shop.example/'],
    ['a short number', `sip:112@ims.${REALM};user=phone`],
    ['nobody', 'sip:@ims.example'],
    ['a name of mail', 'first.last@operator.example'],
    ['an address in an address', 'sip:447700900123%40a@b'],
    ['a placeholder', 'sip:99999999999@ims.operator.example'],
    ['a URN without an IMEI', 'urn:gsma:imei:1'],
  ])('%s is none', (_, value) => {
    const plan = { ...OURS, placeholders: ['99999999999'] };
    expect(needlesOf([carried(value, 'token')], [plan]).needles).toEqual([]);
  });

  test('a long hostile address has none', () => {
    for (const value of [
      '@'.repeat(65_536),
      'sip:'.repeat(16_384),
      'mnc001.mcc001.'.repeat(4096),
      '!:%@'.repeat(16_384),
    ]) {
      expect(valuesOf(carried(value, 'token'))).toEqual([]);
    }
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

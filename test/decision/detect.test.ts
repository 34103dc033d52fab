import { createHash } from 'node:crypto';
import { detect, type Finding } from '../../src/decision/detect.js';
import type { DetectionTally } from '../../src/decision/plan-types.js';
import type { Needle } from '../../src/decision/plan-types.js';
import { IMSI, inputOf, LINE, rulesetWith, TOKEN } from './detect-fixture.js';

const NATIONAL = '7700900123';
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const swapped = (digits: string): string =>
  (digits.length % 2 === 0 ? digits : `${digits}f`).replace(/(.)(.)/g, '$2$1');
const hash = (algorithm: string, text: string): Buffer => createHash(algorithm).update(text).digest();
const percent = (text: string): string => text.replace(/./g, (c) => `%${hex(c)}`);

/** Every way of writing the line that the rules name, made without the code under test. */
const ENCODINGS: Record<string, string> = {
  'international digits': LINE.value,
  'with a plus': `+${LINE.value}`,
  'after 00': `00${LINE.value}`,
  'after tel:': `tel:+${LINE.value}`,
  'national with a leading 0': `0${NATIONAL}`,
  'without the country code': NATIONAL,
  'the country code in front once more': `44${LINE.value}`,
  'its last nine digits': '700900123',
  'hex of its digits': hex(LINE.value),
  'hex of its digits with a plus': hex(`+${LINE.value}`),
  'hex in capitals, of a sentence': hex(`line=${LINE.value};`).toUpperCase(),
  TBCD: swapped(LINE.value),
  'TBCD of the national number': swapped(`0${NATIONAL}`),
  'TBCD inside an information element': `4c000691${swapped(LINE.value)}`,
  base64: base64(LINE.value),
  'base64 with a plus in front': base64(`+${LINE.value}`),
  'base64 of a sentence, third alignment': base64(`n=${LINE.value};x`),
  'base64 of the national number': base64(`0${NATIONAL}`),
  'base64url inside JSON': Buffer.from(`{"subscriber":"${LINE.value}","a":1}`).toString('base64url'),
  'percent-encoded whole': percent(LINE.value),
  'percent-encoded plus': `%2B${LINE.value}`,
  'behind a percent-encoded space': `n%20${LINE.value}%20x`,
  'percent-encoded base64': encodeURIComponent(base64(`+${LINE.value}`)),
  ...Object.fromEntries(
    ['md5', 'sha1', 'sha256'].flatMap((algorithm) => [
      [`${algorithm} in hex`, hash(algorithm, LINE.value).toString('hex')],
      [
        `${algorithm} in hex capitals, of the plus form`,
        hash(algorithm, `+${LINE.value}`).toString('hex').toUpperCase(),
      ],
      [`${algorithm} in base64, of the national form`, hash(algorithm, `0${NATIONAL}`).toString('base64')],
      [`${algorithm} in base64url`, hash(algorithm, LINE.value).toString('base64url')],
    ]),
  ),
};

const AROUND: Record<string, (value: string) => string> = {
  alone: (value) => value,
  'in the middle of a User-Agent': (value) => `Mozilla/5.0 (Linux; Android 14) ${value} Chrome/120.0.0.0 Mobile`,
  'in a list': (value) => `GPRS,${value},10.100.246.217`,
  'in a pair': (value) => `a=1; msisdn="${value}"; b=2`,
  'at the end of 4 KiB': (value) => `${'x '.repeat(2048).slice(0, 4096 - value.length - 1)} ${value}`,
};

const exactOnes = (findings: readonly Finding[]): readonly Finding[] => findings.filter((f) => f.detector === 'exact');

describe('a needle is found', () => {
  describe.each(Object.entries(ENCODINGS))('as %s', (_, encoded) => {
    test.each(Object.entries(AROUND))('%s, in a field', (_name, around) => {
      const found = detect(inputOf({ Accept: '*/*', 'X-Thing': around(encoded), Te: 'x' }));
      expect(exactOnes(found)).toEqual([{ place: 'field', index: 1, detector: 'exact', class: 'msisdn', firm: true }]);
    });

    test('in the Cookie, the Referer and the target, each as the place that it is', () => {
      const found = detect(
        inputOf(
          { cookie: `id=1; n=${encoded}`, REFERER: `http://news.example/?n=${encoded}` },
          { target: `/page?n=${encoded}&a=b` },
        ),
      );
      expect(exactOnes(found).map(({ place, index }) => [place, index])).toEqual([
        ['cookie', 0],
        ['referer', 1],
        ['target', -1],
      ]);
    });
  });

  test('without a plan that knows its country, behind 0 and 00 all the same', () => {
    const ruleset = rulesetWith({ numbers: [] });
    for (const value of [`0${LINE.value}`, `00${LINE.value}`]) {
      expect(detect(inputOf({ 'X-A': value }, { ruleset }))).toMatchObject([{ detector: 'exact' }]);
    }
  });

  test('when the header carried it without the country code and no range of ours holds it', () => {
    const ruleset = rulesetWith({ numbers: [{ countryCode: '44', ranges: [], plmns: [], placeholders: [] }] });
    const needles: Needle[] = [{ ...LINE, value: NATIONAL }];
    for (const value of [NATIONAL, `0${NATIONAL}`, `44${NATIONAL}`, `0044${NATIONAL}`, base64(LINE.value)]) {
      expect(detect(inputOf({ 'X-A': value }, { ruleset, needles }))).toMatchObject([{ detector: 'exact' }]);
    }
  });

  test('in Host, as part of the target that Host repeats', () => {
    const found = detect(inputOf({ Host: `${LINE.value}.news.example` }));
    expect(exactOnes(found)).toMatchObject([{ place: 'target', index: 0 }]);
  });

  test('in User-Agent and Authorization like in any other field', () => {
    const found = detect(inputOf({ 'User-Agent': LINE.value, Authorization: `Basic ${base64(`${LINE.value}:x`)}` }));
    expect(exactOnes(found)).toMatchObject([{ index: 0 }, { index: 1 }]);
  });

  test('as an IMSI, with the class of the header that carried it', () => {
    for (const value of [
      IMSI.value,
      base64(IMSI.value),
      hex(IMSI.value),
      swapped(IMSI.value),
      `${swapped(IMSI.value)}`.toUpperCase(),
    ]) {
      const found = detect(inputOf({ 'X-A': value }, { needles: [LINE, IMSI], ruleset: rulesetWith({ numbers: [] }) }));
      expect(found).toMatchObject([{ detector: 'exact', class: 'imsi_imei' }]);
    }
  });

  test('as a token, whole, inside another value and percent-encoded', () => {
    for (const value of [TOKEN.value, `a=${TOKEN.value};b`, encodeURIComponent(TOKEN.value)]) {
      expect(detect(inputOf({ 'X-A': value }, { needles: [TOKEN] }))).toMatchObject([
        { detector: 'exact', class: 'token' },
      ]);
    }
  });

  test('as an odd number of digits in TBCD, whose filler is an f of either case', () => {
    const needle: Needle = { ...LINE, value: '3538512345678'.slice(0, 11) };
    for (const value of [swapped(needle.value), swapped(needle.value).toUpperCase(), `91${swapped(needle.value)}`]) {
      expect(detect(inputOf({ 'X-A': value }, { needles: [needle] }))).toMatchObject([{ detector: 'exact' }]);
    }
  });
});

describe('a look-alike is not a needle', () => {
  test.each([
    ['epoch seconds', '1767225600'],
    ['epoch milliseconds', '1767225600123'],
    ['an id that begins with the number', `${LINE.value}4`],
    ['an id that ends with the number', `9${LINE.value}`],
    ['an id that holds the number', `123${LINE.value}456`],
    ['the number without its last digit', LINE.value.slice(0, -1)],
    ['the national number in a longer run', `99${NATIONAL}`],
    ['its last eight digits', '00900123'],
    ['somebody else', '999700901123'],
    ['an etag', '"5f2b8c1e9a7d4036b1c2d3e4f5a6b7c8"'],
    ['a trace', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['a UUID', '6fa459ea-ee8a-3ca4-894e-db77e160355e'],
    ['a digest of somebody else', hash('sha256', '999700901123').toString('hex')],
    ['a digest one character longer', `${hash('md5', LINE.value).toString('hex')}0`],
    ['base64 of somebody else', base64('999700901123')],
    ['TBCD of somebody else, other only behind the filler', `${swapped(`0${NATIONAL}`).slice(0, -1)}4`],
    ['percent-encoded twice', percent(percent(LINE.value))],
    ['two halves', '447700 900123'],
    ['an address', '44.77.00.90'],
  ])('%s', (_, value) => {
    expect(exactOnes(detect(inputOf({ 'X-A': value }, { ruleset: rulesetWith({ numbers: [] }) })))).toEqual([]);
  });

  test('a request without needles has no exact finding', () => {
    expect(exactOnes(detect(inputOf({ 'X-A': LINE.value }, { needles: [] })))).toEqual([]);
  });

  test('a token of which one character differs', () => {
    const other = TOKEN.value.replace('f/3', 'f/4');
    expect(detect(inputOf({ 'X-A': other }, { needles: [TOKEN] }))).toEqual([]);
  });
});

describe('a number of ours', () => {
  const numbersIn = (value: string, ruleset = rulesetWith()): readonly Finding[] =>
    detect(inputOf({ 'X-A': value }, { needles: [], ruleset }));

  test.each([['447700900555'], ['+447700900555'], ['00447700900555'], ['07700900555'], ['tel:+447700900555;x']])(
    '%s is one by its shape',
    (value) => {
      expect(numbersIn(value)).toEqual([{ place: 'field', index: 0, detector: 'number', class: 'msisdn', firm: true }]);
    },
  );

  test.each([
    ['7700900555', 'the bare national form never is'],
    ['4477009005551', 'one digit more'],
    ['44770090055', 'one digit less'],
    ['999700800555', 'outside the range'],
    ['000447700900555', 'three zeros'],
    ['99999999999', 'a placeholder'],
  ])('%s is none: %s', (value) => {
    expect(numbersIn(value)).toEqual([]);
  });

  test('a placeholder inside a range is none', () => {
    const plan = {
      countryCode: '44',
      ranges: [{ prefix: '447700900', digits: 12 }],
      plmns: [],
      placeholders: ['447700900000'],
    };
    expect(numbersIn('447700900000', rulesetWith({ numbers: [plan] }))).toEqual([]);
    expect(numbersIn('447700900001', rulesetWith({ numbers: [plan] }))).toHaveLength(1);
  });

  test('an IMSI of ours has 14 or 15 digits after our PLMN', () => {
    expect(numbersIn('001010123456789')).toEqual([
      { place: 'field', index: 0, detector: 'number', class: 'imsi_imei', firm: false },
    ]);
    expect(numbersIn('00101012345678')).toHaveLength(1);
    expect(numbersIn('0010101234567')).toEqual([]);
    expect(numbersIn('0010101234567890')).toEqual([]);
  });

  test('a prefix under 7 digits is not firm: it may not withhold', () => {
    const plan = { countryCode: '44', ranges: [{ prefix: '447700', digits: 12 }], plmns: [], placeholders: [] };
    expect(numbersIn('447700900555', rulesetWith({ numbers: [plan] }))).toMatchObject([{ firm: false }]);
  });

  test('in two ranges it is firm if one of them is, whichever is written first', () => {
    const ranges = [
      { prefix: '447700', digits: 12 },
      { prefix: '447700900', digits: 12 },
    ];
    for (const order of [ranges, ranges.toReversed()]) {
      const plan = { countryCode: '44', ranges: order, plmns: [], placeholders: [] };
      expect(numbersIn('447700900555', rulesetWith({ numbers: [plan] }))).toMatchObject([{ firm: true }]);
    }
  });

  test('in one field a firm one is reported, wherever it stands', () => {
    expect(numbersIn('001010123456789 447700900555')).toMatchObject([{ class: 'msisdn', firm: true }]);
    expect(numbersIn('447700900555 001010123456789')).toMatchObject([{ class: 'msisdn', firm: true }]);
  });

  test('beside an exact hit it says nothing new, unless the policy takes numbers more seriously', () => {
    const field = { 'X-A': LINE.value };
    expect(detect(inputOf(field)).map((f) => f.detector)).toEqual(['exact']);
    const ruleset = rulesetWith({ detection: { exact: 'count', numbers: 'withhold' } });
    expect(detect(inputOf(field, { ruleset })).map((f) => f.detector)).toEqual(['exact', 'number']);
  });

  test('without a number plan there is none', () => {
    expect(numbersIn('447700900555', rulesetWith({ numbers: [] }))).toEqual([]);
  });
});

describe('a hint', () => {
  const hintsFor = (name: string, known: readonly string[] = []): readonly Finding[] =>
    detect(inputOf({ [name]: '1' }, { ruleset: rulesetWith({ known }) }));

  test.each([
    ['X-Acme-MSISDN', 'msisdn'],
    ['acme_m_s_i_s_d_n', 'msisdn'],
    ['X-Calling_Line', 'msisdn'],
    ['X-Calling-Station-Ident', 'msisdn'],
    ['X-Foo-Mdn', 'msisdn'],
    ['X-Foo-Clid', 'msisdn'],
    ['X-Acme-IMSI', 'imsi_imei'],
    ['XIMSI', 'imsi_imei'],
    ['userImsi2', 'imsi_imei'],
    ['IMSIValue', 'imsi_imei'],
    ['X-Device-IMEI', 'imsi_imei'],
    ['X-Foo-Imeisv', 'imsi_imei'],
    ['X-Sim-ICCID', 'imsi_imei'],
    ['X-Gw-Subno', 'token'],
    ['X-Subscriber-Ref', 'token'],
    ['X-Telco-Acr', 'token'],
    ['X-Foo-Uidh', 'token'],
    ['X-User-Nai', 'token'],
    ['X-Cell-Id', 'location'],
    ['X-Foo-User-Location-Info', 'location'],
  ])('%s suggests %s', (name, carries) => {
    expect(hintsFor(name)).toEqual([{ place: 'field', index: 0, detector: 'hint', class: carries, firm: true }]);
  });

  test.each([
    ...[
      'X-Runtime-Id',
      'x-runtimeid',
      'X-Time-In-Queue',
      'X-Sim-Signal',
      'X-SimSignal',
      'X-DateTime-In',
      'X-Subnotification',
    ],
    ...['X-Sub-Node', 'X-Acr-Region', 'x-acr-build', 'X-Uid', 'X-Request-Id', 'X-Correlation-Id', 'List-Unsubscribe'],
    ...[
      'X-Cancel-Id',
      'X-Cancelled-Identity',
      'X-Sinai',
      'X-Massacr',
      'Authorization',
      'User-Agent',
      'Sec-CH-UA-Mobile',
    ],
    ...[
      'Accept-Language',
      'X-Requested-With',
      'Upgrade-Insecure-Requests',
      'DNT',
      'If-None-Match',
      'X-Client-Data',
      '',
      '---',
    ],
  ])('`%s` suggests nothing', (name) => {
    expect(hintsFor(name)).toEqual([]);
  });

  test('is not given for a name that catalogue or policy knows', () => {
    expect(hintsFor('X-Ericsson-MSISDN', ['X-Ericsson-MSISDN'])).toEqual([]);
  });

  test('stands beside what the value shows', () => {
    expect(detect(inputOf({ 'X-Acme-MSISDN': LINE.value })).map((f) => f.detector)).toEqual(['exact', 'hint']);
  });
});

test('a suppressed field gives no finding at that host, in any spelling of its name, and does at every other', () => {
  const ruleset = rulesetWith({ suppressed: ['xphonemsisdn@api.taxi.example'] });
  const fields = { 'X_Phone.MSISDN': LINE.value, 'X-Other': LINE.value };
  expect(detect(inputOf(fields, { ruleset, host: 'api.taxi.example' }))).toMatchObject([{ index: 1 }]);
  expect(detect(inputOf(fields, { ruleset, host: 'taxi.example' })).map((f) => f.index)).toEqual([0, 0, 1]);
});

describe('the limits', () => {
  const tallyOf = (digestValuesLeft: number): DetectionTally => ({
    cutValues: 0,
    digestValuesLeft,
    digestValuesSkipped: 0,
    needlesDropped: 0,
  });

  test('of a value over 4 KiB the rest is not read, and that is counted', () => {
    const tally = tallyOf(1);
    const fields = { 'X-A': `${'x'.repeat(4096)}${LINE.value}`, 'X-B': 'x'.repeat(4096) };
    expect(detect(inputOf(fields, { tally }))).toEqual([]);
    expect(tally.cutValues).toBe(1);
  });

  test('digests are looked at only in values with a run of their length, as long as the tally lasts, then counted', () => {
    const tally = tallyOf(1);
    const digest = hash('md5', LINE.value).toString('hex');
    const found = detect(inputOf({ 'X-A': 'no digest', 'X-B': digest, 'X-C': digest }, { tally }));
    expect(found.map((f) => f.index)).toEqual([1]);
    expect(tally).toEqual({ ...tallyOf(0), digestValuesSkipped: 1 });
  });

  // What a scan that backtracks would choke on: long runs, runs one short, half encodings, separators alone.
  const HOSTILE = [
    '4',
    '1234567 ',
    '12345678 ',
    '447700900124',
    '%34',
    '%',
    'f',
    '33',
    'MDQ3',
    'NDQ3',
    'a',
    '-',
    ' ',
    'x-',
  ];

  test.each(HOSTILE)('a needle behind 64 KiB of `%s` in other fields and the target is still found', (piece) => {
    const fill = piece.repeat(4096 / piece.length);
    const fields = Array.from({ length: 16 }, (_, i) => [`X-${String(i)}`, fill] as const);
    const target = `/${piece.repeat(65_536 / piece.length)}`;
    const found = detect(
      inputOf({ ...Object.fromEntries(fields), 'X-Last': LINE.value }, { target, needles: [IMSI, TOKEN, LINE] }),
    );
    expect(exactOnes(found).filter((f) => f.class === 'msisdn')).toMatchObject([{ index: 16 }]);
  });

  test.each([...HOSTILE, '1imei', 'aImei', 'imei-', 'cell-'])(
    'a name of 64 KiB of `%s` gives its hint at the end',
    (piece) => {
      const name = `x-${piece.repeat(65_536 / piece.length)}-imei`;
      expect(detect(inputOf({ [name]: '1' }))).toMatchObject([{ detector: 'hint', class: 'imsi_imei' }]);
    },
  );
});

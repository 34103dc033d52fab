import { Expectation, Permission, type Permitted } from '../../src/egress/expectation.js';
import { type EgressCheck, egressCheckOf, type EgressFault, type EgressRules } from '../../src/egress/look.js';
import type { SoughtValue } from '../../src/egress/needle-bytes.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import { LEAVING, putIntoMemory } from './leaving-memory.js';
import { soughtOf } from './sought.js';

const RULES: EgressRules = {
  own: [{ kind: 'prefix', key: 'xacmesub' }],
  watched: ['clientid'],
  exact: 'withhold',
};
const LINE = '447700900123';
const TOKEN = 'OTgxNTk2NDk0AKt3vhJ9f/3kQ2xW';

/** What may stand in a head, and what is sought in it. */
interface Given extends Permitted {
  readonly authority: string;
  readonly needles: readonly SoughtValue[];
}
const STRANGER: Given = {
  authority: 'news.example',
  released: new Set(),
  unchanged: new Set(),
  needles: [
    { kind: 'number', value: LINE, key: 'xmsisdn' },
    { kind: 'token', value: TOKEN, key: 'xacr' },
  ],
  suppressed: new Set(),
};
const PARTNER: Given = { ...STRANGER, released: new Set(['xmsisdn', 'xacmesubplan']) };

/** A check takes milliseconds to make, and one is made per policy. `found`: with lines that are found beforehand. */
const CHECKS = new Map<EgressRules, { readonly check: EgressCheck; readonly found: EgressCheck }>();
const checksOf = (rules: EgressRules) => {
  const checks = CHECKS.get(rules) ?? { check: egressCheckOf(rules), found: egressCheckOf(rules, LEAVING) };
  CHECKS.set(rules, checks);
  return checks;
};
const checkOf = (rules: EgressRules): EgressCheck => checksOf(rules).check;
const look = (text: string, given = STRANGER, rules = RULES): EgressFault | undefined => {
  const { check, found } = checksOf(rules);
  const bytes = Buffer.from(text, 'latin1');
  const sought = soughtOf(given.needles);
  const fault = check.look(bytes, 0, bytes.length, expectationOf(given), sought);
  putIntoMemory(bytes, 5, 0x0a);
  expect(found.look(LEAVING.bytes, 5, 5 + bytes.length, expectationOf(given), sought)).toEqual(fault);
  return fault;
};
const expectationOf = (given: Given): Expectation => new Expectation(given.authority, new Permission(given));
const headWith = (...lines: string[]): string =>
  ['GET /page?q=1 HTTP/1.1', 'Host: news.example', ...lines, '', ''].join('\r\n');

test('an ordinary head may leave', () => {
  expect(look(headWith('User-Agent: Mozilla/5.0 (X11)', 'Accept: */*', 'Connection: keep-alive'))).toBeUndefined();
  expect(look(headWith())).toBeUndefined();
});

describe('one head', () => {
  test.each([
    ['nothing', ''],
    ['a head without its blank line', headWith().slice(0, -2)],
    ['a head without the end of its last line', headWith('Accept: */*').slice(0, -4)],
    ['bytes behind the blank line', `${headWith()}x`],
    ['a second head', headWith() + headWith()],
    ['a request line of one word', headWith().replace('GET /page?q=1 HTTP/1.1', 'GET')],
    ['a space in the target', headWith().replace('?q=1', '?q= 1')],
    ['another version', headWith().replace('HTTP/1.1', 'HTTP/1.0')],
    ['an answer', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('%s is not one', (_, text) => {
    expect(look(text)).toMatchObject({ rule: 'one-head' });
  });
});

describe('bytes', () => {
  test.each([
    ['a bare LF', headWith('A: b\nX-MSISDN: 1')],
    ['a bare CR', headWith('A: b\rX-MSISDN: 1')],
    ['CR CR LF', headWith('A: b\r')],
    ['a NUL in a value', headWith('A: b\0c')],
    ['a NUL in a name', headWith('A\0: b')],
    ['a bare LF as the blank line', headWith().replace(/\r\n$/, '\n')],
    ['a folded line', headWith('A: b', ' X-MSISDN: 1')],
    ['a space before the colon', headWith('X-MSISDN : 1')],
    ['a line without a colon', headWith('X-MSISDN')],
    ['a name of no characters', headWith(': 1')],
    ['a byte over 127 in a name', headWith('X-\u00e9: 1')],
  ])('%s does not leave', (_, text) => {
    expect(look(text)).toMatchObject({ rule: 'bytes' });
  });
});

describe('Host', () => {
  test.each([
    ['none', 'GET / HTTP/1.1\r\nA: b\r\n\r\n'],
    ['two that are equal', headWith('Host: news.example')],
    ['two in two spellings', headWith('hOST: news.example')],
    ['another one', headWith().replace('news.example', 'other.example')],
    ['a longer one', headWith().replace('news.example', 'news.example.evil.example')],
    ['capitals', headWith().replace('news.example', 'News.example')],
    ['a port', headWith().replace('news.example', 'news.example:8080')],
  ])('%s is not the authority of the connection', (_, text) => {
    expect(look(text)).toMatchObject({ rule: 'host' });
  });

  test('a port stands where the authority has one', () => {
    const text = headWith().replace('news.example', 'news.example:8080');
    expect(look(text, { ...STRANGER, authority: 'news.example:8080' })).toBeUndefined();
  });
});

describe('identity', () => {
  test.each([
    'X-MSISDN',
    'x_msisdn',
    'HTTP_X_MSISDN',
    'X.Msisdn',
    'x-acme-sub-plan',
    'X-H3G-Anything',
    'X-Forwarded-For',
  ])('%s does not leave for a stranger, first, last or in the middle, whatever its value', (name) => {
    const fault = { rule: 'identity', field: name };
    expect(look(headWith(`${name}: 1`))).toEqual(fault);
    expect(look(headWith('A: b', `${name}:`, 'C: d'))).toEqual(fault);
    expect(look(headWith().replace('Host:', `${name}: 1\r\nHost:`))).toEqual(fault);
  });

  test('what is released leaves once, and nothing else does', () => {
    expect(look(headWith(`X-MSISDN: ${LINE}`, 'X-Acme-Sub-Plan: 7'), PARTNER)).toBeUndefined();
    expect(look(headWith('X-IMSI: 1'), PARTNER)).toEqual({ rule: 'identity', field: 'X-IMSI' });
    expect(look(headWith('X-Acme-Sub-Other: 1'), PARTNER)).toEqual({ rule: 'identity', field: 'X-Acme-Sub-Other' });
  });

  test('a released one twice is one too many, in any two spellings', () => {
    for (const name of ['X-MSISDN', 'x_msisdn', 'HTTP_X_MSISDN']) {
      const fault = look(headWith(`X-MSISDN: ${LINE}`, `${name}: ${LINE}`), PARTNER);
      expect(fault).toEqual({ rule: 'repeated', field: name });
    }
  });

  test('a watched name and a name of low trust leave', () => {
    expect(look(headWith('Client-ID: app', 'X-Telenor-ACR: 1'))).toBeUndefined();
  });

  test('the name is told, its first 64 characters, never the value', () => {
    const name = `X-Acme-Sub-${'x'.repeat(200)}`;
    const fault = look(headWith(`${name}: ${LINE}`));
    expect(fault).toEqual({ rule: 'identity', field: name.slice(0, 64) });
    expect(JSON.stringify(fault)).not.toContain(LINE);
  });
});

describe('a needle', () => {
  test.each([
    ['alone', `X-New: ${LINE}`],
    ['with a plus', `X-New: +${LINE}`],
    ['after 00', `X-New: 00${LINE}`],
    ['behind other numbers that end alike', `X-New: 99${LINE.slice(-8)},${LINE}`],
    ['in the middle', `User-Agent: Mozilla/5.0 (${LINE}; x)`],
    ['in Authorization', `Authorization: ${LINE}`],
    ['a token inside a value', `X-New: a=${TOKEN};b`],
    ['without white space', `X-New:${LINE}`],
    ['at the end of 4 KiB', `X-New: ${'x'.repeat(4096 - LINE.length)}${LINE}`],
  ])('%s does not leave', (_, line) => {
    for (const expectation of [STRANGER, PARTNER]) {
      expect(look(headWith('A: b', line, 'C: d'), expectation)).toEqual({ rule: 'needle', field: line.split(':')[0] });
    }
  });

  test.each([
    ['in Cookie', `Cookie: a=${LINE}`],
    ['in cookie', `cookie: a=${LINE}`],
    ['in Referer', `Referer: http://news.example/?${LINE}`],
    ['inside a longer number', `X-New: ${LINE}4`],
    ['behind a longer number', `X-New: 9${LINE}`],
    ['of somebody else', 'X-New: 447700900124'],
    ['past 4 KiB', `X-New: ${'x'.repeat(4096)}${LINE}`],
    ['as a length', 'Content-Length: 12345678'],
  ])('%s leaves', (_, line) => {
    const needles = [...STRANGER.needles, { kind: 'number' as const, value: '12345678', key: 'xmsisdn' }];
    expect(look(headWith(line), { ...STRANGER, needles })).toBeUndefined();
  });

  test('in the request line leaves: the target is the subscriber’s, and Host repeats it', () => {
    const text = headWith().replace('?q=1', `?q=${LINE}`);
    expect(look(text)).toBeUndefined();
    const host = `${LINE}.news.example`;
    expect(look(headWith().replace('news.example', host), { ...STRANGER, authority: host })).toBeUndefined();
  });

  test('a national number is found behind another zero and without its own', () => {
    const needles = [{ kind: 'number' as const, value: '07700900123', key: 'xmsisdn' }];
    for (const value of ['07700900123', '007700900123', '7700900123']) {
      expect(look(headWith(`X-New: ${value}`), { ...STRANGER, needles })).toMatchObject({ rule: 'needle' });
    }
  });

  test('a number that came behind 00 is found without it', () => {
    const needles = [{ kind: 'number' as const, value: `00${LINE}`, key: 'xmsisdn' }];
    for (const value of [`00${LINE}`, `0${LINE}`, LINE]) {
      expect(look(headWith(`X-New: ${value}`), { ...STRANGER, needles })).toMatchObject({ rule: 'needle' });
    }
    expect(look(headWith(`X-New: ${LINE.slice(1)}`), { ...STRANGER, needles })).toBeUndefined();
  });

  test('that is released unchanged here may stand anywhere here', () => {
    const needles = [{ kind: 'number' as const, value: LINE, key: 'xmsisdn' }];
    const unchanged = new Set(['xmsisdn']);
    expect(look(headWith(`X-New: ${LINE}`), { ...PARTNER, needles, unchanged })).toBeUndefined();
    expect(look(headWith(`X-New: ${LINE}`), { ...PARTNER, needles })).toEqual({ rule: 'needle', field: 'X-New' });
  });

  test('in a field that is released by name leaves: partners receive what is released by name', () => {
    expect(look(headWith(`X-MSISDN: ${LINE}`), PARTNER)).toBeUndefined();
  });

  test('in a suppressed field leaves, in any spelling of the name', () => {
    const expectation = { ...STRANGER, suppressed: new Set(['xphone']) };
    expect(look(headWith(`X_Phone: ${LINE}`), expectation)).toBeUndefined();
    expect(look(headWith(`X-Phone2: ${LINE}`), expectation)).toMatchObject({ rule: 'needle' });
  });

  test('leaves where the policy only counts exact hits, but an identity name never does', () => {
    const rules = { ...RULES, exact: 'count' as const };
    expect(look(headWith(`X-New: ${LINE}`), STRANGER, rules)).toBeUndefined();
    expect(look(headWith(`X-MSISDN: ${LINE}`), STRANGER, rules)).toMatchObject({ rule: 'identity' });
  });
});

test('two checks in one memory: what one knows of names the other does not believe', () => {
  const strict = egressCheckOf({ ...RULES, own: [...RULES.own, { kind: 'name', key: 'xphone' }] }, LEAVING);
  const usual = egressCheckOf(RULES, LEAVING);
  const head = Buffer.from(headWith('Accept: */*', 'X-Phone: 1'), 'latin1');
  putIntoMemory(head, 0, 0);
  for (let time = 0; time < 8; time += 1) {
    expect(usual.look(LEAVING.bytes, 0, head.length, expectationOf(STRANGER), soughtOf([]))).toBeUndefined();
    if (time % 3 === 0)
      expect(strict.look(LEAVING.bytes, 0, head.length, expectationOf(STRANGER), soughtOf([]))).toMatchObject({
        field: 'X-Phone',
      });
  }
});

test('one check serves many heads: what it met in one is forgotten in the next', () => {
  const check = egressCheckOf(RULES);
  const head = Buffer.from(headWith(`X-MSISDN: ${LINE}`), 'latin1');
  const partner = expectationOf(PARTNER);
  const stranger = expectationOf(STRANGER);
  const lookFor = (expectation: Expectation): EgressFault | undefined =>
    check.look(head, 0, head.length, expectation, soughtOf(STRANGER.needles));
  expect(lookFor(partner)).toBeUndefined();
  expect(lookFor(partner)).toBeUndefined();
  expect(lookFor(stranger)).toMatchObject({ rule: 'identity' });
  expect(lookFor(partner)).toBeUndefined();
});

test('hosts may share what is permitted to them: what one head had is forgotten in the next, whichever host it goes to', () => {
  const check = egressCheckOf(RULES);
  const permission = new Permission(PARTNER);
  const text = headWith(`X-MSISDN: ${LINE}`);
  for (const host of ['news.example', 'shop.example', 'news.example']) {
    const head = Buffer.from(text.replace('news.example', host), 'latin1');
    const expectation = new Expectation(host, permission);
    expect(check.look(head, 0, head.length, expectation, soughtOf(STRANGER.needles))).toBeUndefined();
    const other = new Expectation('elsewhere.example', permission);
    expect(check.look(head, 0, head.length, other, soughtOf(STRANGER.needles))).toMatchObject({ rule: 'host' });
  }
});

describe('a range of a larger buffer', () => {
  const AROUND = [
    ['GET / HTTP/1.1\r\nHost: other.example\r\n', 'a body'],
    ['X-MSISDN: 1\r\n\r\n', `X-MSISDN: ${LINE}\r\n\r\n`],
    [LINE, LINE],
    ['\r\n\r\n', '\n'],
    ['\0\r', '\r\n\r\n'],
  ] as const;
  const HEADS = [
    headWith('User-Agent: Mozilla/5.0 (X11)', 'DNT: 1'),
    headWith('X-MSISDN: 1'),
    headWith(`X-New: a ${LINE}`),
    headWith(`X-New: ${TOKEN}`),
    headWith('A:'),
    headWith('A: b\0c'),
    headWith().slice(0, -1),
    headWith().slice(0, -2),
    headWith('A: b').slice(0, -3),
    headWith('X-MSISDN'),
    `${headWith()}x`,
    'GET / HTTP/1.1\r\n\r\n',
    '\r\n\r\n',
    '\r\n',
    'G',
    '',
  ];
  const expectation = expectationOf(STRANGER);

  test.each(AROUND)('behind %j and before %j is looked at alone', (before, behind) => {
    for (const text of HEADS) {
      const bytes = Buffer.from(before + text + behind, 'latin1');
      const start = before.length;
      const fault = checkOf(RULES).look(bytes, start, start + text.length, expectation, soughtOf(STRANGER.needles));
      expect([text, fault]).toEqual([text, look(text)]);
    }
  });

  test('that changes between two looks is read anew', () => {
    const bytes = Buffer.from(headWith('X-Nearly: 1'), 'latin1');
    const lookAgain = (): EgressFault | undefined =>
      checkOf(RULES).look(bytes, 0, bytes.length, expectation, soughtOf(STRANGER.needles));
    expect(lookAgain()).toBeUndefined();
    bytes.write('X-MSISDN', bytes.indexOf('X-Nearly'));
    expect(lookAgain()).toEqual({ rule: 'identity', field: 'X-MSISDN' });
  });

  test('that is not there is not one head', () => {
    const bytes = Buffer.from(headWith(), 'latin1');
    const end = bytes.length;
    for (const [from, to] of [
      [0, end + 1],
      [0, end + 1000],
      [-1, end],
      [-end, end],
      [5, 3],
      [end, end],
      [end + 1, end + 9],
    ]) {
      const fault = checkOf(RULES).look(bytes, from ?? 0, to ?? 0, expectation, soughtOf([]));
      expect([from, to, fault?.rule]).toEqual([from, to, 'one-head']);
    }
  });
});

describe('what one head left behind', () => {
  test('hides no name that begins alike', () => {
    for (const name of ['X-Up-Calling-Line-ID', 'X-MSISDN', 'MSISDN', 'HTTP_X_MSISDN', 'x-acme-sub-1']) {
      for (let length = 1; length < name.length; length += 1) {
        const begun = `${name.slice(0, length)}zz`;
        const other = `${name.slice(0, length)}--`;
        for (const before of [begun, other, begun]) look(headWith(`${before}: 1`));
        expect(look(headWith(`${name}: 1`))).toEqual({ rule: 'identity', field: name });
      }
    }
  });

  test('hides no byte that a name may not have', () => {
    for (const line of [
      'X-Ne w: 1',
      'X-N\u00e9w: 1',
      'X-New-Name-Of-Some-Length\t: 1',
      'X-New-Name-Of-Some \u00e9: 1',
      'X',
    ]) {
      for (let i = 0; i < 3; i += 1) expect(look(headWith(line, 'A: b'))).toEqual({ rule: 'bytes', field: '' });
    }
  });

  test('is no needle of the next', () => {
    const others = { ...STRANGER, needles: [{ kind: 'number' as const, value: '447700900555', key: 'xmsisdn' }] };
    expect(look(headWith(`X-New: ${LINE}, ${TOKEN}`))).toMatchObject({ rule: 'needle' });
    expect(look(headWith(`X-New: ${LINE}, ${TOKEN}`), others)).toBeUndefined();
    expect(look(headWith(`X-New: ${LINE}, ${TOKEN}`), { ...STRANGER, needles: [] })).toBeUndefined();
    expect(look(headWith('X-New: 447700900555'), others)).toMatchObject({ rule: 'needle' });
  });
});

describe('wherever words of four bytes begin', () => {
  const SHORT = '12345678';
  const needles: readonly SoughtValue[] = [
    { kind: 'number', value: LINE, key: 'xmsisdn' },
    { kind: 'number', value: SHORT, key: 'ximsi' },
    { kind: 'token', value: TOKEN, key: 'xacr' },
    { kind: 'token', value: 'SixteenLettersOf', key: 'xacr' },
    { kind: 'token', value: TOKEN.repeat(3).slice(0, 64).split('').reverse().join(''), key: 'xacr' },
  ];
  const values = [`0${SHORT}`, `00${SHORT}`, `0${LINE}`, ...needles.map(({ value }) => value)];

  test.each(values)('%s is found at every place of a value, with something around it and at its very end', (value) => {
    const given = { ...STRANGER, needles };
    const missed: string[] = [];
    for (let before = 0; before < 70; before += 1) {
      for (const around of ['x', '.', ' ', ':', '\t', '\x01', '\xff']) {
        for (const line of [
          `X-New: ${around.repeat(before)}${value}`,
          `X-New:${around.repeat(before)}${value}${around}`,
          `X-New: ${'12:4'.repeat(before % 5)}${around.repeat(before)}${value}${around.repeat(5)}`,
        ]) {
          for (const text of [headWith(line), headWith('A: b', line, 'C: d')]) {
            if (look(text, given)?.rule !== 'needle') missed.push(line);
          }
        }
      }
    }
    expect(missed).toEqual([]);
  });

  test('a number is found up to 4 KiB and cut there, wherever it begins', () => {
    const wrong: number[] = [];
    for (let before = 4070; before < 4110; before += 1) {
      const isFound = look(headWith(`X-New: ${'x'.repeat(before)}${LINE}`))?.rule === 'needle';
      if (isFound !== before + LINE.length <= 4096) wrong.push(before);
      // With a digit more it is another number, unless just that digit is past the 4 KiB.
      const isCut = look(headWith(`X-New: \t${'x'.repeat(before)}${LINE}9`))?.rule === 'needle';
      if (isCut !== (before + LINE.length === 4096)) wrong.push(-before);
    }
    expect(wrong).toEqual([]);
  });

  test('a token is found up to 4 KiB, wherever it begins', () => {
    const wrong: number[] = [];
    for (let before = 4050; before < 4110; before += 1) {
      const isFound = look(headWith(`X-New: ${'.'.repeat(before)}${TOKEN}`))?.rule === 'needle';
      if (isFound !== before + TOKEN.length <= 4096) wrong.push(before);
    }
    expect(wrong).toEqual([]);
  });
});

test('a released name is known by its whole key, or by what stands behind `http`', () => {
  const partner = (...keys: string[]): Given => ({ ...STRANGER, released: new Set(keys) });
  const leaves = (name: string, given: Given): boolean => look(headWith(`${name}: 1`), given) === undefined;
  const names = ['X-MSISDN', 'HTTP_X_MSISDN', 'X-MSISD', 'X-MSISDN2', 'MSISDN', 'X-H3G-MSISDN'];
  expect(names.map((name) => leaves(name, partner('xmsisdn')))).toEqual([true, true, true, true, false, false]);
  expect(names.map((name) => leaves(name, partner('httpxmsisdn')))).toEqual([false, true, true, true, false, false]);
  expect(look(headWith('X-IMSI:'), partner('ximsi2', 'httpximsi'))).toMatchObject({ rule: 'identity' });
  expect(names.map((name) => leaves(name, partner('xmsisdnn', 'msisdn')))).toEqual([
    ...[false, false, true, true, true, false],
  ]);
});

test('a line that has no end is no head, whatever else is wrong with it', () => {
  for (const line of ['X-MSISDN: 1', 'A b', ': 1', `X-New: ${LINE}`, 'A', 'Host: other.example']) {
    expect(look(`GET / HTTP/1.1\r\n${line}`)).toEqual({ rule: 'one-head', field: '' });
    expect(look(`GET / HTTP/1.1\r\n${line}\r`)).toEqual({ rule: 'bytes', field: '' });
  }
  expect(look('GET / HTTP/1.1\r\nX-MSISDN: 1\r\n')).toMatchObject({ rule: 'identity' });
});

test('any bytes get an answer, not an exception', () => {
  let seed = 7;
  const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff) >> 8;
  const alphabet = [...'GETHost:newsxample \t\r\n\0\u00ff/1.', '\r\n', 'X-MSISDN: ', LINE];
  let faults = 0;
  for (let i = 0; i < 2000; i += 1) {
    const text = Array.from({ length: next() % 60 }, () => alphabet[next() % alphabet.length]).join('');
    if (look(text) !== undefined) faults += 1;
  }
  expect(faults).toBe(2000);
});

describe('names of low trust', () => {
  const strict: EgressRules = { ...RULES, watched: [], hasLowTrust: true };

  test('leave as usual, and do not where they count: all of the catalogue but Via', () => {
    const names = CATALOGUE.map((entry) => entry.name ?? `${entry.prefix ?? ''}more`);
    const left = names.filter((name) => look(headWith(`${name}: 1`), STRANGER, strict) === undefined);
    expect(left).toEqual(['via']);
    expect(names.filter((name) => look(headWith(`${name}: 1`)) === undefined).length).toBeGreaterThan(20);
  });
});

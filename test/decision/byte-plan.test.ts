import { createHash } from 'node:crypto';
import { BytePlan } from '../../src/decision/byte-plan.js';
import { ByteRules } from '../../src/decision/byte-rules.js';
import type { DetectionTally } from '../../src/decision/plan-types.js';
import { LinePool } from '../../src/http/head-lines.js';
import { RequestReader } from '../../src/http/request-reader.js';
import { parseAuthority } from '../../src/names/authority.js';
import { latin1, LIMITS } from '../http/transcript.js';
import { realisticHeads } from './realistic-heads.js';
import { NOW, RULESET, rulesetFor } from './ruleset-fixture.js';

const SKEW = 30_000;
const RULES = ByteRules.of(RULESET, { nowMs: NOW, skewMs: SKEW });
const NUMBER = '447700900123';
const ID = `X-MSISDN: ${NUMBER}`;

interface Given {
  readonly host?: string;
  readonly path?: string;
  readonly trusted?: boolean;
  readonly tally?: DetectionTally;
  readonly rules?: ByteRules;
}

const PLAN = new BytePlan();

/** What leaves of these lines, Host among them, and what is counted; or `strings`. */
function plannedOf(lines: readonly string[], given: Given = {}): Record<string, unknown> | 'strings' {
  const { host = 'stranger.example', path = '/p?q', trusted = true, rules = RULES } = given;
  const pool = new LinePool(LIMITS);
  pool.classes = rules.names;
  const reader = new RequestReader({ pool, authorityOf: (text) => parseAuthority(text, 80) });
  const bytes = latin1(`GET ${path} HTTP/1.1\r\n${[`Host: ${host}`, ...lines].join('\r\n')}\r\n\r\n........`);
  if (reader.read(bytes, 0, bytes.length - 8) !== 'head' || reader.unusual !== null)
    throw new Error('canonical heads only');
  const asked = { listener: 'internet', host, port: 80, times: [NOW], skewMs: SKEW };
  const release = rules.releaseFor(rules.ruleset.release(asked), host);
  const { pathStart, pathEnd } = reader;
  const tally = given.tally === undefined ? {} : { tally: given.tally };
  if (PLAN.make(rules, reader.lines, { release, trusted, pathStart, pathEnd, ...tally }) === 'strings')
    return 'strings';
  const drops = [...PLAN.drops.subarray(0, PLAN.dropped)];
  return {
    leaves: lines.filter((_, i) => !drops.includes(i + 1)),
    stripped: [...PLAN.stripped.subarray(0, PLAN.strippedCount)].map((n) => rules.labels[n]?.label),
    released: [...PLAN.released.subarray(0, PLAN.releasedCount)].map((n) => release.rules[n]?.header),
    verdict: PLAN.verdict,
    needles: PLAN.needles.map(({ value }) => value),
    hasLogin: PLAN.hasLogin,
  };
}

const USUAL = { stripped: [], released: [], verdict: 'untouched', needles: [], hasLogin: false };

test('identity in any spelling does not leave, nor what concerns one connection', () => {
  const kept = ['Accept: */*', 'Via: 1.1 a', 'Client-ID: abc', 'X-Runtime-Id: 7', 'Proxyfoo: 1', 'HTTP-Connection: x'];
  const identity = [
    ID,
    'x_msisdn: 1',
    'HTTP_X_MSISDN: 2',
    'X-Acme-Sub-Any: z',
    'X-Forwarded-For: 10.0.0.1',
    'Proxy-Client-IP: a',
  ];
  const ours = [
    'Connection: keep-alive',
    'Keep-Alive: 5',
    'TE: trailers',
    'Transfer_Encoding: chunked',
    'Proxy-Any: 1',
    'Ho-st: b',
  ];
  const lines = kept.flatMap((line, i) => [line, identity[i] ?? '', ours[i] ?? '']);
  expect(plannedOf(lines)).toEqual({
    ...USUAL,
    leaves: kept,
    stripped: ['x-msisdn', 'x-msisdn', 'x-msisdn', 'x-acme-sub-*', 'x-forwarded-for', 'proxy-client-ip'],
    verdict: 'stripped',
    needles: [NUMBER],
  });
});

test('the field that frames the body is not among those that do not leave', () => {
  expect(plannedOf(['Content-Length: 0'])).toMatchObject({ leaves: ['Content-Length: 0'] });
  expect(plannedOf(['Transfer-Encoding: chunked'])).toMatchObject({ leaves: ['Transfer-Encoding: chunked'] });
});

describe('a partner', () => {
  const host = 'pay.secure.example';

  test('receives the header that it is released, and no other', () => {
    expect(plannedOf([ID, 'X-IMSI: 001010123456789', 'Accept: a'], { host })).toEqual({
      ...USUAL,
      leaves: [ID, 'Accept: a'],
      stripped: ['x-imsi'],
      released: ['X-MSISDN'],
      verdict: 'released',
      needles: [NUMBER, '001010123456789'],
    });
  });

  test('receives nothing from a peer that is not believed', () => {
    expect(plannedOf([ID], { host, trusted: false })).toMatchObject({
      leaves: [],
      stripped: ['x-msisdn'],
      released: [],
    });
  });

  test.each([
    ['another spelling', [`X_MSISDN: ${NUMBER}`]],
    ['another case', [`x-msisdn: ${NUMBER}`]],
    ['a repeat', [ID, ID]],
    ['a second spelling', [ID, 'HTTP_X_MSISDN: 447700900124']],
  ])('with %s is for strings', (_how, lines) => {
    expect(plannedOf(lines, { host })).toBe('strings');
  });
});

const md5 = createHash('md5').update(NUMBER).digest('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['the number', NUMBER],
  ['with 0', '07700900123'],
  ['its last nine digits', 'a700900123b'],
  ['in base64', base64(NUMBER)],
  ['in base64, one byte later', base64(`a${NUMBER}`)],
  ['in base64, two bytes later', base64(`ab${NUMBER}`)],
  ['in hex', Buffer.from(NUMBER).toString('hex')],
  ['in TBCD', NUMBER.replaceAll(/(.)(.)/g, '$2$1')],
  ['behind an escape', '%20447700900123'],
  ['a digit of it as an escape', '4477009%300123'],
  ['a letter of its base64 as an escape', base64(NUMBER).replace('M', '%4d')],
  ['another number of ours', '447700900999'],
  ['a national one', '07700900999'],
  ['one behind an escape', '%2B447700900999'],
  ['one behind an escape of two digits', '%20447700900999'],
  ['an IMSI of ours', '001010000000001'],
  ['its digest', md5],
])('what may be a needle or a number of ours is for strings: %s', (_how, value) => {
  for (const line of [
    `X-New: a=${value};b`,
    `Cookie: ${value}`,
    `Referer: http://a.example/?x=${value}`,
    `Max-Forwards: ${value}`,
  ]) {
    expect([line, plannedOf([ID, line])]).toEqual([line, 'strings']);
  }
  expect(plannedOf([ID], { path: `/a/${value}/b` })).toBe('strings');
  // In what does not leave it is nobody's.
  if (!value.includes('%4d') && !value.includes('%30') && !/^[A-Za-z]/.test(value)) {
    expect(plannedOf([ID, `X-IMEI: 1 ${value}`])).not.toBe('strings');
  }
});

test.each([
  ['a token', 'X-UIDH: OTgxNTk2NDk0ADJVquRu5NS5ASSbBp/9', 'OTgxNTk2NDk0ADJVquRu5NS5ASSbBp/9'],
  ['a token, its slash as an escape', 'X-UIDH: OTgxNTk2NDk0ADJVquRu5NS5ASSbBp/9', 'OTgxNTk2NDk0ADJVquRu5NS5ASSbBp%2f9'],
  ['a UUID', 'X-ACR: f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
])('%s elsewhere is for strings', (_what, identity, value) => {
  expect(plannedOf([identity, 'Cookie: a'])).toMatchObject({ verdict: 'stripped' });
  expect(plannedOf([identity, `Cookie: id=${value}`])).toBe('strings');
});

test.each([
  ['a name with a hint', 'X-Our-Msisdn: abc'],
  ['a name of low trust', 'X-Telenor-ACR: abc'],
  ['what Connection may name', 'Close: 1'],
  ['a value over 4 KiB', `X-New: ${'a'.repeat(4097)}`],
  ['nine identity values', Array.from({ length: 9 }, (_, i) => `X-MSISDN: 44770090012${i}`).join('\r\n')],
  ['nine numbers in one value', `X-MSISDN: ${Array.from({ length: 9 }, (_, i) => `44770090012${i}`).join()}`],
  ['a token without eight letters or digits in a row', 'X-UIDH: ab-cd-ef-gh-ij-kl-mn'],
])('%s is for strings', (_what, line) => {
  expect(plannedOf([line])).toBe('strings');
});

test('a value that may be a digest is for strings while the second’s budget lasts, then counted and left alone', () => {
  const tally = { cutValues: 0, digestValuesLeft: 1, digestValuesSkipped: 0, needlesDropped: 0 };
  const lines = [ID, 'Cookie: sid=d41d8cd98f00b204e9800998ecf8427e', 'X-New: %3Dd41d8cd98f00b204e9800998ecf8427e'];
  expect([plannedOf(lines, { tally }), tally.digestValuesSkipped]).toEqual(['strings', 0]);
  tally.digestValuesLeft = 0;
  expect(plannedOf(lines, { tally })).toMatchObject({ verdict: 'stripped' });
  expect(tally).toEqual({ cutValues: 0, digestValuesLeft: 0, digestValuesSkipped: 2, needlesDropped: 0 });
  // Without a number there is nothing that it could be a digest of.
  expect(plannedOf(lines.slice(1))).toMatchObject(USUAL);
});

test('numbers of ours that are shorter than the marks are looked for everywhere', () => {
  const numbers = [{ countryCode: '447', ranges: [{ prefix: '44770', digits: 8 }], plmns: [], placeholders: [] }];
  const rules = ByteRules.of(rulesetFor({ numbers }), { nowMs: NOW, skewMs: SKEW });
  expect(plannedOf(['X-New: x070123/'], { rules })).toBe('strings');
  expect(plannedOf(['X-New: x080123/'], { rules })).toMatchObject(USUAL);
  expect(plannedOf([], { rules, path: '/x070123/' })).toBe('strings');
});

test('a head that was begun under another policy is for strings', () => {
  const others = ByteRules.of(RULESET, { nowMs: NOW, skewMs: SKEW });
  const pool = new LinePool(LIMITS);
  pool.classes = others.names;
  const reader = new RequestReader({ pool, authorityOf: (text) => parseAuthority(text, 80) });
  const bytes = latin1('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  expect(reader.read(bytes, 0, bytes.length)).toBe('head');
  const at = { release: RULES.releaseFor(undefined, 'a.example'), trusted: true, pathStart: 4, pathEnd: 5 };
  expect(PLAN.make(RULES, reader.lines, at)).toBe('strings');
  expect(PLAN.make(others, reader.lines, at)).toBe('bytes');
});

test.each([
  ['Authorization: NTLM abc', true],
  ['authorization: negotiate abc', true],
  ['Authorization: Basic abc', false],
  ['X-Auth: NTLM', false],
])('a login of the connection is noticed: %s', (line, hasLogin) => {
  expect(plannedOf([line])).toMatchObject({ hasLogin, leaves: [line] });
});

test('at least 99 in 100 heads of browsers and applications behind enrichers are for bytes', () => {
  const heads = realisticHeads();
  const tally = { cutValues: 0, digestValuesLeft: 0, digestValuesSkipped: 0, needlesDropped: 0 };
  const onStrings = heads.filter(({ lines, path }) => plannedOf(lines, { path, tally }) === 'strings');
  process.stderr.write(`  left to the strings: ${onStrings.length} of ${heads.length}\n`);
  expect(heads.length).toBeGreaterThan(2000);
  expect(onStrings.length / heads.length).toBeLessThan(0.01);
});

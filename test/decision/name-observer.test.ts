import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { NameObserver } from '../../src/decision/name-observer.js';
import { conductOf, type NameSighting } from '../../src/decision/novelty.js';
import { distinctIn } from '../../src/sketch/distinct.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { BEHIND } from '../../src/http/field-scan.js';
import { HeadLines } from '../../src/http/head-lines.js';
import { holds } from '../fuzz/property.js';
import { RULESET, rulesetFor } from './ruleset-fixture.js';

const KEY = Uint8Array.of(8, 6, 7, 5, 3, 0, 9, 1);
let observer: NameObserver;
/** The same fields as they stand in a head that came in two pieces. */
function linesOf(fields: readonly { readonly name: string; readonly value: string }[], cut: number): HeadLines {
  const text = ['GET / HTTP/1.1', ...fields.map(({ name, value }) => `${name}: ${value}`), '', ''].join('\r\n');
  const bytes = Buffer.from(`${text}${'\0'.repeat(BEHIND)}`, 'latin1');
  const lines = new HeadLines({ bytes: 65_536, fields: 200 });
  lines.begin('head');
  const end = Buffer.byteLength(text, 'latin1');
  let event = cut > 0 ? lines.read(bytes, 0, Math.min(cut, end)) : lines.read(bytes, 0, end);
  if (event === 'line') event = lines.goOn();
  if (event === 'more') event = lines.read(bytes, cut, end);
  if (event === 'line') event = lines.goOn();
  expect(event).toBe('end');
  return lines;
}

beforeEach(() => {
  observer = new NameObserver(new KeyedHash(KEY));
});

const fieldsOf = (fields: Readonly<Record<string, string>>) =>
  Object.entries(fields).map(([name, value]) => ({ name, value }));
const observe = (host: string, subscriber: string, fields: Readonly<Record<string, string>>): void =>
  observer.observe({ host, subscriber, fields: fieldsOf(fields) }, RULESET);
const taken = (): Record<string, NameSighting> =>
  Object.fromEntries(observer.take().names.map((sighting) => [sighting.name, sighting]));
/** One of many, the same for the same n. */
const random = (n: number): number => Math.abs(Math.imul(n + 1, 2654435761) ^ Math.imul(n + 7, 40503)) % 1_000_003;

describe('which names are looked at', () => {
  test.each([
    ['an ordinary one', 'User-Agent'],
    ['an ordinary one in another spelling', 'x_requested_with'],
    ['one that the catalogue knows', 'X-MSISDN'],
    ['one that the catalogue knows in CGI’s spelling', 'HTTP_X_MSISDN'],
    ['one of the policy', 'X-Acme-Line'],
    ['one under a prefix of the policy', 'X-Acme-Sub-7'],
    ['one with a long run of digits', 'X-447700900123'],
    ['one that is too long', `X-${'a'.repeat(70)}`],
    ['one without a letter', '-'],
  ])('not %s', (_, name) => {
    observe('a.example', 's', { [name]: 'v' });
    expect(taken()).toEqual({});
  });

  test('all spellings of an unknown one are one', () => {
    for (const name of ['X-New-Line', 'x_new_line', 'XNewLine']) observe('a.example', 's', { [name]: 'v' });
    expect(taken()['xnewline']?.requests).toBe(3);
  });

  test('a policy that learns the name is heard at the next request', () => {
    observe('a.example', 's', { 'X-New': 'v' });
    const known = rulesetFor({ headers: [{ kind: 'name', key: 'xnew', spelling: 'X-New', carries: 'token' }] });
    observer.observe({ host: 'a.example', subscriber: 's', fields: fieldsOf({ 'X-New': 'v' }) }, known);
    expect(taken()['xnew']?.requests).toBe(1);
  });
});

test('requests are counted with such a name or without, and what was taken is over', () => {
  observe('a.example', 's', {});
  observe('a.example', 's', { 'X-New': 'v' });
  expect(observer.take()).toMatchObject({ requests: 2, names: [{ name: 'xnew', requests: 1 }] });
  expect(observer.take()).toEqual({ requests: 0, names: [] });
  observe('b.example', 't', { 'X-New': 'w' });
  const next = taken()['xnew'];
  expect([next?.requests, Math.round(distinctIn(next?.hosts ?? new Uint8Array(0)))]).toEqual([1, 1]);
});

test('hosts, subscribers and values are told apart', () => {
  for (let i = 0; i < 4000; i += 1)
    observe(`h${String(i % 10)}.example`, `s${String(i % 40)}`, { 'X-New': String(i % 160) });
  const { hosts, subscribers, values } = taken()['xnew'] as NameSighting;
  const near = (sketch: Uint8Array, wanted: number): void => {
    expect(distinctIn(sketch)).toBeGreaterThan(wanted * 0.75);
    expect(distinctIn(sketch)).toBeLessThan(wanted * 1.25);
  };
  near(hosts, 10);
  near(subscribers, 40);
  near(values, 160);
});

test('nothing of a value, a host or a subscriber is in what is given out', () => {
  for (let i = 0; i < 50; i += 1) observe('secret-host.example', '447700900123', { 'X-New': 'secret-value' });
  const text = JSON.stringify(observer.take());
  expect(text).not.toMatch(/447700900123|secret/);
});

test('a flood of names keeps the frequent one, with its sketches', () => {
  for (let i = 0; i < 20_000; i += 1) {
    observe(`h${String(i % 50)}.example`, `s${String(i % 99)}`, {
      [`X-Flood-${String(i % 9000)}`]: 'v',
      'X-Line': `v${String(i % 99)}`,
    });
  }
  const { requests, names } = observer.take();
  expect(names.length).toBeLessThanOrEqual(1024);
  const line = names.find(({ name }) => name === 'xline');
  expect(line?.requests).toBe(20_000);
  expect(line && conductOf(line, requests)).toBe('follows');
  expect(names.filter(({ hosts }) => hosts.length > 0)).toHaveLength(256);
});

/** 4,000 requests of 400 people at 70 sites, with what apps and sites send; `extra` is what the network adds. */
const traffic = (extra: (subscriber: number, request: number) => Readonly<Record<string, string>>): void => {
  for (let i = 0; i < 4000; i += 1) {
    const who = random(i) % 400;
    const site = random(i * 31) % 70;
    const isApp = site < 6;
    observe(`site${String(site)}.example`, `447700900${String(who).padStart(3, '0')}`, {
      'User-Agent': `agent ${String(who)}`,
      'X-Request-ID': `request ${String(i)}`,
      'X-App-Version': `5.${String(who % 7)}`,
      'X-Lang': 'en',
      ...(isApp ? { 'X-Device-Id': `device ${String(who)}` } : {}),
      'X-Session': `session ${String(who)} at ${String(site)}`,
      ...extra(who, i),
    });
  }
};
const conducts = (): Record<string, string> => {
  const { requests, names } = observer.take();
  return Object.fromEntries(names.flatMap((name) => [[name.name, conductOf(name, requests) ?? 'nothing']]));
};

test('on an ordinary minute no name follows the subscriber', () => {
  traffic(() => ({}));
  expect(Object.values(conducts()).filter((conduct) => conduct === 'follows')).toEqual([]);
});

test('a number that the network adds to every request follows the subscriber', () => {
  traffic((who) => ({ 'X-Net-Line': `+447700900${String(who).padStart(3, '0')}` }));
  expect(conducts()).toMatchObject({ xnetline: 'follows', xdeviceid: 'nothing', xsession: 'everywhere' });
});

test('an opaque id for one subscriber in five follows too', () => {
  traffic((who) => (who % 5 === 0 ? { 'X-Net-Id': `id${String(who * 7919)}` } : {}));
  expect(conducts()['xnetid']).toBe('follows');
});

test('a value encrypted anew each time is everywhere, and does not follow', () => {
  traffic((who, i) => ({ 'X-Net-Blob': `blob ${String(who)} ${String(random(i * 13))}` }));
  expect(conducts()['xnetblob']).toBe('everywhere');
});

test('pairs count only a change of host, for one subscriber in sixteen', () => {
  for (let i = 0; i < 3200; i += 1) observe('one.example', `s${String(i % 160)}`, { 'X-New': 'v' });
  expect(taken()['xnew']?.pairs).toBe(0);
  for (let i = 0; i < 3200; i += 1)
    observe(`h${String(Math.floor(i / 160))}.example`, `s${String(i % 160)}`, { 'X-New': 'v' });
  const { pairs, constant } = taken()['xnew'] as NameSighting;
  expect(pairs).toBeGreaterThan(0);
  expect(pairs).toBeLessThan(3200 / 8);
  expect(constant).toBe(pairs);
});

test('for any requests: bytes and strings give the same sightings', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'X-New',
      'x_new',
      'User-Agent',
      'X-MSISDN',
      'HTTP_X_MSISDN',
      'X-447700900123',
      `X-${'a'.repeat(70)}`,
    ),
    fc.integer({ min: 0, max: 1500 }).map((n) => `X-App-${String(n)}`),
    fc.string({ unit: fc.constantFrom('a', 'B', '-', '1'), minLength: 1, maxLength: 36 }),
  );
  const value = fc.string({ unit: fc.constantFrom('a', '1', ' b', '\xe9'), minLength: 1, maxLength: 300 });
  const request = fc.record({
    fields: fc.array(fc.record({ name, value: value.map((text) => text.trim()) }), { maxLength: 90 }),
    host: fc.constantFrom('a.example', 'b.example', 'c.example'),
    subscriber: fc.nat({ max: 200 }).map((n) => `447700900${String(n).padStart(3, '0')}`),
    cut: fc.nat({ max: 400 }),
  });
  holds(fc.array(request, { maxLength: 40 }), (requests) => {
    const [strings, bytes] = [new NameObserver(new KeyedHash(KEY)), new NameObserver(new KeyedHash(KEY))];
    for (const { host, subscriber, fields, cut } of requests) {
      strings.observe({ host, subscriber, fields }, RULESET);
      bytes.observe({ host, subscriber, fields: linesOf(fields, cut) }, RULESET);
    }
    // Not by jest, which takes a hundred times as long for arrays of bytes.
    deepStrictEqual(bytes.take(), strings.take());
  });
});

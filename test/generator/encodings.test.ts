// Every way in which identity was seen to be written, in every place of a request: found by the plan on strings, and left to it by the
// plan on bytes. What cannot be found is a list, and docs/detection.md has it.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RULESET } from '../decision/ruleset-fixture.js';
import { BothPlans } from './both-plans.js';
import { ENCODINGS, type Encoding } from './encodings.js';

const plans = new BothPlans(RULESET);
const HOST = 'Host: news.example';

type Place = 'field' | 'cookie' | 'referer' | 'target';
interface Position {
  readonly name: string;
  readonly place: Place;
  readonly start: string;
  readonly line: string;
}

/** Alone, and at the start, in the middle and at the end of other text. */
const AROUND: readonly (readonly [name: string, around: (text: string) => string])[] = [
  ['alone', (text) => text],
  ['at the start', (text) => `${text}; v=2; theme=dark`],
  ['in the middle', (text) => `a=1; line="${text}"; b=2`],
  ['at the end', (text) => `app/4.1 (build 77) ${text}`],
];
const IN_TARGET: readonly (readonly [name: string, around: (text: string) => string])[] = [
  ['as the path', (text) => `/${text}`],
  ['at the start', (text) => `/?n=${text}&page=2`],
  ['in the middle', (text) => `/a/b.html?page=2&n=${text}&x=y`],
  ['at the end', (text) => `/a/b.html?page=2&n=${text}`],
];

const positionsOf = ({ written }: Encoding): readonly Position[] => [
  ...AROUND.flatMap(([name, around]) =>
    (['X-Thing', 'User-Agent', 'Authorization'] as const).map((field) => ({
      ...{ name: `${field}, ${name}`, place: 'field' as const },
      ...{ start: 'GET /', line: `${field}: ${around(written)}` },
    })),
  ),
  ...AROUND.map(([name, around]) => ({
    ...{ name: `Cookie, ${name}`, place: 'cookie' as const },
    ...{ start: 'GET /', line: `Cookie: ${around(written)}` },
  })),
  ...IN_TARGET.flatMap(([name, around]) => [
    {
      ...{ name: `Referer, ${name}`, place: 'referer' as const },
      ...{ start: 'GET /', line: `Referer: http://shop.example${around(written)}` },
    },
    { name: `target, ${name}`, place: 'target' as const, start: `GET ${around(written)}`, line: 'Accept: */*' },
  ]),
];

/** By the detector of this request's own values alone. */
function foundBy({ carried }: Encoding, { start, line, place }: Position): 'withheld' | 'seen' | 'left' {
  const { fields, counts, onBytes } = plans.judge(start, [HOST, line, `${carried[0]}: ${carried[1]}`]);
  const isLeaving = fields.some(({ name, value }) => `${name}: ${value}` === line);
  if (counts.leaked.some(({ detector, outcome }) => detector === 'exact' && outcome === 'contained')) {
    expect({ place, isLeaving, onBytes }).toEqual({ place: 'field', isLeaving: false, onBytes: null });
    return 'withheld';
  }
  expect(isLeaving).toBe(true);
  if (!counts.seen.some((seen) => seen.detector === 'exact' && seen.place === place)) return 'left';
  expect(onBytes).toBeNull();
  return 'seen';
}

const named = ({ number, name }: Encoding): string => `${String(number)}, ${name}`;
const FOUND = ENCODINGS.filter(({ missed }) => missed === undefined);
const MISSED = ENCODINGS.filter(({ missed }) => missed !== undefined);

test('the list has every way that was seen', () => {
  expect([...new Set(ENCODINGS.map(({ number }) => number))]).toEqual(Array.from({ length: 26 }, (_, i) => i + 1));
});

describe.each(FOUND.map((encoding) => [named(encoding), encoding] as const))('%s', (_, encoding) => {
  test.each(positionsOf(encoding).map((position) => [position.name, position] as const))('%s', (_name, position) => {
    const isMissed = encoding.missedAsPath !== undefined && position.name.endsWith('as the path');
    const due = position.place === 'field' ? 'withheld' : 'seen';
    expect(foundBy(encoding, position)).toBe(isMissed ? 'left' : due);
  });
});

describe('not found, and said so', () => {
  test.each(MISSED.map((encoding) => [named(encoding), encoding] as const))('%s', (_, encoding) => {
    expect(new Set(positionsOf(encoding).map((position) => foundBy(encoding, position)))).toEqual(new Set(['left']));
  });

  test('docs/detection.md has the same list', () => {
    const text = readFileSync(join(resolve(__dirname, '../..'), 'docs/detection.md'), 'utf8');
    const [, section = ''] = /^## What `exact` does not find\n(.*?)(?=^## )/ms.exec(text) ?? [];
    const listed = [...section.matchAll(/^- ((?:.|\n {2})*)$/gm)].map(([, item = '']) => item.replaceAll('\n  ', ' '));
    const missed = ENCODINGS.flatMap((each) => [each.missed, each.missedAsPath]).filter((why) => why !== undefined);
    expect(listed.map((item) => item.replace(/[.;]$/, ''))).toEqual([...new Set(missed)]);
  });
});

// The judging of a document: what nobody judges is a fault, and so is a figure that is not the truth.
import { is, isWithin, judgementOf, matches } from './judged.js';

const JUDGES = { 'a.*.count': is(1, 2), 'a.*.text': matches(/^told$/), at: isWithin(() => [5500, 7200]), none: is([]) };
const faults = (document: object): readonly string[] => judgementOf(document, JUDGES).faults;
const FINE = {
  a: [{ count: 1, text: 'told' }, { count: 2 }],
  at: '1970-01-01T00:00:06Z',
  none: [],
};

test('what is as it should be has no fault', () => {
  expect(faults(FINE)).toEqual([]);
  expect([...judgementOf(FINE, JUDGES).used].sort()).toEqual(Object.keys(JUDGES).sort());
});

test.each([
  ['a figure that nobody judges', { ...FINE, more: 3 }, 'more: nobody judges it'],
  ['an empty list that nobody judges', { ...FINE, more: [] }, 'more: nobody judges it'],
  ['a figure inside a list that nobody judges', { a: [{ share: 1 }] }, 'a.0.share: nobody judges it'],
  ['another figure', { a: [{ count: 3 }] }, 'a.0.count: 3 is none of [1,2]'],
  ['another text', { a: [{ text: 'told not' }] }, 'a.0.text: "told not" does not match /^told$/'],
  ['another time', { at: '1970-01-01T00:00:09Z' }, 'at: "1970-01-01T00:00:09Z" is not within'],
  ['half a second', { at: '1970-01-01T00:00:06.500Z' }, 'at: "1970-01-01T00:00:06.500Z" is not within'],
  ['something where nothing may be', { none: [1] }, 'none.0: nobody judges it'],
])('%s is a fault', (_, document, fault) => {
  expect(faults(document)).toEqual([expect.stringContaining(fault)]);
});

// "Did you mean" helps with a slip and keeps quiet otherwise.
import { nearestWord } from '../../src/document/nearest.js';

const KEYS = ['partners', 'hosts', 'host', 'ports', 'until', 'own', 'as'];

test.each([
  ['partnres', 'partners'],
  ['Partners', 'partners'],
  ['prots', 'ports'],
  ['utnil', 'until'],
  ['hots', 'hosts'],
  ['partner', 'partners'],
  ['owns', 'own'],
])('%s is near to %s', (written, expected) => {
  expect(nearestWord(written, KEYS)).toBe(expected);
});

test.each(['', 'xyz', 'quarantine', 'p', 'a'.repeat(5000)])('%.20s is near to nothing', (written) => {
  expect(nearestWord(written, ['partners', 'hosts'])).toBeUndefined();
});

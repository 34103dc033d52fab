// Times of keys are those of UTC, and of a calendar.
import { signerTimeOf } from '../../src/change/signer-time.js';

test.each([
  ['a day is its first instant', '20261231', Date.UTC(2026, 11, 31)],
  ['Z changes nothing', '20261231Z', Date.UTC(2026, 11, 31)],
  ['minutes', '202612311805', Date.UTC(2026, 11, 31, 18, 5)],
  ['seconds', '20261231180509Z', Date.UTC(2026, 11, 31, 18, 5, 9)],
  ['a leap day', '20280229', Date.UTC(2028, 1, 29)],
  ['no leap day', '20270229', undefined],
  ['no such month', '20261301', undefined],
  ['month zero', '20260001', undefined],
  ['hour 24', '202612312400', undefined],
  ['minute 60', '202612311260', undefined],
  ['second 60', '20261231235960', undefined],
  ['before 1970', '19691231', undefined],
  ['the year 26', '00260101', undefined],
  ['a small z', '20261231z', undefined],
  ['the letters UTC', '20261231UTC', undefined],
  ['hours alone', '2026123118', undefined],
  ['a space', ' 20261231', undefined],
  ['a line after it', '20261231\n', undefined],
  ['nothing', '', undefined],
  ['forever', 'forever', undefined],
])('%s: %j', (_rule, text, expected) => {
  expect(signerTimeOf(text)).toBe(expected);
});

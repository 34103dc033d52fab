// Names that look like other names; those that are ordinary names of their own script are left alone.
import { domainToASCII } from 'node:url';
import { homographOf } from '../../src/policy/homograph.js';

test.each([
  ['a Cyrillic letter among Latin ones', 'b\u0430nk.example', 'mixes Latin and Cyrillic letters'],
  ['a Greek letter among Latin ones', 'b\u03b1nk.example', 'mixes Latin and Greek letters'],
  ['a label further up', 'pay.b\u0430nk.example', 'mixes Latin and Cyrillic letters'],
  [
    'Cyrillic letters that all look Latin',
    '\u0430\u0440\u0440\u04cf\u0435.example',
    'is Cyrillic letters that look Latin',
  ],
  ['a Cyrillic word', '\u043f\u043e\u0447\u0442\u0430.example', undefined],
  ['a Greek word', '\u03c4\u03c1\u03ac\u03c0\u03b5\u03b6\u03b1.example', undefined],
  ['umlauts', 'b\u00fccher.example', undefined],
  ['Japanese in its three scripts', '\u65e5\u672c\u306e\u30c6\u30b9\u30c8.example', undefined],
  ['Latin alone', 'bank.example', undefined],
])('%s', (_, shown, why) => {
  expect(homographOf(domainToASCII(shown))).toEqual(why === undefined ? undefined : { shown, why });
});

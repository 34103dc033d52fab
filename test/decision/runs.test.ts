import { ALPHABETS, type Alphabet, runsOf } from '../../src/decision/runs.js';

const textsOf = (text: string, alphabet: Alphabet, least: number): readonly string[] =>
  runsOf(text, alphabet, least).map((run) => run.text);

test('runs are whole, in order, and none shorter than asked', () => {
  expect(textsOf('12345678', ALPHABETS.digits, 8)).toEqual(['12345678']);
  expect(textsOf('1234567', ALPHABETS.digits, 8)).toEqual([]);
  expect(textsOf('a12345678b1234567c123456789', ALPHABETS.digits, 8)).toEqual(['12345678', '123456789']);
  expect(textsOf('', ALPHABETS.digits, 8)).toEqual([]);
  expect(textsOf('1', ALPHABETS.digits, 1)).toEqual(['1']);
});

test('a run says where it stands', () => {
  expect(runsOf('ab12345678cd', ALPHABETS.digits, 8)).toEqual([{ start: 2, end: 10, text: '12345678' }]);
});

test('wherever a run of the least length begins, stepping does not miss it', () => {
  for (let before = 0; before < 40; before += 1) {
    for (const length of [8, 9, 15]) {
      const text = `${'x'.repeat(before)}${'5'.repeat(length)}y123`;
      expect(textsOf(text, ALPHABETS.digits, 8)).toEqual(['5'.repeat(length)]);
    }
  }
});

test('bytes over 127 and padding are in no alphabet', () => {
  expect(textsOf('ab\u00e9cd=ef', ALPHABETS.base64, 2)).toEqual(['ab', 'cd', 'ef']);
});

test('a text is read once: at most two looks at each character, however it is cut', () => {
  for (const piece of ['1', 'x', '1234567x', '12345678x', '1x', 'xxxxxxx1', '123456781234567x']) {
    const text = piece.repeat(65_536 / piece.length);
    let looks = 0;
    const counting = new Proxy(ALPHABETS.digits, {
      get: (table, code) => {
        looks += 1;
        return Reflect.get(table, code) as unknown;
      },
    });
    runsOf(text, counting, 8);
    expect(looks).toBeLessThanOrEqual(2 * text.length);
  }
});

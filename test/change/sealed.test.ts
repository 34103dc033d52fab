// A sealed document is read back exactly as it was written, or refused.
import { sealed, unsealed } from '../../src/change/sealed.js';
import { stateOf } from './admitted-fixture.js';

const NAME = 'state.json';
const value = { version: 1, list: ['b', 'a'], text: 'é\n"', nothing: null };
const text = sealed(NAME, value);

test('what was sealed is read back', () => {
  expect(unsealed(NAME, text)).toEqual({ ok: true, value });
  expect(unsealed(NAME, sealed(NAME, stateOf(1)))).toEqual({ ok: true, value: stateOf(1) });
});

test('cut anywhere it is refused', () => {
  for (let length = 0; length < text.length; length += 1) {
    expect([length, unsealed(NAME, text.slice(0, length)).ok]).toEqual([length, false]);
  }
});

test('with any one byte changed, left out or doubled it is refused', () => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    const doubled = Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at)]);
    const read = [changed, without, doubled].map((each) => unsealed(NAME, each.toString('utf8')).ok);
    expect([at, ...read]).toEqual([at, false, false, false]);
  }
});

test.each([
  ['another document under its name', sealed('clock.json', value), 'it is another document under this name'],
  [
    'a value whose checksum was not made again',
    text.replace('["b","a"]', '["b","c"]'),
    'its content does not have its checksum',
  ],
  ['white space that was added', text.replace('{', '{ '), 'its text is not as it was written'],
  ['a member beside the value', text.replace('{"name"', '{"more":1,"name"'), 'its text is not as it was written'],
  [
    'a key that is there twice',
    text.replace('{"name"', '{"name":"clock.json","name"'),
    'its text is not as it was written',
  ],
  ['zero bytes, as a file system leaves them', '\0'.repeat(100), 'it is cut short or no JSON'],
  ['nothing', '', 'it is cut short or no JSON'],
  ['null', 'null', 'it is no document of a state folder'],
  ['other JSON', '{}', 'it is no document of a state folder'],
])('%s is refused', (_, given, why) => {
  expect(unsealed(NAME, given)).toEqual({ ok: false, why });
});

// The second net: what looks like a number never stands in a log line.
import { redactFields, redactText } from '../../src/telemetry/redaction.js';

const NUMBER = '447700900123';

describe('redaction', () => {
  test.each([
    ['a number alone', NUMBER, '[digits]'],
    ['a number with a plus', `+${NUMBER}`, '+[digits]'],
    ['a national number', '07700900123', '[digits]'],
    ['a number inside other text', `msisdn=${NUMBER};x`, 'msisdn=[digits];x'],
    ['two numbers', `${NUMBER},${NUMBER}`, '[digits],[digits]'],
    ['an IMSI', '001010123456789', '[digits]'],
    ['eight digits', '12345678', '[digits]'],
    ['seven digits stay', '1234567', '1234567'],
    ['a time stays', '2026-11-22T20:21:22.123Z', '2026-11-22T20:21:22.123Z'],
    ['an address stays', '192.0.2.7:8080', '192.0.2.7:8080'],
  ])('%s', (_, text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  test('every string of a line is looked at, in lists too; numbers and booleans stay', () => {
    expect(redactFields({ why: NUMBER, names: ['ok', NUMBER], port: 8080, on: true, none: null })).toEqual({
      why: '[digits]',
      names: ['ok', '[digits]'],
      port: 8080,
      on: true,
      none: null,
    });
  });

  test('a digest keeps its digits in the field `digest` only, and only in its exact shape', () => {
    const digest = `${'12345678'.repeat(7)}abcdef01`;
    expect(redactFields({ digest })).toEqual({ digest });
    expect(redactFields({ other: digest })['other']).not.toBe(digest);
    expect(redactFields({ digest: NUMBER })).toEqual({ digest: '[digits]' });
    expect(redactFields({ digest: `${digest}0` })['digest']).not.toBe(`${digest}0`);
  });

  test('a request id keeps its digits in the field `request` only, and only in its exact shape', () => {
    expect(redactFields({ request: '12345678-1f' })).toEqual({ request: '12345678-1f' });
    expect(redactFields({ cause: '12345678-1f' })).toEqual({ cause: '[digits]-1f' });
    expect(redactFields({ request: `12345678-${NUMBER}` })).toEqual({ request: '[digits]-[digits]' });
  });
});

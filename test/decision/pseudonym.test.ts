import { createHmac } from 'node:crypto';
import { type PseudonymInput, pseudonymOf } from '../../src/decision/pseudonym.js';
import { KEYS, POLICY } from './ruleset-fixture.js';

const input = (changes: Partial<PseudonymInput> = {}): PseudonymInput => ({
  partner: 'plain',
  class: 'msisdn',
  value: '447700900123',
  keyIds: ['one'],
  keys: KEYS,
  numbers: POLICY.numbers,
  ...changes,
});

describe('a pseudonym', () => {
  test('is the key’s id and the keyed digest of partner, class and value', () => {
    const digest = createHmac('sha256', Buffer.alloc(32, 1))
      .update('plain\0msisdn\x00447700900123')
      .digest('base64url');
    expect(pseudonymOf(input())).toBe(`one.${digest}`);
  });

  test.each(['+447700900123', '00447700900123', 'tel:+447700900123', '07700900123', '7700900123', 'TEL:447700900123'])(
    'is the same for every spelling of one number: %s',
    (value) => {
      expect(pseudonymOf(input({ value }))).toBe(pseudonymOf(input()));
    },
  );

  test('is another one for another number, partner, class or key', () => {
    const all = [
      input(),
      input({ value: '447700900124' }),
      input({ partner: 'other' }),
      input({ class: 'token' }),
      input({ keys: new Map([['one', new Uint8Array(32).fill(9)]]) }),
    ].map(pseudonymOf);
    expect(new Set(all).size).toBe(all.length);
  });

  test('does not let partner, class and value run into each other', () => {
    const left = input({ partner: 'x', class: 'token', value: 'tokeny' });
    const right = input({ partner: 'xtoken', class: 'token', value: 'y' });
    expect(pseudonymOf(left)).not.toBe(pseudonymOf(right));
  });

  test('has one member per key, in the policy’s order', () => {
    const one = pseudonymOf(input()) ?? '';
    const two = pseudonymOf(input({ keyIds: ['two'] })) ?? '';
    expect(pseudonymOf(input({ keyIds: ['two', 'one'] }))).toBe(`${two}, ${one}`);
  });

  test('of a token or an IMSI takes the value as it is', () => {
    const text = (value: string): string | undefined => pseudonymOf(input({ class: 'imsi_imei', value }));
    expect(text('001010123456789')).not.toBe(text('1010123456789'));
    expect(pseudonymOf(input({ value: 'no number' }))).toMatch(/^one\./);
  });

  test.each([
    ['a key is missing', { keyIds: ['one', 'gone'] }],
    ['a key is empty', { keys: new Map([['one', new Uint8Array()]]) }],
    ['no key is named', { keyIds: [] }],
    ['there is no value', { value: '' }],
  ])('is withheld when %s', (_why, changes) => {
    expect(pseudonymOf(input(changes))).toBeUndefined();
  });
});

import { planAnswer } from '../../src/decision/answer.js';
import { RULESET } from './ruleset-fixture.js';

const answer = (...names: string[]): ReturnType<typeof planAnswer> =>
  planAnswer(
    RULESET,
    names.map((name) => ({ name, value: 'v' })),
  );

describe('identity in answers', () => {
  test.each([
    ['X-MSISDN', 'x-msisdn', 'msisdn'],
    ['http_x_msisdn', 'x-msisdn', 'msisdn'],
    ['X-IMSI', 'x-imsi', 'imsi_imei'],
    ['X-UIDH', 'x-uidh', 'token'],
    ['X-Acme-Line', 'x-acme-line', 'msisdn'],
  ])('a name that carries a number, a card or a token is stripped: %s', (name, header, kind) => {
    expect(answer('Server', name, 'Date')).toEqual({
      fields: [
        { name: 'Server', value: 'v' },
        { name: 'Date', value: 'v' },
      ],
      stripped: [{ header, class: kind }],
      counted: [],
    });
  });

  test.each([
    ['an address', 'X-Forwarded-For', 'address'],
    ['a network', 'X-Nokia-SGSN', 'network'],
    ['a watched name', 'Client-ID', 'token'],
    ['a name of low trust', 'X-Telenor-ACR', 'token'],
  ])('%s is counted and goes on', (_what, name, kind) => {
    const planned = answer(name);
    expect(planned.fields).toHaveLength(1);
    expect(planned.stripped).toEqual([]);
    expect(planned.counted.map((entry) => entry.class)).toEqual([kind]);
  });

  test('everything else goes on in order, with its repeats', () => {
    const planned = answer('Set-Cookie', 'X-A', 'Set-Cookie', '__proto__');
    expect(planned.fields.map(({ name }) => name)).toEqual(['Set-Cookie', 'X-A', 'Set-Cookie', '__proto__']);
    expect(planned).toMatchObject({ stripped: [], counted: [] });
  });
});

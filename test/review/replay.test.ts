// Destinations of the past through a change: sums, names, ends. What is released is the runtime's word, held in
// test/fuzz/host-differences.test.ts; here it is compared with the plan, request by request.
import { planFor } from '../../src/review/ask.js';
import { Replay, type Replayed, type Visit } from '../../src/review/replay.js';
import { silenced } from '../../src/policy/exposure-table.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import { compiled, NOW, partnerFile } from '../policy/fixture.js';

const rulesetFor = (file: Record<string, unknown>): Ruleset => {
  const { policy, digest } = compiled(file);
  return rulesetOf(policy, digest);
};
const BANK = partnerFile();
const SHOP = partnerFile({
  id: 'shop',
  name: 'Shop Ltd',
  hosts: ['shop.example', '*.shop.example'],
  release: [
    { header: 'X-MSISDN', as: 'pseudonym', key: 'shop-2026' },
    { header: 'X-IMSI', as: 'pseudonym', key: 'shop-2026' },
  ],
  ports: [80, 8080],
});
const OLD = rulesetFor({ partners: [BANK] });
const BOTH = rulesetFor({ partners: [BANK, SHOP] });
const visit = (host: string, requests = 1, port = 80): Visit => ({ host, port, requests, at: null });
const replayed = (old: Ruleset, next: Ruleset, visits: readonly Visit[]): Replayed => {
  const replay = new Replay(old, next, NOW);
  for (const each of visits) replay.add(each);
  return replay.result;
};
const names = ({ gains, losses }: Replayed): unknown =>
  [gains, losses].map((rows) =>
    rows.map(({ host, partner, differences, requests }) => [
      host,
      partner,
      differences.map(({ member }) => member.label).join(' '),
      requests,
    ]),
  );

const VISITS = [
  visit('news.example', 1000),
  visit('pay.bank.example', 50),
  visit('shop.example', 3),
  visit('a.shop.example', 20),
  visit('shop.example', 4, 8080),
  visit('shop.example', 9, 81),
  visit('b.a.shop.example', 7),
  visit('a.shop.example', 1),
];
const GAINED = 'x-imsi x-msisdn other, novel';
const ordered = (label: string): string => label.split(' ').sort().join(' ');

test('what a partner would newly receive is told by host and port, with the requests that there were', () => {
  const { gains, losses, ...rest } = replayed(OLD, BOTH, VISITS);
  expect(
    gains.map(({ host, partner, differences, requests }) => [
      host,
      partner,
      ordered(differences.map(({ member }) => member.label).join(' ')),
      requests,
    ]),
  ).toEqual([
    ['a.shop.example', 'shop', ordered(GAINED), 21],
    ['shop.example:8080', 'shop', ordered(GAINED), 4],
    ['shop.example', 'shop', ordered(GAINED), 3],
  ]);
  expect(losses).toEqual([]);
  expect(rest).toEqual({ requests: 1094, gaining: 28, losing: 0, ended: [], span: null });
});

test('the other way round it ends, by partner and by host', () => {
  const back = replayed(BOTH, OLD, VISITS);
  expect(back.ended).toEqual([
    { partner: 'shop', headers: ['other, novel', 'x-imsi', 'x-msisdn'], hosts: 3, isMore: false, requests: 28 },
  ]);
  expect(back.losing).toBe(28);
  expect(back.gains).toEqual([]);
  expect(back.losses.map(({ host, requests }) => [host, requests])).toEqual([
    ['a.shop.example', 21],
    ['shop.example:8080', 4],
    ['shop.example', 3],
  ]);
});

test('a change of form is wider or narrower there, not new', () => {
  const clear = rulesetFor({
    partners: [BANK, { ...SHOP, hosts: ['shop.example'], release: [{ header: 'X-MSISDN', as: 'unchanged' }] }],
  });
  const { gains, losses } = replayed(BOTH, clear, [visit('shop.example', 5)]);
  expect(gains).toMatchObject([
    {
      host: 'shop.example',
      requests: 5,
      differences: [{ before: { form: 'pseudonym' }, after: { form: 'unchanged' } }],
    },
  ]);
  expect(losses).toMatchObject([{ host: 'shop.example', differences: [{ member: { label: 'x-imsi' } }] }]);
});

test('what everyone would receive is one row, however many hosts there are', () => {
  const watch = [{ name: 'Client-ID', reason: 'apps', owner: 'ops@operator.example', until: '2027-06-30' }];
  const next = rulesetFor({ partners: [BANK], identity: { watch } });
  const result = replayed(OLD, next, VISITS);
  expect(names(result)).toEqual([[[null, null, 'clientid', 1094]], []]);
  expect(result.gaining).toBe(1094);
});

test('a release that starts later is told, with its start', () => {
  const later = rulesetFor({ partners: [BANK, { ...SHOP, from: '2027-01-01' }] });
  const [row] = replayed(OLD, later, VISITS).gains;
  expect(row?.differences[0]?.from).toBe(Date.parse('2027-01-01T00:00:00Z'));
});

test('against a policy that releases nothing everything is new', () => {
  const none = rulesetOf({ ...silenced(BOTH.policy), detection: BOTH.policy.detection }, '');
  expect(replayed(none, BOTH, VISITS).gains.map(({ host }) => host)).toEqual([
    'pay.bank.example',
    'a.shop.example',
    'shop.example:8080',
    'shop.example',
  ]);
});

test('of more hosts than have room the sum stays exact, and the rest has no name', () => {
  const replay = new Replay(OLD, BOTH, NOW);
  for (let n = 0; n < 12_000; n += 1) replay.add(visit(`h${n}.shop.example`, 2));
  for (let n = 0; n < 12_000; n += 1) replay.add(visit(`h${n}.shop.example`));
  const { gains, gaining } = replay.result;
  expect(gaining).toBe(36_000);
  expect(gains).toHaveLength(10_001);
  expect(gains.at(-1)).toMatchObject({ host: null, partner: 'shop', requests: 6_000 });
  expect(gains.reduce((sum, { requests }) => sum + requests, 0)).toBe(36_000);
});

test('a number in the name of a host is not kept', () => {
  const { gains } = replayed(OLD, BOTH, [visit('447700900123.shop.example'), visit('447700900124.shop.example')]);
  expect(gains.map(({ host, requests }) => [host, requests])).toEqual([['[digits].shop.example', 2]]);
});

test('the span is from the first time to the last, of tunnels too', () => {
  const replay = new Replay(OLD, BOTH, NOW);
  replay.add({ ...visit('news.example'), at: 5000 });
  replay.spans(9000);
  replay.add({ ...visit('shop.example'), at: 2000 });
  replay.add(visit('shop.example'));
  expect(replay.result.span).toEqual({ first: 2000, last: 9000 });
});

test('what is told is what the plan does with a request to each host, before and after', () => {
  const hosts = [
    'news.example',
    'pay.bank.example',
    'shop.example',
    'a.shop.example',
    'b.a.shop.example',
    'bank.example',
  ];
  const leaves = (ruleset: Ruleset, host: string, port: number): readonly string[] => {
    const fields = ['X-MSISDN', 'X-IMSI'].map((name) => ({ name, value: '447700900123' }));
    const planned = planFor(ruleset, { url: `http://${host}:${port}/`, fields, listener: '', at: NOW, trusted: true });
    if (planned.kind !== 'forward') throw new Error('not forwarded');
    return planned.fields.map(({ name }) => name.toLowerCase()).filter((name) => /msisdn|imsi/.test(name));
  };
  for (const host of hosts) {
    for (const port of [80, 81, 8080]) {
      const { gains } = replayed(OLD, BOTH, [visit(host, 1, port)]);
      const told = gains.flatMap(({ differences }) => differences.map(({ member }) => member.label));
      const newly = leaves(BOTH, host, port).filter((name) => !leaves(OLD, host, port).includes(name));
      expect([host, port, told.filter((label) => label !== 'other, novel').sort()]).toEqual([host, port, newly.sort()]);
    }
  }
});

// The report of an incident: each figure against the truth of a generated world, each section, and what is said where something is not
// known.
import type { LedgerReading } from '../../src/ledger/ledger-reading.js';
import { reportOf } from '../../src/report/incident.js';
import type { ReportInput } from '../../src/report/report-input.js';
import type { Count, Report } from '../../src/report/report.js';
import { ADMITTED, LOCKED, o2Day, PERIOD, SEEN } from './o2-day.js';
import { DAY_MS, historyOf, inputOf, readingOf, World } from './world.js';
import { epochWorld } from './worlds.js';

const DAY = o2Day();
const REPORT = reportOf(DAY.input);
const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const withReading = (input: ReportInput, over: Partial<LedgerReading>): ReportInput => ({
  ...input,
  ledgers: input.ledgers.map(({ replica, reading }) => ({
    replica,
    reading: typeof reading === 'string' ? reading : { ...reading, ...over },
  })),
});
const unknowns = ({ unknown }: Report): string => unknown.map(({ text }) => text).join('\n');

describe('the O2 day: figures against the truth', () => {
  const RECIPIENTS = ['news.example', 'example.com', 'example.org'];
  const truthOf = (domain: string) => {
    const truth = DAY.truths.get(domain);
    if (truth === undefined) throw new Error(domain);
    return truth;
  };
  const holds = (count: Count, truth: number): void => {
    if (truth < 10) {
      expect(count).toMatchObject({ text: 'fewer than 10', value: null, least: null, most: null });
      return;
    }
    expect(Math.abs((count.value ?? 0) - truth)).toBeLessThanOrEqual(0.02 * truth);
    expect(count.least).toBeLessThanOrEqual(truth);
    expect(count.most).toBeGreaterThanOrEqual(truth);
  };

  test('recipients are the three that should not have it, the one with the most people first', () => {
    expect(REPORT.recipients.map(({ domain }) => domain)).toEqual(RECIPIENTS);
    expect(REPORT.basis).toBe('added');
  });

  test.each(RECIPIENTS)('%s: headers exact, people within 2 %%, first and last to the second', (domain) => {
    const told = REPORT.recipients.find((each) => each.domain === domain);
    const truth = truthOf(domain);
    expect(told).toMatchObject({
      releases: { value: truth.requests, least: truth.requests, most: truth.requests },
      first: instant(truth.first),
      last: instant(truth.last),
    });
    if (told !== undefined) holds(told.people, truth.people.size);
  });

  test('people are counted once over all recipients', () => {
    const everyone = new Set(RECIPIENTS.flatMap((domain) => [...truthOf(domain).people]));
    holds(REPORT.people, everyone.size);
    expect(REPORT.releases.value).toBe(30_000);
  });

  test('the partner that was there before stands apart and is in no sum', () => {
    expect(REPORT.others.map(({ domain, releases }) => [domain, releases.value])).toEqual([['bank.example', 3000]]);
    expect(REPORT.data.map(({ header, form, unintelligible }) => [header, form, unintelligible])).toEqual([
      ['x-up-calling-line-id', 'unchanged', 'no'],
    ]);
  });

  test('the timeline goes from the proposal over each gateway to the end, in order', () => {
    const times = REPORT.timeline.map(({ at }) => at);
    expect([...times].sort()).toEqual(times);
    expect(REPORT.timeline.map(({ kind, at }) => [kind, at])).toEqual([
      ['proposed', instant(ADMITTED - 20 * 3_600_000)],
      ['approved', instant(ADMITTED - 60_000)],
      ['admitted', instant(ADMITTED)],
      ['admitted', instant(ADMITTED + 4000)],
      ['released', REPORT.recipients[0]?.first],
      ['aware', instant(SEEN)],
      ['released', REPORT.recipients[0]?.last],
      ['measure', instant(LOCKED)],
      ['measure', instant(LOCKED)],
      ['admitted', instant(LOCKED + 3_600_000)],
    ]);
    expect(REPORT.timeline.filter(({ text }) => text.includes(' on edge-2: '))).toHaveLength(2);
  });

  test('what was newly permitted is what the differ says, of the two policies that are kept', () => {
    const [added] = REPORT.exposure;
    expect(added).toMatchObject({ at: instant(ADMITTED), digest: DAY.next.digest, before: DAY.old.digest });
    expect(added?.lines?.[0]).toMatch(/^widening: `proxy-pool` gains `x-up-calling-line-id` \(unchanged\)/);
    expect(REPORT.exposure).toHaveLength(1);
  });

  test('three sentences: what, when, how sure', () => {
    const [what, when, sure] = REPORT.summary.map(({ text }) => text);
    expect(what).toMatch(
      /^From 2026-01-10T09:30:\d\dZ to 2026-01-25T13:59:\d\dZ `x-up-calling-line-id` \(unchanged\) of about [\d,]+ /,
    );
    expect(what).toContain(
      'subscribers went to 3 recipients (`news.example`, `example.com`, `example.org`), 30,000 times.',
    );
    expect(when).toContain(`in force from ${instant(ADMITTED)} and approved by bob@operator.example, made it possible`);
    expect(when).toContain(`it was noticed at ${instant(SEEN)}, 14 days 11 hours after the first release`);
    expect(when).toContain(
      `it ended at ${instant(LOCKED)} (lockdown-on: everyone, by carol@operator.example (api): INC-1`,
    );
    expect(sure).toBe(
      'All of it could be read by whoever received it; the ledger has no gap, and the history verifies.',
    );
  });

  test('measures are the lockdown on each gateway and the narrowing', () => {
    expect(REPORT.measures.map(({ at }) => at)).toEqual([LOCKED, LOCKED + 400, LOCKED + 3_600_000].map(instant));
  });

  test('evidence names the records of each history and whether it verifies', () => {
    const said = REPORT.evidence.map(({ text }) => text).join('\n');
    expect(said).toContain('the history has records 2 to 6 of the period, of 6 in all; it verifies');
    expect(said).toContain('the history of edge-2 has records 2 to 3 of the period, of 3 in all; it verifies');
    expect(said).toContain('the ledger was kept from 2025-09-30T00:00:00Z to 2026-01-25T19:00:00Z, with no gap');
  });

  test('every statement has a source', () => {
    const sources: unknown[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('text' in value || 'people' in value) sources.push('source' in value ? value.source : value);
      for (const each of Object.values(value)) walk(each);
    };
    walk(Object.values(REPORT));
    expect(sources.length).toBeGreaterThanOrEqual(50);
    expect(sources.filter((source) => typeof source !== 'string' || source === '')).toEqual([]);
  });
});

describe('whose releases are told', () => {
  test('where a policy is not kept any more all of them are, and it is said', () => {
    const report = reportOf({ ...DAY.input, comparisons: [] });
    expect(report.basis).toBe('all');
    expect(report.recipients.map(({ domain }) => domain)).toContain('bank.example');
    expect(report.exposure).toMatchObject([{ lines: null }]);
    expect(unknowns(report)).toContain(`what the change to policy \`${DAY.next.digest.slice(0, 12)}\` added`);
    expect(report.summary[1].text).toContain('what is not known any more');
  });

  test('a digest that is asked for is told of, also where its admission lies before the period', () => {
    const period = { from: ADMITTED + DAY_MS, until: PERIOD.until };
    const filter = { digest: DAY.next.digest.slice(0, 8) };
    const report = reportOf({ ...DAY.input, period, filter });
    expect(report.exposure).toHaveLength(1);
    expect(report.scope).toEqual([`policy \`${filter.digest}\``]);
    expect(report.timeline[0]).toMatchObject({ kind: 'proposed' });
    expect(reportOf({ ...DAY.input, period }).exposure).toEqual([]);
  });

  test('another form, listener, header or partner than was newly permitted went not through it', () => {
    const world = new World();
    const kind = {
      epoch: 'e1',
      digest: DAY.next.digest,
      listener: 'internet',
      partner: 'proxy-pool',
      host: 'news.example',
    };
    const through = { ...kind, header: 'X_UP_CALLING_LINE_ID', form: 'unchanged' };
    const at = ADMITTED + 5000;
    world.release(through, 's', at);
    world.release({ ...through, form: 'pseudonym' }, 's', at);
    world.release({ ...through, partner: 'bank' }, 's', at);
    world.release({ ...through, header: 'X-MSISDN' }, 's', at);
    world.release({ ...through, host: 'elsewhere' }, 's', at);
    world.release({ ...through, host: '*.news.example' }, 's', at);
    world.release({ ...through, listener: 'early' }, 's', ADMITTED - 5000);
    const { recipients, others } = reportOf(withReading(DAY.input, { releases: world.releases() }));
    // What left before, by the same name to the same host, went not through it.
    expect(recipients.map(({ first }) => first)).toEqual([instant(at)]);
    expect(recipients.map(({ hosts, headers, releases }) => [hosts, headers, releases.text])).toEqual([
      [['news.example'], ['X_UP_CALLING_LINE_ID (unchanged)'], 'fewer than 10'],
    ]);
    expect(others.flatMap(({ hosts }) => hosts).sort()).toEqual(['*.news.example', 'elsewhere', 'news.example']);
  });

  test('of two gateways the sums are of both, and people are counted once', () => {
    const one = reportOf(DAY.input);
    const ledgers = ['edge-1', 'edge-2'].map((replica) => ({ replica, reading: DAY.input.ledgers[0]?.reading ?? '' }));
    const both = reportOf({ ...DAY.input, ledgers });
    expect(both.releases.value).toBe(2 * (one.releases.value ?? 0));
    expect(both.people).toEqual(one.people);
  });

  test.each([
    ['is empty', readingOf(DAY.input.period, { keptFrom: null, keptUntil: null })],
    ['cannot be read', 'permission denied'],
  ])('of two gateways of which the ledger of one %s what the other knows is told, as a lower bound', (_, reading) => {
    const one = reportOf(DAY.input);
    const both = reportOf({ ...DAY.input, ledgers: [...DAY.input.ledgers, { replica: 'edge-3', reading }] });
    expect(both.releases).toEqual(one.releases);
    expect(both.summary[0]).toEqual(one.summary[0]);
    expect(both.summary[2].text).toBe(
      'All of it could be read by whoever received it; the ledger of 1 gateway is empty or cannot be read, so that figures are lower bounds, and the history verifies.',
    );
    expect(unknowns(both)).toContain('what the ledger of edge-3 holds: ');
    expect(both.evidence.map(({ text }) => text).join('\n')).toContain('the ledger was kept from 2025-09-30');
  });
});

describe('what left in fields that nobody knew as identity', () => {
  const place = (n: number): string => `site${n}.example`;
  const leaks = (detector: string, outcome: string, field = 'x-bearer-ref') =>
    Array.from({ length: 30 }, (_, n) =>
      new World().leak(
        { epoch: 'e1', listener: 'internet', place: place(n), field, detector, outcome, partner: null },
        4,
        ADMITTED + 1000 * n,
      ),
    );
  const reportOn = (...found: readonly ReturnType<typeof leaks>[]): Report =>
    reportOf(withReading(DAY.input, { releases: [], leaks: found.flat() }));

  test('a number that the policy only counts has left, and is told as such, with sums where each domain has few', () => {
    const report = reportOn(leaks('number', 'counted'));
    expect(report.leaks.map(({ releases }) => releases.text)).toEqual(Array(30).fill('fewer than 10'));
    expect(report.left).toMatchObject({
      fields: ['x-bearer-ref'],
      domains: 30,
      releases: { value: 120 },
      people: { text: 'fewer than 10' },
      first: instant(ADMITTED),
      last: instant(ADMITTED + 29_000),
    });
    expect(report.leakSums).toMatchObject([
      { field: 'x-bearer-ref', detector: 'number', outcome: 'counted', domains: 30, releases: { value: 120 } },
    ]);
    expect(report.summary[0].text).toContain(
      'of which `x-bearer-ref` of fewer than 10 subscribers left for 30 domains, 120 times.',
    );
    expect(report.summary[2].text).toMatch(/^All of it could be read by whoever received it;/);
    const answers = report.notices.flatMap(({ fields }) => fields.flatMap(({ answer }) => answer?.text ?? []));
    expect(answers).toContain(`from ${instant(ADMITTED)} to ${instant(ADMITTED + 29_000)}, 29 seconds`);
    expect(answers).toContain('none through releases, 120 in fields that left');
    expect(answers.join('\n')).toContain('what looks like one (`x-bearer-ref`)');
  });

  test.each([
    ['what was withheld', 'exact', 'contained'],
    ['the canary’s number', 'canary', 'counted'],
    ['a name that sounds like identity', 'hint', 'counted'],
  ])('%s has not: no identity of a subscriber left', (_, detector, outcome) => {
    const report = reportOn(leaks(detector, outcome));
    expect([report.left, report.leakSums.length]).toEqual([null, 1]);
    expect(report.summary[0].text).toContain('none of which is known to have left');
  });
});

test('recipients of few are in the order of their names: that one has more than the other is not told either', () => {
  const world = new World();
  const kind = { epoch: 'e1', digest: DAY.next.digest, listener: 'internet', partner: 'proxy-pool', form: 'unchanged' };
  for (const [host, people] of [
    ['b.example.org', 3],
    ['a.news.example', 9],
    ['c.example.com', 40],
  ] as const) {
    for (let n = 0; n < people; n += 1) {
      world.release({ ...kind, host, header: 'x-up-calling-line-id' }, `s${n}`, ADMITTED + 5000);
    }
  }
  const { others } = reportOf(withReading(DAY.input, { releases: world.releases() }));
  expect(others.map(({ domain }) => domain)).toEqual(['example.com', 'example.org', 'news.example']);
});

test('an approval that does not count yet is none in the timeline', () => {
  const fault = 'approval-too-few';
  const [first] = DAY.input.histories;
  const events = (first?.records ?? []).map(({ at, seq: _seq, ...event }) => [Date.parse(at), event] as const);
  const [, , ...rest] = events;
  const approval = events[1]?.[1];
  if (approval?.kind !== 'approval') throw new Error('the second record is the approval');
  const early = historyOf([
    ...events.slice(0, 1),
    [ADMITTED - 120_000, { ...approval, people: [], fault }],
    [ADMITTED - 60_000, approval],
    ...rest,
  ]);
  const kinds = reportOf({ ...DAY.input, histories: [early] }).timeline.filter(({ text }) =>
    text.startsWith('approval'),
  );
  expect(kinds.map(({ kind, at }) => [kind, at])).toEqual([
    ['other', instant(ADMITTED - 120_000)],
    ['approved', instant(ADMITTED - 60_000)],
  ]);
});

describe('the first policy that a gateway knows', () => {
  const [first] = DAY.input.histories;
  const alone = historyOf([
    [
      ADMITTED - 1000,
      {
        kind: 'admitted',
        digest: DAY.old.digest,
        from: null,
        direction: 'widening',
        generation: 1,
        approvals: [],
        people: [],
      },
    ],
    ...(first?.records ?? []).slice(3).map(({ at, seq: _seq, ...event }) => [Date.parse(at), event] as const),
  ]);

  test('is no change that something went through, where one follows', () => {
    const { basis, summary, exposure, unknown } = reportOf({ ...DAY.input, histories: [alone] });
    expect(basis).toBe('added');
    expect(summary[1].text).toMatch(
      new RegExp(`^Policy \`${DAY.next.digest.slice(0, 12)}\`, in force from .* made it possible; `),
    );
    expect(exposure.map(({ before }) => before)).toEqual([null, DAY.old.digest]);
    expect(unknown.map(({ text }) => text).join()).not.toContain('not kept any more');
  });

  test('is named where none follows, and nothing is said to be lost', () => {
    const histories = [{ ...alone, records: alone.records.slice(0, 1) }];
    const { summary, unknown } = reportOf({ ...DAY.input, histories });
    expect(summary[1].text).toContain(
      `Policy \`${DAY.old.digest.slice(0, 12)}\`, the first that is known, is in force from ${instant(ADMITTED - 1000)};`,
    );
    expect(unknown.map(({ text }) => text).join()).not.toContain('not kept any more');
  });
});

describe('since when it is known', () => {
  const awareness = (over: Partial<ReportInput>): Report['awareness'] =>
    reportOf({ ...DAY.input, awareAt: null, ...over }).awareness;

  test('as somebody says', () => {
    expect(REPORT.awareness).toMatchObject({ at: instant(SEEN), how: 'given', source: 'command line' });
  });

  test('where nobody said, no later than the lockdown', () => {
    expect(awareness({})).toMatchObject({ at: instant(LOCKED), how: 'no-later-than', source: 'history, record 5' });
    const { clocks, unknown } = reportOf({ ...DAY.input, awareAt: null });
    expect(clocks[0]?.text).toMatch(/^no later than 2026-01-28T14:00:00Z, /);
    expect(unknown.map(({ text }) => text).join()).toContain('when somebody first knew');
  });

  test('no later than a leak that rang before; one that was only counted rings nothing', () => {
    const leak = {
      epoch: 'e1',
      listener: 'internet',
      place: 'a.example',
      field: 'x-a',
      detector: 'exact',
      partner: null,
    };
    const reading = (outcome: string): Partial<LedgerReading> => ({
      leaks: [new World().leak({ ...leak, outcome }, 20, ADMITTED + 1000)],
    });
    expect(reportOf(withReading({ ...DAY.input, awareAt: null }, reading('contained'))).awareness).toMatchObject({
      at: instant(ADMITTED + 1000),
      source: 'ledger',
    });
    expect(reportOf(withReading({ ...DAY.input, awareAt: null }, reading('counted'))).awareness.at).toBe(
      instant(LOCKED),
    );
  });

  test('a lockdown before anything was released tells nothing', () => {
    const early = historyOf([
      [PERIOD.from + 1000, { kind: 'lockdown-on', partner: null, reason: 'drill', by: 'ops', way: 'api' }],
    ]);
    expect(awareness({ histories: [early] })).toMatchObject({ at: null, how: 'unknown', source: 'none' });
  });
});

describe('the end', () => {
  test('releases that go on after a measure are said', () => {
    const early = historyOf([
      [ADMITTED + DAY_MS, { kind: 'lockdown-on', partner: 'bank', reason: 'the wrong one', by: 'ops', way: 'api' }],
    ]);
    expect(reportOf({ ...DAY.input, histories: [early] }).summary[1].text).toContain(
      `and releases went on after what was done at ${instant(ADMITTED + DAY_MS)} (lockdown-on: bank`,
    );
  });

  test('where nothing ended it that is said', () => {
    expect(reportOf({ ...DAY.input, histories: [] }).summary[1].text).toContain('and nothing in the history ended it.');
  });
});

describe('what is not known', () => {
  const report = reportOf(epochWorld());

  test('across two keys people are an interval, never one figure', () => {
    expect(report.people).toMatchObject({ value: null });
    // 90 people under each of two keys, 30 of them at the edge: between 90 and 180.
    expect(report.people.least).toBeGreaterThanOrEqual(88);
    expect(report.people.least).toBeLessThanOrEqual(90);
    expect(report.people.most).toBeGreaterThanOrEqual(180);
    expect(unknowns(report)).toContain('they were counted under 2 keys');
  });

  test('a day that is cut makes an interval of a sum', () => {
    // 800 headers lie wholly within, 31 in a day that lies partly outside.
    expect(report.releases).toMatchObject({ text: '800 to 831', value: null, least: 800, most: 831 });
    expect(unknowns(report)).toContain('exact sums at the edges of the period');
  });

  test.each([
    'what was released before 2026-06-01T12:01:00Z: the ledger begins there',
    'what was released after 2026-06-30T00:00:00Z: the ledger was not written further',
    'from 2026-06-02T12:00:00Z to 2026-06-02T12:01:30Z (1 minute 30 seconds): the gateway was killed',
    'what was released by edge-2 from 2026-06-04T12:00:00Z to 2026-06-04T12:00:01Z (1 second): a worker ended',
    'what the ledger of edge-3 holds: cannot read `ledger`: permission denied',
    'whether the history tells everything: it does not verify',
    'who the subscribers are: they are counted by a keyed hash, and no number is kept',
  ])('%s', (text) => {
    expect(unknowns(report)).toContain(text);
  });

  test('the sentence says how sure it is', () => {
    expect(report.summary[2].text).toBe(
      'Some of it could be read by whoever received it; the ledger has 2 gaps and that of 1 gateway is empty or cannot be read, so that figures are lower bounds, and the history does not verify.',
    );
  });

  test('evidence says which record is bad, and what the state knows', () => {
    const said = report.evidence.map(({ text }) => text).join('\n');
    expect(said).toContain('it does not verify: record 3 was changed');
    expect(said).toContain('the history of edge-2 has lost records: the state knows record 9');
    expect(said).toContain('the ledger of edge-3 tells nothing: cannot read');
  });

  test('a pseudonym is unintelligible and names its keys; of a token it is not known', () => {
    expect(report.data.map(({ header, unintelligible, carries }) => [header, unintelligible, carries])).toEqual([
      ['X-Acme-Token', 'not known', 'an identity made by the network'],
      ['X-IMSI', 'yes', 'an identity of the card or the device'],
    ]);
    expect(report.data[1]?.text).toContain('key `bank-2026` and `bank-2027`');
  });

  test('leaks that left stand first, then those that were held, then those that were counted', () => {
    expect(report.leaks.map(({ outcome, people }) => [outcome, people.text])).toEqual([
      ['escaped', 'fewer than 10'],
      ['contained', '25'],
      ['counted', expect.stringMatching(/^about (29|30)\d /)],
    ]);
  });

  test('an empty ledger releases nothing that is known, and says that it is empty', () => {
    const none = reportOf(
      inputOf({
        period: PERIOD,
        ledgers: [{ replica: '', reading: readingOf(PERIOD, { keptFrom: null, keptUntil: null }) }],
      }),
    );
    expect(none.summary[0].text).toBe(
      'Whether anything was released from 2026-01-08T00:00:00Z to 2026-01-27T00:00:00Z is not known.',
    );
    expect(unknowns(none)).toContain('whether anything was released: the ledger is empty');
    expect(none.people.text).toBe('none');
  });
});

describe('notices', () => {
  const titles = (report: Report): readonly string[] => report.notices.map(({ title }) => title);

  test('each jurisdiction has its own', () => {
    expect(titles(REPORT)).toEqual(['PECR, regulation 5A: the notice to the ICO', 'UK GDPR, Article 33(3)']);
    expect(titles(reportOf({ ...DAY.input, jurisdiction: 'eu' }))).toEqual([
      'Regulation (EU) 611/2013, Annex I',
      'GDPR, Article 33(3)',
    ]);
  });

  test('Annex I has its 17 points', () => {
    const [annex] = reportOf({ ...DAY.input, jurisdiction: 'eu' }).notices;
    expect(annex?.fields.map(({ asks }) => Number.parseInt(asks, 10))).toEqual(
      Array.from({ length: 17 }, (_, n) => n + 1),
    );
  });

  test('each point is answered, or marked for the officer', () => {
    for (const report of [REPORT, reportOf(epochWorld())])
      for (const { fields } of report.notices)
        for (const { asks, answer, forOfficer } of fields)
          expect([asks, answer === null ? forOfficer : answer.text]).toEqual([asks, expect.stringMatching(/./)]);
  });

  test('numbers of people and of records are those of the report', () => {
    const gdpr = REPORT.notices[1]?.fields ?? [];
    const answerTo = (asks: string): string | undefined =>
      gdpr.find((field) => field.asks.endsWith(asks))?.answer?.text;
    expect(answerTo('approximate number of data subjects')).toBe(REPORT.people.text);
    expect(answerTo('approximate number of records')).toBe('30,000');
  });

  test('without a time of awareness the officer is asked for one', () => {
    const fields = reportOf({ ...DAY.input, awareAt: null }).notices[0]?.fields ?? [];
    expect(fields.find(({ asks }) => asks.includes('detection'))?.forOfficer).toBe('say when somebody first knew');
  });
});

// `headgate report` and `headgate replay --days`: what they find in state folders as gateways leave them, and how they end.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdmittedRecord } from '../../src/change/admitted.js';
import { renderApproval } from '../../src/change/approval-text.js';
import type { GateState } from '../../src/change/gate-state.js';
import { addedBy } from '../../src/change/grant.js';
import type { HistoryEvent } from '../../src/change/history-record.js';
import { historyLineOf, NO_RECORD, type ChainEnd } from '../../src/change/history.js';
import { GateStore } from '../../src/control/gate-store.js';
import { effectiveOfRecord } from '../../src/control/judge.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { SpanWriter, type Span } from '../../src/ledger/span.js';
import { diffOf } from '../../src/policy/diff.js';
import type { Report } from '../../src/report/report.js';
import { recordOf } from '../change/admitted-fixture.js';
import { makeWorkspace, SETTINGS, type Workspace } from '../control/workspace.js';
import { partnerFile } from '../policy/fixture.js';
import { ADMITTED, LOCKED, o2Day, PERIOD, type O2Day } from '../report/o2-day.js';
import { run, type Ran } from './run.js';

let space: Workspace;
let day: O2Day;
const at = (name: string): string => join(space.folder, name);
const PERIOD_WORDS = ['--from', '2026-01-08', '--to', '2026-01-26'] as const;
const report = (...words: readonly string[]): Promise<Ran> => run('report', ...PERIOD_WORDS, ...words);

/** A state folder as a gateway leaves it after the O2 day; its ledger has what the world released. */
async function leave(folder: string): Promise<void> {
  mkdirSync(join(folder, 'ledger'), { recursive: true });
  const recordFor = ({ policy, digest }: O2Day['old'], admittedAt: number): AdmittedRecord => ({
    ...recordOf(1),
    policy,
    digest,
    admittedAt,
  });
  const [old, next] = [recordFor(day.old, PERIOD.from), recordFor(day.next, ADMITTED)];
  const comparison = diffOf(effectiveOfRecord(old), effectiveOfRecord(next), ADMITTED);
  const [proposed] = day.input.approvals;
  if (proposed === undefined) throw new Error('an approval');
  const text = renderApproval({
    ...proposed,
    applyBeforeMs: ADMITTED + 3_600_000,
    delta: addedBy(comparison),
  });
  mkdirSync(at('approvals'), { recursive: true });
  writeFileSync(at('approvals/2026-01-09-widening.approval.yaml'), text);
  const approval = idOf(text);
  const people = ['bob@operator.example'];
  const events: readonly (readonly [number, HistoryEvent])[] = [
    [PERIOD.from - 1000, { kind: 'started', version: '1.0.0', digest: old.digest, generation: 1 }],
    [
      ADMITTED,
      admitted({ digest: next.digest, from: old.digest, direction: 'widening', approvals: [approval], people }),
    ],
    [LOCKED, { kind: 'lockdown-on', partner: null, reason: 'INC-1', by: 'carol@operator.example', way: 'api' }],
    [
      LOCKED + 1000,
      admitted({ digest: old.digest, from: next.digest, direction: 'narrowing', approvals: [], people: [] }),
    ],
  ];
  let end: ChainEnd = NO_RECORD;
  const lines = events.map(([time, event]) => {
    const line = historyLineOf(event, time, end);
    end = line;
    return `${line.text}\n`;
  });
  writeFileSync(join(folder, 'history.jsonl'), lines.join(''), { mode: 0o600 });
  const opened = await openStateFolder(folder);
  if (!opened.ok) throw new Error('no folder');
  const store = new GateStore(opened.value);
  const state = (current: AdmittedRecord, previous: readonly string[]): GateState => ({
    version: 1,
    current,
    breakGlass: null,
    previous,
    highestGeneration: 1,
    narrowings: [],
    history: null,
  });
  for (const [current, previous] of [
    [next, []],
    [old, [next.digest]],
  ] as const) {
    const written = store.writeState(state(current, previous));
    if (!written.ok) throw new Error(written.problem.message);
  }
  opened.value.close();
  const reading = day.input.ledgers[0]?.reading;
  if (reading === undefined || typeof reading === 'string') throw new Error('a reading');
  writeLedger(
    folder,
    reading.releases.map((cell) => ({ ...cell, epoch: '2025-10-01-aaaa' })),
  );
}

function writeLedger(folder: string, releases: Span['releases']): void {
  const writer = new SpanWriter();
  const none = { mark: null, gaps: [], releases: [], leaks: [] } as const;
  const spans: readonly Span[] = [
    { ...none, from: PERIOD.from, until: PERIOD.from, mark: 'began' },
    { ...none, from: PERIOD.from, until: LOCKED, releases },
    { ...none, from: LOCKED, until: PERIOD.until, mark: 'ended' },
  ];
  writeFileSync(join(folder, 'ledger/2026-01-08.minutes'), spans.map((span) => writer.lineOf(span)).join(''));
}

function admitted(over: Omit<Extract<HistoryEvent, { kind: 'admitted' }>, 'kind' | 'generation'>): HistoryEvent {
  return { kind: 'admitted', generation: 1, ...over };
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

beforeAll(() => {
  day = o2Day();
});
beforeEach(async () => {
  space = makeWorkspace({});
  await leave(at('edge-1'));
});
afterEach(() => space.remove());

const jsonOf = async (...words: readonly string[]): Promise<Report> => {
  const { out, err, code } = await report('--format', 'json', ...words);
  expect([err, code]).toEqual(['', 0]);
  return JSON.parse(out) as Report;
};

test('of a state folder: recipients, changes with what they added, approvals, the end, evidence', async () => {
  const found = await jsonOf('--state', at('edge-1'), '--approvals', at('approvals'));
  expect(found.basis).toBe('added');
  expect(found.recipients.map(({ domain, releases }) => [domain, releases.value])).toEqual(
    ['news.example', 'example.com', 'example.org'].map((domain) => [domain, day.truths.get(domain)?.requests]),
  );
  expect(found.others.map(({ domain }) => domain)).toEqual(['bank.example']);
  expect(found.exposure[0]?.lines?.[0]).toMatch(/^widening: `proxy-pool` gains `x-up-calling-line-id`/);
  expect(found.timeline[0]).toMatchObject({ kind: 'proposed', at: '2026-01-09T13:30:00Z' });
  expect(found.summary[1].text).toContain('it ended at 2026-01-25T14:00:00Z (lockdown-on: everyone');
  expect(found.evidence[0]?.text).toContain('it verifies');
  expect(found.awareness).toMatchObject({ at: '2026-01-25T14:00:00Z', how: 'no-later-than' });
});

test('of the settings of a gateway: its state folder and its approvals', async () => {
  space.write('headgate.yaml', `${SETTINGS}state: edge-1\napprovals: approvals\n`);
  const found = await jsonOf('--config', space.config, '--aware-at', '2026-01-24T21:15:00Z', '--jurisdiction', 'eu');
  expect(found.timeline[0]?.kind).toBe('proposed');
  expect(found.clocks[0]).toMatchObject({ hours: 24, due: '2026-01-25T21:15:00Z' });
});

test('of several state folders: each by its name, headers of all', async () => {
  await leave(at('edge-2'));
  const [one, both] = [await jsonOf('--state', at('edge-1')), await jsonOf('--state', at('edge-1'), at('edge-2'))];
  expect(both.releases.value).toBe(2 * (one.releases.value ?? 0));
  expect(both.timeline.filter(({ text }) => text.includes(' on edge-2: '))).toHaveLength(3);
});

test('the filters are the ledger’s', async () => {
  const bank = await jsonOf('--state', at('edge-1'), '--partner', 'bank');
  expect([bank.scope, bank.recipients, bank.others.map(({ domain }) => domain)]).toEqual([
    ['partner `bank`'],
    [],
    ['bank.example'],
  ]);
  const news = await jsonOf('--state', at('edge-1'), '--host', 'NEWS.example');
  expect(news.recipients.map(({ domain }) => domain)).toEqual(['news.example']);
  const old = await jsonOf('--state', at('edge-1'), '--digest', day.old.digest.slice(0, 10));
  expect(old.recipients.map(({ domain }) => domain)).toEqual(['bank.example']);
});

test('a history that was touched does not verify, and the report says so and goes on', async () => {
  appendFileSync(at('edge-1/history.jsonl'), '{"seq":9}\n');
  const found = await jsonOf('--state', at('edge-1'));
  expect(found.evidence[0]?.text).toContain('it does not verify: record 5');
  expect(found.recipients).toHaveLength(3);
});

test('an empty state folder is a report of what is not known', async () => {
  mkdirSync(at('new'));
  const found = await jsonOf('--state', at('new'));
  expect(found.summary[0].text).toContain('is not known');
  expect(found.unknown.map(({ text }) => text)).toContain('whether anything was released: the ledger is empty');
});

test.each([
  ['md', /^# Incident report: /],
  ['html', /^<!doctype html>\n/],
  ['json', /^\{\n {2}"headgateReport": 1,\n/],
])('--format %s', async (format, begins) => {
  const { out, code } = await report('--state', at('edge-1'), '--format', format);
  expect([code, begins.test(out)]).toEqual([0, true]);
});

test.each([
  ['neither settings nor a folder', [], 64, 'say whose'],
  ['both', ['--config', 'a', '--state', 'b'], 64, 'say whose'],
  ['a folder that is not there', ['--state', '/nowhere/at/all'], 1, 'no such file'],
  ['settings that are not there', ['--config', '/nowhere/at/all'], 1, 'no such file'],
  ['a time that is none', ['--state', '.', '--aware-at', 'yesterday'], 64, '`--aware-at yesterday` is no time'],
  ['a zone that is none', ['--state', '.', '--timezone', 'Mars'], 64, '`--timezone Mars` is no time zone'],
  ['a period that ends before it begins', ['--state', '.', '--to', '2026-01-01'], 64, 'ends before it begins'],
])('%s ends with a code of its own', async (_rule, words, code, said) => {
  const ran = await report(...words);
  expect(ran.err).toContain(said);
  expect([ran.code, ran.out]).toEqual([code, '']);
});

describe('replay --days', () => {
  const NOW = Date.now();
  beforeEach(() => {
    const reading = day.input.ledgers[0]?.reading;
    if (reading === undefined || typeof reading === 'string') throw new Error('a reading');
    const writer = new SpanWriter();
    const [cell] = reading.releases;
    if (cell === undefined) throw new Error('a cell');
    const kind = { ...cell, epoch: '2025-10-01-aaaa', first: NOW - 7_200_000, last: NOW - 3_600_000 };
    const none = { mark: null, gaps: [], releases: [], leaks: [] } as const;
    const pay = { ...kind, partner: 'bank', host: 'pay.bank.example', domain: 'bank.example' };
    const spans: readonly Span[] = [
      { ...none, from: NOW - 86_400_000, until: NOW - 86_400_000, mark: 'began' },
      {
        ...none,
        from: NOW - 7_200_000,
        until: NOW,
        releases: [
          { ...pay, requests: 40, header: 'X-MSISDN', form: 'pseudonym' },
          { ...pay, requests: 30, header: 'X-IMSI', form: 'pseudonym' },
          { ...pay, requests: 9, host: '*.shop.bank.example', header: 'X-MSISDN', form: 'pseudonym' },
          { ...pay, requests: 5, host: 'elsewhere', domain: 'elsewhere', header: 'X-MSISDN', form: 'pseudonym' },
        ],
      },
    ];
    mkdirSync(at('now/ledger'), { recursive: true });
    const name = `${new Date(NOW - 7_200_000).toISOString().slice(0, 10)}.minutes`;
    writeFileSync(join(at('now/ledger'), name), spans.map((span) => writer.lineOf(span)).join(''));
  });
  const policy = (hosts: readonly string[]): string =>
    JSON.stringify({
      version: 1,
      partners: [
        partnerFile({
          hosts,
          release: [
            { header: 'X-MSISDN', as: 'pseudonym', key: 'k' },
            { header: 'X-IMSI', as: 'pseudonym', key: 'k' },
          ],
        }),
      ],
    });

  test('whose requests a narrowing ends, of partners alone, and what it cannot tell', async () => {
    const old = space.write('old.yaml', policy(['pay.bank.example', '*.shop.bank.example', 'other.bank.example']));
    const next = space.write('next.yaml', policy(['other.bank.example']));
    const words = ['--days', '2', '--state', at('now'), '--candidate', next, '--policy', old];
    const { out, err, code } = await run('replay', ...words);
    expect([err, code]).toEqual(['', 0]);
    expect(out).toMatch(/^replayed 2 days of the ledger /);
    expect(out).toContain(': 49 requests');
    expect(out).toContain('destinations of partners alone: where other traffic went the ledger never keeps');
    expect(out).toContain('a wildcard is replayed as one host of it, one label deep\n');
    expect(out).toContain('some hosts are not told apart in the ledger, and are not replayed\n');
    expect(out).toMatch(/^bank +other, novel, x-imsi, x-msisdn +2 +49/m);
    expect(out).toMatch(/^pay\.bank\.example +bank .* 40( |$)/m);
    expect(out).toMatch(/^\*\.shop\.bank\.example +bank .* 9( |$)/m);
    expect(out).toContain('of several headers the one that came most often\n');
  });

  test.each([
    ['no number of days', ['--days', '0', '--state', 'x'], 64, '`--days 0` is no number of days'],
    ['both pasts', ['--days', '2', '--access-log', 'x'], 64, 'say which past'],
    ['no place', ['--days', '2'], 64, 'say where the ledger is'],
  ])('%s ends with a code of its own', async (_rule, words, code, said) => {
    const next = space.write('next.yaml', policy(['other.bank.example']));
    const ran = await run('replay', '--candidate', next, ...words);
    expect(ran.err).toContain(said);
    expect([ran.code, ran.out]).toEqual([code, '']);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Span, SpanWriter } from '../../src/ledger/span.js';
import { NOON, peopleFrom, releaseCell } from '../ledger/cells.js';
import { run, type Ran } from './run.js';

const MINUTE = 60_000;
let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'headgate-received-'));
  mkdirSync(join(state, 'ledger'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const write = (day: string, ...spans: readonly Partial<Span>[]): void => {
  const writer = new SpanWriter();
  const lines = spans.map((span) =>
    writer.lineOf({ from: NOON, until: NOON, mark: null, gaps: [], releases: [], leaks: [], ...span }),
  );
  writeFileSync(join(state, `ledger/${day}.minutes`), lines.join(''));
};
const received = (...words: readonly string[]): Promise<Ran> => run('recipients', '--state', state, ...words);
const JUNE = ['--from', '2026-06-01', '--to', '2026-06-30'] as const;

beforeEach(() => {
  write(
    '2026-06-01',
    { mark: 'began', from: NOON - MINUTE, until: NOON - MINUTE },
    {
      releases: [
        releaseCell({ requests: 500, subscribers: peopleFrom(0, 400) }),
        releaseCell({ requests: 60, subscribers: peopleFrom(0, 60), header: 'X-IMSI', form: 'pseudonym' }),
        releaseCell({
          requests: 5,
          subscribers: peopleFrom(0, 4),
          partner: 'bank',
          host: 'bank.example',
          domain: 'bank.example',
        }),
      ],
    },
    { from: Date.UTC(2026, 6, 1), until: Date.UTC(2026, 6, 1), mark: 'ended' },
  );
});

test('who received what: domain, headers, forms, subscribers with their bound, requests, first and last', async () => {
  const { code, out } = await received(...JUNE);
  expect(code).toBe(0);
  expect(out).toMatch(/^2 recipients of identity from 2026-06-01T00:00:00Z to 2026-07-01T00:00:00Z\n/);
  const [, estimate, least, most] =
    /\nacme\.example {2}\(all\) +(\d+) \((\d+) to (\d+)\) +560 +2026-06-01T12:00:00Z {2}2026-06-01T12:00:01Z {2}acme-pay\n/.exec(
      out,
    ) ?? [];
  expect(Math.abs(Number(estimate) / 400 - 1)).toBeLessThan(0.02);
  expect(Number(least)).toBeLessThanOrEqual(400);
  expect(Number(most)).toBeGreaterThanOrEqual(400);
  expect(out).toMatch(/\n +X-IMSI +pseudonym +\d\d \(\d\d to \d\d\) +60 /);
  expect(out).toMatch(/\nbank\.example +\(all\) +fewer than 10 +5 /);
  expect(out).toMatch(/subscribers within 1\.6 % in 19 of 20 cases/);
  expect(out).toContain('what was before 2026-06-01T11:59:00Z is not known');
});

test('gaps, epochs and what is not written yet are named', async () => {
  const gap = { from: NOON, until: NOON + MINUTE, cause: 'killed', replica: '' } as const;
  write(
    '2026-06-01',
    { releases: [releaseCell({ requests: 40, subscribers: peopleFrom(0, 40) })], gaps: [gap] },
    {
      releases: [
        releaseCell({ epoch: '2026-06-02-bbbb', requests: 30, subscribers: peopleFrom(0, 30, '2026-06-02-bbbb') }),
      ],
    },
  );
  const { out } = await received(...JUNE);
  expect(out).toContain('what was after 2026-06-01T12:00:00Z is not written yet\n');
  expect(out).toContain('GAP: from 2026-06-01T12:00:00Z to 2026-06-01T12:01:00Z releases may be missing (killed)\n');
  expect(out).toContain('subscribers are intervals: those of before and after 2026-06-02T00:00:00Z cannot be told');
  expect(out).toMatch(/\nacme\.example {2}\(all\) +(?:3[89]|40) to 70 +70 /);
});

test('JSON has the same, and never says how few the few are', async () => {
  const { out } = await received(...JUNE, '--format', 'json');
  const answer = JSON.parse(out) as { recipients: { domain: string; subscribers: unknown }[] };
  expect(answer).toMatchObject({ from: '2026-06-01T00:00:00.000Z', gaps: [], epochs: [{ id: '2026-06-01-aaaa' }] });
  expect(answer.recipients.map(({ domain }) => domain)).toEqual(['acme.example', 'bank.example']);
  expect(answer.recipients[1]?.subscribers).toMatchObject({
    text: 'fewer than 10',
    least: null,
    most: null,
    estimate: null,
  });
});

test.each([
  [['--partner', 'bank'], 'bank.example'],
  [['--host', 'pay.acme.example'], 'acme.example'],
  [['--host', 'ACME.example'], 'acme.example'],
  [['--digest', 'dddd'], 'acme.example'],
])('%j leaves what was asked for', async (words, domain) => {
  expect((await received(...JUNE, ...words)).out).toMatch(new RegExp(`\\n${domain.replaceAll('.', '\\.')} `));
  expect((await received(...JUNE, ...words.map((word) => (word.startsWith('--') ? word : 'other')))).out).toMatch(
    /^nobody received identity from /,
  );
});

test('an empty ledger says that nothing is known', async () => {
  rmSync(join(state, 'ledger'), { recursive: true });
  expect((await received(...JUNE)).out).toContain('the ledger is empty: nothing is known\n');
});

test.each([
  [['recipients'], 'say who: either'],
  [['recipients', '--from', '2026-06-01', '--policy', 'policy.yaml'], 'say who: either'],
  [['recipients', '--from', '2026-06-01'], 'say where the ledger is'],
  [['recipients', '--from', 'soon', '--state', '.'], '`--from soon` is no time'],
  [['recipients', '--from', '2026-06-01', '--to', '2026-06-31', '--state', '.'], '`--to 2026-06-31` is no time'],
  [['recipients', '--from', '2026-06-01', '--timezone', 'Mars', '--state', '.'], '`--timezone Mars` is no time zone'],
  [['recipients', '--from', '2026-06-01', '--state', '.', '--format', 'html'], '`--format html` is of the register'],
  [['recipients', '--policy', 'policy.yaml', '--format', 'json'], '`--format json` is of the ledger'],
])('%j is wrong usage', async (words, message) => {
  const { code, err } = await run(...words);
  expect(err).toContain(message);
  expect(code).toBe(64);
});

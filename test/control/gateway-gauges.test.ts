// The gauges of the primary that alerts read: refused candidates, what waits for a signature, how much a policy permits.
import type { JudgedApproval } from '../../src/change/approvals.js';
import { gaugesOf, type GaugeParts } from '../../src/control/gateway-gauges.js';
import type { GatewayStatus, RefusedCandidate } from '../../src/control/gateway-status.js';
import type { Verdict } from '../../src/control/verdict.js';
import { compiled, partnerFile } from '../policy/fixture.js';

const NOW = Date.UTC(2026, 10, 22);
const HOUR = 3_600_000;
const STATUS = {
  version: '0.1.0',
  digest: 'a'.repeat(64),
  generation: 1,
  state: 'ready',
  candidate: null,
  unsigned: false,
  stateFolder: { writable: true, problem: null },
  history: { seq: 1, ok: true },
  reload: { at: null, successful: true },
} as unknown as GatewayStatus;
const CANDIDATE: RefusedCandidate = {
  digest: 'b'.repeat(64),
  code: 'not-approved',
  direction: 'incomparable',
  refusedAt: '2026-11-22T00:00:00Z',
  messages: [],
  witnesses: [],
  heldUp: [{ message: 'narrowing', lockdown: 'headgate lockdown on --partner pay' }],
};

type Gate = NonNullable<GaugeParts['gate']>;
const GATE: Gate = { served: null, breakGlass: null, sinceMs: NOW - HOUR, candidate: null, lastVerdict: null };

const gauges = (status: Partial<GatewayStatus>, gate: Partial<Gate> = {}) => {
  const none = { lockdown: [], detection: [], fleet: [] };
  const parts = { gate: { ...GATE, ...gate }, ...none, serving: 1, connections: 50, now: NOW };
  return new Map(
    gaugesOf({ ...STATUS, ...status }, parts).map(({ name, labels, value }) => [[name, ...labels].join(' '), value]),
  );
};

describe('a refused candidate', () => {
  test('is told by the reason for which it was refused, and the others are 0', () => {
    const shown = gauges({ candidate: CANDIDATE });
    expect(shown.get('headgate_policy_candidate_refused not-approved')).toBe(1);
    expect([...shown].filter(([name]) => name.startsWith('headgate_policy_candidate_refused')).length).toBe(9);
    expect(shown.get('headgate_policy_candidate_refused invalid')).toBe(0);
    expect(gauges({}).get('headgate_policy_candidate_refused not-approved')).toBe(0);
  });

  test('is told with how many narrowings it holds up', () => {
    expect(gauges({ candidate: CANDIDATE }).get('headgate_policy_narrowings_held_up')).toBe(1);
    expect(gauges({}).get('headgate_policy_narrowings_held_up')).toBe(0);
  });
});

describe('an approval is needed by', () => {
  const name = 'headgate_approval_needed_by_timestamp_seconds';
  const approval = (candidate: string, applyBeforeMs: number, code?: string): JudgedApproval =>
    ({
      file: 'x',
      approval: { candidate, applyBeforeMs },
      why: code === undefined ? null : { code, message: '' },
    }) as unknown as JudgedApproval;
  const neededBy = (candidate: RefusedCandidate | null, ...approvals: readonly JudgedApproval[]) =>
    gauges({}, { candidate, lastVerdict: { approvals } as unknown as Verdict }).get(name);
  const [it, other] = [CANDIDATE.digest ?? '', 'c'.repeat(64)];

  test('the soonest end of what was proposed for the candidate that waits', () => {
    const soon = approval(it, NOW + HOUR, 'approval-too-few');
    expect(neededBy(CANDIDATE, approval(it, NOW + 2 * HOUR), soon)).toBe((NOW + HOUR) / 1000);
    expect(neededBy(CANDIDATE, approval(it, NOW + HOUR, 'approval-proposer'))).toBe((NOW + HOUR) / 1000);
  });

  test.each([
    ['nothing waits', null, approval(it, NOW + HOUR)],
    ['it is of another change', CANDIDATE, approval(other, NOW + HOUR)],
    ['it is over', CANDIDATE, approval(it, NOW - 1)],
    ['no signature would make it count', CANDIDATE, approval(it, NOW + HOUR, 'approval-generation')],
    ['a signature would not help', { ...CANDIDATE, code: 'ceiling' as const }, approval(it, NOW + HOUR)],
  ])('never, where %s', (_, candidate, one) => {
    expect(neededBy(candidate, one)).toBe(0);
  });
});

test('what partners may receive is counted by form and kind of pattern, of partners whose time it is', () => {
  const release = ['X-MSISDN', 'X-IMSI'].map((header) => ({ header, as: 'unchanged' }));
  const file = (id: string, hosts: readonly string[], from: string, until: string) =>
    partnerFile({ id, hosts, release, from, until });
  const { policy } = compiled({
    partners: [
      file('now', ['a.bank.example', 'b.bank.example', '*.shop.example'], '2026-01-01', '2027-01-01'),
      file('later', ['later.example'], '2026-12-01', '2027-01-01'),
      file('over', ['over.example'], '2026-01-01', '2026-11-20'),
    ],
  });
  const shown = gauges({}, { served: { record: { policy }, keys: {} } as unknown as NonNullable<Gate['served']> });
  expect([...shown].filter(([name]) => name.startsWith('headgate_exposure_releases'))).toEqual([
    ['headgate_exposure_releases pseudonym exact', 0],
    ['headgate_exposure_releases pseudonym one', 0],
    ['headgate_exposure_releases pseudonym any', 0],
    ['headgate_exposure_releases unchanged exact', 4],
    ['headgate_exposure_releases unchanged one', 2],
    ['headgate_exposure_releases unchanged any', 0],
  ]);
});

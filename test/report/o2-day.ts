// The O2 day as a world with a virtual clock: routine maintenance is approved and admitted, 15 days pass in which the number goes to three
// recipients that should not have it, somebody sees it, and everything is locked down.
import type { Compiled } from '../../src/policy/compile.js';
import type { ReportInput } from '../../src/report/report-input.js';
import { compiled, partnerFile } from '../policy/fixture.js';
import {
  approvalOf,
  comparisonOf,
  DAY_MS,
  historyOf,
  inputOf,
  randomOf,
  readingOf,
  World,
  type Truth,
} from './world.js';

export const ADMITTED = Date.parse('2026-01-10T09:30:00Z');
export const SEEN = Date.parse('2026-01-24T21:15:00Z');
export const LOCKED = Date.parse('2026-01-25T14:00:00Z');
export const PERIOD = { from: Date.parse('2026-01-08T00:00:00Z'), until: Date.parse('2026-01-27T00:00:00Z') };

const BANK = partnerFile({
  release: [{ header: 'X-MSISDN', as: 'pseudonym', key: 'bank-2026' }],
  until: '2027-12-31',
});
const RECIPIENTS = ['news.example', 'shop.example.com', 'ads.example.org'];
const MAINTENANCE = partnerFile({
  id: 'proxy-pool',
  name: 'Proxy pool',
  purpose: 'maintenance',
  hosts: RECIPIENTS,
  transport: 'tls',
  release: [{ header: 'x-up-calling-line-id', as: 'unchanged' }],
  until: '2027-12-31',
});

export interface O2Day {
  readonly input: ReportInput;
  /** By registrable domain. */
  readonly truths: ReadonlyMap<string, Truth>;
  readonly old: Compiled;
  readonly next: Compiled;
}

/** The same every time. */
export function o2Day(over: Partial<ReportInput> = {}): O2Day {
  const old = compiled({ partners: [BANK] }, PERIOD.from);
  const next = compiled({ partners: [BANK, MAINTENANCE] }, PERIOD.from);
  const world = new World();
  const random = randomOf(2012);
  // Of 4,000 subscribers, each recipient has its own share, so that sums and people differ.
  for (let n = 0; n < 30_000; n += 1) {
    const host = RECIPIENTS[random(10) < 6 ? 0 : random(10) < 8 ? 1 : 2] ?? '';
    const share = host === 'news.example' ? 4000 : host === 'shop.example.com' ? 900 : 7;
    const at = ADMITTED + 2000 + random(LOCKED - ADMITTED - 2000);
    const kind = { epoch: 'e1', digest: next.digest, listener: 'internet', partner: 'proxy-pool', host };
    world.release({ ...kind, header: 'x-up-calling-line-id', form: 'unchanged' }, `s${random(share)}`, at);
  }
  // The partner that was there before goes on as it was.
  for (let n = 0; n < 3000; n += 1) {
    const at = PERIOD.from + random(LOCKED - PERIOD.from);
    const { digest } = at < ADMITTED ? old : next;
    const kind = { epoch: 'e1', digest, listener: 'internet', partner: 'bank', host: 'pay.bank.example' };
    world.release({ ...kind, header: 'X-MSISDN', form: 'pseudonym' }, `s${random(500)}`, at);
  }
  const comparison = comparisonOf(old, next, ADMITTED);
  const approval = approvalOf(comparison, { createdMs: ADMITTED - 20 * 3_600_000 });
  const people = ['bob@operator.example'];
  const admitted = {
    kind: 'admitted',
    digest: next.digest,
    from: old.digest,
    direction: 'widening',
    generation: 1,
    approvals: [approval.id],
    people,
  } as const;
  const locked = {
    kind: 'lockdown-on',
    partner: null,
    reason: 'INC-1 numbers reach websites',
    by: 'carol@operator.example',
    way: 'api',
  } as const;
  const started = { kind: 'started', version: '1.0.0', digest: old.digest, generation: 1 } as const;
  const seen = {
    kind: 'approval',
    approval: approval.id,
    of: 'widening',
    proposer: approval.proposer,
    people,
    fault: null,
  } as const;
  const candidate = {
    kind: 'candidate',
    digest: next.digest,
    from: old.digest,
    direction: 'widening',
    way: 'file',
  } as const;
  const narrowed = {
    kind: 'admitted',
    digest: old.digest,
    from: next.digest,
    direction: 'narrowing',
    generation: 1,
    approvals: [],
    people: [],
  } as const;
  return {
    old,
    next,
    truths: world.truths,
    input: inputOf({
      period: PERIOD,
      awareAt: SEEN,
      now: LOCKED + 5 * 3_600_000,
      ledgers: [
        { replica: '', reading: readingOf(PERIOD, { releases: world.releases(), keptUntil: LOCKED + 5 * 3_600_000 }) },
      ],
      histories: [
        historyOf([
          [PERIOD.from - 30 * DAY_MS, started],
          [ADMITTED - 60_000, seen],
          [ADMITTED - 1000, candidate],
          [ADMITTED, admitted],
          [LOCKED, locked],
          [LOCKED + 3_600_000, narrowed],
        ]),
        historyOf(
          [
            [PERIOD.from - 30 * DAY_MS, started],
            [ADMITTED + 4000, admitted],
            [LOCKED + 400, { ...locked, way: 'redis' }],
          ],
          'edge-2',
        ),
      ],
      comparisons: [comparison],
      approvals: [approval],
      policies: [next.policy, old.policy],
      ...over,
    }),
  };
}

// The worlds of the golden files, by the name of their folder in test/cases/report: each the same every time.
import type { ReportInput } from '../../src/report/report-input.js';
import { compiled, partnerFile } from '../policy/fixture.js';
import { o2Day } from './o2-day.js';
import { DAY_MS, historyOf, inputOf, readingOf, World } from './world.js';

/** A text that would be markup wherever it stood, and move a cursor too. */
export const HOSTILE = '</td></table><script>alert(1)</script>`|`**x** [a](http://b.example/) &amp; "\'\u202e\r\n# h';

export const WORLDS: Readonly<Record<string, () => ReportInput>> = {
  'the-o2-day': () => o2Day().input,
  'an-epoch-gaps-and-leaks': epochWorld,
  'nothing-is-known': () =>
    inputOf({
      period: { from: Date.parse('2026-03-01T00:00:00Z'), until: Date.parse('2026-04-01T00:00:00Z') },
      jurisdiction: 'eu',
      ledgers: [
        { replica: '', reading: readingOf({ from: 0, until: 0 }, { keptFrom: null, keptUntil: null, epochs: [] }) },
      ],
      now: Date.parse('2026-05-01T00:00:00Z'),
    }),
};

/** Two keys, a day that is cut, gaps, leaks, a change whose policy is gone, a history that does not verify, and hostile texts. */
export function epochWorld(): ReportInput {
  const period = { from: Date.parse('2026-06-01T12:00:00Z'), until: Date.parse('2026-07-01T00:00:00Z') };
  const turn = Date.parse('2026-06-15T00:00:00Z');
  const { policy, digest } = compiled(
    {
      identity: { headers: [{ name: 'X-Acme-Token', carries: 'token' }] },
      partners: [
        partnerFile({
          hosts: ['**.bank.example'],
          release: [
            { header: 'X-Acme-Token', as: 'unchanged' },
            { header: 'X-IMSI', as: 'pseudonym', key: ['bank-2026', 'bank-2027'] },
          ],
        }),
      ],
    },
    period.from,
  );
  const [whole, cut] = [new World(), new World()];
  const kind = { digest, listener: 'internet', partner: 'bank', host: '**.bank.example' };
  for (let n = 0; n < 400; n += 1) {
    const at = period.from + 3_600_000 + n * 6_000_000;
    const epoch = at < turn ? 'e1' : 'e2';
    whole.release({ ...kind, epoch, header: 'X-Acme-Token', form: 'unchanged' }, `s${n % 90}`, at);
    whole.release({ ...kind, epoch, header: 'X-IMSI', form: 'pseudonym' }, `s${n % 3}`, at);
  }
  cut.release({ ...kind, epoch: 'e1', header: 'X-Acme-Token', form: 'unchanged' }, 's1', period.from - 1000);
  for (let n = 0; n < 30; n += 1)
    cut.release({ ...kind, epoch: 'e1', header: 'X-Acme-Token', form: 'unchanged' }, `s${n}`, period.from + n);
  const leak = { epoch: 'e1', listener: 'internet', detector: 'exact', partner: null };
  const leaks = [
    whole.leak({ ...leak, place: 'news.example', field: 'x-acme-sub', outcome: 'contained' }, 25, period.from + DAY_MS),
    whole.leak({ ...leak, place: HOSTILE, field: HOSTILE, outcome: 'escaped' }, 4, period.from + 2 * DAY_MS),
    whole.leak(
      { ...leak, place: 'app.example', field: 'x-phone', detector: 'number', outcome: 'counted' },
      300,
      period.from + 1,
    ),
  ];
  const broken = historyOf([
    [period.from + 10_000, { kind: 'started', version: HOSTILE, digest, generation: 2 }],
    [period.from + 20_000, { ...WIDENED, digest, from: '0'.repeat(64), people: [HOSTILE] }],
    [period.from + 9 * DAY_MS, { kind: 'lockdown-on', partner: 'bank', reason: HOSTILE, by: HOSTILE, way: 'file' }],
    [period.from + 10 * DAY_MS, { kind: 'lockdown-off', partner: 'bank', reason: HOSTILE, by: HOSTILE, way: 'api' }],
    [period.from + 11 * DAY_MS, { kind: 'recovered', why: 'missed', records: 2 }],
  ]);
  return inputOf({
    period,
    jurisdiction: 'eu',
    filter: { partner: 'bank', host: 'pay.bank.example' },
    ledgers: [
      {
        replica: '',
        reading: readingOf(period, {
          releases: [...whole.releases(), ...cut.releases(false)],
          leaks,
          epochs: [
            { id: 'e1', began: period.from - 300 * DAY_MS, until: turn },
            { id: 'e2', began: turn, until: turn + 400 * DAY_MS },
          ],
          gaps: [
            { from: period.from + DAY_MS, until: period.from + DAY_MS + 90_000, cause: 'killed', replica: '' },
            {
              from: period.from + 3 * DAY_MS,
              until: period.from + 3 * DAY_MS + 1000,
              cause: 'worker-ended',
              replica: 'edge-2',
            },
          ],
          keptFrom: period.from + 60_000,
          keptUntil: period.until - DAY_MS,
        }),
      },
      { replica: 'edge-3', reading: 'cannot read `ledger`: permission denied' },
    ],
    histories: [
      { ...broken, verdict: { ok: false, record: 3, why: 'was changed: it does not have its hash' } },
      { ...historyOf([], 'edge-2'), lost: ['has lost records: the state knows record 9'] },
    ],
    policies: [policy],
    now: period.until + DAY_MS,
  });
}

const WIDENED = { kind: 'admitted', direction: 'widening', generation: 2, approvals: [] } as const;

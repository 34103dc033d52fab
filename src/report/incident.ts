// The incident report: of what the ledger, the histories, the approvals and the policies hold, one value. It judges nothing: whether a
// release was a breach, a person says.
import { figuresOf } from '../ledger/figures.js';
import { changesOf, exposureOf, throughOf } from './added.js';
import { clocksOf } from './clocks.js';
import { evidenceOf } from './evidence.js';
import { joinedLedgers } from './ledgers.js';
import { instantOf } from './moment.js';
import { noticesOf } from './notices.js';
import type { ReportInput } from './report-input.js';
import type { Moment, Report } from './report.js';
import { summaryOf, type End } from './summary.js';
import { awarenessOf, measuresOf, timelineOf } from './timeline.js';
import { countsOf, dataTold, leaksTold, leakSumsTold, leftTold, recipientsTold } from './told.js';
import { unknownOf } from './unknown.js';

/** What is under way when something ends may still end well. */
const UNDER_WAY_MS = 60_000;

/**
 * Where changes of the period are known, the report is of what went through them, and names the other recipients apart; else of
 * everything that the ledger has of what is asked for.
 */
export function reportOf(input: ReportInput): Report {
  const { period, filter, jurisdiction, now, version } = input;
  const ledgers = joinedLedgers(input);
  const { reading } = ledgers;
  const changes = changesOf(input);
  const through = throughOf(reading.releases, changes);
  const told = through === null ? reading.releases : reading.releases.filter((cell) => through.has(cell));
  const others = through === null ? [] : reading.releases.filter((cell) => !through.has(cell));
  const figures = figuresOf(told);
  const { first, last } = figures;
  const counts = countsOf(figures);
  const leaks = leaksTold(reading);
  const left = leftTold(reading);
  const awareness = awarenessOf(input, { leaks, first });
  const measures = measuresOf(input);
  const basis = through === null ? 'all' : 'added';
  const recipients = recipientsTold(told);
  const data = dataTold(told, input.policies);
  const findings = {
    basis,
    changes,
    ledgers,
    recipients,
    data,
    leaks,
    left,
    ...counts,
    first,
    last,
    awareness,
  } as const;
  const report = {
    version,
    made: instantOf(now),
    jurisdiction,
    from: instantOf(period.from),
    until: instantOf(period.until),
    scope: scopeOf(filter),
    basis,
    summary: summaryOf(input, { ...findings, end: endOf(measures, last) }),
    timeline: timelineOf(input, { changes, released: figures, leaks, awareness }),
    awareness,
    clocks: clocksOf(
      { jurisdiction, awareAt: awareness.at === null ? null : Date.parse(awareness.at), how: awareness.how },
      now,
    ),
    exposure: exposureOf(changes),
    data,
    ...counts,
    recipients,
    others: recipientsTold(others),
    leaks,
    leakSums: leakSumsTold(reading),
    left,
    measures,
    evidence: evidenceOf(input, ledgers),
    unknown: unknownOf(input, {
      ledgers,
      changes,
      awareness,
      recipients,
      basis,
      isCut: told.some((cell) => !cell.isWhole),
    }),
  } as const;
  return { headgateReport: 1, ...report, notices: noticesOf(report) };
}

function scopeOf({ partner, host, digest }: ReportInput['filter']): readonly string[] {
  return [
    ...(partner === undefined ? [] : [`partner \`${partner}\``]),
    ...(host === undefined ? [] : [`host \`${host}\``]),
    ...(digest === undefined ? [] : [`policy \`${digest}\``]),
  ];
}

/** The first measure after which nothing was released; where releases went on after all of them, the last one. */
function endOf(measures: readonly Moment[], last: number | null): End | null {
  if (last === null) return null;
  const end = measures.find(({ at }) => Date.parse(at) + UNDER_WAY_MS >= last);
  if (end !== undefined) return { ...end, isLast: true };
  const [latest] = measures.slice(-1);
  return latest === undefined ? null : { ...latest, isLast: false };
}

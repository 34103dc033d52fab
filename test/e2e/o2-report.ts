// An incident report of the O2 day against the truth: every leaf has its judge, and nothing that is true is left out.
import type { Report } from '../../src/report/report.js';
import { judgementOf } from './judged.js';
import { judgesFor } from './o2-judges.js';
import {
  eventOf,
  groupedBy,
  keyOfData,
  keyOfLeak,
  keyOfSum,
  truthOf,
  unknownsOf,
  type Expected,
  type Truth,
} from './o2-truth.js';

/** Every fault of the report. */
export function faultsOfReport(report: Report, expected: Expected): readonly string[] {
  const truth = truthOf(expected);
  const { faults } = judgementOf(report, judgesFor(report, expected, truth));
  return [...faults, ...missingIn(report, expected, truth)];
}

/**
 * Leaves of the report that could say something else without a fault. A list is seen where its first, its middle or its last member is: of
 * what two detectors found in one field nobody outside can tell which of the rows is wrong.
 */
export function unseenAlterations(report: Report, expected: Expected): readonly string[] {
  const truth = truthOf(expected);
  const before = faultsOfReport(report, expected).length;
  const isSeen = (path: readonly string[]): boolean => {
    const altered = structuredClone(report);
    const owner = path
      .slice(0, -1)
      .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, altered as never);
    const key = path.at(-1) ?? '';
    const isBound = path.includes('people') && key !== 'value' && typeof owner[key] === 'number';
    owner[key] = isBound ? 5000 : otherThan(owner[key]);
    const { faults } = judgementOf(altered, judgesFor(altered, expected, truth));
    // It may have faults already: then one more is wanted.
    return faults.length + missingIn(altered, expected, truth).length > before;
  };
  const patterns = groupedBy(leavesOf(report), (path) => path.map((key) => (/^\d+$/.test(key) ? '*' : key)).join('.'));
  return [...patterns].flatMap(([pattern, paths]) => (paths.some(isSeen) ? [] : [pattern]));
}

function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Object.keys(value);
  const last = keys.length - 1;
  const chosen = Array.isArray(value) ? new Set([0, Math.floor(last / 2), last].map((at) => keys[at] ?? '')) : keys;
  return [...chosen]
    .filter((key) => key !== '')
    .flatMap((key) => leavesOf((value as Record<string, unknown>)[key], [...path, key]));
}

/** An instant an hour later, the next number, another text. Of the bounds of people, who are estimated, the caller takes another number. */
function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return 12;
  const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/.exec(value)?.[0];
  if (instant === undefined) return `${value} 12,345`;
  return value.replace(instant, `${new Date(Date.parse(instant) + 3_600_000).toISOString().slice(0, 19)}Z`);
}

/** What the truth has and the report lacks. */
function missingIn(report: Report, expected: Expected, { told, others, left, events }: Truth): readonly string[] {
  const faults: string[] = [];
  const same = (what: string, has: readonly string[], wanted: readonly string[]): void => {
    const [lacking, strange] = [
      wanted.filter((each) => !has.includes(each)),
      has.filter((each) => !wanted.includes(each)),
    ];
    if (lacking.length + strange.length > 0)
      faults.push(`${what}: lacks ${lacking.join(', ')}; has ${strange.join(', ')}`);
  };
  const domain = ({ domain: each }: { readonly domain: string }): string => each;
  same('recipients', report.recipients.map(domain), told.map(domain));
  same('others', report.others.map(domain), others.map(domain));
  same('data', report.data.map(keyOfData), told.map(keyOfData));
  same('leaks', report.leaks.map(keyOfLeak), expected.facts.leaks.map(keyOfLeak));
  same('leak sums', report.leakSums.map(keyOfSum), expected.facts.leaks.map(keyOfSum));
  same(
    'fields that left',
    report.left?.fields ?? [],
    left.map(({ field }) => field),
  );
  same(
    'changes',
    report.exposure.map(({ digest }) => digest),
    expected.changes.map(({ digest }) => digest),
  );
  const { timeline, measures, clocks, unknown, evidence, notices } = report;
  for (const [what, rows, wanted] of [
    ['timeline', timeline, events],
    ['measures', measures, expected.measured],
  ] as const) {
    for (const each of wanted.filter((event) => !rows.some((row) => eventOf(row, [event]) !== undefined))) {
      faults.push(
        `${what} lacks ${each.kind} ${String(each.says)} of ${each.when.map((ms) => new Date(ms).toISOString()).join(' to ')}`,
      );
    }
  }
  const times = timeline.map(({ at }) => at);
  if (times.join() !== [...times].sort().join()) faults.push('the timeline is in no order');
  const counts = [clocks.length, evidence.length, notices.length, new Set(unknown.map(({ text }) => text)).size];
  const needed = unknownsOf(expected).filter((pattern) => unknown.some(({ text }) => pattern.test(text)));
  if (needed.length < unknownsOf(expected).length - (told.length === 0 ? 1 : 0))
    faults.push(`what is not known is not all said: ${unknown.map(({ text }) => text).join('; ')}`);
  if (counts.slice(0, 3).join() !== [2, expected.histories.length + 2, 2].join())
    faults.push(`clocks, evidence, notices: ${counts.join()}`);
  // Rows that are several of one kind add up to what is true of it.
  const keys = new Map<string, { count: number; few: number }>();
  for (const row of report.leaks) {
    const sum = keys.get(keyOfLeak(row)) ?? { count: 0, few: 0 };
    keys.set(keyOfLeak(row), {
      count: sum.count + (row.releases.value ?? 0),
      few: sum.few + (row.releases.value === null ? 1 : 0),
    });
  }
  const facts = groupedBy(expected.facts.leaks, keyOfLeak);
  for (const [key, { count, few }] of keys) {
    const truth = facts.get(key)?.length ?? 0;
    if (truth < count + few || truth > count + 9 * few)
      faults.push(`leaks ${key}: ${String(count)}, not ${String(truth)}`);
  }
  return faults;
}

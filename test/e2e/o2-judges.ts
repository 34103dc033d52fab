// Who judges each leaf of an incident report of the O2 day, and by which truth. Prose without a figure is judged by its shape; a figure in
// prose by being told elsewhere, where it is judged.
import type { Report } from '../../src/report/report.js';
import { tallyOf, type Crossing, type Tally } from './crossings.js';
import { is, isWithin, matches, type Judge, type Owners } from './judged.js';
import type { LeakFact, ReleaseFact } from './o2-facts.js';
import {
  eventOf,
  groupedBy,
  isCanary,
  keyOfData,
  keyOfLeak,
  keyOfSum,
  unknownsOf,
  type Expected,
  type ExpectedChange,
  type Truth,
} from './o2-truth.js';
import { countJudges, LEAK_ERROR, RELEASE_ERROR, type TrueCount } from './told-count.js';

const SOURCE =
  /^(?:(?:ledger|policies|catalogue|command line|the rule|state|none|history|history of [\w-]+|history(?: of [\w-]+)?, record \d+|approval `[0-9a-f]{12}`)(?:; |$))+$/;

export function judgesFor(report: Report, expected: Expected, truth: Truth): Readonly<Record<string, Judge>> {
  const { told, others, left } = truth;
  const { facts, made, changes, aware } = expected;
  const tallies = new Map<readonly Crossing[], Tally>();
  const at = (of: readonly Crossing[]): Tally | undefined => {
    if (of.length === 0) return undefined;
    const tally = tallies.get(of) ?? tallyOf(of);
    tallies.set(of, tally);
    return tally;
  };
  const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  /** Where a key has one row, the truth of it; of several rows nobody outside can tell which is which. */
  const onlyRow = <T extends Crossing>(rows: readonly object[], facts: readonly T[], keyOf: (of: never) => string) => {
    const rowsOf = groupedBy(rows, (row) => keyOf(row as never));
    const factsOf = groupedBy(facts, (fact) => keyOf(fact as never));
    return (row: object | undefined): { readonly of: readonly T[]; readonly isOnly: boolean } => {
      const key = row === undefined ? '' : keyOf(row as never);
      return { of: factsOf.get(key) ?? [], isOnly: rowsOf.get(key)?.length === 1 };
    };
  };
  const leakRow = onlyRow(report.leaks, facts.leaks, keyOfLeak as (of: never) => string);
  const sumRow = onlyRow(report.leakSums, facts.leaks, keyOfSum as (of: never) => string);
  /** Figures of a row: releases, people, first, last. */
  const figures = (
    path: string,
    found: (row: Owners[number] | undefined) => { readonly of: readonly Crossing[]; readonly isOnly: boolean },
    error: number,
  ): Readonly<Record<string, Judge>> => {
    const tally = (row: Owners[number] | undefined): Tally | undefined => {
      const { of, isOnly } = found(row);
      return isOnly ? at(of) : undefined;
    };
    const edge = (name: 'first' | 'last'): Judge =>
      isWithin(([row]) => {
        const { of, isOnly } = found(row);
        const whole = at(of);
        return whole === undefined || isOnly ? whole?.[name] : [whole.first[0], whole.last[1]];
      });
    const [precision, isLeak] = error === LEAK_ERROR ? [8 as const, true] : [14 as const, false];
    const people = (row: Owners[number] | undefined): TrueCount | undefined => {
      const whole = tally(row);
      if (whole === undefined) return undefined;
      return { count: whole.people.size, sketched: expected.sketched(found(row).of, { precision, isLeak }) };
    };
    const releases = (row: Owners[number] | undefined): TrueCount | undefined => {
      const whole = tally(row);
      return whole === undefined ? undefined : { count: whole.count };
    };
    return {
      ...countJudges(`${path}releases`, ([row]) => releases(row), 0),
      ...countJudges(`${path}people`, ([row]) => people(row), error),
      [`${path}releases.source`]: is('ledger'),
      [`${path}people.source`]: is('ledger'),
      ...(path === ''
        ? {}
        : { [`${path}first`]: edge('first'), [`${path}last`]: edge('last'), [`${path}source`]: matches(SOURCE) }),
    };
  };
  const always = (of: readonly Crossing[]) => () => ({ of, isOnly: true });
  const byDomain = (of: readonly ReleaseFact[]) => (row: Owners[number] | undefined) => ({
    of: of.filter(({ domain }) => domain === row?.['domain']),
    isOnly: true,
  });
  const recipient = (path: string, of: readonly ReleaseFact[]): Readonly<Record<string, Judge>> => {
    /** Each of a list is of this recipient, and as many as there are. */
    const each =
      (nameOf: (fact: ReleaseFact) => string): Judge =>
      (leaf, [list, row]) => {
        const wanted = [...new Set(byDomain(of)(row).of.map(nameOf))].sort();
        const has = Object.values(list ?? {})
          .map(String)
          .sort();
        return wanted.includes(String(leaf)) && wanted.length === has.length
          ? null
          : `${has.join()}, not ${wanted.join()}`;
      };
    return {
      [`${path}domain`]: (leaf) =>
        of.some(({ domain }) => domain === leaf) ? null : `${String(leaf)} received nothing`,
      [`${path}partners.*`]: each(({ partner }) => partner),
      [`${path}hosts.*`]: each(({ host }) => host),
      [`${path}headers.*`]: each(({ header, form }) => `${header} (${form})`),
      ...figures(path, byDomain(of), RELEASE_ERROR),
    };
  };
  const leak =
    (facts: readonly LeakFact[], name: 'domain' | 'partner' | 'field' | 'outcome'): Judge =>
    (leaf) =>
      facts.some((fact) => fact[name] === leaf) ? null : `no leak has ${JSON.stringify(leaf)}`;
  const domains = (of: readonly Crossing[]): number => new Set(of.map(({ domain }) => domain)).size;
  const change = (row: Owners[number] | undefined): ExpectedChange | undefined =>
    changes.find(({ digest }) => digest === row?.['digest']);
  const data = (row: Owners[number] | undefined) => ({
    of: told.filter((fact) => keyOfData(fact) === keyOfData(row as never)),
    isOnly: true,
  });
  const clock: Judge = (leaf) => {
    const [days = NaN, hours = 0] = [...String(leaf).matchAll(/(\d+) (?:day|hour)/g)].map(([, count]) => Number(count));
    const rest = aware + 72 * 3_600_000 - made[0];
    const isNear = Math.abs(rest - (24 * days + hours + 0.5) * 3_600_000) < 3_600_000;
    return isNear && String(leaf).startsWith(`${seconds(aware + 72 * 3_600_000)}, `) ? null : String(leaf);
  };
  const sourced = { text: toldElsewhere(report), source: matches(SOURCE) };
  return {
    headgateReport: is(1),
    version: is(expected.version),
    made: isWithin(() => made),
    jurisdiction: is('uk'),
    from: is(seconds(expected.from)),
    until: isWithin(() => made),
    scope: is([]),
    basis: is(changes.some(({ before }) => before !== null) ? 'added' : 'all'),
    'summary.*.text': sourced.text,
    'summary.*.source': sourced.source,
    ...Object.fromEntries(
      ['kind', 'at', 'text'].map(
        (name) =>
          [
            `timeline.*.${name}`,
            (_leaf, [event]) =>
              eventOf(event, [...truth.events, ...expected.passing]) === undefined
                ? `nothing of that kind happened then: ${JSON.stringify(event)}`
                : null,
          ] satisfies [string, Judge],
      ),
    ),
    'timeline.*.source': sourced.source,
    'awareness.at': is(seconds(aware)),
    'awareness.how': is('given'),
    'awareness.text': is('known, as whoever made this report says'),
    'awareness.source': is('command line'),
    'clocks.*.rule': is(
      'PECR, regulation 5A: the notice',
      'UK GDPR, Article 33, for whoever is no provider of public electronic communications',
    ),
    'clocks.*.whom': is('the ICO'),
    'clocks.*.hours': is(72),
    'clocks.*.due': is(seconds(aware + 72 * 3_600_000)),
    'clocks.*.state': is('running'),
    'clocks.*.text': clock,
    'clocks.*.source': is('the rule'),
    'exposure.*.at': isWithin(([row]) => change(row)?.admitted),
    'exposure.*.digest': (_leaf, [row]) => (change(row) === undefined ? 'no such policy was admitted' : null),
    'exposure.*.before': (leaf, [row]) => (leaf === change(row)?.before ? null : `${String(leaf)} did not run before`),
    'exposure.*.lines': (leaf, [row]) =>
      leaf === null && change(row)?.before === null ? null : 'what was added is known',
    'exposure.*.lines.*': matches(
      /^(?:widening: `news` gains `x-msisdn` \(unchanged\), `other, novel` \(unchanged\) on (?:`www\.site1?\d\.example`(?:, )?){6} and 14 more| {2}for example http:\/\/www\.site0\.example\/ \(sent over plain http\)| {2}at once until \d{4}-\d\d-\d\dT00:00:00Z; port `80`; breadth: host|widening: 1 widening)$/,
    ),
    'exposure.*.text': (leaf, [row]) => {
      const { digest = '', before = null } = change(row) ?? {};
      const wanted = `policy \`${digest.slice(0, 12)}\` in place of ${before === null ? 'none' : `\`${before.slice(0, 12)}\``}`;
      return leaf === wanted ? null : `${String(leaf)}, not ${wanted}`;
    },
    'exposure.*.source': sourced.source,
    data: is([]),
    'data.*.header': (leaf) => (told.some(({ header }) => header === leaf) ? null : `${String(leaf)} did not leave`),
    'data.*.form': (leaf) => (told.some(({ form }) => form === leaf) ? null : `nothing left as ${String(leaf)}`),
    'data.*.carries': is('the subscriber’s number'),
    'data.*.unintelligible': (leaf, [row]) => is(row?.['form'] === 'pseudonym' ? 'yes' : 'no')(leaf, []),
    'data.*.text': (leaf, [row]) =>
      (row?.['form'] === 'pseudonym'
        ? matches(/^HMAC-SHA-256 under key `test`, another one for each partner: [a-z ;]+$/)
        : is('as the network wrote it; headgate neither encrypted nor hashed it'))(leaf, []),
    ...figures('data.*.', data, RELEASE_ERROR),
    'data.*.first': () => 'data has no first',
    ...figures('', always(told), RELEASE_ERROR),
    recipients: is([]),
    others: is([]),
    ...recipient('recipients.*.', told),
    ...recipient('others.*.', others),
    leaks: is([]),
    'leaks.*.domain': leak(facts.leaks, 'domain'),
    'leaks.*.partner': leak(facts.leaks, 'partner'),
    'leaks.*.field': leak(facts.leaks, 'field'),
    'leaks.*.outcome': leak(facts.leaks, 'outcome'),
    'leaks.*.detector': (leaf, [row]) => detectorFault(leaf, leakRow(row).of),
    ...figures('leaks.*.', leakRow, LEAK_ERROR),
    'leakSums.*.field': leak(facts.leaks, 'field'),
    'leakSums.*.outcome': leak(facts.leaks, 'outcome'),
    'leakSums.*.detector': (leaf, [row]) => detectorFault(leaf, sumRow(row).of),
    'leakSums.*.domains': (leaf, [row]) => {
      const { of, isOnly } = sumRow(row);
      return isOnly
        ? is(domains(of))(leaf, [])
        : Number(leaf) <= domains(of)
          ? null
          : `${String(leaf)} of ${String(domains(of))}`;
    },
    ...figures('leakSums.*.', sumRow, LEAK_ERROR),
    left: (leaf) => (leaf === null && left.length === 0 ? null : 'something left'),
    'left.fields.*': (leaf) => (left.some(({ field }) => field === leaf) ? null : `${String(leaf)} did not leave`),
    'left.domains': is(domains(left)),
    ...figures('left.', always(left), LEAK_ERROR),
    measures: is([]),
    'measures.*.at': (_leaf, [event]) =>
      eventOf(event, expected.measured) === undefined ? 'nothing was done then' : null,
    'measures.*.text': (_leaf, [event]) =>
      eventOf(event, expected.measured) === undefined ? 'that was not done' : null,
    'measures.*.source': sourced.source,
    'evidence.*.text': (leaf) => evidenceFault(String(leaf), expected),
    'evidence.*.source': sourced.source,
    'unknown.*.text': (leaf) => {
      const isUnknown = unknownsOf(expected).some((pattern) => pattern.test(String(leaf)));
      const stray = instantsIn(String(leaf)).find((instant) => !JSON.stringify(report.evidence).includes(instant));
      return isUnknown && stray === undefined ? null : `${String(leaf)} is known, or not what the evidence says`;
    },
    'unknown.*.source': sourced.source,
    'notices.*.title': is('PECR, regulation 5A: the notice to the ICO', 'UK GDPR, Article 33(3)'),
    'notices.*.fields.*.asks': matches(/^(?:\([a-d]\) )?[a-z][a-z :,’]+$/),
    'notices.*.fields.*.forOfficer': (leaf) => (leaf === null ? null : matches(/^[a-z][^\d]+$/)(leaf, [])),
    'notices.*.fields.*.answer': is(null),
    'notices.*.fields.*.answer.text': sourced.text,
    'notices.*.fields.*.answer.source': sourced.source,
  };
}

const DETECTORS: Readonly<Record<string, readonly string[]>> = {
  contained: ['exact', 'novelty', 'egress'],
  counted: ['number'],
};

function detectorFault(detector: unknown, of: readonly LeakFact[]): string | null {
  const wanted = of.flatMap((leak) => (isCanary(leak) ? ['canary', 'novelty'] : (DETECTORS[leak.outcome] ?? [])));
  return wanted.includes(String(detector)) ? null : `${String(detector)} is none of ${[...new Set(wanted)].join()}`;
}

function instantsIn(text: string): readonly string[] {
  return text.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g) ?? [];
}

/** Every instant and every number of a sentence is told elsewhere, where it is judged; what lasts is as long as the two instants before it. */
function toldElsewhere(report: Report): Judge {
  const { summary: _summary, notices: _notices, ...judged } = report;
  const instants = new Set(JSON.stringify(judged).match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g));
  const own = [judged.recipients.length, ...(judged.left === null ? [] : [judged.left.domains])].map(String);
  const numbers = new Set([
    ...own,
    ...(JSON.stringify([judged.people, judged.releases, judged.recipients, judged.left]).match(/[\d,]*\d/g) ?? []),
  ]);
  return (leaf) => {
    const text = String(leaf);
    const found = instantsIn(text);
    const stray = found.find((instant) => !instants.has(instant));
    if (stray !== undefined) return `${stray} is told nowhere else`;
    const rest = text
      .replace(/`[^`]*`/g, '')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '')
      .replace(/, (?:\d+ (?:day|hour|minute|second)s?(?: |$)?)+(?:after the first release)?/g, '')
      .replace(/lockdown-on(?: on [\w-]+)?: .*?\(api\): INC-1/g, '')
      .replace(/fewer than 10|and 15 more/g, '');
    const number = rest.match(/[\d,]*\d/g)?.find((each) => !numbers.has(each));
    return number === undefined ? null : `${number} is told nowhere else: ${text}`;
  };
}

function evidenceFault(text: string, { histories, began, ended }: Expected): string | null {
  if (text === 'to check a history again: `headgate history verify`; to ask a ledger again: `headgate recipients`')
    return null;
  const isHistory = histories.some(({ replica, records, head }) => {
    const whose = replica === '' ? '' : ` of ${replica}`;
    const count = String(records);
    return (
      text ===
      `the history${whose} has records 1 to ${count} of the period, of ${count} in all; it verifies: no record was changed, removed, inserted or moved; record ${count} is \`${head}\``
    );
  });
  if (isHistory) return null;
  const [, from = '', until = ''] =
    /^the ledger was kept from (\S+) to (\S+), with no gap in the period and \d key(?:s)? of subscribers$/.exec(text) ??
    [];
  return keptFault(from, until, { began, ended }) === null ? null : `${text}: neither a history nor the ledger`;
}

/** A ledger is kept by the minute, so it begins up to one before its gateway. */
function keptFault(from: string, until: string, { began, ended }: Pick<Expected, 'began' | 'ended'>): string | null {
  return isWithin(() => [began[0] - 60_000, began[1]])(from, []) ?? isWithin(() => ended)(until, []);
}

// A small world for reports, with a virtual clock: subscribers ask for hosts, and what is released goes into cells and into sets that
// are the truth. What the ledger adds up is checked elsewhere; here it is given what it would say.
import { historyLineOf, NO_RECORD, verifyHistory, type ChainEnd } from '../../src/change/history.js';
import type { HistoryEvent } from '../../src/change/history-record.js';
import type { HistoryRecord } from '../../src/change/history-words.js';
import type { LeakEntry, ReleaseCell } from '../../src/ledger/ledger-cell.js';
import type { Gap, LedgerReading, Period, Within } from '../../src/ledger/ledger-reading.js';
import type { Approval } from '../../src/change/approval.js';
import { addedBy } from '../../src/change/grant.js';
import type { Compiled } from '../../src/policy/compile.js';
import { diffOf } from '../../src/policy/diff.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { registrableDomainOf } from '../../src/policy/public-suffix.js';
import type { Comparison, HistoryFound, ReportInput } from '../../src/report/report-input.js';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';

export const DAY_MS = 86_400_000;

/** The same numbers every time (Mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

export interface Truth {
  requests: number;
  readonly people: Set<string>;
  first: number;
  last: number;
}

type Kind = Pick<ReleaseCell, 'epoch' | 'digest' | 'listener' | 'partner' | 'host' | 'header' | 'form'>;

export class World {
  readonly truths = new Map<string, Truth>();
  readonly #cells = new Map<string, { kind: Kind; tally: Truth; sketch: DistinctSketch }>();
  readonly #hash = new KeyedHash(new Uint8Array(8).fill(7));

  /** One header of one request that left. `person` is any text: what a subscriber is told apart by. */
  release(kind: Kind, person: string, at: number): void {
    const key = JSON.stringify(kind);
    const cell = this.#cells.get(key) ?? { kind, tally: truthAt(at), sketch: new DistinctSketch() };
    this.#cells.set(key, cell);
    note(cell.tally, person, at);
    const truth = this.truths.get(registrableDomainOf(kind.host)) ?? truthAt(at);
    this.truths.set(registrableDomainOf(kind.host), truth);
    note(truth, person, at);
    this.#hash.of(`${kind.epoch} ${person}`);
    cell.sketch.note(this.#hash.high, this.#hash.low);
  }

  /** `people` of one leak. */
  leak(
    kind: Omit<LeakEntry, 'requests' | 'subscribers' | 'first' | 'last'>,
    people: number,
    at: number,
  ): Within<LeakEntry> {
    const sketch = new DistinctSketch();
    for (let n = 0; n < people; n += 1) {
      this.#hash.of(`leak ${n}`);
      sketch.note(this.#hash.high, this.#hash.low);
    }
    return { ...kind, requests: people, subscribers: sketch.toBytes(), first: at, last: at, isWhole: true };
  }

  releases(isWhole = true): readonly Within<ReleaseCell>[] {
    return [...this.#cells.values()].map(({ kind, tally, sketch }) => ({
      ...kind,
      domain: registrableDomainOf(kind.host),
      requests: tally.requests,
      first: tally.first,
      last: tally.last,
      subscribers: sketch.toBytes(),
      isWhole,
    }));
  }
}

export function readingOf(period: Period, over: Partial<LedgerReading> = {}): LedgerReading {
  const gaps: readonly Gap[] = [];
  return {
    ...period,
    releases: [],
    leaks: [],
    gaps,
    epochs: [{ id: 'e1', began: period.from - 100 * DAY_MS, until: period.from + 300 * DAY_MS }],
    keptFrom: period.from - 100 * DAY_MS,
    keptUntil: period.until,
    ...over,
  };
}

/** A history that verifies, written with a virtual clock. */
export function historyOf(events: readonly (readonly [at: number, event: HistoryEvent])[], replica = ''): HistoryFound {
  let end: ChainEnd = NO_RECORD;
  const lines = events.map(([at, event]) => {
    const line = historyLineOf(event, at, end);
    end = line;
    return line.text;
  });
  const records = lines.map((line) => JSON.parse(line) as HistoryRecord);
  return { replica, records, verdict: verifyHistory(lines), lost: [] };
}

export function comparisonOf(old: Compiled, next: Compiled, now: number): Comparison {
  const [a, b] = [old, next].map(({ policy, digest }) => rulesetOf(policy, digest));
  if (a === undefined || b === undefined) throw new Error('two policies');
  return { digest: next.digest, before: old.digest, diff: diffOf({ ruleset: a }, { ruleset: b }, now) };
}

export function approvalOf({ digest, before, diff }: Comparison, over: Partial<Approval>): Approval {
  return {
    id: 'a1'.repeat(32),
    kind: 'widening',
    audience: null,
    generation: 1,
    proposer: 'alice@operator.example',
    reason: 'routine maintenance',
    ticket: 'CHG-2012',
    createdMs: 0,
    applyBeforeMs: 0,
    untilMs: null,
    base: before,
    candidate: digest,
    delta: addedBy(diff),
    ...over,
  };
}

/** What is not given is empty. */
export function inputOf(over: Partial<ReportInput> & Pick<ReportInput, 'period'>): ReportInput {
  return {
    filter: {},
    jurisdiction: 'uk',
    awareAt: null,
    ledgers: [],
    histories: [],
    comparisons: [],
    approvals: [],
    policies: [],
    now: over.period.until,
    version: '0.0.0',
    ...over,
  };
}

function truthAt(at: number): Truth {
  return { requests: 0, people: new Set(), first: at, last: at };
}

function note(truth: Truth, person: string, at: number): void {
  truth.requests += 1;
  truth.people.add(person);
  truth.first = Math.min(truth.first, at);
  truth.last = Math.max(truth.last, at);
}

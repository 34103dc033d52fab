// The ledger in the primary: what workers tell of releases and leaks becomes lines in the state folder twice a minute. It keeps no value.
// INVARIANT: nothing that was told is lost but by a kill, and then a gap says from when to when (test/control/ledger-desk.test.ts).
import type { Problem } from '../document/problem.js';
import type { LeakCell } from '../ledger/leak-cell.js';
import type { Cells, LeakEntry, ReleaseCell } from '../ledger/ledger-cell.js';
import type { Gap } from '../ledger/ledger-reading.js';
import { LedgerTable } from '../ledger/ledger-table.js';
import type { NotedRelease } from '../ledger/release-notes.js';
import { endOf, type Span, SpanWriter } from '../ledger/span.js';
import type { Policy } from '../policy/policy.js';
import type { LedgerKey } from '../proxy/lookout.js';
import { DistinctSketch } from '../sketch/distinct-sketch.js';
import type { Log } from '../telemetry/log.js';
import { LedgerDays } from './ledger-days.js';
import { LedgerEpoch } from './ledger-epoch.js';
import { dayOf, type LedgerFiles } from './ledger-files.js';
import { keptDomainOf, LedgerPlaces } from './ledger-places.js';

export interface LedgerDeskOptions {
  /** null: there is no state folder; then it is kept in memory, and lost. */
  readonly files: LedgerFiles | null;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Tells the workers under which key they count from now on. */
  readonly renew: (key: LedgerKey) => void;
}

const MINUTE_MS = 60_000;
/** With the ten seconds between two turns at most 40 seconds are not on the disk, whatever a worker holds back. */
const WRITE_EVERY_MS = 30_000;
/** What a worker counted between telling and being heard. */
const ON_ITS_WAY_MS = 1000;
const TIDY_EVERY_MS = 60_000;
/** Every kind is said again: what a broken line loses ends there. */
const SAY_AGAIN_MS = 3_600_000;
/** Minutes that wait for a disk that takes nothing; then they are kept as one. */
const MOST_WAITING = 16;

export class LedgerDesk {
  readonly #options: LedgerDeskOptions;
  readonly #epoch: LedgerEpoch;
  readonly #days: LedgerDays | null;
  readonly #places = new LedgerPlaces();
  /** By minute. */
  #open = new Map<number, LedgerTable>();
  #gaps: Gap[] = [];
  #writer = new SpanWriter();
  #writerDay = '';
  #saidMs: number;
  #writtenMs: number;
  #tidiedMs = -Infinity;
  #mark: Span['mark'] = 'began';
  /** What the log has, since everything was well. */
  readonly #said = new Set<string>();
  /** When each worker last told what it had counted. */
  readonly #told = new Map<number, number>();

  /** Marks the gap that the gateway before left, on the disk at once. */
  constructor(options: LedgerDeskOptions) {
    this.#options = options;
    const { files, clock } = options;
    const now = clock();
    this.#epoch = new LedgerEpoch(files, now, (problem) => this.#say(problem));
    this.#days = files === null ? null : new LedgerDays(files, { onFold: () => this.#writer.forget() });
    this.#saidMs = now;
    this.#writtenMs = now;
    const ended = files === null ? undefined : endIn(files);
    if (ended !== undefined && ended.mark !== 'ended' && ended.until < now) {
      this.#gaps.push({ from: ended.until, until: now, cause: 'killed', replica: '' });
    }
    this.#write(now);
  }

  /** Under which workers count. */
  get key(): LedgerKey {
    return this.#epoch.key;
  }

  /** Another key from now on, for the workers too. */
  adopt(key: LedgerKey): void {
    this.#options.renew(this.#epoch.take(key));
  }

  /** A policy with its hosts, before its first release is told. */
  know(digest: string, policy: Policy): void {
    this.#places.know(digest, policy);
  }

  takeReleases(epoch: string, cells: readonly NotedRelease[]): void {
    for (const cell of cells) {
      const place = this.#places.placeOf(cell.digest, cell.partner, cell.host);
      this.#add({ releases: [{ ...cell, ...place, epoch }], leaks: [] }, cell.first);
    }
  }

  /** Places are hosts. */
  takeLeaks(epoch: string, cells: readonly LeakCell[]): void {
    for (const { leaks, subscribers, place, ...cell } of cells) {
      const entry: LeakEntry = {
        ...cell,
        epoch,
        place: keptDomainOf(place),
        requests: leaks,
        subscribers: DistinctSketch.ofRegisters(subscribers).toBytes(),
      };
      this.#add({ releases: [], leaks: [entry] }, cell.first);
    }
  }

  /** A worker told all that it had counted, or ended. One that ended without telling leaves a gap of what came since it last told. */
  hear(worker: number, what: 'told' | 'drained' | 'ended'): void {
    const now = this.#options.clock();
    const before = this.#told.get(worker);
    if (what === 'told') {
      this.#told.set(worker, now);
      return;
    }
    this.#told.delete(worker);
    if (what === 'drained') return;
    const from = Math.min(before ?? now, now) - ON_ITS_WAY_MS;
    this.#gaps.push({ from, until: now + 1, cause: 'worker-ended', replica: '' });
  }

  /** To be called every ten seconds or more often. */
  turn(): void {
    const now = this.#options.clock();
    const next = this.#epoch.turn(now);
    if (next !== undefined) this.#options.renew(next);
    if (Math.abs(now - this.#writtenMs) >= WRITE_EVERY_MS) this.#write(now);
    if (Math.abs(now - this.#tidiedMs) >= TIDY_EVERY_MS) void this.tidy();
  }

  /** What is due of the files. */
  async tidy(): Promise<void> {
    const now = this.#options.clock();
    this.#tidiedMs = now;
    for (const message of (await this.#days?.tidy(now)) ?? []) this.#say(problemOf(message));
  }

  /** After the workers: all is told. */
  close(): void {
    this.#mark = 'ended';
    this.#write(this.#options.clock());
  }

  #add(cells: Cells, first: number): void {
    const minute = Math.floor(first / MINUTE_MS);
    const table = this.#open.get(minute) ?? new LedgerTable();
    this.#open.set(minute, table);
    table.add(cells);
  }

  #write(now: number): void {
    this.#writtenMs = now;
    const why = this.#tryWrite(now);
    if (why === undefined) {
      this.#said.clear();
      return;
    }
    if (this.#open.size > MOST_WAITING) this.#open = merged(this.#open);
    this.#say(problemOf(`what was released cannot be written to the ledger yet: ${why}`));
  }

  /** Line by line: what one day took is not written again when the next one fails. */
  #tryWrite(now: number): string | undefined {
    const { files } = this.#options;
    if (files === null) return 'there is no state folder';
    for (const minute of [...this.#open.keys()].sort((a, b) => a - b)) {
      const from = minute * MINUTE_MS;
      const cells = this.#open.get(minute)?.cells() ?? { releases: [], leaks: [] };
      const until = Math.max(
        ...[...cells.releases, ...cells.leaks].map((cell: ReleaseCell | LeakEntry) => cell.last + 1),
      );
      const why = this.#line(files, { from, until, ...cells, gaps: [], mark: null }, now);
      if (why !== undefined) return why;
      this.#open.delete(minute);
    }
    const until = this.#mark === null ? this.#toldUntil(now) : now;
    const span: Span = { from: until, until, releases: [], leaks: [], gaps: this.#gaps, mark: this.#mark };
    const why = this.#line(files, span, now);
    if (why !== undefined) return why;
    this.#gaps = [];
    this.#mark = null;
    return undefined;
  }

  /** Until when every worker told what it had counted. */
  #toldUntil(now: number): number {
    return Math.min(now, ...[...this.#told.values()].map((told) => told - ON_ITS_WAY_MS));
  }

  #line(files: LedgerFiles, span: Span, now: number): string | undefined {
    const day = dayOf(span.from);
    if (day !== this.#writerDay || Math.abs(now - this.#saidMs) >= SAY_AGAIN_MS) {
      this.#writer = new SpanWriter();
      this.#writerDay = day;
      this.#saidMs = now;
    }
    const why = files.add(day, this.#writer.lineOf(span));
    // What was said of a kind is not on the disk.
    if (why !== undefined) this.#writer.forget();
    // A day that was folded already is folded again.
    else if (span.releases.length + span.leaks.length > 0 && files.size(day, 'day') > 0) files.remove(day, 'day');
    return why;
  }

  /** Once for each. */
  #say({ code, message }: Problem): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#options.log.error('ledger', message, { cause: code });
  }
}

/** How far the gateway before wrote; undefined: there was none. */
function endIn(files: LedgerFiles): Pick<Span, 'until' | 'mark'> | undefined {
  for (const { day, kinds } of [...files.days()].reverse()) {
    for (const line of files.lastLines(day, kinds.has('minutes') ? 'minutes' : 'day')) {
      const end = endOf(line);
      if (end !== undefined) return end;
    }
  }
  return undefined;
}

/** All in the first minute: its cells say themselves from when to when they are. */
function merged(open: ReadonlyMap<number, LedgerTable>): Map<number, LedgerTable> {
  const table = new LedgerTable();
  for (const each of open.values()) table.add(each.cells());
  return new Map([[Math.min(...open.keys()), table]]);
}

function problemOf(message: string): Problem {
  return { code: 'ledger-unwritten', severity: 'error', message };
}

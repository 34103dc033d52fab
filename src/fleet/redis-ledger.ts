// The ledger of all replicas in Redis, by the day: each replica writes what it counted itself, whole and again and again, so that nothing is
// counted twice and a Redis that lost it has it back. Nothing near a request waits for it; what Redis has is never read by a gateway.
import { createHash } from 'node:crypto';
import { type Cells, leakKeyOf, releaseKeyOf } from '../ledger/ledger-cell.js';
import { EPOCH_DAYS } from '../ledger/epoch.js';
import type { Gap, LedgerFilter, LedgerReader, LedgerReading, Period } from '../ledger/ledger-reading.js';
import { SpanSum } from '../ledger/read-spans.js';
import { type Span, SpanReader, SpanWriter } from '../ledger/span.js';
import { ToldReplicas } from '../ledger/told-replicas.js';
import type { RedisLink } from './redis-link.js';
import { isReplicaName } from './replica-status.js';

const DAY_MS = 86_400_000;
/** A cell with as many people as can be has 17 kB. */
const LINE_MOST = 65_536;
/** Of one day in one answer of Redis. */
const FIELDS_A_SCAN = 200;
/** More than these are not ours. */
const FIELDS_MOST = 200_000;
const FIELDS_A_WRITE = 64;
const FIELD = /^([^\n]{1,64})\n([0-9a-f]{24}|about)$/;

/** One day of one replica. */
export interface SharedDay extends Cells {
  /** `2026-11-23`, in UTC. */
  readonly day: string;
  readonly gaps: readonly Gap[];
  /** From when to when it is written, milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Its gateway ended in order: nothing more is to come of it. */
  readonly isOver: boolean;
}

/** Writes cells as they are now, over what was there of them; true when Redis has all of them. Never rejects. */
export async function shareDay(link: RedisLink, replica: string, shared: SharedDay): Promise<boolean> {
  const { day, from, until, isOver, gaps, releases, leaks } = shared;
  const key = link.key('ledger', 'day', day);
  const about = { from, until, mark: null };
  const fields: string[] = [];
  const put = (name: string, span: Span): void => void fields.push(`${replica}\n${name}`, lineOf(span));
  for (const cell of releases) put(idOf(releaseKeyOf(cell)), { ...about, gaps: [], releases: [cell], leaks: [] });
  for (const cell of leaks) put(idOf(leakKeyOf(cell)), { ...about, gaps: [], releases: [], leaks: [cell] });
  // Last: where it is there, all of the day is.
  put('about', { ...about, mark: isOver ? 'ended' : null, gaps, releases: [], leaks: [] });
  for (let at = 0; at < fields.length; at += 2 * FIELDS_A_WRITE) {
    const written = await link.ask('HSET', key, ...fields.slice(at, at + 2 * FIELDS_A_WRITE));
    if (!written.ok) return false;
  }
  const expires = Date.parse(day) + (EPOCH_DAYS + 1) * DAY_MS;
  return (await link.ask('PEXPIREAT', key, expires)).ok;
}

/** Until when Redis has that day of that replica; null: it has nothing of it, or nothing that is ours. Undefined: it does not say. */
export async function sharedUntil(link: RedisLink, replica: string, day: string): Promise<number | null | undefined> {
  const answer = await link.ask('HGET', link.key('ledger', 'day', day), `${replica}\nabout`);
  if (!answer.ok) return answer.message.startsWith('WRONGTYPE') ? null : undefined;
  return (typeof answer.value === 'string' ? spanOf(answer.value, day)?.until : null) ?? null;
}

/** Reads all replicas. A part of a day is an interval here: minutes are with each replica's own files. */
export class RedisLedger implements LedgerReader {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async read(period: Period, filter: LedgerFilter = {}): Promise<LedgerReading> {
    const sum = new SpanSum(period, filter);
    const told = new ToldReplicas();
    for (const day of daysOf(period)) await this.#addDay(sum, told, day);
    sum.gap(...told.gaps);
    const reading = sum.reading();
    return { ...reading, keptUntil: reading.keptUntil === null ? null : told.until };
  }

  async #addDay(sum: SpanSum, told: ToldReplicas, day: string): Promise<void> {
    let cursor = '0';
    let seen = 0;
    let isStrange = false;
    do {
      const answer = await this.#link.ask(
        'HSCAN',
        this.#link.key('ledger', 'day', day),
        cursor,
        'COUNT',
        FIELDS_A_SCAN,
      );
      if (!answer.ok && !answer.message.startsWith('WRONGTYPE')) throw new Error(`Redis: ${answer.message}`);
      const [next, pairs] = scanOf(answer.ok ? answer.value : undefined);
      isStrange ||= !answer.ok;
      for (let at = 0; at + 1 < pairs.length; at += 2) {
        const [, replica = '', name] = FIELD.exec(pairs[at] ?? '') ?? [];
        const span = isReplicaName(replica) ? spanOf(pairs[at + 1] ?? '', day) : undefined;
        if (span === undefined) isStrange = true;
        else sum.add({ ...span, gaps: span.gaps.map((gap) => ({ ...gap, replica })) });
        if (span !== undefined && name === 'about') told.add(replica, span);
      }
      seen += pairs.length / 2;
      cursor = next;
    } while (cursor !== '0' && seen < FIELDS_MOST);
    if (!isStrange && cursor === '0') return;
    const from = Date.parse(day);
    sum.gap({ from, until: from + DAY_MS, cause: 'unreadable', replica: 'Redis' });
  }
}

/** At most as many as are kept. */
function daysOf({ from, until }: Period): readonly string[] {
  const first = Math.floor(Math.max(from, until - (EPOCH_DAYS + 1) * DAY_MS) / DAY_MS);
  const last = Math.floor((until - 1) / DAY_MS);
  const days = Math.min(Math.max(0, last - first + 1), EPOCH_DAYS + 2);
  return Array.from({ length: days }, (_, n) => new Date((first + n) * DAY_MS).toISOString().slice(0, 10));
}

function scanOf(value: unknown): readonly [string, readonly string[]] {
  if (!Array.isArray(value)) return ['0', []];
  const [cursor, pairs] = value as readonly unknown[];
  const texts = Array.isArray(pairs) ? pairs.filter((each) => typeof each === 'string') : [];
  return [typeof cursor === 'string' ? cursor : '0', texts];
}

/** A line that lies within its day; whoever writes to Redis can write any other. */
function spanOf(line: string, day: string): Span | undefined {
  if (line.length > LINE_MOST) return undefined;
  const begins = Date.parse(day);
  const span = new SpanReader(begins).spanOf(line);
  const cells = span === undefined ? [] : [...span.releases, ...span.leaks];
  const isWithin = cells.every(({ first, last }) => first >= begins && last < begins + DAY_MS && first <= last);
  return isWithin ? span : undefined;
}

function lineOf(span: Span): string {
  return new SpanWriter().lineOf(span).trimEnd();
}

function idOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

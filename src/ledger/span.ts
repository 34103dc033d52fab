// A stretch of time as the ledger keeps it, one line each: the cells that were counted in it, and the gaps that were noticed. A line is
// whole or is no line: it begins with a checksum of the rest. Values never come here: of subscribers there are sketches.
import { createHash } from 'node:crypto';
import {
  type Cells,
  type LeakEntry,
  type LeakEntryKind,
  leakKeyOf,
  type ReleaseCell,
  type ReleaseKind,
  releaseKeyOf,
  type Tallied,
} from './ledger-cell.js';
import type { Gap, GapCause, Period } from './ledger-reading.js';

export interface Span extends Period, Cells {
  readonly gaps: readonly Gap[];
  /** What its writer was doing: `began` and `ended` stand at its first and last line; a file whose last line is no end was torn off. */
  readonly mark: 'began' | 'ended' | null;
}

/** Of every line; another one is not read. */
const VERSION = 1;
const SUM_CHARACTERS = 16;
const ID_CHARACTERS = 12;

type Kind = readonly (string | null)[];
type Row = readonly [kind: string, requests: number, first: number, last: number, subscribers: string];

interface Written {
  readonly v: number;
  readonly from: number;
  readonly until: number;
  readonly mark?: 'began' | 'ended';
  readonly gaps?: readonly Gap[];
  /** By id; a kind that was said lately in the same file is not said again. */
  readonly kinds?: Readonly<Record<string, Kind>>;
  readonly releases?: readonly Row[];
  readonly leaks?: readonly Row[];
}

/** Writes lines of one file. */
export class SpanWriter {
  readonly #said = new Set<string>();

  /** Every kind is said again with the next line that needs it: what a reader lost of a file ends there. */
  forget(): void {
    this.#said.clear();
  }

  /** With its line end. */
  lineOf({ from, until, releases, leaks, gaps, mark }: Span): string {
    const kinds: Record<string, Kind> = {};
    const say = (key: string, kind: Kind): string => {
      const id = createHash('sha256').update(key).digest('hex').slice(0, ID_CHARACTERS);
      if (!this.#said.has(id)) kinds[id] = kind;
      this.#said.add(id);
      return id;
    };
    const row = (id: string, { requests, first, last, subscribers }: Tallied): Row => [
      id,
      requests,
      first,
      last,
      Buffer.from(subscribers).toString('base64'),
    ];
    const written: Written = {
      v: VERSION,
      from,
      until,
      ...(mark === null ? {} : { mark }),
      ...(gaps.length === 0 ? {} : { gaps }),
      ...(releases.length === 0
        ? {}
        : { releases: releases.map((cell) => row(say(`r\n${releaseKeyOf(cell)}`, releaseTexts(cell)), cell)) }),
      ...(leaks.length === 0
        ? {}
        : { leaks: leaks.map((cell) => row(say(`l\n${leakKeyOf(cell)}`, leakTexts(cell)), cell)) }),
      ...(Object.keys(kinds).length === 0 ? {} : { kinds }),
    };
    const text = JSON.stringify(written);
    return `${sumOf(text)} ${text}\n`;
  }
}

/** Reads lines of one file, in order. What it cannot read is a gap of the next span that it can. */
export class SpanReader {
  readonly #kinds = new Map<string, Kind>();
  #until: number;
  #isBroken = false;

  /** `from`: when the file begins, milliseconds since the epoch of the clock. */
  constructor(from: number) {
    this.#until = from;
  }

  /** Without its line end. undefined: no line of ours, or one that was changed, or one whose kinds were lost. Never throws. */
  spanOf(line: string): Span | undefined {
    if (line === '') return undefined;
    const span = this.#read(line);
    if (span === undefined) {
      this.#isBroken = true;
      return undefined;
    }
    const before = this.#until;
    this.#until = Math.max(before, span.until);
    if (!this.#isBroken) return span;
    this.#isBroken = false;
    const gap: Gap = { from: before, until: Math.max(before, span.from) + 1, cause: 'unreadable', replica: '' };
    return { ...span, gaps: [gap, ...span.gaps] };
  }

  /** After the last line: undefined, or that something behind the last span cannot be read. */
  get gapAtEnd(): Gap | undefined {
    if (!this.#isBroken) return undefined;
    return { from: this.#until, until: this.#until + 60_000, cause: 'unreadable', replica: '' };
  }

  #read(line: string): Span | undefined {
    const written = writtenOf(line);
    if (written === undefined) return undefined;
    for (const [id, kind] of Object.entries(written.kinds ?? {})) this.#kinds.set(id, kind);
    const { from, until, mark, gaps } = written;
    const releases = this.#cells(written.releases, releaseKind);
    const leaks = this.#cells(written.leaks, leakKind);
    if (releases === undefined || leaks === undefined) return undefined;
    return { from, until, mark: mark ?? null, gaps: gaps ?? [], releases, leaks };
  }

  #cells<K>(rows: readonly Row[] | undefined, kindOf: (texts: Kind) => K): readonly (K & Tallied)[] | undefined {
    const cells: (K & Tallied)[] = [];
    for (const [id, requests, first, last, subscribers] of rows ?? []) {
      const texts = this.#kinds.get(id);
      if (texts === undefined) return undefined;
      cells.push({ ...kindOf(texts), requests, first, last, subscribers: Buffer.from(subscribers, 'base64') });
    }
    return cells;
  }
}

/** How far a line says that everything is written, and whether its writer ended there. undefined: no whole line. Never throws. */
export function endOf(line: string): Pick<Span, 'until' | 'mark'> | undefined {
  const written = writtenOf(line);
  return written && { until: written.until, mark: written.mark ?? null };
}

function writtenOf(line: string): Written | undefined {
  const text = line.slice(SUM_CHARACTERS + 1);
  if (line.charAt(SUM_CHARACTERS) !== ' ' || line.slice(0, SUM_CHARACTERS) !== sumOf(text)) return undefined;
  try {
    const written: unknown = JSON.parse(text);
    return isWritten(written) ? written : undefined;
  } catch {
    return undefined;
  }
}

const CAUSES: ReadonlySet<unknown> = new Set<GapCause>(['killed', 'worker-ended', 'unreadable', 'untold']);

/** Whoever can write a sum can write any shape. */
function isWritten(value: unknown): value is Written {
  if (!isRecord(value)) return false;
  const { v, from, until, mark, gaps = [], kinds = {}, releases = [], leaks = [] } = value as Partial<Written>;
  return (
    v === VERSION &&
    Number.isFinite(from) &&
    Number.isFinite(until) &&
    (mark === undefined || mark === 'began' || mark === 'ended') &&
    Array.isArray(gaps) &&
    gaps.every(isGap) &&
    isRecord(kinds) &&
    Object.values(kinds).every((kind) => Array.isArray(kind) && kind.every(isTextOrNull)) &&
    [releases, leaks].every((rows) => Array.isArray(rows) && rows.every(isRow))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isGap(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { from, until, cause, replica } = value;
  return Number.isFinite(from) && Number.isFinite(until) && CAUSES.has(cause) && typeof replica === 'string';
}

function isRow(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [id, requests, first, last, subscribers] = value as readonly unknown[];
  const areNumbers = [requests, first, last].every((each) => Number.isFinite(each));
  return typeof id === 'string' && areNumbers && Number(requests) >= 0 && typeof subscribers === 'string';
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, SUM_CHARACTERS);
}

function releaseTexts({ epoch, digest, listener, partner, host, domain, header, form }: ReleaseCell): Kind {
  return [epoch, digest, listener, partner, host, domain, header, form];
}

function releaseKind(texts: Kind): ReleaseKind {
  const [epoch, digest, listener, partner, host, domain, header, form] = texts.map((text) => text ?? '');
  return {
    epoch: epoch ?? '',
    digest: digest ?? '',
    listener: listener ?? '',
    partner: partner ?? '',
    host: host ?? '',
    domain: domain ?? '',
    header: header ?? '',
    form: form ?? '',
  };
}

function leakTexts({ epoch, listener, place, field, detector, outcome, partner }: LeakEntry): Kind {
  return [epoch, listener, place, field, detector, outcome, partner];
}

function leakKind(texts: Kind): LeakEntryKind {
  const [epoch, listener, place, field, detector, outcome, partner] = texts;
  return {
    epoch: epoch ?? '',
    listener: listener ?? '',
    place: place ?? '',
    field: field ?? '',
    detector: detector ?? '',
    outcome: outcome ?? '',
    partner: partner ?? null,
  };
}

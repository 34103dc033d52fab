// The history as lines: each has the SHA-256 of the line before it and a hash of its own, so that a line that was changed, removed,
// inserted, moved or cut is found. What is cut off the end a chain cannot know: checkpoint.ts and the state guard that.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../policy/canonical-json.js';
import type { HistoryHead } from './gate-state.js';
import type { HistoryEvent, Recovery } from './history-record.js';

/** Where a chain stands; the next record is `seq` + 1. */
export interface ChainEnd {
  readonly seq: number;
  /** SHA-256 of the last line, without its line end: what `sha256sum` says of it. */
  readonly sum: string;
}

export interface HistoryLine extends ChainEnd {
  /** Without a line end. */
  readonly text: string;
  readonly hash: string;
}

/** `recoveries` are the marks that the chain was begun anew: it holds together, and says itself what it may lack. */
export type HistoryVerdict =
  | {
      readonly ok: true;
      readonly head: HistoryHead | null;
      readonly recoveries: readonly (Recovery & { readonly seq: number })[];
    }
  /** `record` is the number of the first bad line, from 1; `why` continues "record 4 ". */
  | { readonly ok: false; readonly record: number; readonly why: string };

/** Before the first record. */
export const NO_RECORD: ChainEnd = { seq: 0, sum: '0'.repeat(64) };

/** The line of an event after `end`. `at` in milliseconds since the epoch. */
export function historyLineOf(event: HistoryEvent, at: number, end: ChainEnd): HistoryLine {
  const record = { ...event, seq: end.seq + 1, at: new Date(at).toISOString(), previous: end.sum };
  const hash = sha256(canonicalJson(record));
  const text = canonicalJson({ ...record, hash });
  return { text, hash, seq: record.seq, sum: sha256(text) };
}

/** Lines without their ends. An empty history verifies. */
export function verifyHistory(lines: readonly string[]): HistoryVerdict {
  const bad = firstBad(lines, 0);
  if (bad !== undefined) return { ok: false, ...bad };
  return { ok: true, head: headOf(lines, lines.length), recoveries: recoveriesOf(lines) };
}

/** The head of the first `seq` records; null: there are not so many, or the last of them is none. */
export function headOf(lines: readonly string[], seq: number): HistoryHead | null {
  const hash = recordOf(lines[seq - 1])?.['hash'];
  return typeof hash === 'string' ? { seq, hash } : null;
}

/** Where the next record goes, whatever the lines are; and which marks must come first, because the chain or the state says that something is amiss. */
export function continuationOf(
  lines: readonly string[],
  known: HistoryHead | null,
): { readonly end: ChainEnd; readonly marks: readonly Recovery[] } {
  const last = lines.at(-1);
  const end = last === undefined ? NO_RECORD : { seq: lines.length, sum: sha256(last) };
  const marks: Recovery[] = [];
  const recoveries = recoveriesOf(lines);
  const bad = firstBad(lines, 0);
  if (bad !== undefined) {
    const mark = recoveries.findLast(({ why, seq }) => why === 'broken' && seq > bad.record);
    if (mark === undefined || firstBad(lines, mark.seq - 1) !== undefined)
      marks.push({ why: 'broken', record: bad.record });
  }
  if (known !== null && headOf(lines, known.seq)?.hash !== known.hash) {
    const isMarked = recoveries.some((each) => 'expected' in each && each.expected.hash === known.hash);
    if (!isMarked) marks.push({ why: lines.length < known.seq ? 'shorter' : 'replaced', expected: known });
  }
  return { end, marks };
}

/** From the line at `start` on, which is taken to follow what is before it. */
function firstBad(lines: readonly string[], start: number): { record: number; why: string } | undefined {
  for (let index = start; index < lines.length; index += 1) {
    const text = lines[index] ?? '';
    const record = recordOf(text);
    const no = (why: string, number = index + 1) => ({ record: number, why });
    if (record === undefined) return no('is cut short or no record');
    if (canonicalJson(record) !== text) return no('is not as it was written');
    const { hash, ...rest } = record;
    if (sha256(canonicalJson(rest)) !== hash) return no('was changed: it does not have its hash');
    if (record['seq'] !== index + 1) {
      return no(`calls itself record ${shown(record['seq'])}: records were removed, inserted or moved`);
    }
    const before = index === 0 ? NO_RECORD.sum : sha256(lines[index - 1] ?? '');
    if (record['previous'] === before || (index === start && start > 0)) continue;
    return index === 0
      ? no('is not the first that was written')
      : no(`was changed: record ${index + 1} was written after another one`, index);
  }
  return undefined;
}

function recoveriesOf(lines: readonly string[]): readonly (Recovery & { readonly seq: number })[] {
  return lines.flatMap((text, index) => {
    // Looked for in the text first: most lines need not be read.
    const record = text.includes('"kind":"recovered"') ? recordOf(text) : undefined;
    return record?.['kind'] === 'recovered' ? [{ ...(record as unknown as Recovery), seq: index + 1 }] : [];
  });
}

function recordOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function shown(seq: unknown): string {
  return typeof seq === 'number' ? String(seq) : 'without a number';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// Records of the history as they stand on disk, a page at a time. Changes nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyHistory } from '../change/history.js';
import type { HistoryEntry, HistoryPage, HistoryQuery } from './admin-actions.js';
import { HISTORY_FILE, linesOf } from './history-file.js';

/** Records after `since`, or the newest `limit`. A history that is not there has none; a line that is no record is left out, and `ok` is false. */
export function readHistoryPage(folder: string, { since, limit }: HistoryQuery): HistoryPage {
  const lines = historyLinesIn(folder);
  const records = lines.flatMap((line): HistoryEntry[] => {
    try {
      const record = JSON.parse(line) as Partial<HistoryEntry>;
      return typeof record.seq === 'number' ? [{ ...record, seq: record.seq }] : [];
    } catch {
      return [];
    }
  });
  const { ok } = verifyHistory(lines);
  if (since === null) return { records: records.slice(-limit), next: null, ok };
  const after = records.filter(({ seq }) => seq > since);
  const page = after.slice(0, limit);
  return { records: page, next: after.length > page.length ? (page.at(-1)?.seq ?? null) : null, ok };
}

/** Whether the chain on disk holds together; a history that is not there does. */
export function isHistoryWhole(folder: string): boolean {
  return verifyHistory(historyLinesIn(folder)).ok;
}

/** Without their ends; a history that is not there has none. */
export function historyLinesIn(folder: string): readonly string[] {
  try {
    return linesOf(readFileSync(join(folder, HISTORY_FILE), 'utf8'));
  } catch {
    return [];
  }
}

// What gateways kept, found for a report: ledgers, histories, admitted policies, approvals. Reads only; what is not there is left out,
// and the report says so.
import { basename, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { AdmittedRecord } from '../change/admitted.js';
import type { Approval } from '../change/approval.js';
import { readApproval } from '../change/approval-text.js';
import { continuationOf, verifyHistory } from '../change/history.js';
import { recoveryWords } from '../change/history-words.js';
import { readApprovalsFolder } from '../control/approvals-folder.js';
import { GateStore } from '../control/gate-store.js';
import { effectiveOfRecord } from '../control/judge.js';
import { historyLinesIn } from '../control/history-page.js';
import { StateFolder } from '../control/state-folder.js';
import type { LedgerFilter, Period } from '../ledger/ledger-reading.js';
import { diffOf } from '../policy/diff.js';
import type { Comparison, HistoryFound, LedgerFound, ReportInput } from '../report/report-input.js';
import { EXIT_CODES } from './exit-codes.js';
import { readGatewaySettings } from './gateway-settings.js';
import { headKnownIn } from './history-in-hand.js';
import { recordOf } from './history.js';
import { ledgerFor, type LedgerInHand } from './ledger-in-hand.js';
import type { Terminal } from './terminal.js';

/** Where things are: settings, or folders. */
export interface ReportPlace {
  readonly config?: string;
  readonly state?: readonly string[];
  readonly approvals?: string;
}

type Found = Pick<ReportInput, 'ledgers' | 'histories' | 'comparisons' | 'approvals' | 'policies'>;

interface Folder {
  /** As the report calls it; '' for the only one. */
  readonly replica: string;
  readonly path: string;
  readonly ledger: LedgerInHand;
}

/** Undefined after it has printed why not and ended. */
export async function foundForReport(
  place: ReportPlace,
  asked: { readonly period: Period; readonly filter: LedgerFilter },
  terminal: Terminal,
): Promise<Found | undefined> {
  const folders = foldersFor(place, terminal);
  if (folders === undefined) return undefined;
  const histories = folders.list.flatMap((folder) => historyIn(folder));
  const records = new Map(
    folders.list.flatMap(({ path }) => admittedIn(path).map((record) => [record.digest, record])),
  );
  return {
    ledgers: await Promise.all(folders.list.map((folder) => ledgerIn(folder, asked))),
    histories,
    comparisons: comparisonsOf(histories, records, asked),
    approvals: folders.approvals === null ? [] : approvalsIn(folders.approvals),
    policies: [...records.values()].sort((a, b) => b.admittedAt - a.admittedAt).map(({ policy }) => policy),
  };
}

function foldersFor(
  { config, state, approvals }: ReportPlace,
  terminal: Terminal,
): { readonly list: readonly Folder[]; readonly approvals: string | null } | undefined {
  const refuse = (code: typeof EXIT_CODES.failed | typeof EXIT_CODES.usage, message: string): undefined => {
    terminal.err(`error: ${message}\n`);
    terminal.end(code);
  };
  if ((config === undefined) === (state === undefined)) {
    return refuse(EXIT_CODES.usage, 'say whose: either `--config FILE` or `--state FOLDER...`');
  }
  const settings = config === undefined ? null : readGatewaySettings(config, terminal);
  if (settings === undefined) return undefined;
  const paths = settings === null ? (state ?? []) : [settings.stateFolder];
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) return refuse(EXIT_CODES.failed, `cannot read \`${missing}\`: no such file`);
  const names = paths.map((path) => basename(resolve(path)));
  const areNamesOwn = new Set(names).size === names.length;
  const ledgers = paths.flatMap(
    (path) => ledgerFor(config === undefined ? { state: path } : { config }, terminal) ?? [],
  );
  return {
    list: paths.flatMap((path, index) => {
      const ledger = ledgers[index];
      const replica = paths.length === 1 ? '' : areNamesOwn ? (names[index] ?? path) : path;
      return ledger === undefined ? [] : [{ replica, path, ledger }];
    }),
    approvals: approvals ?? settings?.approvalsFolder ?? null,
  };
}

async function ledgerIn(
  { replica, ledger }: Folder,
  { period, filter }: { readonly period: Period; readonly filter: LedgerFilter },
): Promise<LedgerFound> {
  try {
    return { replica, reading: await ledger.reader.read(period, filter) };
  } catch (cause) {
    return { replica, reading: cause instanceof Error ? cause.message : 'it cannot be read' };
  } finally {
    ledger.close();
  }
}

function historyIn({ replica, path }: Folder): readonly HistoryFound[] {
  const lines = historyLinesIn(path);
  if (lines.length === 0) return [];
  const known = headKnownIn(path);
  const lost = continuationOf(lines, known.head).marks.filter(({ why }) => why !== 'broken');
  return [
    {
      replica,
      records: lines.flatMap((line) => recordOf(line) ?? []),
      verdict: verifyHistory(lines),
      lost: [...lost.map(recoveryWords), ...(known.why === null ? [] : [`may end too early: ${known.why}`])],
    },
  ];
}

/** Admitted policies that are kept: the one in force, and those before it. */
function admittedIn(path: string): readonly AdmittedRecord[] {
  const store = new GateStore(new StateFolder(path));
  const state = store.readState();
  if (!state.ok || state.value === null) return [];
  const { current, previous, breakGlass } = state.value;
  const earlier = previous.flatMap((digest) => {
    const reading = store.readEarlier(digest);
    return reading.ok && reading.value !== null ? [reading.value] : [];
  });
  return [current, ...(breakGlass === null ? [] : [breakGlass.record]), ...earlier];
}

/** Of each change that is asked for and of which both policies are kept, once. */
function comparisonsOf(
  histories: readonly HistoryFound[],
  policies: ReadonlyMap<string, AdmittedRecord>,
  { period, filter }: { readonly period: Period; readonly filter: LedgerFilter },
): readonly Comparison[] {
  const found = new Map<string, Comparison>();
  for (const record of histories.flatMap(({ records }) => records)) {
    if (record.kind !== 'admitted' && record.kind !== 'break-glass-on') continue;
    const at = Date.parse(record.at);
    const isAsked =
      filter.digest === undefined ? at >= period.from && at < period.until : record.digest.startsWith(filter.digest);
    const key = `${record.from ?? ''} ${record.digest}`;
    const [old, next] = [policies.get(record.from ?? ''), policies.get(record.digest)];
    if (!isAsked || found.has(key) || old === undefined || next === undefined) continue;
    const diff = diffOf(effectiveOfRecord(old), effectiveOfRecord(next), at);
    found.set(key, { digest: record.digest, before: old.digest, diff });
  }
  return [...found.values()];
}

/** Those that can be read; a text that cannot be read carried nothing. */
function approvalsIn(folder: string): readonly Approval[] {
  const files = readApprovalsFolder(folder);
  if (!files.ok) return [];
  return files.value.flatMap(({ name, text }) => {
    const approval = readApproval({ file: name, text });
    return approval.ok ? [approval.value] : [];
  });
}

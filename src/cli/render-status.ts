// The status as lines of a terminal, made for 3 a.m.: the worst first, one fact a line, times in UTC and the policy's zone, and
// behind each trouble what to type next. Decides nothing.
import type { GatewayStatus, LockdownEntry } from '../control/gateway-status.js';
import { renderInstant } from '../policy/instant.js';
import { candidateRows, type Row } from './render-candidate.js';
import { oneLine, shellWord } from './shell-words.js';

export interface StatusWords {
  /** The settings file as it was written on the command line. */
  readonly config: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Lines ended by line feeds. */
export function renderStatus(status: GatewayStatus, words: StatusWords): string {
  const instant = (text: string): string => renderInstant(Date.parse(text), status.timezone);
  return renderRows([
    { label: 'state', text: stateOf(status) },
    ...workerRows(status),
    ...lockdownRows(status, words, instant),
    ...(status.breakGlass === null
      ? []
      : [{ label: 'break-glass', text: `until ${instant(status.breakGlass.until)}, by ${status.breakGlass.by}` }]),
    {
      label: 'policy',
      text:
        status.digest === null || status.since === null
          ? 'none in force'
          : `${status.digest}, generation ${status.generation}, since ${instant(status.since)}`,
    },
    ...(status.candidate === null ? [] : candidateRows(status.candidate, { config: words.config, instant })),
    ...reloadRows(status, instant),
    ...warningRows(status, words, instant),
    ...status.partnersEndingSoon.map(({ id, until }) => ({
      label: 'ends soon',
      text: `partner ${id}: ${instant(until)}`,
    })),
    ...status.approvalsEndingSoon.map(({ file, applyBefore }) => ({
      label: 'ends soon',
      text: `approval ${file}: carries a change until ${instant(applyBefore)}`,
    })),
    { label: 'version', text: status.version },
  ]);
}

/** Labels in a column of their own; whatever a text holds, it stays one line. */
export function renderRows(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ label }) => label.length));
  return rows.map(({ label, text }) => `${label.padEnd(width)}  ${oneLine(text)}\n`).join('');
}

function stateOf({ state, workers, digest }: GatewayStatus): string {
  switch (state) {
    case 'starting':
      return 'starting: no request is taken yet';
    case 'draining':
      return 'draining: no new request is taken';
    case 'withholding':
      return 'WITHHOLDING: everyone receives nothing, because no policy may be in force';
    case 'ready': {
      const count = workers.filter((worker) => worker.serving && worker.digest === digest).length;
      if (count === 1 && workers.length === 1) return 'ready: the worker runs the policy';
      return `ready: ${count === workers.length ? `all ${count}` : `${count} of ${workers.length}`} workers run the policy`;
    }
    default:
      return state satisfies never;
  }
}

/** Only those that differ: of a good one there is nothing to say. */
function workerRows({ workers, digest }: GatewayStatus): readonly Row[] {
  return workers
    .filter((worker) => !worker.serving || worker.digest !== digest)
    .map((worker) => ({
      label: 'worker',
      text: `${worker.id} runs ${worker.digest ?? 'nothing'}${worker.serving ? '' : ' and takes no requests'}`,
    }));
}

function lockdownRows(
  { lockdown: { all, partners } }: GatewayStatus,
  { config }: StatusWords,
  instant: (text: string) => string,
): readonly Row[] {
  const rowsOf = (who: string, entry: LockdownEntry, option: string): readonly Row[] => [
    {
      label: 'lockdown',
      text: `${who} since ${instant(entry.since)}, by ${entry.by} (${entry.via}): ${entry.reason || 'no reason given'}`,
    },
    { label: 'to end it', text: `headgate lockdown off${option} --reason TEXT --config ${shellWord(config)}` },
  ];
  const rows = [
    ...(all === null ? [] : rowsOf('EVERYONE', all, '')),
    ...partners.flatMap((entry) => rowsOf(`partner ${entry.id}`, entry, ` --partner ${shellWord(entry.id)}`)),
  ];
  return rows.length === 0 ? [{ label: 'lockdown', text: 'off' }] : rows;
}

function reloadRows({ reload: { at, successful } }: GatewayStatus, instant: (text: string) => string): readonly Row[] {
  if (at === null) return [];
  return [{ label: 'last reload', text: `${successful ? 'admitted' : 'refused'} at ${instant(at)}` }];
}

function warningRows(
  { unsigned, restartNeeded, stateFolder, history, highestTime }: GatewayStatus,
  { config, now }: StatusWords,
  instant: (text: string) => string,
): readonly Row[] {
  const file = `--config ${shellWord(config)}`;
  const warnings = [
    stateFolder.writable
      ? []
      : [`the state folder cannot be written (${stateFolder.problem ?? 'no reason known'}): nothing wider is admitted`],
    history.ok ? [] : [`the history does not verify, at record ${history.seq}: headgate history verify ${file}`],
    highestTime !== null && Date.parse(highestTime) > now + CLOCK_SLACK_MS
      ? [`the gateway has seen ${instant(highestTime)}: this machine's clock is behind it`]
      : [],
    restartNeeded.length === 0 ? [] : [`a restart is needed for ${restartNeeded.join(', ')}`],
    unsigned ? ['approvals need no signature: `approval.required` is 0'] : [],
  ];
  return warnings.flat().map((text) => ({ label: 'warning', text }));
}

/** Clocks of two machines that are kept well differ by less. */
const CLOCK_SLACK_MS = 60_000;

// `headgate history checkpoint`: where the history stands, as a text that a person signs. A history that does not hold together gets none.
import { HISTORY_NAMESPACE, renderCheckpoint } from '../change/checkpoint.js';
import { verifyHistory } from '../change/history.js';
import { EXIT_CODES } from './exit-codes.js';
import { readHistoryFor, type HistoryPlace } from './history-in-hand.js';
import type { Terminal } from './terminal.js';

export function printCheckpoint(place: HistoryPlace, terminal: Terminal): void {
  const history = readHistoryFor(place, terminal);
  if (history === undefined) return;
  const verdict = verifyHistory(history.lines);
  if (!verdict.ok || verdict.head === null) {
    const why = verdict.ok ? 'has no record yet' : `does not hold together: record ${verdict.record} ${verdict.why}`;
    terminal.err(`error: \`${history.file}\` ${why}\n`);
    terminal.end(EXIT_CODES.failed);
    return;
  }
  terminal.out(renderCheckpoint({ ...verdict.head, audience: history.approval?.audience ?? null, at: Date.now() }));
  terminal.err(`to sign it, written to a file: ssh-keygen -Y sign -n ${HISTORY_NAMESPACE} -f KEY FILE\n`);
  terminal.end(EXIT_CODES.done);
}

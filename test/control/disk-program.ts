// A program for the test of real disks: it runs where a small file system is mounted, does what a gateway does there, and prints
// what came of it as JSON. Arguments: the folder, `fill` or `read-only`.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../src/change/history-record.js';
import { verifyHistory } from '../../src/change/history.js';
import { GateStore } from '../../src/control/gate-store.js';
import { HighestTime } from '../../src/control/highest-time.js';
import { HistoryFile, linesOf } from '../../src/control/history-file.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { stateOf } from '../change/admitted-fixture.js';

const [path = '', mode = ''] = process.argv.slice(2);
const event: HistoryEvent = { kind: 'lockdown-on', partner: null, reason: 'INC-1', by: 'operate', way: 'api' };

async function main(): Promise<unknown> {
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
  const folder = opened.value;
  const store = new GateStore(folder);
  const before = store.readState();
  const known = before.ok ? (before.value?.history ?? null) : null;
  const marks: string[] = [];
  const history = new HistoryFile({ folder, known, clock: Date.now, onRecovery: ({ code }) => marks.push(code) });
  const opening = opened.problems.map(({ severity, message }) => `${severity}: ${message}`);
  if (mode === 'read-only') {
    const written = [
      history.append(event),
      store.writeState(stateOf(1000)),
      store.writeLockdown({ version: 1, lockdowns: [] }),
    ];
    const clock = new HighestTime({ folder, clock: Date.now });
    return {
      opening,
      before,
      after: store.readState(),
      written,
      clock: [clock.nowHighest() > 0, clock.stop()?.message],
    };
  }
  const ballast = join(path, 'ballast');
  writeFileSync(ballast, 'x'.repeat(32 * 1024));
  let number = 0;
  let refusal = '';
  while (refusal === '' && number < 1000) {
    const written = history.append(event);
    const kept = written.ok ? store.writeState(stateOf(number + 1, { history: history.head })) : written;
    if (kept.ok) number += 1;
    else refusal = kept.problem.message;
  }
  const reading = store.readState();
  // The last room of all goes to the history, until that is refused too.
  let refused = history.append(event);
  for (let count = 0; refused.ok && count < 10_000; count += 1) refused = history.append(event);
  const verdict = verifyHistory(linesOf(readFileSync(join(path, 'history.jsonl'), 'utf8')));
  const clock = new HighestTime({ folder, clock: () => 5 }).stop()?.message;
  rmSync(ballast);
  const again = [history.append(event), store.writeState(stateOf(number + 1, { history: history.head }))];
  const last = verifyHistory(linesOf(readFileSync(join(path, 'history.jsonl'), 'utf8')));
  const isCurrent = reading.ok && reading.value?.current.digest === stateOf(number).current.digest;
  folder.close();
  return {
    opening,
    number,
    refusal,
    isCurrent,
    refused,
    isWhole: verdict.ok,
    clock,
    again,
    last,
    marks,
    mode: statSync(path).mode,
  };
}

main().then(
  (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);

// A program for the tests that kill it: it opens a state folder and its history as a gateway does and admits policies without end,
// by the real modules. It says on standard output what it has done. Arguments: folder, how to die (`later`, or `N:before`: before the
// N-th file operation after the opening, or `N:half`: when it has written a part of what it had to, in the N-th write).
import { CLOCK_MARK } from '../../src/change/state-documents.js';
import { GateStore } from '../../src/control/gate-store.js';
import { HistoryFile } from '../../src/control/history-file.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { digestOfNumber, recordOf, stateOf } from '../change/admitted-fixture.js';
import { faultyFiles } from './faulty-files.js';

const [path = '', death = 'later'] = process.argv.slice(2);
const [at, moment] = death.split(':');
let isCounting = false;
let count = 0;
const die = (): void => void process.kill(process.pid, 'SIGKILL');

const files = faultyFiles({
  before: (_, name) => {
    if (!isCounting || (moment === 'half' && name !== 'writeSync')) return;
    count += 1;
    if (moment === 'before' && count === Number(at)) die();
  },
  after: () => {
    if (moment === 'half' && count === Number(at)) die();
  },
  // A line of the history has some hundred bytes, a state some thousands: the death falls into both, early and late.
  writeBytes: moment === 'half' ? 300 : Infinity,
});

async function main(): Promise<void> {
  const opened = await openStateFolder(path, files);
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
  const store = new GateStore(opened.value);
  const reading = store.readState();
  if (!reading.ok) throw new Error(reading.problem.message);
  const last = reading.value;
  const history = new HistoryFile({
    folder: opened.value,
    known: last?.history ?? null,
    clock: Date.now,
    onRecovery: ({ message }) => void process.stderr.write(`${message}\n`),
  });
  let number = last === null ? 0 : last.current.admittedAt - recordOf(0).admittedAt;
  let previous = last === null ? [] : [last.current.digest, ...last.previous].slice(0, 20);
  process.stdout.write(`open ${number}\n`);
  isCounting = true;
  for (;;) {
    number += 1;
    const digest = digestOfNumber(number);
    const approvals = [digestOfNumber(-number - 1)];
    const from = previous[0] ?? null;
    const event = {
      digest,
      from,
      direction: 'widening',
      generation: 1,
      approvals,
      people: ['alice@operator.example'],
    } as const;
    const written = history.append({ kind: 'admitted', ...event });
    const kept = written.ok ? store.writeState(stateOf(number, { previous, history: history.head })) : written;
    if (!kept.ok) throw new Error(kept.problem.message);
    opened.value.write(CLOCK_MARK, 'clock.json', { version: 1, highest: number });
    process.stdout.write(`${number}\n`);
    previous = [digest, ...previous].slice(0, 20);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

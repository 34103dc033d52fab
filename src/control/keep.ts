// The state folder as the gateway uses it: state, history, lockdowns, the clock. Where it cannot be had, all of it in memory, loudly.
import type { Problem } from '../document/problem.js';
import type { Log } from '../telemetry/log.js';
import { memoryIn, memoryWithout, type GateMemory } from './gate-memory.js';
import { isHistoryWhole } from './history-page.js';
import { HighestTime } from './highest-time.js';
import { LedgerFiles } from './ledger-files.js';
import type { LockdownStore } from './lockdown.js';
import type { NoveltyStore } from './novelty-desk.js';
import { StartFailure } from './start-failure.js';
import { openStateFolder } from './state-folder.js';

export interface Keep {
  readonly memory: GateMemory;
  readonly lockdowns: LockdownStore;
  readonly novelty: NoveltyStore;
  /** null: there is no folder. */
  readonly ledger: LedgerFiles | null;
  /** Why the folder cannot be used; null: it can. */
  readonly problem: Problem | null;
  /** The highest time ever seen, milliseconds since the epoch. */
  now(): number;
  /** Whether the history held together when it was last looked at: when the folder was taken, and every hour. */
  readonly isHistoryWhole: boolean;
  /** To be called now and then. */
  note(): void;
  /** Gives the folder back. */
  close(): void;
}

/** A look takes 12 µs a record, and a busy gateway writes some thousands a year. */
const HISTORY_EVERY_MS = 3_600_000;

/** Throws a StartFailure where another gateway has the folder: two writers would not know of each other. */
export async function openKeep(
  path: string,
  { clock, log }: { readonly clock: () => number; readonly log: Log },
): Promise<Keep> {
  const say = (problem: Problem): void => {
    const level = problem.severity === 'error' ? 'error' : problem.severity === 'warning' ? 'warn' : 'info';
    log[level]('state', problem.message, { cause: problem.code });
  };
  const opened = await openStateFolder(path);
  opened.problems.forEach((problem) => {
    if (opened.ok || problem.code !== 'state-in-use') say(problem);
  });
  if (!opened.ok) {
    const [problem] = opened.problems;
    if (problem === undefined || problem.code === 'state-in-use') throw new StartFailure(opened.problems);
    return withoutFolder(problem, clock);
  }
  const folder = opened.value;
  const memory = memoryIn(folder, { clock, onProblem: say });
  const reading = memory.store.readState();
  const floors = reading.ok && reading.value !== null ? [reading.value.current.admittedAt] : [];
  let isWhole = isHistoryWhole(path);
  let lookedAtMs = clock();
  const highest = new HighestTime({ folder, clock, floors });
  if (highest.problem !== undefined) say(highest.problem);
  return {
    memory,
    lockdowns: memory.store,
    novelty: memory.store,
    ledger: new LedgerFiles(folder),
    problem: null,
    get isHistoryWhole() {
      return isWhole;
    },
    now: () => highest.nowHighest(),
    note: () => {
      if (!folder.isHeld()) void folder.acquire().then((problem) => (problem === undefined ? undefined : say(problem)));
      const problem = highest.note();
      if (problem !== undefined) say(problem);
      if (Math.abs(clock() - lookedAtMs) < HISTORY_EVERY_MS) return;
      lookedAtMs = clock();
      isWhole = isHistoryWhole(path);
    },
    close: () => {
      const problem = highest.stop();
      if (problem !== undefined) say(problem);
      folder.close();
    },
  };
}

function withoutFolder(problem: Problem, clock: () => number): Keep {
  let highest = 0;
  const now = (): number => (highest = Math.max(highest, Math.floor(clock())));
  return {
    memory: memoryWithout(problem),
    lockdowns: {
      // Nobody knows what was locked down: everything is.
      readLockdown: () => ({ ok: false, problem }),
      writeLockdown: () => ({ ok: false, problem }),
    },
    novelty: {
      // Nobody knows what was in quarantine: what follows a subscriber is withheld at once.
      readNovelty: () => ({ ok: false, problem }),
      writeNovelty: () => ({ ok: false, problem }),
    },
    ledger: null,
    problem,
    isHistoryWhole: true,
    now,
    note: () => void now(),
    close: () => undefined,
  };
}

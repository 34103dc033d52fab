// What the gate keeps, in the state folder or, where there is none to be had, in memory alone: then nothing that widens is admitted.
import type { GateState } from '../change/gate-state.js';
import type { HistoryEvent } from '../change/history-record.js';
import type { Problem } from '../document/problem.js';
import { GateStore } from './gate-store.js';
import { HistoryFile } from './history-file.js';
import type { StateFolder } from './state-folder.js';

export type Written = { readonly ok: true } | { readonly ok: false; readonly problem: Problem };

/** Where the gate keeps what it must not forget. */
export interface GateMemory {
  readState():
    { readonly ok: true; readonly value: GateState | null } | { readonly ok: false; readonly problem: Problem };
  writeState(state: GateState): Written;
  append(event: HistoryEvent): Written;
  /** The newest record of the history; goes into the state. */
  readonly head: GateState['history'];
}

export interface FolderMemory extends GateMemory {
  readonly store: GateStore;
}

/** `onProblem`: each record that could not be written, and each mark that the history needed. */
export function memoryIn(
  folder: StateFolder,
  { clock, onProblem }: { readonly clock: () => number; readonly onProblem: (problem: Problem) => void },
): FolderMemory {
  const store = new GateStore(folder);
  let history: HistoryFile | undefined;
  const opened = (known: GateState['history']): HistoryFile =>
    (history ??= new HistoryFile({ folder, known, clock, onRecovery: onProblem }));
  return {
    store,
    readState() {
      const reading = store.readState();
      opened(reading.ok ? (reading.value?.history ?? null) : null);
      return reading;
    },
    writeState: (state: GateState): Written => store.writeState(state),
    append(event: HistoryEvent): Written {
      const written = opened(null).append(event);
      if (!written.ok) onProblem(written.problem);
      return written;
    },
    get head() {
      return history?.head ?? null;
    },
  };
}

/** Of a gateway without a state folder: `why` is said wherever something cannot be kept. */
export function memoryWithout(why: Problem): GateMemory {
  return {
    readState: () => ({ ok: false, problem: why }),
    writeState: () => ({ ok: false, problem: why }),
    append: () => ({ ok: false, problem: why }),
    head: null,
  };
}

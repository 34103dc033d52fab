// The history as a verb finds it: its lines, and what the settings and the state say of it. Reads only: the gateway may be running.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryHead } from '../change/gate-state.js';
import { GATE_STATE } from '../change/state-documents.js';
import { HISTORY_FILE, linesOf } from '../control/history-file.js';
import { readSettings } from '../control/settings-file.js';
import type { Settings } from '../control/settings.js';
import { reasonOf } from '../control/start-failure.js';
import { StateFolder } from '../control/state-folder.js';
import { readSource } from '../control/text-file.js';
import { renderProblems } from '../document/render.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Where the history is: one of the two. */
export interface HistoryPlace {
  readonly config?: string;
  readonly state?: string;
}

export interface HistoryInHand {
  readonly folder: string;
  readonly file: string;
  readonly lines: readonly string[];
  /** null: the folder alone was named. */
  readonly approval: Settings['approval'] | null;
}

/** What the state knows of the history; `why`: it cannot be read. null: there is none. */
export function headKnownIn(folder: string): { readonly head: HistoryHead | null; readonly why: string | null } {
  const reading = new StateFolder(folder).read(GATE_STATE, 'state.json');
  return reading.ok
    ? { head: reading.value?.history ?? null, why: null }
    : { head: null, why: reading.problem.message };
}

/** Undefined after it has printed why not and ended. A history that is not there is none: exit code 1. */
export function readHistoryFor({ config, state }: HistoryPlace, terminal: Terminal): HistoryInHand | undefined {
  const refuse = (text: string, code: typeof EXIT_CODES.failed | typeof EXIT_CODES.usage): undefined => {
    terminal.err(text);
    terminal.end(code);
  };
  if ((config === undefined) === (state === undefined)) {
    return refuse('error: say where the history is: either `--config FILE` or `--state FOLDER`\n', EXIT_CODES.usage);
  }
  let folder = state ?? '';
  let approval: Settings['approval'] | null = null;
  if (config !== undefined) {
    const source = readSource(config);
    const settings = source.ok ? readSettings(source.value, { processors: 1, descriptors: null }) : source;
    if (!settings.ok)
      return refuse(renderProblems(settings.problems, source.ok ? [source.value] : []), EXIT_CODES.failed);
    ({ stateFolder: folder, approval } = settings.value);
  }
  const file = join(folder, HISTORY_FILE);
  try {
    return { folder, file, lines: linesOf(readFileSync(file, 'utf8')), approval };
  } catch (cause) {
    return refuse(`error: cannot read \`${file}\`: ${reasonOf(cause)}\n`, EXIT_CODES.failed);
  }
}

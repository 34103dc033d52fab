// A checkpoint of the history: a text that a person signs and keeps elsewhere. Whoever then cuts the end off the history, or writes
// it anew, cannot have a chain that contains it.
import type { HistoryHead } from './gate-state.js';
import { headOf } from './history.js';

/** Of `ssh-keygen -Y sign -n`. */
export const HISTORY_NAMESPACE = 'headgate-history';

export interface Checkpoint extends HistoryHead {
  /** Of the gateway whose history it is; null: the settings name none. */
  readonly audience: string | null;
  /** When it was printed; milliseconds since the epoch. */
  readonly at: number;
}

const SHAPE =
  /^headgate history checkpoint\naudience: (.{1,128})\nrecord: (\d{1,15})\nhash: ([0-9a-f]{64})\ntime: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/;
const NO_AUDIENCE = '(none)';

/** Five lines, the last one ended. */
export function renderCheckpoint({ seq, hash, audience, at }: Checkpoint): string {
  const lines = [
    'headgate history checkpoint',
    `audience: ${audience ?? NO_AUDIENCE}`,
    `record: ${seq}`,
    `hash: ${hash}`,
    `time: ${new Date(at).toISOString()}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Undefined for whatever `renderCheckpoint` does not write, byte by byte. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, audience = '', seq, hash = '', time = ''] = match;
  const at = Date.parse(time);
  if (Number.isNaN(at)) return undefined;
  const checkpoint = { seq: Number(seq), hash, audience: audience === NO_AUDIENCE ? null : audience, at };
  return renderCheckpoint(checkpoint) === text ? checkpoint : undefined;
}

/** Undefined: the history contains it; else why not, as a sentence's end: "the history does not contain the checkpoint: " and it. */
export function gapOf(lines: readonly string[], { seq, hash }: Checkpoint): string | undefined {
  if (lines.length < seq) return `it has ${lines.length} records, the checkpoint is of record ${seq}`;
  return headOf(lines, seq)?.hash === hash ? undefined : `its record ${seq} is another one`;
}

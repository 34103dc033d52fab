// What every exit code means: an API for scripts and CI. docs and tests read this table.

export const EXIT_CODES = {
  /** Done; of a comparison: equivalent, narrowing or approved. */
  done: 0,
  /** Could not do it: a file, the network, invalid input, an analysis that is incomplete. */
  failed: 1,
  /** A widening, or an incomparable change, without approval. */
  widening: 2,
  /** Lint findings at or over the threshold. */
  findings: 3,
  /** The policy releases what no approval can release: the never-set, or over the ceiling. */
  neverSet: 4,
  /** A leak was seen. */
  leak: 5,
  /** Wrong usage of the command line. */
  usage: 64,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

const ORDER: readonly ExitCode[] = [64, 1, 4, 2, 5, 3];

/** Where several apply: the first of 64, 1, 4, 2, 5, 3. */
export function gravestOf(codes: readonly ExitCode[]): ExitCode {
  return ORDER.find((code) => codes.includes(code)) ?? EXIT_CODES.done;
}

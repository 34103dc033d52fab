// Which replicas do not run a policy yet, and what each does instead, one line each. Pure.
import type { FleetAnswer } from '../control/admin-actions.js';

/** `digest`: 7 characters or more of it. Without Redis nobody is known not to be behind: who is in the table was there once. */
export function behindOf({ replicas, connected }: FleetAnswer, digest: string): readonly string[] {
  const unknown = connected ? [] : ['Redis does not answer: what other replicas run is not known'];
  const behind = replicas.flatMap(({ name, silent, ageSeconds, digest: runs, refused, workers, workersCurrent }) => {
    if (silent) return [`${name} has not been heard for ${ageSeconds} s`];
    if (runs?.startsWith(digest) !== true) {
      const what = runs === null ? 'nothing' : runs.slice(0, 7);
      return [`${name} runs ${what}${refused === null ? '' : ` and refused what lies there: ${refused}`}`];
    }
    if (workers > 0 && workersCurrent === workers) return [];
    return [`${name} runs it on ${workersCurrent} of ${workers} workers`];
  });
  return [...unknown, ...behind];
}

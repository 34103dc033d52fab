// The thread that judges, as the primary holds it: begun when first needed, ended when it was idle, begun anew when it died.
import { Worker } from 'node:worker_threads';
import type { JudgeOrder } from './judge.js';
import type { RefusedVerdict, Verdict } from './verdict.js';

/** Resolves always: a judge that cannot judge refuses. */
export type Judge = (order: JudgeOrder) => Promise<Verdict>;

/** After so long without an order its memory is given back. */
const IDLE_MS = 30_000;

/** One order at a time: the caller waits for the answer before the next. */
export function judgeInThread(): Judge {
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let answer: ((verdict: Verdict) => void) | undefined;
  const settle = (verdict: Verdict): void => {
    // It keeps the process alive while somebody waits for it, and no longer.
    thread?.unref();
    answer?.(verdict);
    answer = undefined;
  };
  const begin = (): Worker => {
    const made = new Worker(new URL('./judge-thread.js', import.meta.url));
    made.on('message', settle);
    made.on('error', (error) => settle(refusal(error instanceof Error ? error.message : 'unknown')));
    made.on('exit', () => {
      if (thread === made) thread = undefined;
      settle(refusal('its thread ended'));
    });
    return made;
  };
  const rest = (): void => {
    const resting = thread;
    thread = undefined;
    void resting?.terminate();
  };
  return (order) =>
    new Promise((resolve) => {
      clearTimeout(idle);
      answer = (verdict) => {
        idle = setTimeout(rest, IDLE_MS);
        idle.unref();
        resolve(verdict);
      };
      thread ??= begin();
      thread.ref();
      thread.postMessage(order);
    });
}

function refusal(why: string): RefusedVerdict {
  return {
    kind: 'refused',
    code: 'invalid',
    digest: null,
    direction: null,
    messages: [`the candidate could not be judged: ${why} [defect]`],
    witnesses: [],
    heldUp: [],
    diff: null,
    keys: {},
    settings: null,
    approvals: [],
  };
}

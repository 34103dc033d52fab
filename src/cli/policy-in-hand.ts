// A policy file as a verb that only reads it begins: compiled, or everything that is wrong with it on standard error.
import { readSource } from '../control/text-file.js';
import { renderProblems } from '../document/render.js';
import type { Source } from '../document/source.js';
import { compilePolicy, type Compiled } from '../policy/compile.js';
import { exitCodeOf } from './never-set.js';
import { momentFor } from './moment.js';
import type { Terminal } from './terminal.js';

export interface PolicyInHand {
  readonly compiled: Compiled;
  readonly source: Source;
}

/** Undefined after it has printed why and ended with 1 (or 4); warnings are `check`'s matter and are not printed. */
export function readPolicyFor(file: string, now: number, terminal: Terminal): PolicyInHand | undefined {
  const source = readSource(file);
  const outcome = source.ok ? compilePolicy(source.value, { now }) : undefined;
  if (source.ok && outcome?.ok === true) return { compiled: outcome.value, source: source.value };
  const problems = outcome?.problems ?? source.problems;
  terminal.err(renderProblems(problems, source.ok ? [source.value] : []));
  terminal.end(exitCodeOf(problems));
  return undefined;
}

/** The same for a verb with `--at`: the policy and the instant that it is asked of, in milliseconds; 64 for what is no time. */
export function readPolicyAt(
  { policy, at: written }: { readonly policy: string; readonly at?: string },
  terminal: Terminal,
): { readonly compiled: Compiled; readonly at: number } | undefined {
  const now = Date.now();
  const read = readPolicyFor(policy, now, terminal);
  if (read === undefined) return undefined;
  const at = momentFor(written, { timezone: read.compiled.policy.timezone, now }, terminal);
  return at === undefined ? undefined : { compiled: read.compiled, at };
}

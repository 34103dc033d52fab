// What a proposal is made of: the candidate, what it is compared with, and the gateway's own judgement of it. Writes nothing; where
// there can be no proposal it says why and ends.
import { resolve } from 'node:path';
import { admissionOf, type Admission } from '../change/admission.js';
import type { RunningRule } from '../change/admitted.js';
import type { ApprovalKind } from '../change/approval.js';
import { refusalWordsOf } from '../change/refusal-words.js';
import { readCandidate, type Candidate } from '../control/candidate.js';
import type { Outcome, Problem } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import type { Source } from '../document/source.js';
import { readBase, type Base } from './base.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { liveGeneration } from './live-generation.js';
import { exitCodeOf } from './never-set.js';
import type { Terminal } from './terminal.js';

export interface ProposedOrder {
  readonly kind: ApprovalKind;
  /** The settings file. */
  readonly config: string;
  /** A policy file in place of the one that the settings name. */
  readonly candidate?: string | undefined;
  /** A policy file, `git:REV:PATH` or `live`; a baseline has none. */
  readonly base: string;
}

export interface Proposed {
  readonly candidate: Candidate;
  /** Of the candidate. */
  readonly settingsSource: Source | undefined;
  /** null: of a baseline. */
  readonly running: Base | null;
  /** What judges it: of the gateway that runs, or of the settings. */
  readonly rule: RunningRule;
  /** Its generation is the present one. */
  readonly admission: Admission;
}

/** Undefined after it has printed why not and ended. */
export async function readProposed(
  order: ProposedOrder,
  now: number,
  terminal: Terminal,
): Promise<Proposed | undefined> {
  const end = (code: ExitCode, problems: readonly Problem[], sources: readonly Source[]): undefined => {
    terminal.err(renderProblems(problems, sources));
    terminal.end(code);
  };
  const { outcome, sources } = readCandidateFor(order, now);
  if (!outcome.ok) return end(exitCodeOf(outcome.problems), outcome.problems, sources);
  const candidate = outcome.value;
  const said = outcome.problems.filter(({ span }) => span === undefined);
  terminal.err(renderProblems(said, sources));
  const settingsSource = sources[0];
  const base = order.kind === 'baseline' ? null : await readBase({ name: order.base, candidate, settingsSource, now });
  if (base?.outcome.ok === false) return end(EXIT_CODES.failed, base.outcome.problems, base.sources);
  const running = base?.outcome.ok === true ? base.outcome.value : null;
  const admission = admissionOf({
    running,
    candidate,
    ceiling: candidate.ceiling,
    testProblems: candidate.testProblems,
    files: candidate.files,
    narrowings: [],
    highestGeneration: running?.highestGeneration ?? (await generationNow(candidate, terminal)),
    now,
    skewMs: candidate.settings.skewMs,
  });
  const code = admission.kind === 'admitted' ? 'admitted' : admission.code;
  if (code === 'tests') return end(EXIT_CODES.failed, candidate.testProblems, sources);
  if (code === 'ceiling') return end(EXIT_CODES.neverSet, ceilingProblems(admission, candidate), []);
  return { candidate, settingsSource, running, rule: running?.rule ?? candidate.rule, admission };
}

/** What must be known to compare: a change of who may sign must not be proposed because a file is not here. */
const LISTS: readonly string[] = ['authority-unreadable', 'trust-unreadable'];
/** A baseline speaks of every file, keys too. */
const FILES: readonly string[] = [...LISTS, 'key-unreadable'];

function readCandidateFor(
  { config, candidate, kind }: ProposedOrder,
  now: number,
): { readonly outcome: Outcome<Candidate>; readonly sources: readonly Source[] } {
  const read = readCandidate(config, {
    now,
    machine: { processors: 1, descriptors: null },
    folder: process.cwd(),
    isElsewhere: true,
    ...(candidate === undefined ? {} : { policyFile: resolve(candidate) }),
  });
  const needed = kind === 'baseline' ? FILES : LISTS;
  const missing = read.outcome.problems.filter(({ code }) => needed.includes(code));
  if (!read.outcome.ok || missing.length === 0) return read;
  const help = 'a proposal speaks of what this file holds: make it where it can be read';
  const problems = missing.map((problem): Problem => ({ ...problem, severity: 'error', help }));
  return { outcome: { ok: false, problems }, sources: read.sources };
}

/** Of a baseline: the gateway that runs may know a higher one than the folder. */
async function generationNow({ settings }: Candidate, terminal: Terminal): Promise<number> {
  if (settings.admin === null) return 0;
  const generation = await liveGeneration(settings.admin);
  if (generation.ok) return generation.value;
  const help = 'the generation is counted from the baselines in the folder';
  const problems = generation.problems.map((problem): Problem => ({ ...problem, severity: 'warning', help }));
  terminal.err(renderProblems(problems, []));
  return 0;
}

function ceilingProblems(admission: Admission, { policy }: Candidate): readonly Problem[] {
  if (admission.kind === 'admitted') return [];
  const { messages } = refusalWordsOf(admission, policy.policy.timezone);
  return messages.map((message): Problem => ({ code: 'ceiling', severity: 'error', message }));
}

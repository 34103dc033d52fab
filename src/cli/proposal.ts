// A proposal made of two policies: what the candidate adds, as a text that people read and sign. Writes nothing.
import { resolve } from 'node:path';
import { admissionOf, wholeOf, type Admission } from '../change/admission.js';
import type { RunningRule } from '../change/admitted.js';
import { APPLY_WITHIN_MS, type Approval, type ApprovalKind } from '../change/approval.js';
import { readApproval, renderApproval } from '../change/approval-text.js';
import { addedBy } from '../change/grant.js';
import { refusalWordsOf } from '../change/refusal-words.js';
import { readCandidate, type Candidate } from '../control/candidate.js';
import { settingPlacesOf } from '../control/setting-places.js';
import type { Problem } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import type { Source } from '../document/source.js';
import { calendarOf } from '../policy/calendar.js';
import { causesBetween } from '../policy/causes.js';
import { listenersIn } from '../policy/listener-text.js';
import { renderDiff, type DiffWords } from '../policy/render-diff.js';
import { readBase, type Base } from './base.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { liveGeneration } from './live-generation.js';
import { exitCodeOf } from './never-set.js';
import { proposerFor } from './proposer.js';
import type { Terminal } from './terminal.js';

export interface ProposalOrder {
  readonly kind: ApprovalKind;
  /** The settings file. */
  readonly config: string;
  /** A policy file in place of the one that the settings name. */
  readonly candidate?: string | undefined;
  /** A policy file, `git:REV:PATH` or `live`; a baseline has none. */
  readonly base: string;
  readonly reason: string;
  readonly proposer?: string | undefined;
  readonly ticket?: string | undefined;
  /** As written; absent: 72 hours from now, of a break-glass its end. */
  readonly applyBefore?: string | undefined;
  /** Of a break-glass. */
  readonly forMs?: number | undefined;
}

export interface Proposal {
  readonly approval: Approval;
  readonly text: string;
  /** What it exposes, as the differ says it. */
  readonly exposes: string;
  /** What judges it: of the gateway that runs, or of the settings. */
  readonly rule: RunningRule;
  readonly candidate: Candidate;
}

/** `nothing`: the candidate adds nothing. Undefined after it has printed why there is no proposal and ended. */
export async function proposalFor(order: ProposalOrder, terminal: Terminal): Promise<Proposal | 'nothing' | undefined> {
  const refuse = (code: ExitCode, text: string): undefined => {
    terminal.err(text);
    terminal.end(code);
  };
  const isBaseline = order.kind === 'baseline';
  const now = Date.now();
  const read = readCandidate(order.config, {
    now,
    machine: { processors: 1, descriptors: null },
    folder: process.cwd(),
    isElsewhere: true,
    ...(order.candidate === undefined ? {} : { policyFile: resolve(order.candidate) }),
  });
  const { outcome, sources } = read;
  if (!outcome.ok) return refuse(exitCodeOf(outcome.problems), renderProblems(outcome.problems, sources));
  const missing = outcome.problems.filter(({ code }) => (isBaseline ? FILES : LISTS).includes(code)).map(blocking);
  if (missing.length > 0) return refuse(EXIT_CODES.failed, renderProblems(missing, sources));
  terminal.err(
    renderProblems(
      outcome.problems.filter(({ span }) => span === undefined),
      sources,
    ),
  );
  const candidate = outcome.value;
  const proposer = proposerFor(order.proposer, candidate.rule);
  if (!proposer.ok) return refuse(EXIT_CODES.failed, renderProblems(proposer.problems, []));
  const applyBeforeMs = applyBeforeOf(order, candidate, now);
  if (applyBeforeMs === undefined) {
    const written = order.applyBefore ?? '';
    return refuse(
      EXIT_CODES.usage,
      `error: \`--apply-before ${written}\` is no time: it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z\n`,
    );
  }
  const base = isBaseline ? null : await readBase({ name: order.base, candidate, settingsSource: sources[0], now });
  if (base !== null && !base.outcome.ok) {
    return refuse(EXIT_CODES.failed, renderProblems(base.outcome.problems, base.sources));
  }
  const running = base?.outcome.ok === true ? base.outcome.value : null;
  const highestGeneration = running?.highestGeneration ?? (await generationNow(candidate, terminal));
  const rule = running?.rule ?? candidate.rule;
  const admission = admissionOf({
    running: running === null ? null : { effective: running.effective, rule },
    candidate: { effective: candidate.effective, rule: candidate.rule },
    ceiling: candidate.ceiling,
    testProblems: candidate.testProblems,
    files: candidate.files,
    narrowings: [],
    highestGeneration,
    now,
    skewMs: candidate.settings.skewMs,
  });
  const never = neverApproved(admission, candidate, sources);
  if (never !== undefined) return refuse(never.code, never.text);
  const delta = isBaseline ? wholeOf(candidate.effective, now) : addedBy(admission.diff);
  if (delta.releases.length + delta.settings.length === 0) return 'nothing';
  const words = wordsFor(candidate, running, sources);
  const exposes = renderDiff(isBaseline ? fromNothing(candidate, now) : admission.diff, words);
  if (order.kind === 'break-glass' && admission.diff.direction !== 'widening') {
    return refuse(
      EXIT_CODES.failed,
      `${exposes}error: a break-glass takes a pure widening: this change is ${admission.diff.direction}\n`,
    );
  }
  const { generation } = admission.approvals;
  const text = renderApproval({
    kind: order.kind,
    audience: rule.audience,
    generation: isBaseline ? generation + 1 : generation,
    proposer: proposer.value,
    reason: order.reason,
    ticket: order.ticket ?? null,
    createdMs: now,
    applyBeforeMs,
    untilMs: order.kind === 'break-glass' ? now + (order.forMs ?? 0) : null,
    base: running?.effective.ruleset.digest ?? null,
    candidate: candidate.policy.digest,
    delta,
  });
  const source = { file: 'the proposal', text };
  const approval = readApproval(source);
  if (!approval.ok) return refuse(EXIT_CODES.failed, renderProblems(approval.problems, [source]));
  return { approval: approval.value, text, exposes, rule, candidate };
}

/** What must be known to compare: a change of who may sign must not be proposed because a file is not here. */
const LISTS: readonly string[] = ['authority-unreadable', 'trust-unreadable'];
/** A baseline speaks of every file, keys too. */
const FILES: readonly string[] = [...LISTS, 'key-unreadable'];

function blocking(problem: Problem): Problem {
  return {
    ...problem,
    severity: 'error',
    help: 'a proposal speaks of what this file holds: make it where it can be read',
  };
}

function applyBeforeOf(order: ProposalOrder, { policy }: Candidate, now: number): number | undefined {
  if (order.applyBefore === undefined) return now + (order.forMs ?? APPLY_WITHIN_MS.default);
  return calendarOf(policy.policy.timezone)?.momentOf(order.applyBefore, 'until');
}

/** Of a baseline: the gateway that runs may know a higher one than the folder. */
async function generationNow({ settings }: Candidate, terminal: Terminal): Promise<number> {
  if (settings.admin === null) return 0;
  const generation = await liveGeneration(settings.admin);
  if (generation.ok) return generation.value;
  const problems = generation.problems.map((problem) => ({
    ...problem,
    severity: 'warning' as const,
    help: 'the generation is counted from the baselines in the folder',
  }));
  terminal.err(renderProblems(problems, []));
  return 0;
}

/** What no approval opens. */
function neverApproved(
  admission: Admission,
  { policy, testProblems }: Candidate,
  sources: readonly Source[],
): { readonly code: ExitCode; readonly text: string } | undefined {
  if (admission.kind === 'admitted') return undefined;
  if (admission.code === 'tests') return { code: EXIT_CODES.failed, text: renderProblems(testProblems, sources) };
  if (admission.code !== 'ceiling') return undefined;
  const { messages } = refusalWordsOf(admission, policy.policy.timezone);
  const problems = messages.map((message): Problem => ({ code: 'ceiling', severity: 'error', message }));
  return { code: EXIT_CODES.neverSet, text: renderProblems(problems, []) };
}

function fromNothing({ effective, rule, settings }: Candidate, now: number): Admission['diff'] {
  const none = { ceiling: null, testProblems: [], files: [], narrowings: [], highestGeneration: 0 };
  return admissionOf({ ...none, running: null, candidate: { effective, rule }, now, skewMs: settings.skewMs }).diff;
}

function wordsFor({ policy }: Candidate, running: Base | null, [settings]: readonly Source[]): DiffWords {
  const placeOf = settings === undefined ? undefined : settingPlacesOf(settings);
  const { timezone } = policy.policy;
  if (running === null) return { timezone, causesOf: () => ({ old: [], new: [] }) };
  const listeners = listenersIn([running.effective.gated, policy.gated]);
  return {
    timezone,
    causesOf: causesBetween(running.placed, { ...policy, ...(placeOf === undefined ? {} : { placeOf }) }),
    ...(listeners === undefined ? {} : { listeners }),
  };
}

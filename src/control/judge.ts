// One judgement: what lies on disk against what runs. Reads files, writes none, and knows nothing of workers; it runs beside the
// primary, in a thread of its own, so that a large comparison keeps nobody waiting.
import { admissionOf, type Admission, type Effective } from '../change/admission.js';
import type { AdmittedRecord } from '../change/admitted.js';
import type { GateState } from '../change/gate-state.js';
import { refusalWordsOf } from '../change/refusal-words.js';
import { renderProblems } from '../document/render.js';
import type { Problem } from '../document/problem.js';
import { diffJson } from '../policy/diff-json.js';
import { causesBetween, type Placed } from '../policy/causes.js';
import { isNeverSet } from '../policy/never-set.js';
import { ENGINE } from '../policy/effective.js';
import { groupsOf, labelOf, sentenceOf, summaryOf, type DiffWords } from '../policy/render-diff.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import { readCandidate, type Candidate } from './candidate.js';
import type { Machine } from './settings-file.js';
import { runtimeGatedOf } from './runtime-gated.js';
import type { AdmittedVerdict, RefusedVerdict, Verdict } from './verdict.js';

export interface JudgeOrder {
  /** The settings file. */
  readonly file: string;
  readonly machine: Machine;
  /** The folder from which paths are shown. */
  readonly folder: string;
  /** What runs, as the state has it; null: nothing is known. */
  readonly state: Pick<GateState, 'current' | 'highestGeneration' | 'narrowings'> | null;
  /** The highest time ever seen, milliseconds since the epoch. */
  readonly now: number;
  /** As of a circumstance: files of keys and certificates need not be there. Default false. */
  readonly isElsewhere?: boolean;
}

/** Lines of a change that are said; the rest is counted. */
const MOST = 20;

/** Never throws: what could not be judged is refused. */
export function judge(order: JudgeOrder): Verdict {
  try {
    return judged(order);
  } catch (error) {
    const what = error instanceof Error ? error.message : 'unknown';
    return unreadable([{ code: 'defect', severity: 'error', message: `it could not be judged: ${what}` }], []);
  }
}

function judged(order: JudgeOrder): Verdict {
  const { file, machine, folder, now, state } = order;
  const { outcome, sources } = readCandidate(file, {
    now,
    machine,
    folder,
    isElsewhere: order.isElsewhere ?? false,
  });
  if (!outcome.ok) return unreadable(outcome.problems, sources);
  const candidate = outcome.value;
  const running = state === null ? null : { effective: effectiveOfRecord(state.current), rule: state.current.rule };
  const admission = admissionOf({
    running,
    candidate: { effective: candidate.effective, rule: candidate.rule },
    ceiling: candidate.ceiling,
    testProblems: candidate.testProblems,
    files: candidate.files,
    narrowings: state?.narrowings ?? [],
    highestGeneration: state?.highestGeneration ?? 0,
    now,
    skewMs: candidate.settings.skewMs,
  });
  const warnings = outcome.problems.map(({ message, code }) => `${message} [${code}]`);
  return admission.kind === 'admitted'
    ? admittedVerdict(candidate, admission, { now, warnings })
    : refusedVerdict(candidate, admission, state?.current ?? null);
}

/** A stored policy as a side of a comparison. */
export function effectiveOfRecord({ policy, digest, gated, engine }: AdmittedRecord): Effective {
  return { ruleset: rulesetOf(policy, digest), gated, engine };
}

function admittedVerdict(
  candidate: Candidate,
  admission: Extract<Admission, { kind: 'admitted' }>,
  { now, warnings }: { readonly now: number; readonly warnings: readonly string[] },
): AdmittedVerdict {
  const { policy, settings, rule, text } = candidate;
  const by = admission.approvals.judged.filter(
    ({ approval, why }) => why === null && approval !== null && admission.by.includes(approval.id),
  );
  const glass = admission.breakGlass;
  const proposer = admission.approvals.judged.find(({ approval }) => approval?.id === glass?.approval)?.approval;
  return {
    kind: 'admitted',
    record: {
      digest: policy.digest,
      policy: policy.policy,
      engine: ENGINE,
      gated: policy.gated,
      runtime: runtimeGatedOf(settings),
      rule,
      text,
      admittedAt: Math.floor(now),
      generation: admission.generation,
      approvals: admission.by,
    },
    direction: admission.direction,
    removed: admission.removed,
    generation: admission.generation,
    people: [...new Set(by.flatMap(({ signers }) => signers.map(({ person }) => person)))],
    breakGlass:
      glass === null ? null : { until: glass.until, approval: glass.approval, by: proposer?.proposer ?? 'unknown' },
    keys: policy.keys,
    settings,
    approvals: admission.approvals.judged,
    warnings,
    ...changeWords(admission, policy.policy.timezone),
  };
}

function refusedVerdict(
  candidate: Candidate,
  refused: Extract<Admission, { kind: 'refused' }>,
  current: AdmittedRecord | null,
): RefusedVerdict {
  const { policy, settings } = candidate;
  const { timezone } = policy.policy;
  const old: Placed = { policy: current?.policy ?? policy.policy, places: null };
  const words: DiffWords = { timezone, causesOf: causesBetween(old, policy) };
  return {
    kind: 'refused',
    code: refused.code,
    digest: policy.digest,
    direction: refused.code === 'no-baseline' || refused.code === 'generation' ? null : refused.direction,
    ...refusalWordsOf(refused, timezone),
    diff: diffJson(refused.diff, words),
    keys: policy.keys,
    settings,
    approvals: refused.approvals.judged,
  };
}

function changeWords({ diff }: Admission, timezone: string): Pick<AdmittedVerdict, 'messages' | 'witnesses'> {
  const words: DiffWords = { timezone, causesOf: () => ({ old: [], new: [] }) };
  const groups = groupsOf(diff.releases);
  const messages = [
    ...groups.map((group) => `${labelOf(group.first.direction)}: ${sentenceOf(group, words)}`),
    ...diff.settings.map(({ direction, message }) => `${labelOf(direction)}: ${message}`),
  ];
  return {
    messages: [summaryOf(diff), ...messages.slice(0, MOST)],
    witnesses: groups.slice(0, MOST).map(({ first }) => ({
      url: first.witness.url,
      header: first.member.label,
      partner: first.after.partner ?? first.before.partner,
    })),
  };
}

function unreadable(problems: readonly Problem[], sources: Parameters<typeof renderProblems>[1]): RefusedVerdict {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return {
    kind: 'refused',
    code: isNeverSet(problems) ? 'never-set' : 'invalid',
    digest: null,
    direction: null,
    messages: errors.slice(0, MOST).map(lineOf),
    text: renderProblems(problems, sources),
    witnesses: [],
    heldUp: [],
    diff: null,
    keys: {},
    settings: null,
    approvals: [],
  };
}

function lineOf({ span, code, message }: Problem): string {
  return `${span === undefined ? '' : `${span.file}:${span.line}:${span.column}: `}${message} [${code}]`;
}

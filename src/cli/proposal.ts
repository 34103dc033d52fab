// A proposal made of two policies: what the candidate adds, as a text that people read and sign. Writes nothing.
import { admissionOf, wholeOf } from '../change/admission.js';
import type { RunningRule } from '../change/admitted.js';
import { APPLY_WITHIN_MS, type Approval } from '../change/approval.js';
import { readApproval, renderApproval } from '../change/approval-text.js';
import { addedBy } from '../change/grant.js';
import type { Candidate } from '../control/candidate.js';
import { settingPlacesOf } from '../control/setting-places.js';
import { renderProblems } from '../document/render.js';
import { calendarOf } from '../policy/calendar.js';
import { causesBetween } from '../policy/causes.js';
import type { Diff } from '../policy/diff.js';
import { listenersIn } from '../policy/listener-text.js';
import { renderDiff, type DiffWords } from '../policy/render-diff.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { readProposed, type Proposed, type ProposedOrder } from './proposed.js';
import { proposerFor } from './proposer.js';
import { renderReplay } from './render-replay.js';
import { releasingNothing } from './replay-sides.js';
import type { PastOrder } from './past.js';
import { readReplay } from './replayed.js';
import { oneLine } from './shell-words.js';
import type { Terminal } from './terminal.js';

export interface ProposalOrder extends ProposedOrder {
  readonly reason: string;
  readonly proposer?: string | undefined;
  readonly ticket?: string | undefined;
  /** As written; absent: 72 hours from now, of a break-glass its end. */
  readonly applyBefore?: string | undefined;
  /** Of a break-glass. */
  readonly forMs?: number | undefined;
  /** A log whose destinations are replayed, for who reads the proposal. */
  readonly past?: PastOrder | undefined;
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
  const end = (code: ExitCode, text: string): undefined => {
    terminal.err(text);
    terminal.end(code);
  };
  const now = Date.now();
  const proposed = await readProposed(order, now, terminal);
  if (proposed === undefined) return undefined;
  const { candidate, running, rule, admission } = proposed;
  const proposer = proposerFor(order.proposer, candidate.rule);
  if (!proposer.ok) return end(EXIT_CODES.failed, renderProblems(proposer.problems, []));
  const applyBeforeMs = applyBeforeOf(order, candidate, now);
  if (applyBeforeMs === undefined) {
    const rule = 'it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z';
    return end(EXIT_CODES.usage, `error: \`--apply-before ${order.applyBefore ?? ''}\` is no time: ${rule}\n`);
  }
  const isBaseline = order.kind === 'baseline';
  const delta = isBaseline ? wholeOf(candidate.effective, now) : addedBy(admission.diff);
  if (delta.releases.length + delta.settings.length === 0) return 'nothing';
  const diff = isBaseline ? fromNothing(candidate, now) : admission.diff;
  const exposes = renderDiff(diff, wordsFor(proposed));
  if (order.kind === 'break-glass' && diff.direction !== 'widening') {
    const message = `a break-glass takes a pure widening: this change is ${diff.direction}`;
    return end(EXIT_CODES.failed, `${exposes}error: ${message}\n`);
  }
  const replay = order.past === undefined ? [] : await replayFor(order.past, { proposed, now }, terminal);
  if (replay === undefined) return undefined;
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
    ...(replay.length === 0 ? {} : { replay }),
    delta,
  });
  // Read back as a gateway reads it: what it would refuse is never written.
  const source = { file: 'the proposal', text };
  const approval = readApproval(source);
  if (!approval.ok) return end(EXIT_CODES.failed, renderProblems(approval.problems, [source]));
  return { approval: approval.value, text, exposes, rule, candidate };
}

/** Rows of each table that an approver reads; the rest is counted. */
const REPLAY_ROWS = 12;
const LINE_MOST = 900;

/** Lines to inform. Undefined after it has printed why there are none and ended. */
async function replayFor(
  past: PastOrder,
  { proposed: { candidate, running }, now }: { readonly proposed: Proposed; readonly now: number },
  terminal: Terminal,
): Promise<readonly string[] | undefined> {
  const { ruleset } = candidate.effective;
  const old = running?.effective.ruleset ?? releasingNothing(ruleset);
  const against = running === null ? 'against nothing' : 'against what runs';
  const read = await readReplay(past, { old, next: ruleset, now, against }, terminal);
  if (read === undefined) return undefined;
  const { timezone } = candidate.policy.policy;
  const lines = renderReplay(read.replayed, read.source, { timezone, most: REPLAY_ROWS });
  return lines.map(oneLine).map((line) => (line.length > LINE_MOST ? `${line.slice(0, LINE_MOST)}…` : line));
}

function applyBeforeOf(order: ProposalOrder, { policy }: Candidate, now: number): number | undefined {
  if (order.applyBefore === undefined) return now + (order.forMs ?? APPLY_WITHIN_MS.default);
  return calendarOf(policy.policy.timezone)?.momentOf(order.applyBefore, 'until');
}

/** Everything, against nothing. */
function fromNothing({ effective, rule, settings }: Candidate, now: number): Diff {
  const none = { ceiling: null, testProblems: [], files: [], narrowings: [], highestGeneration: 0 };
  return admissionOf({ ...none, running: null, candidate: { effective, rule }, now, skewMs: settings.skewMs }).diff;
}

function wordsFor({ candidate: { policy }, running, settingsSource }: Proposed): DiffWords {
  const { timezone } = policy.policy;
  if (running === null) return { timezone, causesOf: () => ({ old: [], new: [] }) };
  const placed = settingsSource === undefined ? policy : { ...policy, placeOf: settingPlacesOf(settingsSource) };
  const listeners = listenersIn([running.effective.gated, policy.gated]);
  return {
    timezone,
    causesOf: causesBetween(running.placed, placed),
    ...(listeners === undefined ? {} : { listeners }),
  };
}

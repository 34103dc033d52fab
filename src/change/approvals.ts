// Which approvals beside a policy count, by whom, and why the others do not. The rule is that of the policy that runs; with none, the
// candidate's own, and then a baseline must bear it.
import type { Problem } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import type { RunningRule } from './admitted.js';
import { parseAllowedSigners, type Signers } from './allowed-signers.js';
import type { Approval } from './approval.js';
import { readApproval } from './approval-text.js';
import { isEnough, tallyOf, type Consent, type Signer } from './consent.js';
import { parseRevokedKeys, type RevokedKeys } from './revoked-keys.js';
import { judgeSignature } from './signatures.js';

/** The namespace of signatures of approvals (`ssh-keygen -Y sign -n`). */
export const APPROVAL_NAMESPACE = 'headgate-approval';

/** An approval and its signatures as they lie in the folder. */
export interface ApprovalFile {
  readonly name: string;
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly text: string }[];
}

/** Stable; docs/approvals.md lists them. */
export type ApprovalFault =
  | 'approval-unreadable'
  | 'approval-audience'
  | 'approval-generation'
  | 'approval-not-yet'
  | 'approval-too-late'
  | 'approval-over'
  | 'approval-proposer'
  | 'approval-too-few';

export interface JudgedApproval {
  readonly file: string;
  /** null: the text could not be read. */
  readonly approval: Approval | null;
  /** Who signed and counts: not the proposer. */
  readonly signers: readonly Signer[];
  /** Whether the proposer signed it too. */
  readonly hasProposer: boolean;
  /** Signatures that do not count, each with one line on why. */
  readonly faults: readonly { readonly file: string; readonly code: string; readonly message: string }[];
  /** `1 of 2 people`, of this approval alone. */
  readonly tally: string;
  /** null: it counts. */
  readonly why: { readonly code: ApprovalFault; readonly message: string } | null;
}

export interface Judgement {
  readonly judged: readonly JudgedApproval[];
  /** Baselines and widenings of the present generation that count. */
  readonly consents: readonly Consent[];
  readonly breakGlass: readonly (Consent & { readonly until: number })[];
  /** The present one: of the newest baseline that counts, or the highest ever seen. */
  readonly generation: number;
  /** Of the newest baseline of that generation that counts; null: there is none. */
  readonly baseline: Approval | null;
  /** What is wrong with the lists of signers: nobody counts then. */
  readonly problems: readonly Problem[];
}

export interface Circumstance {
  /** Milliseconds since the epoch: the highest time ever seen. */
  readonly now: number;
  readonly skewMs: number;
  readonly highestGeneration: number;
  /** Whether a policy runs that a change would replace: only then an approval can be too late. */
  readonly isRunning: boolean;
}

export function judgeApprovals(files: readonly ApprovalFile[], rule: RunningRule, given: Circumstance): Judgement {
  const lists = listsOf(rule);
  const read = files.map((file) => readFile(file, rule, lists));
  const baselines = read.filter(
    (each) => each.approval?.kind === 'baseline' && faultOf(each, rule, given, null) === null,
  );
  const generation = Math.max(given.highestGeneration, ...baselines.map(({ approval }) => approval?.generation ?? 0));
  const judged = read.map((each): JudgedApproval => {
    // A baseline that does not count opens no generation: what is wrong with it says more than that.
    const own = each.approval?.kind === 'baseline' ? faultOf(each, rule, given, null) : null;
    return { ...each, why: own ?? faultOf(each, rule, given, generation) };
  });
  const counting = judged.filter(({ why }) => why === null);
  const newest = baselines
    .flatMap(({ approval }) => (approval?.generation === generation ? [approval] : []))
    .sort((a, b) => b.createdMs - a.createdMs)[0];
  return {
    judged,
    consents: counting.flatMap((each) =>
      each.approval === null || each.approval.kind === 'break-glass' ? [] : [consentOf(each.approval, each.signers)],
    ),
    breakGlass: counting.flatMap(({ approval, signers }) =>
      approval === null || approval.untilMs === null
        ? []
        : [{ ...consentOf(approval, signers), isEnough: true, until: approval.untilMs }],
    ),
    generation,
    baseline: newest ?? null,
    problems: lists.problems,
  };
}

interface Lists {
  readonly signers: Signers;
  readonly revoked: RevokedKeys;
  readonly problems: readonly Problem[];
}

/** A list that cannot be read is a list of nobody; one of revoked keys that cannot be read leaves nobody either. */
function listsOf({ signers: signersText, revoked: revokedText }: RunningRule): Lists {
  const signers = parseAllowedSigners({ file: 'allowed_signers', text: signersText ?? '' });
  const revoked = parseRevokedKeys({ file: 'revoked keys', text: revokedText ?? '' });
  const problems = [...signers.problems, ...revoked.problems];
  if (!signers.ok || !revoked.ok) return { signers: { keys: [] }, revoked: { keys: new Set() }, problems };
  return { signers: signers.value, revoked: revoked.value, problems };
}

type Read = Omit<JudgedApproval, 'why'> & { readonly problem: string | null };

function readFile({ name, text, signatures }: ApprovalFile, rule: RunningRule, lists: Lists): Read {
  const outcome = readApproval({ file: name, text });
  if (!outcome.ok) {
    const [first] = outcome.problems;
    const problem = first === undefined ? 'it cannot be read' : (renderProblems([first], []).split('\n')[0] ?? '');
    return { file: name, approval: null, signers: [], faults: [], tally: '', problem, hasProposer: false };
  }
  const approval = outcome.value;
  const message = Buffer.from(text, 'utf8');
  const faults: { file: string; code: string; message: string }[] = [];
  const people: Signer[] = [];
  for (const signature of signatures) {
    const judgement = judgeSignature({
      message,
      signature: signature.text,
      signers: lists.signers,
      revoked: lists.revoked,
      namespace: APPROVAL_NAMESPACE,
      at: approval.createdMs,
    });
    if (judgement.ok) people.push({ person: judgement.person, groups: judgement.groups });
    else faults.push({ file: signature.name, ...judgement.why });
  }
  const signers = people.filter(({ person }) => person !== approval.proposer);
  return {
    file: name,
    approval,
    signers,
    faults,
    tally: tallyOf([consentOf(approval, signers)], rule),
    problem: null,
    hasProposer: signers.length < people.length,
  };
}

/** `generation` null: which it is, is still asked; a baseline is judged by all else. */
function faultOf(each: Read, rule: RunningRule, given: Circumstance, generation: number | null): JudgedApproval['why'] {
  const { approval, signers, problem, hasProposer, tally } = each;
  const no = (code: ApprovalFault, message: string): JudgedApproval['why'] => ({ code, message });
  if (approval === null) return no('approval-unreadable', problem ?? 'it cannot be read');
  if (approval.audience !== rule.audience) {
    return no('approval-audience', `it is for ${nameOf(approval.audience)}: this is ${nameOf(rule.audience)}`);
  }
  const present = generation ?? (approval.kind === 'baseline' ? approval.generation : given.highestGeneration);
  if (approval.generation !== present || approval.generation < given.highestGeneration) {
    const now = Math.max(present, given.highestGeneration);
    return no('approval-generation', `it is of generation ${approval.generation}: the present one is ${now}`);
  }
  if (approval.createdMs > given.now + given.skewMs) {
    return no('approval-not-yet', `it was made at ${instantOf(approval.createdMs)}: that is later than now`);
  }
  if (approval.untilMs !== null && approval.untilMs <= given.now) {
    return no('approval-over', `what it permitted ended at ${instantOf(approval.untilMs)}`);
  }
  // Of a baseline this is asked once more where it would carry a change (generation is known then).
  if (given.isRunning && generation !== null && approval.applyBeforeMs < given.now) {
    return no('approval-too-late', `it could carry a change until ${instantOf(approval.applyBeforeMs)}`);
  }
  if (rule.required > 0 && !hasProposer) {
    return no('approval-proposer', `the proposer, \`${approval.proposer}\`, did not sign it`);
  }
  const isAlone = approval.kind === 'baseline' && !isEnough([consentOf(approval, signers)], rule);
  if (isAlone || (approval.kind === 'widening' && rule.required > 0 && signers.length === 0)) {
    return no('approval-too-few', `${tally} beside the proposer`);
  }
  return null;
}

function consentOf({ id, createdMs, delta }: Approval, signers: readonly Signer[]): Consent {
  return { id, createdMs, delta, signers, isEnough: false };
}

function nameOf(audience: string | null): string {
  return audience === null ? 'gateways without an audience' : `\`${audience}\``;
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

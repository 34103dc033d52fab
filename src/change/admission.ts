// Whether a candidate may replace what runs: one pure function for a start, a reload, a check and CI, over effective policies.
// INVARIANT: what is admitted adds nothing that is not approved (test/change/admission.test.ts); whatever cannot be judged is refused.
import type { Problem } from '../document/problem.js';
import { diffOf, type Compared, type Diff } from '../policy/diff.js';
import { together, type Direction } from '../policy/exposure-order.js';
import { silenced } from '../policy/exposure-table.js';
import { policySettingsOf } from '../policy/policy-settings.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import { plainChanges } from '../policy/setting-changes.js';
import type { IdentityClass, OwnHeader } from '../policy/policy.js';
import type { GatedSettings, SettingValue } from '../policy/setting-rules.js';
import type { RunningRule } from './admitted.js';
import type { Approval } from './approval.js';
import { judgeApprovals, type ApprovalFile, type Judgement } from './approvals.js';
import type { Consent } from './consent.js';
import { uncoveredReleases, type Approved, type Narrowing, type Uncovered } from './coverage.js';
import { addedBy, adds, removedBy, type Delta } from './grant.js';
import { uncoveredSettings, type UncoveredSetting } from './setting-coverage.js';

/** An effective policy as it is compared. Its gated settings are always known here. */
export type Effective = Required<Compared>;

export interface AdmissionQuestion {
  /** What runs, or ran last; null: nothing is known, and a baseline must bear the candidate. */
  readonly running: { readonly effective: Effective; readonly rule: RunningRule } | null;
  readonly candidate: { readonly effective: Effective; readonly rule: RunningRule };
  /** The operator’s bound that no approval exceeds; null: none. */
  readonly ceiling: Compared | null;
  /** What the candidate’s own decision tests found. */
  readonly testProblems: readonly Problem[];
  readonly files: readonly ApprovalFile[];
  readonly narrowings: readonly Narrowing[];
  readonly highestGeneration: number;
  /** Milliseconds since the epoch: the highest time ever seen. */
  readonly now: number;
  readonly skewMs: number;
}

export type AdmissionRefusal = 'ceiling' | 'tests' | 'not-approved' | 'no-baseline' | 'generation';

interface Judged {
  readonly direction: Direction;
  /** Against what runs; against nothing where nothing runs. */
  readonly diff: Diff;
  readonly approvals: Judgement;
}

export interface Admitted extends Judged {
  readonly kind: 'admitted';
  readonly generation: number;
  /** Ids of the approvals that count; empty where nothing was added. */
  readonly by: readonly string[];
  /** What the change takes away: approvals older than now no longer bring it back. */
  readonly removed: Delta;
  /** Not for good: by these approvals, until then; null: for good. */
  readonly breakGlass: { readonly until: number; readonly approval: string } | null;
}

export interface Refused extends Judged {
  readonly kind: 'refused';
  readonly code: AdmissionRefusal;
  /** Of a ceiling: what exceeds it. */
  readonly uncovered: readonly Uncovered[];
  readonly settings: readonly UncoveredSetting[];
  readonly problems: readonly Problem[];
}

export type Admission = Admitted | Refused;

export function admissionOf(question: AdmissionQuestion): Admission {
  const { running, candidate, ceiling, testProblems, files, narrowings, highestGeneration, now, skewMs } = question;
  const rule = ruleOf(running?.rule ?? null, candidate.rule);
  const approvals = judgeApprovals(files, rule, { now, skewMs, highestGeneration, isRunning: running !== null });
  const diff =
    running === null
      ? fromNothing(candidate.effective, approvals.baseline, now)
      : diffOf(running.effective, candidate.effective, now);
  const judged: Judged = { direction: diff.direction, diff, approvals };
  const refused = (code: AdmissionRefusal, more: Partial<Refused> = {}): Refused => ({
    kind: 'refused',
    code,
    uncovered: [],
    settings: [],
    problems: [],
    ...judged,
    ...more,
  });
  const above = ceiling === null ? [] : exceeding(ceiling, candidate.effective, now);
  if (above.length > 0) return refused('ceiling', { uncovered: above });
  if (testProblems.length > 0) return refused('tests', { problems: testProblems });
  if (running === null && approvals.baseline === null) {
    const isOlder = approvals.judged.some(
      ({ approval, why }) => approval?.kind === 'baseline' && why?.code === 'approval-generation',
    );
    return refused(isOlder ? 'generation' : 'no-baseline', { problems: approvals.problems });
  }
  const left = (consents: readonly Consent[]) => {
    const approved: Approved = { consents, rule, narrowings, now };
    return {
      uncovered: uncoveredReleases(diff.releases.filter(adds), approved),
      settings: uncoveredSettings(diff.settings, approved),
    };
  };
  const ordinary = left(approvals.consents);
  const admitted = (breakGlass: Admitted['breakGlass']): Admitted => ({
    kind: 'admitted',
    ...judged,
    generation: approvals.generation,
    by: diff.releases.some(adds) || diff.settings.some(adds) ? approvals.consents.map(({ id }) => id) : [],
    removed: running === null ? { releases: [], settings: [] } : removedBy(diff),
    breakGlass,
  });
  if (ordinary.uncovered.length === 0 && ordinary.settings.length === 0) return admitted(null);
  // Break-glass: one signer, and nothing but a widening.
  if (running !== null && diff.direction === 'widening') {
    for (const each of approvals.breakGlass) {
      const { uncovered, settings } = left([...approvals.consents, each]);
      if (uncovered.length === 0 && settings.length === 0) return admitted({ until: each.until, approval: each.id });
    }
  }
  return refused('not-approved', { ...ordinary, problems: approvals.problems });
}

/** That of what runs. Keys that are revoked on disk count no more at once: a refused candidate must not keep a lost key alive. */
function ruleOf(running: RunningRule | null, candidate: RunningRule): RunningRule {
  if (running === null) return candidate;
  const revoked = [running.revoked, candidate.revoked].filter((text) => text !== null);
  return { ...running, revoked: revoked.length === 0 ? null : revoked.join('\n') };
}

/**
 * Everything that a policy permits, against nothing; its settings against those of the baseline, so that what is narrower than the
 * baseline needs no one. An own header that the baseline has and the policy lacks is released to everyone. Without a baseline,
 * against none.
 */
function fromNothing(candidate: Effective, baseline: Approval | null, now: number): Diff {
  const { policy, digest } = candidate.ruleset;
  const before: Record<string, SettingValue> = {};
  for (const { setting, after } of baseline?.delta.settings ?? []) if (after !== null) before[setting] = after;
  const isKept = ({ kind, key }: OwnHeader): boolean =>
    policy.headers.some((header) => header.kind === kind && header.key === key);
  const listed = before[HEADERS];
  const dropped: OwnHeader[] = [];
  if (typeof listed === 'object') {
    before[HEADERS] = listed.filter((text) => {
      const header = headerIn(text);
      if (header === undefined || isKept(header)) return true;
      dropped.push(header);
      return false;
    });
  }
  const bare = silenced({ ...policy, headers: [...policy.headers, ...dropped] });
  const diff = diffOf({ ruleset: rulesetOf(bare, digest) }, { ruleset: candidate.ruleset }, now);
  const settings = plainChanges(before, settingsOf(candidate));
  return {
    ...diff,
    settings,
    direction: together([...diff.releases, ...settings].map(({ direction }) => direction)),
    digests: { old: baseline?.candidate ?? '', new: digest },
  };
}

const HEADERS = 'identity.headers';

/** As policy-settings.ts writes them; undefined for another text, which then stays among the settings. */
function headerIn(text: string): OwnHeader | undefined {
  const [kind, key = '', carries] = text.split(' ');
  const isKnown = (kind === 'name' || kind === 'prefix') && CLASSES.includes(carries as IdentityClass);
  return isKnown ? { kind, key, spelling: key, carries: carries as IdentityClass } : undefined;
}

const CLASSES: readonly IdentityClass[] = ['msisdn', 'imsi_imei', 'token', 'network', 'location', 'address'];

/** All that a baseline says beside releases: the gated settings, and the policy’s own facts. */
function settingsOf({ ruleset, gated, engine }: Effective): GatedSettings {
  return { ...policySettingsOf(ruleset.policy, engine), ...gated };
}

/** What a baseline of a policy approves: all of it. */
export function wholeOf(candidate: Effective, now: number): Delta {
  const diff = fromNothing(candidate, null, now);
  return {
    releases: addedBy(diff).releases,
    settings: diff.settings.map(({ setting, before, after }) => ({ setting, before, after })),
  };
}

/** What the ceiling does not permit. */
function exceeding(ceiling: Compared, candidate: Effective, now: number): readonly Uncovered[] {
  return diffOf(ceiling, { ruleset: candidate.ruleset }, now)
    .releases.filter(adds)
    .map((change) => {
      const { host, listener, port, time } = change.witness;
      return {
        change,
        host,
        listener: listener === '' ? null : listener,
        port,
        time,
        tally: 'no approval exceeds the ceiling',
      };
    });
}

// All that an admission is judged by, as it lies on disk: both files and whatever they name, the ceiling, the policy’s own tests, the
// approvals. The running gateway, `check`, `propose` and `approve` read it through this one function.
import type { RunningRule } from '../change/admitted.js';
import type { Effective } from '../change/admission.js';
import type { ApprovalFile } from '../change/approvals.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { compilePolicy } from '../policy/compile.js';
import type { Compared } from '../policy/diff.js';
import { ENGINE } from '../policy/effective.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import { readDecisionTests } from '../review/decision-tests.js';
import { judgeTests } from '../review/judge.js';
import { readApprovalsFolder } from './approvals-folder.js';
import { readPolicy, type Circumstance, type PolicyInHand, type Reading } from './configuration.js';
import { readSettings } from './settings-file.js';
import type { Settings } from './settings.js';
import { readSource } from './text-file.js';
import { readTrustedFiles } from './trusted-files.js';

export interface Candidate {
  /** With the PEM texts of authorities in place of their paths. */
  readonly settings: Settings;
  readonly policy: PolicyInHand;
  readonly effective: Effective;
  /** Its own; what judges it is the rule of what runs. */
  readonly rule: RunningRule;
  readonly ceiling: Compared | null;
  /** Of its own decision tests. */
  readonly testProblems: readonly Problem[];
  readonly files: readonly ApprovalFile[];
  /** The policy file as it is. */
  readonly text: string;
}

export interface CandidateOptions extends Circumstance {
  /** In place of the policy that the settings name. Absent: that one. */
  readonly policyFile?: string;
}

/** The candidate, or everything that is wrong with it. Warnings stand beside the value. */
export function readCandidate(file: string, options: CandidateOptions): Reading<Candidate> {
  const source = readSource(file);
  if (!source.ok) return { outcome: source, sources: [] };
  const sources: Source[] = [source.value];
  const refused = (problems: readonly Problem[]): Reading<Candidate> => ({ outcome: { ok: false, problems }, sources });
  const read = readSettings(source.value, options.machine);
  if (!read.ok) return refused(read.problems);
  const settings = options.policyFile === undefined ? read.value : { ...read.value, policyFile: options.policyFile };
  const reading = readPolicy(settings, options);
  sources.push(...reading.sources);
  const { outcome } = reading;
  const trusted = readTrustedFiles(settings, { isElsewhere: options.isElsewhere ?? false });
  const files = readApprovalsFolder(settings.approvalsFolder);
  if (!outcome.ok || !trusted.ok || !files.ok) {
    return refused([...outcome.problems, ...(outcome.ok && !trusted.ok ? trusted.problems : []), ...files.problems]);
  }
  const policy = outcome.value;
  const ceiling = readCeiling(settings.ceilingFile, trusted.value.ceiling, options.now);
  if (!ceiling.ok) return refused(ceiling.problems);
  const tests = testsOf(settings.testsFile, policy, sources);
  const { required, groups, audience } = settings.approval;
  const { signers, revoked } = trusted.value;
  const effective: Effective = {
    ruleset: rulesetOf(policy.policy, policy.digest),
    gated: policy.gated,
    engine: ENGINE,
  };
  return {
    outcome: {
      ok: true,
      value: {
        settings: {
          ...settings,
          destinations: { ...settings.destinations, tls: { ca: reading.authorities } },
        },
        policy,
        effective,
        rule: { required, groups, audience, signers, revoked },
        ceiling: ceiling.value,
        testProblems: tests,
        files: files.value,
        text: reading.sources[0]?.text ?? '',
      },
      problems: [...read.problems, ...outcome.problems, ...files.problems],
    },
    sources,
  };
}

function readCeiling(file: string | null, text: string | null, now: number): Outcome<Compared | null> {
  if (file === null || text === null) return { ok: true, value: null, problems: [] };
  const compiled = compilePolicy({ file, text }, { now });
  if (!compiled.ok) return compiled;
  return { ok: true, value: { ruleset: rulesetOf(compiled.value.policy, compiled.value.digest) }, problems: [] };
}

/** What the tests found; tests that cannot be read are a finding too. */
function testsOf(file: string | null, policy: PolicyInHand, sources: Source[]): readonly Problem[] {
  if (file === null) return [];
  const source = readSource(file);
  if (!source.ok) return source.problems;
  sources.push(source.value);
  const tests = readDecisionTests(source.value, policy.policy.timezone);
  if (!tests.ok) return tests.problems;
  const { failed, problems } = judgeTests(policy, tests.value);
  return failed === 0 ? [] : problems;
}

// The guard is guarded: known bad changes against a scratch copy of the configuration, each of which the gate must refuse. Nothing that
// runs is touched, and nothing outside the scratch folder is written.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AdmittedRecord } from '../change/admitted.js';
import { renderApproval } from '../change/approval-text.js';
import { addedBy } from '../change/grant.js';
import { parseDocument } from '../document/parse-yaml.js';
import type { Problem } from '../document/problem.js';
import { diffOf } from '../policy/diff.js';
import { ENGINE } from '../policy/effective.js';
import { readCandidate, type Candidate } from './candidate.js';
import { judge } from './judge.js';
import { runtimeGatedOf } from './runtime-gated.js';
import type { Machine } from './settings-file.js';
import type { Settings } from './settings.js';
import { DRILL_CASES, type DrillCase, type DrillFiles, type Tree } from './drill-cases.js';
import { readSource } from './text-file.js';

export interface DrillResult {
  readonly name: string;
  /** What an attacker or a tired person would have done. */
  readonly change: string;
  /** `untried`: refused, but for another reason, so that nothing is shown about this one. */
  readonly outcome: 'refused' | 'admitted' | 'untried';
  /** The code of the refusal, and its first line; what was admitted says what it adds. */
  readonly code: string;
  readonly message: string;
}

export interface DrillOptions {
  readonly file: string;
  readonly machine: Machine;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Drill =
  | { readonly ok: true; readonly results: readonly DrillResult[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Plays every case; `ok: false` where the configuration itself cannot be read. */
export function drill({ file, machine, now }: DrillOptions): Drill {
  const trees = treesOf(file, { machine, now });
  if (!trees.ok) return trees;
  const scratch = mkdtempSync(join(tmpdir(), 'headgate-drill-'));
  try {
    const results = DRILL_CASES.map((each) => play(each, trees.files, { folder: scratch, machine, now }));
    return { ok: true, results };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Stage {
  readonly folder: string;
  readonly machine: Machine;
  readonly now: number;
}

function play(each: DrillCase, files: DrillFiles, stage: Stage): DrillResult {
  const { before, after } = each.change(structuredClone(files));
  const about = { name: each.name, change: each.says };
  const running = stageOf(before, stage);
  if (running === undefined)
    return { ...about, outcome: 'untried', code: 'drill', message: 'the scratch copy could not be made' };
  const state = { current: recordOf(running, stage.now), highestGeneration: 0, narrowings: [] };
  // Written over the running one, as a person would.
  const candidate = stageOf(after, stage);
  const forged =
    each.forges === undefined || candidate === undefined ? undefined : forgery(running, candidate, stage.now);
  if (each.forges !== undefined && forged !== undefined) putApproval(each.forges(forged), stage);
  const verdict = judge({
    isElsewhere: true,
    file: join(stage.folder, 'headgate.yaml'),
    machine: stage.machine,
    folder: stage.folder,
    state,
    now: stage.now,
  });
  rmSync(join(stage.folder, 'approvals'), { recursive: true, force: true });
  const code = verdict.kind === 'refused' ? verdict.code : 'admitted';
  const message = verdict.messages[0] ?? '';
  return {
    ...about,
    outcome: code === each.expects ? 'refused' : code === 'admitted' ? 'admitted' : 'untried',
    code,
    message,
  };
}

/** Both files as trees, so that a case can change one of them; paths are made absolute, the state is nobody's. */
function treesOf(
  file: string,
  { machine, now }: { readonly machine: Machine; readonly now: number },
): { readonly ok: true; readonly files: DrillFiles } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { outcome } = readCandidate(file, { now, machine, folder: process.cwd(), isElsewhere: true });
  if (!outcome.ok) return outcome;
  const { settings, text } = outcome.value;
  const source = readSource(file);
  if (!source.ok) return source;
  const [headgate, policy] = [parseDocument(source.value), parseDocument({ file: 'policy.yaml', text })];
  if (!headgate.ok) return headgate;
  if (!policy.ok) return policy;
  return {
    ok: true,
    files: { settings: absolute(headgate.value.value as Tree, settings), policy: policy.value.value as Tree },
  };
}

function absolute(tree: Tree, settings: Settings): Tree {
  const { approval, keys, testsFile, ceilingFile } = settings;
  const named = tree['approval'] as Tree | undefined;
  return {
    ...tree,
    policy: 'policy.yaml',
    approvals: 'approvals',
    state: 'state',
    // Whatever the configuration says, the gate that is tried asks for one person.
    approval: {
      ...named,
      required: Math.max(1, approval.required),
      ...(approval.signers === null ? {} : { signers: approval.signers }),
      ...(approval.revoked === null ? {} : { revoked: approval.revoked }),
    },
    ...(Object.keys(keys).length === 0 ? {} : { keys }),
    ...(testsFile === null ? {} : { tests: testsFile }),
    ...(ceilingFile === null ? {} : { ceiling: ceilingFile }),
  };
}

/** Writes both files and reads them as a candidate; undefined: they are none, which a candidate of a case may well be. */
function stageOf({ settings, policy }: DrillFiles, { folder, machine, now }: Stage): Candidate | undefined {
  // JSON is YAML too.
  writeFileSync(join(folder, 'headgate.yaml'), JSON.stringify(settings, null, 1));
  writeFileSync(join(folder, 'policy.yaml'), JSON.stringify(policy, null, 1));
  const { outcome } = readCandidate(join(folder, 'headgate.yaml'), { now, machine, folder, isElsewhere: true });
  return outcome.ok ? outcome.value : undefined;
}

function recordOf({ policy, settings, rule, text }: Candidate, now: number): AdmittedRecord {
  return {
    digest: policy.digest,
    policy: policy.policy,
    engine: ENGINE,
    gated: policy.gated,
    runtime: runtimeGatedOf(settings),
    rule,
    text,
    admittedAt: now,
    generation: 0,
    approvals: [],
  };
}

/** An approval of the change that nobody entitled signed. */
function forgery(running: Candidate, candidate: Candidate, now: number): string {
  return renderApproval({
    kind: 'widening',
    audience: running.rule.audience,
    generation: 0,
    proposer: 'drill@operator.example',
    reason: 'a drill',
    ticket: null,
    createdMs: now - 1000,
    applyBeforeMs: now + 3_600_000,
    untilMs: null,
    base: running.policy.digest,
    candidate: candidate.policy.digest,
    delta: addedBy(diffOf(running.effective, candidate.effective, now)),
  });
}

function putApproval({ text, signature }: { text: string; signature: string | null }, { folder }: Stage): void {
  const name = `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.approval.yaml`;
  mkdirSync(join(folder, 'approvals'), { recursive: true });
  writeFileSync(join(folder, 'approvals', name), text);
  if (signature !== null) writeFileSync(join(folder, 'approvals', `${name}.sig`), signature);
}

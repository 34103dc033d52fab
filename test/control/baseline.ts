// An unsigned baseline of what lies on disk, beside it: what a gateway without a state needs before it releases anything.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderApproval } from '../../src/change/approval-text.js';
import { wholeOf } from '../../src/change/admission.js';
import { readCandidate } from '../../src/control/candidate.js';

export interface BaselineOptions {
  /** Default 1. One more than before lets everything on disk through, whatever ran. */
  readonly generation?: number;
  /** Milliseconds since the epoch. Default: now. */
  readonly now?: number;
}

/** For settings with `approval: { required: 0 }`, or to be signed; its file. Fails where the policy does not compile. */
export function writeBaseline(
  settingsFile: string,
  { generation = 1, now = Date.now() }: BaselineOptions = {},
): string {
  const machine = { processors: 1, descriptors: null };
  const { outcome } = readCandidate(settingsFile, { now, machine, folder: process.cwd() });
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
  const { settings, policy, rule, effective } = outcome.value;
  mkdirSync(settings.approvalsFolder, { recursive: true });
  const text = renderApproval({
    kind: 'baseline',
    audience: rule.audience,
    generation,
    proposer: 'ops@operator.example',
    reason: 'a test',
    ticket: null,
    createdMs: now,
    applyBeforeMs: now + 72 * 3_600_000,
    untilMs: null,
    base: null,
    candidate: policy.digest,
    delta: wholeOf(effective, now),
  });
  const file = join(settings.approvalsFolder, `baseline-${generation}.approval.yaml`);
  writeFileSync(file, text);
  return file;
}

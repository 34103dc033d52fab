// A policy that was admitted, read again by the engine that runs now. INVARIANT: it only loses entries: what a newer engine refuses is
// left out, and where that cannot be told apart nothing is released (test/control/stored-policy.test.ts).
import type { AdmittedRecord } from '../change/admitted.js';
import { nearestSpan, type Document, type Path } from '../document/document.js';
import { parseDocument } from '../document/parse-yaml.js';
import type { Problem } from '../document/problem.js';
import { compilePolicy } from '../policy/compile.js';
import { digestOf, effectiveOf } from '../policy/effective.js';
import type { Policy } from '../policy/policy.js';

export interface StoredPolicy {
  readonly record: AdmittedRecord;
  /** What was left out and why; empty: nothing. */
  readonly problems: readonly Problem[];
}

/** The record as it may run now; the very same where this engine takes its text. */
export function storedPolicyOf(record: AdmittedRecord): StoredPolicy {
  const source = { file: 'the admitted policy', text: record.text };
  const { maxYears } = record.runtime;
  const compiled = compilePolicy(source, { now: record.admittedAt, maxYears });
  if (compiled.ok) return { record, problems: [] };
  const problems = compiled.problems.filter(({ severity }) => severity === 'error');
  const document = parseDocument(source);
  const policy = document.ok ? without(record.policy, document.value, problems) : releasingNothing(record.policy);
  const digest = digestOf(effectiveOf(policy, record.gated));
  return { record: { ...record, policy, digest }, problems };
}

/** Lists whose members only ever add to what leaves, by their path in the file. */
const LISTS = [
  { path: ['partners'], key: 'partners' },
  { path: ['identity', 'watch'], key: 'watch' },
  { path: ['suppressions'], key: 'suppressions' },
] as const;

function without(policy: Policy, document: Document, problems: readonly Problem[]): Policy {
  const left: Record<(typeof LISTS)[number]['key'], Set<number>> = {
    partners: new Set(),
    watch: new Set(),
    suppressions: new Set(),
  };
  for (const problem of problems) {
    const found = LISTS.flatMap(({ path, key }) =>
      policy[key].flatMap((_, index) => (isIn(document, [...path, index], problem) ? [{ key, index }] : [])),
    );
    // A problem that is no entry’s own could be anything’s.
    if (found.length === 0) return releasingNothing(policy);
    for (const { key, index } of found) left[key].add(index);
  }
  return {
    ...policy,
    partners: policy.partners.filter((_, index) => !left.partners.has(index)),
    watch: policy.watch.filter((_, index) => !left.watch.has(index)),
    suppressions: policy.suppressions.filter((_, index) => !left.suppressions.has(index)),
  };
}

function isIn(document: Document, path: Path, { span }: Problem): boolean {
  const place = nearestSpan(document, path);
  return (
    span !== undefined &&
    document.at(path) !== undefined &&
    place !== undefined &&
    place.line <= span.line &&
    span.line <= place.endLine
  );
}

/** The names that are identity stay; nobody receives them. */
function releasingNothing(policy: Policy): Policy {
  return { ...policy, partners: [], watch: [], suppressions: [], releasesNothing: true };
}

// The two policies of a replay: the candidate, and what it is compared with. Without the second everything that the candidate releases
// is new.
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { silenced } from '../policy/exposure-table.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Ruleset } from '../policy/ruleset.js';
import { readSideSettings, type SideSettings } from './compared-settings.js';
import { readSide } from './compared.js';

export interface ReplaySides {
  readonly old: Ruleset;
  readonly next: Ruleset;
  /** In words: ``with `live` ``. */
  readonly against: string;
}

interface Order {
  readonly candidate: string;
  readonly policy?: string;
  readonly config?: string;
}

/** `isCandidate`: the problems are the candidate's. */
export async function readReplaySides(
  order: Order,
  now: number,
): Promise<{ outcome: Outcome<ReplaySides>; sources: readonly Source[]; isCandidate: boolean }> {
  let settings: SideSettings | undefined;
  if (order.config !== undefined) {
    const read = readSideSettings(order.config);
    if (!read.outcome.ok) return { outcome: read.outcome, sources: read.sources, isCandidate: false };
    settings = read.outcome.value;
  }
  const given = { now, ...(settings === undefined ? {} : { settings }) };
  const candidate = await readSide({ name: order.candidate, ...given });
  if (!candidate.outcome.ok) return { outcome: candidate.outcome, sources: candidate.sources, isCandidate: true };
  const next = candidate.outcome.value.compared.ruleset;
  const name = order.policy ?? (settings === undefined ? undefined : 'live');
  if (name === undefined) {
    const value = {
      old: releasingNothing(next),
      next,
      against: 'against nothing, so that all that the candidate releases is new',
    };
    return { outcome: { ok: true, value, problems: [] }, sources: [], isCandidate: false };
  }
  const running = await readSide({ name, ...given });
  if (!running.outcome.ok) return { outcome: running.outcome, sources: running.sources, isCandidate: false };
  const old = running.outcome.value.compared.ruleset;
  const value = { old, next, against: `with \`${order.candidate}\` in place of \`${name}\`` };
  return { outcome: { ok: true, value, problems: [] }, sources: [], isCandidate: false };
}

/** The policy of the same names with no release. Detectors stay as they are: what they do is no release. */
export function releasingNothing({ policy }: Ruleset): Ruleset {
  return rulesetOf({ ...silenced(policy), detection: policy.detection }, '');
}

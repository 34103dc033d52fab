// What a change is judged against: a policy file or one of git, beside the settings of the candidate, or the gateway that runs.
import type { Effective } from '../change/admission.js';
import type { RunningRule } from '../change/admitted.js';
import type { Candidate } from '../control/candidate.js';
import { settingPlacesOf } from '../control/setting-places.js';
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';
import type { Placed } from '../policy/causes.js';
import { ENGINE } from '../policy/effective.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import type { SideSettings } from './compared-settings.js';
import { readSide } from './compared.js';
import { liveGeneration } from './live-generation.js';

export interface Base {
  readonly effective: Effective;
  readonly placed: Placed;
  readonly rule: RunningRule;
  /** The present one as the gateway that runs says it; else 0: the approvals tell. */
  readonly highestGeneration: number;
}

export interface BaseOrder {
  /** As written: `policy.yaml`, `git:main:policy.yaml`, `live`. */
  readonly name: string;
  readonly candidate: Candidate;
  /** Of the candidate. */
  readonly settingsSource: Source | undefined;
  /** The base’s own, with its own rule. Absent: those of the candidate. */
  readonly settings?: SideSettings | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export async function readBase(order: BaseOrder): Promise<{ outcome: Outcome<Base>; sources: readonly Source[] }> {
  const { name, now } = order;
  const side = order.settings ?? settingsOf(order);
  const { settings, rule } = side;
  const { outcome, sources } = await readSide({ name, now, settings: side });
  if (!outcome.ok) return { outcome, sources };
  const { compared, placed } = outcome.value;
  const { ruleset, gated = side.gated, engine = ENGINE } = compared;
  const effective = { ruleset, gated, engine };
  if (name !== 'live') {
    return { outcome: { ...outcome, value: { effective, placed, rule, highestGeneration: 0 } }, sources };
  }
  const generation = await liveGeneration(settings.admin);
  if (!generation.ok) return { outcome: generation, sources };
  const value = { effective, placed, rule: liveRuleOf(gated, rule), highestGeneration: generation.value };
  return { outcome: { ok: true, value, problems: outcome.problems }, sources };
}

function settingsOf({ candidate, settingsSource }: BaseOrder): SideSettings {
  const { settings, policy, rule } = candidate;
  const placeOf = settingsSource === undefined ? (): undefined => undefined : settingPlacesOf(settingsSource);
  return { settings, gated: policy.gated, rule, placeOf };
}

/** How many people, as the gateway that runs has it. Who they are is nowhere but in the files. */
function liveRuleOf(gated: GatedSettings, onDisk: RunningRule): RunningRule {
  const { 'approval.required': required, 'approval.audience': audience } = gated;
  const groups = Object.entries(gated).flatMap(([path, count]) =>
    path.startsWith(GROUPS) && typeof count === 'number' ? [[path.slice(GROUPS.length), count] as const] : [],
  );
  return {
    ...onDisk,
    required: typeof required === 'number' ? required : onDisk.required,
    groups: Object.fromEntries(groups),
    audience: typeof audience === 'string' ? audience : null,
  };
}

const GROUPS = 'approval.groups.';

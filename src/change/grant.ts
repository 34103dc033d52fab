// What a change adds, as data that people approve: who would receive which header, in which form, by which route, where and when.
// It decides nothing: coverage.ts compares it with what a candidate adds.
import type { Axis } from '../policy/axis.js';
import type { Diff, ReleaseChange } from '../policy/diff.js';
import type { Permitted } from '../policy/exposure.js';
import type { Region } from '../policy/merged-regions.js';
import type { GatedSettings, SettingChange } from '../policy/setting-changes.js';

/** Every member of an exposure that shares header, form and route: a set of (listener, host, port, time). JSON-safe. */
export interface ReleaseGrant {
  /** Of the header member, for example `name:xmsisdn`. */
  readonly member: string;
  /** The member as people read it, for example `x-msisdn`. */
  readonly label: string;
  readonly permitted: Permitted;
  readonly listeners: Axis<string>;
  readonly ports: Axis<number>;
  /** Milliseconds since the epoch; null: from the beginning. */
  readonly from: number | null;
  /** null: for good. */
  readonly until: number | null;
  readonly where: readonly Pick<Region, 'pattern' | 'except'>[];
}

/** A gated setting, or a fact of the policy that is no release. null: it was, or would be, absent. */
export interface SettingGrant {
  readonly setting: string;
  readonly before: GatedSettings[string] | null;
  readonly after: GatedSettings[string] | null;
}

export interface Delta {
  readonly releases: readonly ReleaseGrant[];
  readonly settings: readonly SettingGrant[];
}

/** What a change adds: its widenings, and what is neither wider nor narrower. */
export function addedBy(diff: Diff): Delta {
  return {
    releases: diff.releases.filter(adds).map((change) => grantOf(change, change.after)),
    settings: diff.settings.filter(adds).map(settingGrantOf),
  };
}

/** What a change takes away, as it was before. */
export function removedBy(diff: Diff): Delta {
  return {
    releases: diff.releases.filter(removes).map((change) => grantOf(change, change.before)),
    settings: diff.settings.filter(removes).map(settingGrantOf),
  };
}

export function adds({ direction }: Pick<ReleaseChange | SettingChange, 'direction'>): boolean {
  return direction !== 'narrowing';
}

function removes({ direction }: Pick<ReleaseChange | SettingChange, 'direction'>): boolean {
  return direction !== 'widening';
}

function grantOf(change: ReleaseChange, permitted: Permitted): ReleaseGrant {
  const { member, listeners, ports, from, until, regions } = change;
  const where = regions.map(({ pattern, except }) => ({ pattern, except }));
  return { member: member.id, label: member.label, permitted, listeners, ports, from, until, where };
}

function settingGrantOf({ setting, before, after }: SettingChange): SettingGrant {
  return { setting, before, after };
}

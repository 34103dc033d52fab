// What a change of policy means: who would newly receive what, and who no longer, over all hosts there could be and all time from now
// on. Built from the runtime decision of both policies; order, comments and quoting are no change.
import { classDifferencesOf, type Difference } from './class-differences.js';
import { together, type Direction } from './exposure-order.js';
import { headerMembersOf } from './header-members.js';
import { hostTrieOf } from './host-trie.js';
import { mergedRegions, type Region } from './merged-regions.js';
import type { HostPattern } from './policy.js';
import type { Engine } from './policy-settings.js';
import type { Ruleset } from './ruleset.js';
import { settingChangesOf, type SettingChange } from './setting-changes.js';
import type { GatedSettings } from './setting-rules.js';
import { breadthOf, witnessOf, type Breadth, type Witness } from './witness.js';

/** One side of a comparison. `ruleset.digest` is that of the effective policy. */
export interface Compared {
  readonly ruleset: Ruleset;
  /** Absent: not known, and then not compared. */
  readonly gated?: GatedSettings;
  /** Of the engine that reads this side. Absent: this one. */
  readonly engine?: Engine;
}

/** One difference and everywhere it holds. */
export interface ReleaseChange extends Difference {
  /** The widest first, then by name. */
  readonly regions: readonly Region[];
  /** Of the first region. */
  readonly breadth: Breadth;
  readonly witness: Witness;
}

export interface Diff {
  readonly direction: Direction;
  /** What widens first, the widest first. */
  readonly releases: readonly ReleaseChange[];
  readonly settings: readonly SettingChange[];
  /** Milliseconds since the epoch: what ended before is not compared. */
  readonly now: number;
  readonly digests: { readonly old: string; readonly new: string };
}

/** Compares over `[now, ∞)`. Gated settings are compared when both sides have them. */
export function diffOf(old: Compared, next: Compared, now: number): Diff {
  const [a, b] = [old.ruleset.policy, next.ruleset.policy];
  const trie = hostTrieOf(a, b, now);
  const members = headerMembersOf([a, b]);
  const given = { old: old.ruleset, next: next.ruleset, now };
  const classes = classDifferencesOf({ ...given, members, rules: trie.rules });
  const regions = mergedRegions(trie, classes);
  const releases = [...regions]
    .flatMap(([id, where]) => {
      const difference = classes.differences[id];
      return difference === undefined ? [] : [releaseChangeOf(difference, where, given)];
    })
    .sort(byWeight);
  const settings = settingChangesOf(
    { policy: a, gated: old.gated, engine: old.engine },
    { policy: b, gated: next.gated, engine: next.engine },
  );
  return {
    direction: together([...releases, ...settings].map(({ direction }) => direction)),
    releases,
    settings,
    now,
    digests: { old: old.ruleset.digest, new: next.ruleset.digest },
  };
}

function releaseChangeOf(
  difference: Difference,
  found: readonly Region[],
  given: Parameters<typeof witnessOf>[2],
): ReleaseChange {
  const regions = sortedRegions(found);
  const [widest] = regions;
  const breadth = widest === undefined ? 'host' : breadthOf(widest.pattern);
  const witness = witnessOf(difference, widest?.witness ?? '', given);
  return { ...difference, regions, breadth, witness };
}

const BREADTHS: readonly Breadth[] = ['everyone', 'registrable domain', 'subtree', 'host'];
const WEIGHTS: readonly Direction[] = ['widening', 'incomparable', 'narrowing', 'equivalent'];

function byWeight(a: ReleaseChange, b: ReleaseChange): number {
  return (
    Math.sign(WEIGHTS.indexOf(a.direction) >> 1) - Math.sign(WEIGHTS.indexOf(b.direction) >> 1) ||
    BREADTHS.indexOf(a.breadth) - BREADTHS.indexOf(b.breadth) ||
    compareTexts(a.witness.url, b.witness.url) ||
    (a.from ?? 0) - (b.from ?? 0) ||
    compareTexts(a.member.id, b.member.id)
  );
}

function sortedRegions(found: readonly Region[]): readonly Region[] {
  return found
    .map((region) => ({ region, breadth: BREADTHS.indexOf(breadthOf(region.pattern)), text: textOf(region.pattern) }))
    .sort((a, b) => a.breadth - b.breadth || compareTexts(a.text, b.text))
    .map(({ region }) => ({
      ...region,
      except: [...region.except].sort((a, b) => compareTexts(textOf(a), textOf(b))),
    }));
}

function textOf({ host, kind }: HostPattern): string {
  return `${host} ${kind}`;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Changes beside the releases: what detectors know of our numbers, what an own header carries, the engine, and the gated settings.
// INVARIANT: each widening is said once; an own name dropped is a release to everyone, and said there (test/policy/setting-changes.test.ts).
import type { Direction } from './exposure-order.js';
import { headerMembersOf } from './header-members.js';
import { identifierOf } from './identify.js';
import type { IdentityClass, Policy } from './policy.js';
import { policySettingsOf, type Engine } from './policy-settings.js';
import { settingDirection, uncoveredRanges, type GatedSettings, type SettingValue } from './setting-rules.js';

export type { GatedSettings } from './setting-rules.js';

export interface SettingChange {
  readonly direction: Exclude<Direction, 'equivalent'>;
  /** A path: `identity.numbers.ranges`, `identity.headers`, `engine.meaning` or that of a gated setting. */
  readonly setting: string;
  /** The whole value of that path, null where it is absent. Several changes of one path have the same two. */
  readonly before: SettingValue | null;
  readonly after: SettingValue | null;
  /** One lower-case line: what it is now and what it would be. */
  readonly message: string;
}

interface Side {
  readonly policy: Policy;
  readonly gated: GatedSettings | undefined;
  /** Absent: this engine. */
  readonly engine?: Engine | undefined;
}

export function settingChangesOf(old: Side, next: Side): readonly SettingChange[] {
  const [a, b] = [policySettingsOf(old.policy, old.engine), policySettingsOf(next.policy, next.engine)];
  return [
    ...numberChanges(a, b),
    ...carriedChanges(old.policy, next.policy, [a, b]),
    ...plainChanges(engineOf(a), engineOf(b)),
    ...(old.gated === undefined || next.gated === undefined ? [] : plainChanges(old.gated, next.gated)),
  ];
}

type Way = SettingChange['direction'];

function numberChanges(old: GatedSettings, next: GatedSettings): readonly SettingChange[] {
  const changesOf = (
    name: string,
    say: {
      readonly lost: (member: string) => readonly [Way, string];
      readonly gained: (member: string) => readonly [Way, string];
    },
    missing = missingFrom,
  ): readonly SettingChange[] => {
    const setting = `identity.numbers.${name}`;
    const [before, after] = [old[setting] ?? null, next[setting] ?? null];
    return [...missing(before, after).map(say.lost), ...missing(after, before).map(say.gained)].map(
      ([direction, message]) => ({ direction, setting, before, after, message }),
    );
  };
  return [
    ...changesOf(
      'ranges',
      {
        lost: (range) => ['widening', `detectors no longer look for ${rangeText(range)}`],
        gained: (range) => ['narrowing', `detectors look for ${rangeText(range)}`],
      },
      uncoveredRanges,
    ),
    ...changesOf('plmns', {
      lost: (plmn) => ['widening', `detectors no longer look for IMSIs of network \`${plmn}\``],
      gained: (plmn) => ['narrowing', `detectors look for IMSIs of network \`${plmn}\``],
    }),
    ...changesOf('placeholders', {
      lost: (text) => ['narrowing', `placeholder \`${text}\` is identity again`],
      gained: (text) => ['widening', `placeholder \`${text}\` is no identity: it may leave`],
    }),
    ...changesOf('countryCodes', {
      lost: (code) => ['widening', `numbers are no longer read with country code \`${code}\``],
      gained: (code) => ['narrowing', `numbers are also read with country code \`${code}\``],
    }),
  ];
}

function rangeText(range: string): string {
  const [prefix = '', digits = ''] = range.split('/');
  return `numbers of ${digits} digits that begin with \`${prefix}\``;
}

/** Members of `inner` that `outer` lacks. */
function missingFrom(inner: SettingValue | null, outer: SettingValue | null): readonly string[] {
  return typeof inner === 'object' && typeof outer === 'object'
    ? (inner ?? []).filter((each) => !(outer ?? []).includes(each))
    : [];
}

/**
 * What a value is decides how it is looked for in other fields, and how its pseudonym is made. A name that one side withholds as
 * its own and the other by the catalogue may change so too.
 */
function carriedChanges(
  old: Policy,
  next: Policy,
  [a, b]: readonly [GatedSettings, GatedSettings],
): readonly SettingChange[] {
  const setting = 'identity.headers';
  const [before, after] = [a[setting] ?? null, b[setting] ?? null];
  const carriedIn = ({ headers }: Policy): ((name: string) => IdentityClass | undefined) => {
    const identify = identifierOf(headers);
    return (name) => {
      const identity = identify(name);
      return identity?.action === 'strip' ? identity.class : undefined;
    };
  };
  const [was, is] = [carriedIn(old), carriedIn(next)];
  const spellings = new Map(
    [...next.headers, ...old.headers].map(({ kind, key, spelling }) => [`${kind}:${key}`, spelling]),
  );
  const found = headerMembersOf([old, next]).flatMap((member) => {
    if (member.kind !== 'name' && member.kind !== 'prefix') return [];
    const [from, to] = [was(member.sample), is(member.sample)];
    return from === undefined || to === undefined || from === to ? [] : [{ member, from, to }];
  });
  const isSaidByPrefix = ({ member, from, to }: (typeof found)[number]): boolean =>
    found.some(
      (other) =>
        other.member.kind === 'prefix' &&
        other.member !== member &&
        member.sample.startsWith(other.member.id.slice('prefix:'.length)) &&
        other.from === from &&
        other.to === to,
    );
  return found
    .filter((change) => !isSaidByPrefix(change))
    .map(({ member, from, to }) => {
      const message = `\`${spellings.get(member.id) ?? member.label}\` carries \`${to}\`, no longer \`${from}\``;
      return { direction: 'incomparable' as const, setting, before, after, message };
    });
}

function engineOf(settings: GatedSettings): GatedSettings {
  return Object.fromEntries(Object.entries(settings).filter(([path]) => path.startsWith('engine.')));
}

/** Path by path, each by its own rule; what is equivalent is left out. */
export function plainChanges(old: GatedSettings, next: GatedSettings): readonly SettingChange[] {
  const settings = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  return settings.flatMap((setting) => {
    const [before, after] = [old[setting] ?? null, next[setting] ?? null];
    const direction = settingDirection(setting, before, after);
    const message = `\`${setting}\` ${before === null ? 'is new:' : `is ${shown(before)}, and would be`} ${after === null ? 'absent' : shown(after)}`;
    return direction === 'equivalent' ? [] : [{ direction, setting, before, after, message }];
  });
}

function shown(value: SettingValue): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}

// Changes beside the releases: what detectors know of our numbers, what an own header carries, and the gated settings. What stands in
// no rule here needs approval whenever it changes, in either direction.
import { canonicalJson } from './canonical-json.js';
import { covers } from './cidr-cover.js';
import type { Direction } from './exposure-order.js';
import type { Policy } from './policy.js';

/** Plain data by path, for example `listeners.internet.trust`; the value of a path is text, a number, or a set of texts. */
export type GatedSettings = Readonly<Record<string, string | number | readonly string[]>>;

export interface SettingChange {
  readonly direction: Exclude<Direction, 'equivalent'>;
  /** `numbers`, `identity.headers` or the path of a gated setting. */
  readonly setting: string;
  /** One lower-case line: what it is now and what it would be. */
  readonly message: string;
}

interface Side {
  readonly policy: Policy;
  readonly gated: GatedSettings | undefined;
}

export function settingChangesOf(old: Side, next: Side): readonly SettingChange[] {
  return [
    ...numberChanges(old.policy, next.policy),
    ...carriedChanges(old.policy, next.policy),
    ...(old.gated === undefined || next.gated === undefined ? [] : gatedChanges(old.gated, next.gated)),
  ];
}

type Range = Policy['numbers'][number]['ranges'][number];
/** Shorter prefixes are counted, never withheld. */
const FIRM_DIGITS = 7;

function numberChanges(old: Policy, next: Policy): readonly SettingChange[] {
  const setting = 'identity.numbers';
  const rangesOf = (policy: Policy): readonly Range[] => policy.numbers.flatMap(({ ranges }) => ranges);
  const isCovered = (range: Range, by: readonly Range[]): boolean =>
    by.some(
      ({ prefix, digits }) =>
        digits === range.digits &&
        range.prefix.startsWith(prefix) &&
        (prefix.length >= FIRM_DIGITS || range.prefix.length < FIRM_DIGITS),
    );
  const [before, after] = [rangesOf(old), rangesOf(next)];
  const range = ({ prefix, digits }: Range): string => `numbers of ${digits} digits that begin with \`${prefix}\``;
  return [
    ...before
      .filter((each) => !isCovered(each, after))
      .map((each) => widening(setting, `detectors no longer look for ${range(each)}`)),
    ...after
      .filter((each) => !isCovered(each, before))
      .map((each) => narrowing(setting, `detectors look for ${range(each)}`)),
    ...setChanges(setting, plansOf(old, 'plmns'), plansOf(next, 'plmns'), {
      lost: (plmn) => widening(setting, `detectors no longer look for IMSIs of network \`${plmn}\``),
      gained: (plmn) => narrowing(setting, `detectors look for IMSIs of network \`${plmn}\``),
    }),
    ...setChanges(setting, plansOf(old, 'placeholders'), plansOf(next, 'placeholders'), {
      lost: (text) => narrowing(setting, `placeholder \`${text}\` is identity again`),
      gained: (text) => widening(setting, `placeholder \`${text}\` is no identity: it may leave`),
    }),
    ...setChanges(setting, codesOf(old), codesOf(next), {
      lost: (code) => widening(setting, `numbers are no longer read with country code \`${code}\``),
      gained: (code) => narrowing(setting, `numbers are also read with country code \`${code}\``),
    }),
  ];
}

function plansOf({ numbers }: Policy, key: 'plmns' | 'placeholders'): readonly string[] {
  return numbers.flatMap((plan) => plan[key]);
}

function codesOf({ numbers }: Policy): readonly string[] {
  return numbers.map(({ countryCode }) => countryCode);
}

/** What a value is decides how it is looked for in other fields, and how its pseudonym is made. */
function carriedChanges(old: Policy, next: Policy): readonly SettingChange[] {
  return old.headers.flatMap(({ kind, key, spelling, carries }) => {
    const after = next.headers.find((header) => header.kind === kind && header.key === key);
    if (after === undefined || after.carries === carries) return [];
    const message = `\`${spelling}\` carries \`${after.carries}\`, no longer \`${carries}\``;
    return [{ direction: 'incomparable' as const, setting: 'identity.headers', message }];
  });
}

function gatedChanges(old: GatedSettings, next: GatedSettings): readonly SettingChange[] {
  const settings = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
  return settings.flatMap((setting) => {
    const [before, after] = [old[setting], next[setting]];
    if (canonicalJson(sortedSet(before)) === canonicalJson(sortedSet(after))) return [];
    const direction = gatedDirection(setting, before, after);
    const message = `\`${setting}\` ${before === undefined ? 'is new:' : `is ${shown(before)}, and would be`} ${after === undefined ? 'absent' : shown(after)}`;
    return direction === 'equivalent' ? [] : [{ direction, setting, message }];
  });
}

type Value = GatedSettings[string] | undefined;
type Rule = (before: Value, after: Value) => Direction;

const addresses: Rule = (before, after) => {
  const [a, b] = [trustOf(before), trustOf(after)];
  return ofBoth(!covers(a, b), !covers(b, a));
};
const higherIsWider: Rule = (before, after) =>
  typeof before === 'number' && typeof after === 'number' ? ofBoth(after > before, after < before) : 'incomparable';
const lowerIsWider: Rule = (before, after) => higherIsWider(after, before);
const moreIsWider: Rule = (before, after) => ofBoth(!isSubset(after, before), !isSubset(before, after));
const fewerIsWider: Rule = (before, after) => moreIsWider(after, before);
/** A new one reaches somewhere else; one that is gone leaves it to DNS, which is somewhere else too. */
const anotherPlace: Rule = (before) => (before === undefined ? 'widening' : 'incomparable');

/** By path, `*` for one name. What is in none of them is incomparable when it changes. */
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^listeners\.[^.]+\.(?:clients|trust)$/, addresses],
  [/^destinations\.permit$/, addresses],
  [/^destinations\.hosts\..+$/, anotherPlace],
  [/^destinations\.default$/, anotherPlace],
  [/^destinations\.refusedPorts$/, fewerIsWider],
  [/^destinations\.tls\.ca$/, moreIsWider],
  [/^connect\.ports$/, moreIsWider],
  [/^skewMs$/, lowerIsWider],
  [/^maxYears$/, higherIsWider],
  [/^approval\.required$/, lowerIsWider],
  [/^approval\.groups\..+$/, (before, after) => lowerIsWider(before ?? 0, after ?? 0)],
  [/^approval\.signers$/, moreIsWider],
  [/^keys\..+$/, (before, after) => moreIsWider(before, after)],
];

function gatedDirection(setting: string, before: Value, after: Value): Direction {
  return RULES.find(([pattern]) => pattern.test(setting))?.[1](before, after) ?? 'incomparable';
}

/** `path` believes everyone who may connect, `none` nobody. A setting that is absent has no addresses. */
function trustOf(value: Value): readonly string[] | 'everyone' {
  if (value === 'path') return 'everyone';
  return typeof value === 'object' ? value : [];
}

function isSubset(inner: Value, outer: Value): boolean {
  const all = listOf(outer);
  return listOf(inner).every((each) => all.includes(each));
}

function listOf(value: Value): readonly string[] {
  return value === undefined ? [] : typeof value === 'object' ? value : [String(value)];
}

function ofBoth(widens: boolean, narrows: boolean): Direction {
  if (widens) return narrows ? 'incomparable' : 'widening';
  return narrows ? 'narrowing' : 'equivalent';
}

function setChanges(
  _setting: string,
  before: readonly string[],
  after: readonly string[],
  say: { lost: (member: string) => SettingChange; gained: (member: string) => SettingChange },
): readonly SettingChange[] {
  return [
    ...[...new Set(before)].filter((each) => !after.includes(each)).map(say.lost),
    ...[...new Set(after)].filter((each) => !before.includes(each)).map(say.gained),
  ];
}

const widening = (setting: string, message: string): SettingChange => ({ direction: 'widening', setting, message });
const narrowing = (setting: string, message: string): SettingChange => ({ direction: 'narrowing', setting, message });

function sortedSet(value: Value): unknown {
  return typeof value === 'object' ? [...value].sort() : value;
}

function shown(value: Exclude<Value, undefined>): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}

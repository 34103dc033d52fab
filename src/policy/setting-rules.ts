// Which way a setting goes when it changes: one rule for each path of the effective policy. A path in no rule here needs approval
// whenever it changes, in either direction. docs/settings.md says each rule in words; test/control/gated-settings.test.ts holds it.
import { canonicalJson } from './canonical-json.js';
import { covers } from './cidr-cover.js';
import type { Direction } from './exposure-order.js';

/** Text, a number, or a set of texts. */
export type SettingValue = string | number | readonly string[];

/** Plain data by path, for example `listeners.internet.trust`. Absent paths are settings that are not there. */
export type GatedSettings = Readonly<Record<string, SettingValue>>;

type Value = SettingValue | null;
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
const ranges: Rule = (before, after) =>
  ofBoth(uncoveredRanges(before, after).length > 0, uncoveredRanges(after, before).length > 0);
/** A new one reaches somewhere else; one that is gone leaves it to DNS, which is somewhere else too. */
const anotherPlace: Rule = (before) => (before === null ? 'widening' : 'incomparable');
/** With one there is less than without; two of them are not compared. */
const anotherBound: Rule = (before, after) =>
  before === null ? 'narrowing' : after === null ? 'widening' : 'incomparable';
const anyChange: Rule = () => 'incomparable';

/** By path; the first that fits. What is in none of them is incomparable when it changes. */
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^listeners\.[^.]+\.(?:clients|trust)$/, addresses],
  [/^listeners\.[^.]+\.mirror$/, anotherPlace],
  [/^listeners\.[^.]+\.(?:as|kind)$/, anyChange],
  [/^canary\.numbers$/, moreIsWider],
  [/^destinations\.permit$/, addresses],
  [/^destinations\.hosts\..+$/, anotherPlace],
  [/^destinations\.default$/, anotherPlace],
  [/^destinations\.refusedPorts$/, fewerIsWider],
  [/^destinations\.resolvers$/, anyChange],
  [/^destinations\.tls\.ca$/, moreIsWider],
  [/^connect\.ports$/, moreIsWider],
  [/^skewMs$/, lowerIsWider],
  [/^maxYears$/, higherIsWider],
  [/^approval\.required$/, lowerIsWider],
  [/^approval\.groups\..+$/, (before, after) => lowerIsWider(before ?? 0, after ?? 0)],
  [/^approval\.signers$/, moreIsWider],
  [/^approval\.revoked$/, fewerIsWider],
  [/^approval\.audience$/, anyChange],
  [/^ceiling$/, anotherBound],
  [/^keys\..+$/, moreIsWider],
  [/^identity\.headers$/, fewerIsWider],
  [/^identity\.numbers\.ranges$/, ranges],
  [/^identity\.numbers\.plmns$/, fewerIsWider],
  [/^identity\.numbers\.placeholders$/, moreIsWider],
  [/^identity\.numbers\.countryCodes$/, fewerIsWider],
  [/^engine\.meaning$/, higherIsWider],
  [/^engine\.keyRule$/, anyChange],
];

/** From `before` to `after`, null where the setting is absent. The order of a list says nothing. */
export function settingDirection(setting: string, before: Value, after: Value): Direction {
  if (canonicalJson(sortedSet(before)) === canonicalJson(sortedSet(after))) return 'equivalent';
  return RULES.find(([pattern]) => pattern.test(setting))?.[1](before, after) ?? 'incomparable';
}

/** Shorter prefixes are counted, never withheld. */
const FIRM_DIGITS = 7;

/** Members of `inner`, each `PREFIX/DIGITS` (`447700900/12`), whose numbers `outer` does not look for as firmly. */
export function uncoveredRanges(inner: Value, outer: Value): readonly string[] {
  const all = listOf(outer).map(rangeOf);
  return listOf(inner).filter((text) => {
    const range = rangeOf(text);
    return !all.some(
      ({ prefix, digits }) =>
        digits === range.digits &&
        range.prefix.startsWith(prefix) &&
        (prefix.length >= FIRM_DIGITS || range.prefix.length < FIRM_DIGITS),
    );
  });
}

function rangeOf(text: string): { readonly prefix: string; readonly digits: string } {
  const [prefix = '', digits = ''] = text.split('/');
  return { prefix, digits };
}

/** `path` believes everyone who may connect, `none` nobody. A setting that is absent has no addresses. */
function trustOf(value: Value): readonly string[] | 'everyone' {
  if (value === 'path') return 'everyone';
  return typeof value === 'object' && value !== null ? value : [];
}

function isSubset(inner: Value, outer: Value): boolean {
  const all = listOf(outer);
  return listOf(inner).every((each) => all.includes(each));
}

function listOf(value: Value): readonly string[] {
  return value === null ? [] : typeof value === 'object' ? value : [String(value)];
}

function ofBoth(widens: boolean, narrows: boolean): Direction {
  if (widens) return narrows ? 'incomparable' : 'widening';
  return narrows ? 'narrowing' : 'equivalent';
}

function sortedSet(value: Value): unknown {
  return typeof value === 'object' && value !== null ? [...new Set(value)].sort() : value;
}

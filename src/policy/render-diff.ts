// A comparison as text: one line for each change, an example as a subscriber would ask for it, when, and the lines of both files.
import type { Span } from '../document/problem.js';
import { isEverything, type Axis } from './axis.js';
import type { Causes } from './causes.js';
import type { Diff, ReleaseChange } from './diff.js';
import type { Permitted, PermittedRoute } from './exposure.js';
import { renderHostPattern } from './host-pattern.js';
import { renderInstant } from './instant.js';
import { listenersMeant, listenersText } from './listener-text.js';
import type { Region } from './merged-regions.js';
import type { HostPattern } from './policy.js';
import type { SettingChange } from './setting-changes.js';

export interface DiffWords {
  /** Of the new policy. */
  readonly timezone: string;
  causesOf(change: ReleaseChange | SettingChange): Causes;
  /** Of the settings of both sides; absent: not known, and then a set of listeners is said as it is. */
  readonly listeners?: readonly string[];
  /** Regions of one change that are printed; the rest is counted. Default 6. */
  readonly most?: number;
}

/** Changes that say the same of several headers, as one. */
export interface ChangeGroup {
  readonly changes: readonly ReleaseChange[];
  readonly first: ReleaseChange;
}

const MOST_REGIONS = 6;

/** Ends with a line feed. `equivalent` alone where nothing changes. */
export function renderDiff(diff: Diff, words: DiffWords): string {
  const blocks = groupsOf(diff.releases).map((group) => [
    `${labelOf(group.first.direction)}: ${sentenceOf(group, words)}`,
    ...detailsOf(group.first, words),
    ...linesOf(group.changes.map((change) => words.causesOf(change))),
  ]);
  const settings = diff.settings.map((change) => [
    `${labelOf(change.direction)}: ${change.message}`,
    ...linesOf([words.causesOf(change)]),
  ]);
  return `${[...blocks, ...settings, [summaryOf(diff)]].map((lines) => lines.join('\n')).join('\n')}\n`;
}

/** `widening: 2 widenings, 1 narrowing (8c1f0a… to 5e0b11…)` */
export function summaryOf(diff: Diff): string {
  const all = [...groupsOf(diff.releases).map(({ first }) => first), ...diff.settings];
  const count = (isOne: (change: { readonly direction: string }) => boolean, word: string): readonly string[] => {
    const n = all.filter(isOne).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`];
  };
  const counts = [
    ...count(({ direction }) => direction !== 'narrowing', 'widening'),
    ...count(({ direction }) => direction === 'narrowing', 'narrowing'),
  ];
  return counts.length === 0
    ? `${diff.direction}: nobody receives more or less than before`
    : `${diff.direction}: ${counts.join(', ')}`;
}

/** What has a member that was not there needs approval, also when it lacks another: both are called a widening. */
export function labelOf(direction: ReleaseChange['direction']): 'widening' | 'narrowing' {
  return direction === 'narrowing' ? direction : 'widening';
}

export function groupsOf(releases: readonly ReleaseChange[]): readonly ChangeGroup[] {
  const groups = new Map<string, ReleaseChange[]>();
  for (const change of releases) {
    const { direction, before, after, listeners, ports, from, until, regions } = change;
    const forms = [before, after].map(({ form, partner }) => [form === 'none', partner]);
    const isMany = regions.length > MOST_REGIONS;
    const where = isMany ? [regions.length, regions[0], regions.at(-1)] : regions;
    const routes = before.form === 'none' || after.form === 'none' ? [] : [before.route, after.route];
    const key = JSON.stringify([direction, forms, routes, change.witness.route, listeners, ports, from, until, where]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()].flatMap((changes) => {
    const [first] = changes;
    return first === undefined ? [] : [{ changes, first }];
  });
}

/** `` `bank` gains `x-imsi` (unchanged) on `api.bank.example` `` */
export function sentenceOf({ changes, first }: ChangeGroup, { most = MOST_REGIONS }: DiffWords): string {
  const { before, after, direction, regions } = first;
  const isGain = labelOf(direction) === 'widening';
  const partner = isGain ? (after.partner ?? before.partner) : (before.partner ?? after.partner);
  const isForAll = after.form !== 'none' && after.partner === null;
  const who = isForAll || partner === null ? 'everyone' : `\`${partner}\``;
  const headers = changes.map((change) => `\`${change.member.label}\` (${formsOf(change)})`).join(', ');
  const verb = before.form === 'none' ? 'gains' : after.form === 'none' ? 'loses' : VERBS[direction];
  return `${who} ${verb} ${headers} on ${placesOf(regions, most)}`;
}

const VERBS = { widening: 'gains more of', narrowing: 'gets less of', incomparable: 'gets a changed' } as const;

/** `unchanged`; `pseudonym with `k` instead of unchanged, over plain http instead of over TLS to port 443`. */
export function formsOf({ before, after }: Pick<ReleaseChange, 'before' | 'after'>): string {
  if (before.form === 'none') return formOf(after);
  if (after.form === 'none') return formOf(before);
  const [a, b] = [formOf(before), formOf(after)];
  const [from, to] = [routeOf(before.route), routeOf(after.route)];
  const forms = a === b ? (from === to ? `${a}, of another partner` : a) : `${b} instead of ${a}`;
  return from === to ? forms : `${forms}, ${to} instead of ${from}`;
}

function formOf({ form, keys }: Permitted): string {
  return form === 'pseudonym'
    ? `pseudonym with ${keys.map((key) => `\`${key.split('/').at(-1) ?? ''}\``).join(' and ')}`
    : form;
}

/** The rest of what a change says: an example, when, at which ports and listeners. */
export function detailsOf(change: ReleaseChange, words: Omit<DiffWords, 'causesOf'>): readonly string[] {
  const { timezone } = words;
  const { witness, listeners, ports, from, until, breadth } = change;
  const name = witness.listener === '' ? listenerOf(listeners, words.listeners) : witness.listener;
  const at = name === '' ? '' : ` on listener \`${name}\``;
  const start = from === null ? 'at once' : `from ${renderInstant(from, timezone)}`;
  const end = until === null ? '' : ` until ${renderInstant(until, timezone)}`;
  const where = [portsText(ports), listenersText(listeners, words.listeners)].filter((text) => text !== '').join(', ');
  return [
    `  for example ${witness.url} (sent ${routeOf(witness.route)})${at}`,
    `  ${start}${end}${where === '' ? '' : `; ${where}`}; breadth: ${breadth}`,
  ];
}

export function routeOf(route: PermittedRoute | null): string {
  if (route === null) return 'nowhere';
  return route.transport === 'tls' ? `over TLS to port ${route.port}` : 'over plain http';
}

/** One of the settings' that the change is about, where it is not about every one; else ''. */
function listenerOf(axis: Axis<string>, configured: readonly string[] | undefined): string {
  return isEverything(axis) ? '' : (listenersMeant(axis, configured ?? [])[0] ?? '');
}

function portsText(axis: Axis<number>): string {
  if (isEverything(axis)) return '';
  const members = axis.members.map((member) => `\`${member}\``).join(', ');
  return axis.kind === 'except'
    ? `every port but ${members}`
    : `${axis.members.length === 1 ? 'port' : 'ports'} ${members}`;
}

export function placesOf(regions: readonly Region[], most: number): string {
  const shown = regions.slice(0, most).map(({ pattern, except }) => {
    const holes = except.slice(0, most).map(patternText);
    const rest = except.length > most ? ` and ${except.length - most} more` : '';
    return `${patternText(pattern)}${holes.length === 0 ? '' : ` but ${holes.join(', ')}${rest}`}`;
  });
  return `${shown.join(', ')}${regions.length > most ? ` and ${regions.length - most} more` : ''}`;
}

function patternText(pattern: HostPattern): string {
  if (pattern.host !== '') return `\`${renderHostPattern(pattern)}\``;
  return pattern.kind === 'any' ? 'every host' : 'every single label';
}

/** `old` and `new`, each with its places; none where the other file says it too. */
export function linesOf(causes: readonly Causes[]): readonly string[] {
  const places = (spans: readonly Span[]): string =>
    [...new Set(spans.map(({ file, line, column }) => `${file}:${line}:${column}`))].slice(0, MOST_REGIONS).join(' ');
  const [old, next] = [places(causes.flatMap((each) => each.old)), places(causes.flatMap((each) => each.new))];
  return [...(old === '' ? [] : [`  old ${old}`]), ...(next === '' ? [] : [`  new ${next}`])];
}

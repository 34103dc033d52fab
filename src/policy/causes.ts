// The lines of both files that a difference comes from: what speaks of the witness in one of them and is not said in the other.
import type { Span } from '../document/problem.js';
import { keysOf } from '../names/key.js';
import { canonicalJson } from './canonical-json.js';
import type { Compiled } from './compile.js';
import type { ReleaseChange } from './diff.js';
import type { HeaderMember } from './header-members.js';
import { hostIndexOf, type HostIndex } from './host-index.js';
import type { HostPattern, Partner, Policy } from './policy.js';
import type { SettingChange } from './setting-changes.js';

/** A policy and its places; null for one that came without a file. `placeOf`: where a gated setting stands in the settings' file. */
export type Placed = Pick<Compiled, 'policy'> & {
  readonly places: Compiled['places'] | null;
  readonly placeOf?: (setting: string) => Span | undefined;
};

export interface Causes {
  readonly old: readonly Span[];
  readonly new: readonly Span[];
}

/** What a line says; two lines of two files that say the same are no cause. */
interface Statement {
  readonly says: string;
  readonly span: Span | undefined;
}

/** A pattern of a policy: of a partner or a deny. */
interface Line {
  readonly of: 'partner' | 'deny';
  readonly item: number;
  readonly host: number;
  readonly pattern: HostPattern;
}
interface Side extends Placed {
  readonly lines: HostIndex<Line>;
}

/** Asks by look-up, so that thousands of changes are affordable. */
export function causesBetween(old: Placed, next: Placed): (change: ReleaseChange | SettingChange) => Causes {
  const [a, b] = [sideOf(old), sideOf(next)];
  return (change) => {
    const [before, after] =
      'setting' in change
        ? [settingStatements(a, change.setting, change.before), settingStatements(b, change.setting, change.after)]
        : [releaseStatements(a, b, change), releaseStatements(b, a, change)];
    return { old: onlyIn(before, after), new: onlyIn(after, before) };
  };
}

function onlyIn(here: readonly Statement[], there: readonly Statement[]): readonly Span[] {
  const said = new Set(there.map(({ says }) => says));
  const spans = new Map<string, Span>();
  for (const { says, span } of here) {
    if (span !== undefined && !said.has(says)) spans.set(`${span.line}:${span.column}`, span);
  }
  return [...spans.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function sideOf(placed: Placed): Side {
  const { partners, deny } = placed.policy;
  const linesOf = (of: Line['of'], hosts: readonly HostPattern[], item: number): (readonly [HostPattern, Line])[] =>
    hosts.map((pattern, host) => [pattern, { of, item, host, pattern }]);
  const lines = hostIndexOf([
    ...partners.flatMap(({ hosts }, index) => linesOf('partner', hosts, index)),
    ...deny.flatMap(({ hosts }, index) => linesOf('deny', hosts, index)),
  ]);
  return { ...placed, lines };
}

function linesAt({ lines }: Side, host: string): readonly Line[] {
  const found: Line[] = [];
  lines.find(host, (line) => {
    found.push(line);
    return false;
  });
  return found;
}

function releaseStatements(side: Side, other: Side, change: ReleaseChange): readonly Statement[] {
  const { places, policy } = side;
  const { member, witness } = change;
  const [here, there] = [linesAt(side, witness.host), linesAt(other, witness.host)];
  const others = there.flatMap((line) => (line.of === 'partner' ? [other.policy.partners[line.item]?.id] : []));
  const concerned = [...concernedIn(policy, here, member), ...concernedIn(other.policy, there, member)];
  const found = here.flatMap((line): readonly Statement[] => {
    if (line.of === 'deny') {
      const { listeners, period } = policy.deny[line.item] ?? {};
      return [{ says: says('deny', line.pattern, listeners, period), span: places?.denyHost(line.item, line.host) }];
    }
    const partner = policy.partners[line.item];
    if (partner === undefined || !concerned.includes(partner.id)) return [];
    return [
      { says: says('host', partner.id, line.pattern), span: places?.host(line.item, line.host) },
      ...partner.release.flatMap((rule, index) =>
        isAbout(rule.key, member)
          ? [{ says: says(partner.id, rule.key, rule.form, rule.keyIds), span: places?.release(line.item, index) }]
          : [],
      ),
      ...(others.includes(partner.id) ? termStatements(side, partner, line.item) : []),
    ];
  });
  return [...found, ...identityStatements(side, member, witness.host)];
}

/** Partners that release the member there. */
function concernedIn({ partners }: Policy, lines: readonly Line[], member: HeaderMember): readonly string[] {
  return lines.flatMap(({ of, item }) => {
    const partner = of === 'partner' ? partners[item] : undefined;
    if (partner === undefined) return [];
    return isNovel(member) || partner.release.some(({ key }) => isAbout(key, member)) ? [partner.id] : [];
  });
}

/** What holds for all of a partner's hosts and headers. */
function termStatements({ places }: Side, partner: Partner, index: number): readonly Statement[] {
  const { id, transport, connect, ports, listeners, period } = partner;
  const terms = { transport, connect, ports, listeners, from: period.from, until: period.until };
  return Object.entries(terms).map(([key, value]) => ({
    says: says('term', id, key, Array.isArray(value) ? [...(value as readonly unknown[])].sort() : value),
    span: places?.partnerKey(index, key),
  }));
}

function identityStatements({ policy, places }: Side, member: HeaderMember, host: string): readonly Statement[] {
  switch (member.kind) {
    case 'name':
    case 'prefix':
      return [
        ...policy.headers.flatMap(({ kind, key }, index) =>
          isNamed(member.sample, kind, key) ? [{ says: says('own', kind, key), span: places?.ownHeader(index) }] : [],
        ),
        ...policy.watch.flatMap(({ key, period }, index) =>
          isAbout(key, member) ? [{ says: says('watch', key, period), span: places?.watch(index) }] : [],
        ),
      ];
    case 'accepted':
      return policy.watch.flatMap(({ key, period }, index) =>
        key === member.key ? [{ says: says('watch', key, period), span: places?.watch(index) }] : [],
      );
    case 'unexamined':
      return policy.suppressions.flatMap(({ key, host: at, period }, index) =>
        key === member.key && at === host
          ? [{ says: says('suppress', key, period), span: places?.suppression(index) }]
          : [],
      );
    case 'value':
      return [{ says: policy.detection.exact, span: places?.detection('exact') }];
    case 'number':
      return [{ says: policy.detection.numbers, span: places?.detection('numbers') }];
    case 'hint':
      return [{ says: policy.detection.hints, span: places?.detection('hints') }];
    case 'novel':
      return [{ says: policy.detection.novelty, span: places?.detection('novelty') }];
    case 'other':
      return [];
    default:
      return member satisfies never;
  }
}

function settingStatements(side: Side, setting: string, value: SettingChange['before']): readonly Statement[] {
  const { policy, places, placeOf } = side;
  if (setting.startsWith('identity.numbers.'))
    return policy.numbers.map((plan, index) => ({ says: canonicalJson(plan), span: places?.numbers(index) }));
  if (setting === 'identity.headers') {
    return policy.headers.map(({ kind, key, carries }, index) => ({
      says: says('carries', kind, key, carries),
      span: places?.ownHeader(index),
    }));
  }
  return [{ says: says(value), span: placeOf?.(setting) }];
}

function isAbout(key: string, member: HeaderMember): boolean {
  return member.kind === 'name' && keysOf(member.key).includes(key);
}

function isNovel({ kind }: HeaderMember): boolean {
  return kind === 'novel' || kind === 'accepted';
}

function isNamed(sample: string, kind: 'name' | 'prefix', key: string): boolean {
  return keysOf(sample).some((each) => (kind === 'name' ? each === key : each.startsWith(key)));
}

function says(...parts: readonly unknown[]): string {
  return canonicalJson(parts);
}

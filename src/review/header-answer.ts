// Why one header of a question leaves, in which form, or does not: the plan's answer in words, with the line that decides.
import type { Counts, DetectorName } from '../decision/plan-types.js';
import type { Span } from '../document/problem.js';
import { keyOf } from '../names/key.js';
import type { Compiled } from '../policy/compile.js';
import type { DestinationReason } from '../policy/explain.js';
import { renderInstant } from '../policy/instant.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { Ask } from './ask.js';
import type { Fate, FieldFate } from './fates.js';

export interface HeaderAnswer {
  /** As asked; values are never part of an explanation. */
  readonly header: string;
  readonly fate: Fate;
  /** The name under which it leaves; null where nothing leaves for it. */
  readonly leavesAs: string | null;
  readonly why: string;
  /** The line of the policy that decides; absent where the catalogue or the protocol does. */
  readonly span: Span | undefined;
}

export interface Beside {
  readonly compiled: Compiled;
  readonly ruleset: Ruleset;
  readonly ask: Ask;
  readonly counts: Counts;
  readonly partner: DestinationReason['partner'];
}

/** One header's answer; `beside` is of the same question. */
export function headerAnswer(found: FieldFate, beside: Beside): HeaderAnswer {
  const { field, fate, leaves } = found;
  const answer = { header: field.name, fate, leavesAs: leaves?.name ?? null };
  switch (fate) {
    case 'unchanged':
    case 'pseudonym':
      return { ...answer, ...releasedWhy(found, beside) };
    case 'forwarded':
      return { ...answer, ...forwardedWhy(field.name, beside) };
    case 'withheld':
      return { ...answer, ...withheldWhy(found, beside) };
    default:
      return fate satisfies never;
  }
}

type Why = Pick<HeaderAnswer, 'why' | 'span'>;

function releasedWhy({ rule, fate, leaves }: FieldFate, { compiled, partner }: Beside): Why {
  const index = partner?.partner.release.findIndex(({ key }) => key === rule?.key) ?? -1;
  const span = partner === null ? undefined : compiled.places.release(partner.index, index);
  const joined = leaves === null ? '; an earlier spelling with the same value leaves for both' : '';
  const ids = rule?.keyIds.map((id) => `\`${id}\``) ?? [];
  const keys = `${ids.length > 1 ? 'keys' : 'key'} ${ids.join(' and ')}`;
  return {
    why: `released to \`${partner?.partner.id ?? ''}\` ${fate === 'pseudonym' ? `as a pseudonym with ${keys}` : 'unchanged'}${joined}`,
    span,
  };
}

function forwardedWhy(name: string, { compiled, ruleset, ask, counts }: Beside): Why {
  const counted = counts.leaked.some(({ field }) => field === name) ? '; counted as a leak' : '';
  const identity = ruleset.identify(name);
  if (identity === undefined) return { why: `no identity header${counted}`, span: undefined };
  if (ruleset.isWatched(identity.key, [ask.at], 0)) {
    const index = compiled.policy.watch.findIndex(({ key }) => key === identity.key);
    const reason = compiled.policy.watch[index]?.reason ?? '';
    return { why: `watched, so forwarded to everyone (${reason})${counted}`, span: compiled.places.watch(index) };
  }
  return { why: `in the catalogue with low trust (grade C): forwarded, only counted${counted}`, span: undefined };
}

function withheldWhy({ field, rule }: FieldFate, { compiled, ruleset, ask, counts, partner }: Beside): Why {
  const identity = ruleset.identify(field.name);
  const label = identity?.label ?? rule?.header.toLowerCase();
  const place = (): Span | undefined => {
    if (identity?.source !== 'own') return undefined;
    const index = compiled.policy.headers.findIndex(({ kind, key }) =>
      kind === 'name' ? key === identity.key : identity.key.startsWith(key),
    );
    return compiled.places.ownHeader(index);
  };
  if (rule !== null) {
    const index = partner?.partner.release.findIndex(({ key }) => key === rule.key) ?? -1;
    const span = partner === null ? undefined : compiled.places.release(partner.index, index);
    if (!ask.trusted) return { why: 'it would be released, but this peer is not trusted: counted as spoofed', span };
    if (counts.hostDisagrees) return { why: 'it would be released, but Host names another destination', span };
    if (counts.ambiguous.some(({ header }) => header === label))
      return { why: 'it would be released, but its spellings have different values: which of them is true?', span };
    return { why: 'it would be released, but it has no value that a pseudonym could be made of', span };
  }
  if (identity?.action === 'strip') {
    const known =
      identity.source === 'own' ? 'one of our own identity headers' : `in the catalogue as \`${identity.label}\``;
    const who = partner === null ? 'a stranger receives none' : `\`${partner.partner.id}\` is not released it`;
    const watch = compiled.policy.watch.findIndex(({ key }) => key === identity.key);
    const period = compiled.policy.watch[watch]?.period;
    if (period === undefined) return { why: `${known} (${identity.class}): ${who}`, span: place() };
    const isOver = period.until !== null && ask.at >= period.until;
    const edge = renderInstant((isOver ? period.until : period.from) ?? 0, compiled.policy.timezone);
    const why = `${known} (${identity.class}), its watch ${isOver ? 'ended' : 'begins'} at ${edge}: ${who}`;
    return { why, span: compiled.places.watch(watch) };
  }
  const leak = counts.leaked.find(({ field: name, outcome }) => name === field.name && outcome === 'contained');
  if (leak !== undefined) return containedWhy(leak.detector, compiled);
  if (keyOf(field.name) === 'host') return { why: 'Host is written anew from the destination', span: undefined };
  return { why: 'it is between the subscriber and us (RFC 9110, section 7.6.1): not passed on', span: undefined };
}

function containedWhy(detector: DetectorName, { places }: Compiled): Why {
  switch (detector) {
    case 'number':
      return { why: 'its value holds a number of ours: withheld', span: places.detection('numbers') };
    case 'hint':
      return { why: 'its name hints at identity: withheld', span: places.detection('hints') };
    case 'novelty':
      return { why: 'nobody knows the name yet: in quarantine', span: places.detection('novelty') };
    case 'exact':
    case 'canary':
    case 'egress':
      return { why: 'its value is identity of this very request: withheld', span: places.detection('exact') };
    default:
      return detector satisfies never;
  }
}

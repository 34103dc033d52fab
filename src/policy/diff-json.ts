// A comparison as plain data for programs, and as problems that code hosts show beside the line.
import type { Problem, Span } from '../document/problem.js';
import type { Diff, ReleaseChange } from './diff.js';
import { renderHostPattern } from './host-pattern.js';
import type { HostPattern } from './policy.js';
import { groupsOf, labelOf, sentenceOf, type DiffWords } from './render-diff.js';

/** As many as are of use beside a line. */
const MOST_PLACES = 7;

/** JSON-safe. Times are RFC 3339 in UTC; null: at once, or for good. A pattern `**` is every host, `*` every single label. */
export function diffJson(diff: Diff, words: DiffWords): Readonly<Record<string, unknown>> {
  return {
    direction: diff.direction,
    comparedFrom: instant(diff.now),
    digests: diff.digests,
    releases: diff.releases.map((change) => ({
      direction: change.direction,
      header: change.member.label,
      member: change.member.id,
      before: permitted(change.before),
      after: permitted(change.after),
      from: change.from === null ? null : instant(change.from),
      until: change.until === null ? null : instant(change.until),
      ports: change.ports,
      listeners: change.listeners,
      breadth: change.breadth,
      hosts: change.regions.map(({ pattern, except }) => ({
        pattern: textOf(pattern),
        ...(except.length === 0 ? {} : { except: except.map(textOf) }),
      })),
      witness: { ...change.witness, time: instant(change.witness.time) },
      lines: words.causesOf(change),
    })),
    settings: diff.settings.map((change) => ({ ...change, lines: words.causesOf(change) })),
  };
}

/** A widening is a warning with code `exposure-widens`, a narrowing an info with `exposure-narrows`, at the new file's line where there is one; the other lines are `related`. */
export function diffProblems(diff: Diff, words: DiffWords): readonly Problem[] {
  return [
    ...groupsOf(diff.releases).map((group) => {
      const { first, changes } = group;
      const help = `for example ${first.witness.url}`;
      return { ...problemOf(first.direction, sentenceOf(group, words), spansOf(changes, words)), help };
    }),
    ...diff.settings.map((change) => problemOf(change.direction, change.message, spansOf([change], words))),
  ];
}

function problemOf(direction: ReleaseChange['direction'], message: string, spans: readonly Span[]): Problem {
  const [span, ...related] = spans;
  const place = { ...(span === undefined ? {} : { span }), ...(related.length === 0 ? {} : { related }) };
  return labelOf(direction) === 'widening'
    ? { code: 'exposure-widens', severity: 'warning', message, ...place }
    : { code: 'exposure-narrows', severity: 'info', message, ...place };
}

/** The new file's first. */
function spansOf(changes: readonly Parameters<DiffWords['causesOf']>[0][], words: DiffWords): readonly Span[] {
  const causes = changes.map((change) => words.causesOf(change));
  const spans = [...causes.flatMap((each) => each.new), ...causes.flatMap((each) => each.old)];
  return [...new Map(spans.map((span) => [JSON.stringify(span), span])).values()].slice(0, MOST_PLACES);
}

function permitted({ form, keys, route, partner }: ReleaseChange['before']): Readonly<Record<string, unknown>> {
  return { form, ...(keys.length === 0 ? {} : { keys }), route, partner };
}

function textOf(pattern: HostPattern): string {
  return pattern.host === '' ? (pattern.kind === 'any' ? '**' : '*') : renderHostPattern(pattern);
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

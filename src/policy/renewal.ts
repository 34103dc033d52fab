// Moves the last day of one partner in a policy's text, and not one byte beside it. Whether the new day may be is the compiler's answer.
import { parseDocument } from '../document/parse-yaml.js';
import { nearestWord } from '../document/nearest.js';
import type { Outcome, Problem, Span } from '../document/problem.js';
import { lineStartsOf, type Source } from '../document/source.js';

export interface Renewal {
  /** The whole text after the move, under the name of the file. */
  readonly source: Source;
  /** As it was written, without quotes. */
  readonly before: string;
  readonly line: number;
  /** Of the partner in the file. */
  readonly index: number;
}

/** The moved text, to be compiled by the caller; or why there is none: `renew-partner`, `renew-until`, or what makes the file unreadable. */
export function renewalOf(source: Source, { id, until }: { id: string; until: string }): Outcome<Renewal> {
  const document = parseDocument(source);
  if (!document.ok) return document;
  const ids = idsOf(document.value.value);
  const index = ids.indexOf(id);
  if (index === -1) return refused(unknownPartner(id, ids));
  const place = document.value.at(['partners', index, 'until']);
  if (place === undefined || (place.style !== 'plain' && place.style !== 'quoted')) {
    const message = `\`${id}\` has no \`until\` on one line: there is nothing to move`;
    return refused(untilProblem(message, place?.span ?? document.value.at(['partners', index, 'id'])?.span));
  }
  if (!/^\d[0-9TZ:.+-]*$/.test(until)) {
    return refused(
      untilProblem(
        `\`${until}\` is no day: it takes one like \`2027-12-31\` or an instant like \`2027-12-31T18:00:00Z\``,
      ),
    );
  }
  const { span, text } = place;
  const start = (lineStartsOf(source.text)[span.line - 1] ?? 0) + span.column - 1;
  const quote = place.style === 'quoted' ? text.charAt(0) : '';
  const moved = source.text.slice(0, start) + quote + until + quote + source.text.slice(start + text.length);
  const renewal = { source: { ...source, text: moved }, before: String(place.value), line: span.line, index };
  return { ok: true, value: renewal, problems: [] };
}

function idsOf(file: unknown): readonly unknown[] {
  const partners = (file as { partners?: unknown } | null)?.partners;
  return Array.isArray(partners) ? partners.map((partner) => (partner as { id?: unknown } | null)?.id) : [];
}

function unknownPartner(id: string, ids: readonly unknown[]): Problem {
  const known = ids.filter((each) => typeof each === 'string');
  const near = nearestWord(id, known);
  const help =
    near === undefined ? `there are: ${known.map((each) => `\`${each}\``).join(', ')}` : `did you mean \`${near}\`?`;
  return {
    code: 'renew-partner',
    severity: 'error',
    message: `no partner has the id \`${id}\``,
    ...(known.length === 0 ? {} : { help }),
  };
}

function untilProblem(message: string, span?: Span): Problem {
  return { code: 'renew-until', severity: 'error', message, ...(span === undefined ? {} : { span }) };
}

function refused(problem: Problem): Outcome<never> {
  return { ok: false, problems: [problem] };
}
